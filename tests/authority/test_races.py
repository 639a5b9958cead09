"""Two people at once on letters and grants: real threads, real commits. RACE_ROUNDS=300 tries harder."""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial

import pytest
from django.db import transaction
from django.utils import timezone
from guardian.shortcuts import assign_perm

from authority import services
from authority.bounds import rules_for
from authority.holders import holder_for
from authority.ledger import verify
from authority.models import (
    AuthorityLetter,
    CoverageFinding,
    CoverageNight,
    Interest,
    LedgerEntry,
    PersonalGrant,
    UnitCeiling,
)
from authority.rulings import may_decide
from departments.models import Certificate, CertificateType, Staff
from tests.authority.conftest import Branch, build_branch
from tests.authority.samples import matter
from tests.cases.races import Pair
from tests.factories import CeilingFactory, CertificateFactory, StaffFactory

pytestmark = pytest.mark.race

ROUNDS = int(os.environ.get("RACE_ROUNDS", "30"))
SEED = int(os.environ.get("RACE_SEED", str(random.randrange(10**6))))


@pytest.fixture
def arena(own_database, django_db_blocker, monkeypatch) -> Iterator[Branch]:
    monkeypatch.setattr("departments.tasks.wake_deliverer", lambda: None)
    with django_db_blocker.unblock():
        yield build_branch()


@pytest.fixture
def pair(arena) -> Iterator[Pair]:
    print(f"RACE_SEED={SEED} RACE_ROUNDS={ROUNDS}")  # noqa: T201 - shown when a round goes wrong
    pair = Pair(SEED)
    yield pair
    pair.close()


def decide(staff: Staff, undone: object) -> str:
    """As a decision does: lock, read, write for a while; then look whether the ground is still there."""
    with transaction.atomic():
        if not holder_for(staff, lock=True).limits:
            return "refused"
        time.sleep(0.002)
        return "violation" if undone.exists() else "decided"


def submitted(arena: Branch) -> AuthorityLetter:
    letter = arena.draft(status="submitted", submitted_at=timezone.now())
    arena.grant(letter)
    return letter


def test_deciding_against_revoking_the_grant(arena: Branch, pair: Pair):
    letter, results = arena.in_force(), Counter()
    for _ in range(ROUNDS):
        grant = arena.grant(letter)
        look = partial(decide, arena.adjudicator, PersonalGrant.objects.filter(pk=grant.pk, version=2))
        revoke = partial(services.revoke_grant, grant, by=arena.head, reason="x", despite="x")
        results[pair.run(look, revoke)[0]] += 1

    assert set(results) <= {"decided", "refused"}
    assert results["decided"], "no decision ever came first: the race is not one"
    assert verify() == []


def test_deciding_against_revoking_the_letter(arena: Branch, pair: Pair):
    results = Counter()
    for _ in range(ROUNDS):
        letter = arena.in_force()
        arena.grant(letter)
        revoked = AuthorityLetter.objects.filter(pk=letter.pk, status="revoked")
        revoke = partial(services.revoke_letter, letter, by=arena.head, reason="x", despite="x")
        results[pair.run(partial(decide, arena.adjudicator, revoked), revoke)[0]] += 1

    assert set(results) <= {"decided", "refused"}
    assert results["decided"]


def test_deciding_against_a_new_letter(arena: Branch, pair: Pair):
    """What the old letter gave ends with it, though the new one gives as much."""
    results = Counter()
    arena.grant(arena.in_force())
    for _ in range(ROUNDS):
        old = PersonalGrant.objects.get(letter__status="in_force")
        ended = PersonalGrant.objects.filter(pk=old.pk, revoked_at__isnull=False)
        approve = partial(services.approve_letter, submitted(arena), by=arena.head)
        results[pair.run(partial(decide_on, old.pk, arena.adjudicator, ended), approve)[0]] += 1

    assert set(results) <= {"decided", "refused"}
    assert AuthorityLetter.objects.filter(status="in_force").count() == 1
    assert verify() == []


def decide_on(grant_id: int, staff: Staff, undone: object) -> str:
    with transaction.atomic():
        limits = holder_for(staff, lock=True).limits
        if grant_id not in [limit.grant_id for limit in limits]:
            return "refused"
        time.sleep(0.002)
        return "violation" if undone.exists() else "decided"


