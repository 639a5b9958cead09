"""Two people at once: real threads, real commits, as many rounds as RACE_ROUNDS says."""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from threading import Event
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone

from authority.ledger import verify
from authority.models import AuthorityItem, PersonalGrant
from cases import services
from cases.models import ClaimCase, Decision, Payment, Submission
from cases.services import PaymentOrder, Request, Verdict
from departments.holdings import Changed
from departments.models import Appointment, Staff
from departments.refusals import NotAllowed
from departments.services.hand_overs import Plan, holdings_of
from departments.services.hand_overs import hand_over as hand_over_all
from tests.cases.branch import Branch, in_post, make_branch
from tests.cases.races import Pair, Waiting, waiting_cases
from tests.factories import LONG_AGO, CeilingFactory

pytestmark = pytest.mark.race

ROUNDS = int(os.environ.get("RACE_ROUNDS", "300"))
SEED = int(os.environ.get("RACE_SEED", str(random.randrange(10**6))))
AGREE = Verdict("agree", 1)


@pytest.fixture
def arena(own_database, django_db_blocker, monkeypatch) -> Iterator[Branch]:
    """A branch whose rows are committed, in a database that is thrown away; nobody delivers notifications."""
    monkeypatch.setattr("departments.tasks.wake_deliverer", lambda: None)
    with django_db_blocker.unblock():
        yield make_branch()


@pytest.fixture
def pair(arena) -> Iterator[Pair]:
    print(f"RACE_SEED={SEED} RACE_ROUNDS={ROUNDS}")  # noqa: T201 - shown when a round goes wrong
    pair = Pair(SEED)
    yield pair
    pair.close()


def decide(waiting: Waiting, by: Staff) -> str:
    services.decide(waiting.step, AGREE, by=by)
    return "decided"


def test_approve_against_approve(arena: Branch, pair: Pair):
    """Both are entitled; one decides, the other hears that the case moved on."""
    results = Counter()
    for waiting in waiting_cases(arena, ROUNDS):
        two = pair.run(partial(decide, waiting, arena.adjudicator), partial(decide, waiting, arena.manager))
        results[tuple(sorted(two))] += 1

    assert results == {("Stale", "decided"): ROUNDS}
    assert Decision.objects.count() == ROUNDS
    assert not ClaimCase.objects.exclude(approved=Decimal("8000"), version=2).exists()
    assert verify() == []


def decide_and_look(waiting: Waiting, by: Staff, undone: object) -> str:
    """Before the approval commits: has what it rests on already been taken away by a committed change?"""
    with transaction.atomic():
        services.decide(waiting.step, AGREE, by=by)
        return "violation" if undone.exists() else "decided"


def test_approve_against_revoke(arena: Branch, pair: Pair):
    """No approval commits after the revocation of its grant has."""
    grants = PersonalGrant.objects.filter(holder=arena.adjudicator, item__code="adjudication")
    results = Counter()
    for waiting in waiting_cases(arena, ROUNDS):
        look = partial(decide_and_look, waiting, arena.adjudicator, grants.filter(revoked_at__isnull=False))
        results[pair.run(look, lambda: grants.update(revoked_at=timezone.now()))[0]] += 1
        grants.update(revoked_at=None)

    assert set(results) <= {"decided", "Refused"}
    assert Decision.objects.count() == results["decided"]
    assert results["decided"], "no approval ever came first: the race is not one"


def test_approve_against_transfer_to_another_post(arena: Branch, pair: Pair):
    """Whoever has left the post decides no more."""
    held = Appointment.objects.filter(staff=arena.adjudicator)
    results = Counter()
    for waiting in waiting_cases(arena, ROUNDS):
        look = partial(decide_and_look, waiting, arena.adjudicator, held.filter(ends_on__isnull=False))
        results[pair.run(look, lambda: held.update(ends_on=LONG_AGO))[0]] += 1
        held.update(ends_on=None)

    assert set(results) <= {"decided", "Refused"}
    assert Decision.objects.count() == results["decided"]


