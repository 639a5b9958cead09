"""Deciding as a stand-in, or in an emergency, against its end: nothing is decided on what ended before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from threading import Thread

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from guardian.shortcuts import assign_perm

from authority import services
from authority.holders import holder_for
from authority.ledger import verify
from authority.models import EmergencyGrant, Substitution
from departments.models import Absence, Appointment, Staff
from departments.services import cancel_absence
from tests.authority.conftest import Branch, build_branch
from tests.authority.test_races import ROUNDS, SEED, decide
from tests.cases.races import Pair
from tests.factories import (
    AbsenceFactory,
    AppointmentFactory,
    EmergencyFactory,
    PostFactory,
    PostTypeFactory,
    StaffFactory,
    StandInFactory,
)

pytestmark = pytest.mark.race


@pytest.fixture
def arena(own_database, django_db_blocker, monkeypatch) -> Iterator[Branch]:
    monkeypatch.setattr("departments.tasks.wake_deliverer", lambda: None)
    with django_db_blocker.unblock():
        branch = build_branch()
        branch.grant(branch.in_force())
        yield branch


@pytest.fixture
def pair(arena) -> Iterator[Pair]:
    print(f"RACE_SEED={SEED} RACE_ROUNDS={ROUNDS}")  # noqa: T201 - shown when a round goes wrong
    pair = Pair(SEED)
    yield pair
    pair.close()


@pytest.fixture
def helper(arena: Branch) -> Staff:
    staff = StaffFactory(name="代岗员")
    AppointmentFactory(
        staff=staff, post=PostFactory(unit=arena.units["adj"], post_type=PostTypeFactory(level=3))
    )
    assign_perm("see_cases", staff, arena.units["motor"])
    return staff


def test_deciding_against_recalling_the_stand_in(arena: Branch, helper: Staff, pair: Pair):
    absence = AbsenceFactory(staff=arena.adjudicator, starts_at=timezone.now() - timedelta(hours=1))
    results: Counter[object] = Counter()
    for _ in range(ROUNDS):
        one = StandInFactory(absence=absence, delegate=helper, accepted=True)
        recalled = Substitution.objects.filter(pk=one.pk, status="recalled")
        recall = partial(services.recall_stand_in, one, by=arena.adjudicator, reason="x")
        results[pair.run(partial(decide, helper, recalled), recall)[0]] += 1

    assert set(results) <= {"decided", "refused"}
    assert results["decided"], "no decision ever came first: the race is not one"
    assert verify() == []


def test_deciding_against_the_delegator_coming_back(arena: Branch, helper: Staff, pair: Pair):
    results: Counter[object] = Counter()
    for _ in range(ROUNDS):
        absence = AbsenceFactory(staff=arena.adjudicator, starts_at=timezone.now() - timedelta(hours=1))
        one = StandInFactory(absence=absence, delegate=helper, accepted=True)
        back = Absence.objects.filter(pk=absence.pk, cancelled_at__isnull=False)
        cancel = partial(cancel_absence, absence, by=arena.adjudicator)
        results[pair.run(partial(decide, helper, back), cancel)[0]] += 1
        services.write_off_stand_in(one)

    assert set(results) <= {"decided", "refused"}
    assert results["decided"]


def test_deciding_against_ending_the_emergency(arena: Branch, helper: Staff, pair: Pair):
    results: Counter[object] = Counter()
    based_on = arena.adjudicator.grants.get()
    for _ in range(ROUNDS):
        given = EmergencyFactory(holder=helper, based_on=based_on)
        ended = EmergencyGrant.objects.filter(pk=given.pk, ended_at__isnull=False)
        end = partial(services.end_emergency, given, by=arena.adjudicator, reason="x")
        results[pair.run(partial(decide, helper, ended), end)[0]] += 1

    assert set(results) <= {"decided", "refused"}
    assert results["decided"]
    assert verify() == []


def test_whoever_decides_is_locked_himself_without_a_grant_of_his_own(arena: Branch, helper: Staff):
    """Disabling him or declaring an interest waits, as it does for people who hold grants."""
    absence = AbsenceFactory(staff=arena.adjudicator, starts_at=timezone.now() - timedelta(hours=1))
    StandInFactory(absence=absence, delegate=helper, accepted=True)
    refused: list[str] = []

    def change() -> None:
        try:
            with transaction.atomic():
                Staff.objects.select_for_update(nowait=True, no_key=True).get(pk=helper.pk)
        except OperationalError as error:
            refused.append(str(error))
        connection.close()

    with transaction.atomic():
        assert holder_for(helper, lock=True).limits
        other = Thread(target=change)
        other.start()
        other.join()
    assert "could not obtain lock" in refused[0]


def test_deciding_in_an_emergency_against_leaving_the_post(arena: Branch, helper: Staff, pair: Pair):
    results: Counter[object] = Counter()
    EmergencyFactory(holder=helper, based_on=arena.adjudicator.grants.get())
    posts = Appointment.objects.filter(staff=helper)
    left = posts.filter(ends_on__isnull=False)
    for _ in range(ROUNDS):
        leave = partial(posts.update, ends_on=timezone.localdate() - timedelta(days=1))
        results[pair.run(partial(decide, helper, left), leave)[0]] += 1
        posts.update(ends_on=None)

    assert set(results) <= {"decided", "refused"}
    assert results["decided"]