def decide_below(staff: Staff, changed: object) -> str:
    """As a decision does that reads the ceilings once it holds the grants."""
    with transaction.atomic():
        holder = holder_for(staff, lock=True)
        asked = matter(30_000, unit_path=holder.limits[0].unit_path, lines=frozenset({"own_damage"}))
        if not may_decide(asked, holder, rules_for("adjudication")).may_sign:
            return "refused"
        time.sleep(0.002)
        return "violation" if changed.exists() else "decided"


def decide_on_and_on(staff: Staff, changed: object) -> str:
    """One decision after another until the other is done, so that some are under way when it commits."""
    for number in range(3000):
        told = decide_below(staff, changed)
        if told != "decided" or changed.exists():
            return told if number else f"{told} at once"
    return "never ended"


def test_deciding_against_revoking_the_ceiling(arena: Branch, pair: Pair):
    """Whoever decides what is passed on no longer has begun before, and ended before, too."""
    grant, results = arena.grant(arena.in_force()), Counter()
    given = {"item": grant.item, "unit": arena.units["sc"]}
    mandate = CeilingFactory(**given, lines=["ctpl"], letter__mode="by_institution")
    for _ in range(ROUNDS):
        ceiling = CeilingFactory(**given, letter=mandate.letter, lines=["own_damage"])
        revoked = UnitCeiling.objects.filter(pk=ceiling.pk, revoked_at__isnull=False)
        revoke = partial(services.revoke_ceiling, ceiling, by=arena.security, reason="x", despite="x")
        results[pair.run(partial(decide_on_and_on, arena.adjudicator, revoked), revoke)[0]] += 1

    assert set(results) <= {"decided", "refused", "decided at once"}
    assert results["decided"] + results["refused"], "no decision ever came first: the race is not one"
    assert verify() == []


def test_deciding_against_a_letter_with_lower_ceilings(arena: Branch, pair: Pair):
    grant, results, boss = arena.grant(arena.in_force()), Counter(), StaffFactory(name="总公司经理")
    units = {"issuing_unit": arena.units["hq"], "scope_unit": arena.units["sc"], "mode": "by_institution"}
    assign_perm("manage_unit", boss, arena.units["hq"])
    for number in range(ROUNDS):
        letter = arena.draft(status="submitted", submitted_at=timezone.now(), **units)
        amount = 90_000 if number % 2 else 20_000
        CeilingFactory(letter=letter, item=grant.item, unit=arena.units["sc"], amount_max=amount)
        in_force = AuthorityLetter.objects.filter(pk=letter.pk, status="in_force")
        approve = partial(services.approve_letter, letter, by=boss, despite="x")
        results[pair.run(partial(decide_on_and_on, arena.adjudicator, in_force), approve)[0]] += 1

    assert not {"violation", "violation at once", "never ended"} & set(results)
    assert results["decided"] + results["refused"], "no decision ever came first: the race is not one"


def test_two_new_letters_for_the_same_units(arena: Branch, pair: Pair):
    """Both come into force, one after the other; never both at once."""
    for _ in range(ROUNDS):
        letters = [submitted(arena), submitted(arena)]
        done = pair.run(*[partial(services.approve_letter, letter, by=arena.head) for letter in letters])
        assert {letter.pk for letter in done} == {letter.pk for letter in letters}

    assert AuthorityLetter.objects.filter(status="in_force").count() == 1
    assert AuthorityLetter.objects.filter(status="superseded").count() == 2 * ROUNDS - 1
    assert PersonalGrant.objects.filter(revoked_at=None).count() == 1


def test_the_same_letter_approved_twice(arena: Branch, pair: Pair):
    for _ in range(ROUNDS):
        approve = partial(services.approve_letter, submitted(arena), by=arena.head)
        assert pair.run(approve, approve).count("Refused") == 1

    assert LedgerEntry.objects.filter(action="approve").count() == ROUNDS


def test_approving_against_sending_back(arena: Branch, pair: Pair):
    for _ in range(ROUNDS):
        letter = submitted(arena)
        two = pair.run(
            partial(services.approve_letter, letter, by=arena.head),
            partial(services.send_back, letter, by=arena.deputy, reason="x"),
        )
        assert two.count("Refused") == 1

    assert verify() == []