def test_approve_against_handing_over(arena: Branch, pair: Pair):
    """One of them saw a case that has moved on; both never pass."""
    successor = in_post("CASE_REG", arena.unit).staff
    results = Counter()
    for waiting in waiting_cases(arena, ROUNDS):
        hand_over = partial(services.hand_over, waiting.case, successor, "调岗", by=arena.clerk, seen=1)
        two = pair.run(partial(decide, waiting, arena.adjudicator), hand_over)
        results[two.count("Stale")] += 1

    assert results == {1: ROUNDS}
    assert not ClaimCase.objects.exclude(version=2).exists()


def test_the_same_form_sent_twice(arena: Branch, pair: Pair):
    """Both get the one submission; nobody is asked twice."""
    for waiting in waiting_cases(arena, ROUNDS):
        Submission.objects.filter(case=waiting.case).update(status="withdrawn", decided_at=timezone.now())
        ClaimCase.objects.filter(pk=waiting.case.pk).update(stage="adjusted")
        send = partial(services.submit, waiting.case, Request("adjudication", 1, key=uuid4()), by=arena.clerk)
        first, second = pair.run(send, send)
        assert first == second

    assert Submission.objects.filter(status="open").count() == ROUNDS


def test_pay_against_pay(arena: Branch, pair: Pair):
    """Never more than was approved."""
    cases = [waiting.case for waiting in waiting_cases(arena, ROUNDS)]
    Submission.objects.update(status="agreed", decided_at=timezone.now())
    ClaimCase.objects.update(stage="approved", approved="8000")
    for case in cases:
        order = PaymentOrder(Decimal("5000"), "刘明", 1)
        two = pair.run(*[partial(services.pay, case, order, by=arena.clerk)] * 2)
        assert two.count("Stale") == 1

    assert Payment.objects.count() == ROUNDS
    assert not ClaimCase.objects.exclude(paid=Decimal("5000")).exists()


def lower_the_ceiling(arena: Branch, is_locked: Event) -> None:
    """Commits only once the decision waits for the grant."""
    with transaction.atomic(), connection.cursor() as cursor:
        list(PersonalGrant.objects.filter(holder=arena.adjudicator).select_for_update())
        is_locked.set()
        for _ in range(2000):
            cursor.execute("select from pg_locks where pg_backend_pid() = any(pg_blocking_pids(pid))")
            if cursor.fetchone() is not None:
                break
            time.sleep(0.005)
        CeilingFactory(
            unit=arena.department, item=AuthorityItem.objects.get(code="adjudication"), amount_max=1
        )


def test_a_ceiling_lowered_while_the_decision_waits_binds_it(arena: Branch, pair: Pair):
    (waiting,) = waiting_cases(arena, 1)
    is_locked = Event()

    def decide_then() -> str:
        is_locked.wait(30)
        return decide(waiting, arena.adjudicator)

    assert pair.run(partial(lower_the_ceiling, arena, is_locked), decide_then)[1] == "Refused"
    assert not Decision.objects.exists()


def handed_over(arena: Branch, receiver: Staff) -> str:
    """The adjudicator goes on leave: what waits for him is arranged anew, if nobody decided meanwhile."""
    assert receiver.pk
    held = holdings_of(arena.adjudicator)
    seen = {(group.kind.code, one.thing): one.state for group in held for one in group.holdings}
    to = {thing: "end" if thing[0] == "submission" else "keep" for thing in seen}
    plan = Plan("leave", timezone.localdate(), "休假", to, seen)
    try:
        hand_over_all(arena.adjudicator, plan, by=arena.manager)
    except (Changed, NotAllowed) as turned_away:
        return type(turned_away).__name__
    return "handed over"


def test_deciding_against_the_hand_over_of_everything(arena: Branch, pair: Pair):
    """No round ends in a deadlock, and what was decided was not moved: both lock the case first."""
    receiver = in_post("ADJ", arena.department).staff
    results = Counter()
    for waiting in waiting_cases(arena, min(ROUNDS, 60)):
        two = pair.run(partial(decide, waiting, arena.adjudicator), partial(handed_over, arena, receiver))
        results.update(map(str, two))

    assert set(results) <= {"decided", "Stale", "Refused", "handed over", "Changed", "NotAllowed"}
    assert results["decided"] == Decision.objects.count()