def test_approving_against_changing_an_amount(arena: Branch, pair: Pair):
    """What was approved is what was read: the amount never changes under the approval."""
    for _ in range(ROUNDS):
        letter = submitted(arena)
        grant = letter.personalgrants.get()
        change = partial(
            services.revise_lines, letter, services.Revision(amounts={grant.pk: 999}), by=arena.deputy
        )
        two = pair.run(partial(services.approve_letter, letter, by=arena.head), change)
        assert two[1] == "Refused"


def decide_certified(staff: Staff, undone: object) -> str:
    """As a decision does that rests on a certificate: frozen is refused."""
    with transaction.atomic():
        holder = holder_for(staff, lock=True)
        if not holder.limits or not holder.limits[0].required_certificates <= holder.certificates:
            return "refused"
        time.sleep(0.002)
        return "violation" if undone.exists() else "decided"


def test_deciding_against_revoking_a_certificate(arena: Branch, pair: Pair):
    arena.grant(arena.in_force())
    held = arena.adjudicator.appointments.select_related("post__post_type").get()
    held.post.post_type.required_certificates = ["ADJUDICATOR"]
    held.post.post_type.save()
    CertificateType.objects.update(enforced_from=timezone.localdate())
    results = Counter()
    for _ in range(ROUNDS):
        certificate = CertificateFactory(staff=arena.adjudicator)
        revoked = Certificate.objects.filter(pk=certificate.pk, revoked_at__isnull=False)
        revoke = partial(services.revoke_certificate, certificate, by=arena.security, reason="x")
        results[pair.run(partial(decide_certified, arena.adjudicator, revoked), revoke)[0]] += 1

    assert set(results) <= {"decided", "refused"}
    assert results["decided"], "no decision ever came first: the race is not one"


def test_deciding_against_a_certificate_that_ends(arena: Branch, pair: Pair):
    """By its date, without anybody revoking it: its last day becomes yesterday."""
    arena.grant(arena.in_force())
    held = arena.adjudicator.appointments.select_related("post__post_type").get()
    held.post.post_type.required_certificates = ["ADJUDICATOR"]
    held.post.post_type.save()
    CertificateType.objects.update(enforced_from=timezone.localdate())
    certificate = Certificate.objects.filter(pk=CertificateFactory(staff=arena.adjudicator).pk)
    yesterday, results = timezone.localdate() - timedelta(days=1), Counter()
    for _ in range(ROUNDS):
        certificate.update(valid_to=date(2099, 12, 31))
        look = partial(decide_certified, arena.adjudicator, certificate.filter(valid_to=yesterday))
        results[pair.run(look, partial(certificate.update, valid_to=yesterday))[0]] += 1

    assert set(results) <= {"decided", "refused"}
    assert results["decided"], "no decision ever came first: the race is not one"


def decide_disinterested(staff: Staff, name: str) -> str:
    with transaction.atomic():
        if name in holder_for(staff, lock=True).interests:
            return "refused"
        time.sleep(0.002)
        return "violation" if Interest.objects.filter(name=name).exists() else "decided"


def test_deciding_against_declaring_an_interest(arena: Branch, pair: Pair):
    arena.grant(arena.in_force())
    results = Counter()
    for number in range(ROUNDS):
        plate = services.Declaration("plate", f"A{number}", "x")
        declare = partial(services.declare_interest, arena.adjudicator, plate, by=arena.adjudicator)
        results[pair.run(partial(decide_disinterested, arena.adjudicator, plate.name), declare)[0]] += 1

    assert set(results) <= {"decided", "refused"}
    assert results["decided"]


def test_two_rounds_of_one_night_are_one(arena: Branch, pair: Pair):
    arena.grant(arena.in_force())
    first = timezone.localdate()
    for night in range(min(ROUNDS, 10)):
        watch = partial(services.watch_coverage, first + timedelta(days=night))
        assert pair.run(watch, watch).count(None) == 1

    assert CoverageNight.objects.count() == min(ROUNDS, 10)
    assert len(set(CoverageFinding.objects.values_list("key", flat=True))) == CoverageFinding.objects.count()
