"""Withdraw, take back, give away and ask to sign against the decision: one of two comes first, never both."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator
from functools import partial

import pytest

from authority.ledger import verify
from cases import services
from cases.models import ChainStep, ClaimCase, Decision, Submission, TakenBack
from cases.services import SignerRequest, Transfer, Verdict
from departments.models import PostType, Staff
from tests.cases.branch import Branch, adjusted_case, grant, in_post, make_branch, send
from tests.cases.races import Pair, Waiting, waiting_cases

pytestmark = pytest.mark.race

ROUNDS = int(os.environ.get("RACE_ROUNDS", "40"))
SEED = int(os.environ.get("RACE_SEED", str(random.randrange(10**6))))


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


def agree(waiting: Waiting, by: Staff, seen: int = 1) -> str:
    step = ChainStep.objects.select_related("submission").get(pk=waiting.step.pk)
    services.decide(step, Verdict("agree", seen), by=by)
    return "decided"


def did(verb: object) -> str:
    verb()
    return "done"


def assert_whole() -> None:
    """No chain has lost its place, no decision its station, no entry its predecessor."""
    for submission in Submission.objects.filter(status="open"):
        statuses = Counter(submission.chain.values_list("status", flat=True))
        assert statuses["now"] == 1
    closed = Submission.objects.exclude(status="open")
    assert not ChainStep.objects.filter(submission__in=closed, status__in=["now", "waiting"]).exists()
    assert not Decision.objects.filter(chain_step__status__in=["now", "waiting", "handed_on"]).exists()
    assert verify() == []


def test_withdraw_against_decide(arena: Branch, pair: Pair):
    results: Counter[tuple[object, ...]] = Counter()
    for waiting in waiting_cases(arena, ROUNDS):
        request = waiting.step.submission
        take = partial(services.withdraw, request, "改", by=arena.clerk, seen=1)
        two = pair.run(partial(agree, waiting, arena.adjudicator), partial(did, take))
        results[tuple(sorted(map(str, two)))] += 1

    assert set(results) <= {("Stale", "decided"), ("Stale", "done")}
    assert sum(results.values()) == ROUNDS
    assert Decision.objects.count() + Submission.objects.filter(status="withdrawn").count() == ROUNDS
    assert_whole()


def test_take_back_against_the_next_decision(arena: Branch, pair: Pair):
    results: Counter[tuple[object, ...]] = Counter()
    for waiting in waiting_cases(arena, ROUNDS):
        opinion = services.decide(
            waiting.step, Verdict("refer_up", 1, opinion="请上级定"), by=arena.adjudicator
        )
        waiting.step = waiting.step.submission.chain.get(status="now")
        back = partial(services.take_back, opinion, "看错", by=arena.adjudicator, seen=2)
        two = pair.run(partial(agree, waiting, arena.office_head, 2), partial(did, back))
        results[tuple(sorted(map(str, two)))] += 1

    assert set(results) <= {("Stale", "decided"), ("Stale", "done")}
    agreed = ClaimCase.objects.filter(stage="approved").count()
    assert agreed + TakenBack.objects.count() == ROUNDS
    assert not TakenBack.objects.filter(decision__submission__status="agreed").exists()
    assert_whole()


def test_hand_over_against_decide(arena: Branch, pair: Pair):
    held = in_post("ADJ", arena.department)
    grant(held, "adjudication", "100000")
    results: Counter[tuple[object, ...]] = Counter()
    for waiting in waiting_cases(arena, ROUNDS):
        give = partial(services.transfer, waiting.step, Transfer(held.staff, "出差", 1), by=arena.adjudicator)
        two = pair.run(partial(agree, waiting, arena.adjudicator), partial(did, give))
        results[tuple(sorted(map(str, two)))] += 1

    assert set(results) <= {("Stale", "decided"), ("Stale", "done")}
    handed_on = ChainStep.objects.filter(status="handed_on").count()
    assert Decision.objects.count() + handed_on == ROUNDS
    assert_whole()


def test_add_signer_against_decide(arena: Branch, pair: Pair):
    lawyer = in_post("LEGAL", arena.department).staff
    results: Counter[tuple[object, ...]] = Counter()
    for waiting in waiting_cases(arena, ROUNDS):
        request = SignerRequest((lawyer,), "before", "法律问题", 1)
        add = partial(services.add_signers, waiting.step, request, by=arena.adjudicator)
        two = pair.run(partial(agree, waiting, arena.adjudicator), partial(did, add))
        results[tuple(sorted(map(str, two)))] += 1

    assert set(results) <= {("Stale", "decided"), ("Stale", "done")}
    assert Decision.objects.count() + ChainStep.objects.filter(kind="added").count() == ROUNDS
    assert_whole()


def sign(step: ChainStep, by: Staff) -> str:
    services.decide(step, Verdict("agree", 2), by=by)
    return "signed"


def test_two_signers_at_once_are_both_counted_or_one_waits(arena: Branch, pair: Pair):
    """Each saw the same case: the second is told that it moved on, and its station still waits for him."""
    people = [in_post("LEGAL", arena.department).staff for _ in range(2)]
    for waiting in waiting_cases(arena, ROUNDS):
        request = SignerRequest(people, "before", "法律问题", 1)
        services.add_signers(waiting.step, request, by=arena.adjudicator)
        steps = list(waiting.step.submission.chain.filter(kind="added").select_related("submission", "staff"))
        two = pair.run(*(partial(sign, step, step.staff) for step in steps))
        assert sorted(map(str, two)) == ["Stale", "signed"]

    assert ChainStep.objects.filter(kind="added", status="now").count() == ROUNDS
    assert ChainStep.objects.filter(kind="final", status="waiting").count() == ROUNDS


def co_signers(arena: Branch) -> list[Staff]:
    """Whoever decides in the unit wants one lawyer beside him; two are asked at the same time."""
    terms = {"cosign_count": 1, "cosign_post_type": PostType.objects.get(code="LEGAL")}
    grant(in_post("DEPT_DEPUTY", arena.unit), "adjudication", "8500", **terms)
    held = [in_post("LEGAL", arena.unit) for _ in range(2)]
    for one in held:
        grant(one, "adjudication", "8100")
    return [one.staff for one in held]


def co_sign(step: ChainStep, by: Staff) -> str:
    seen = ClaimCase.objects.values_list("version", flat=True).get(pk=step.submission.case_id)
    services.decide(step, Verdict("agree", seen), by=by)
    return "signed"


def test_the_last_co_signature_counts_once(arena: Branch, pair: Pair):
    """One is enough: the other is told that he need not sign, and the chain goes on once."""
    co_signers(arena)
    for _ in range(ROUNDS):
        submission = send(adjusted_case(arena, "8200"), by=arena.clerk)
        steps = list(submission.chain.filter(kind="cosign").select_related("submission", "staff"))
        two = pair.run(*(partial(co_sign, step, step.staff) for step in steps))
        assert sorted(map(str, two)) in (["Refused", "signed"], ["Stale", "signed"])

    cosigned = ChainStep.objects.filter(kind="cosign")
    assert Counter(cosigned.values_list("status", flat=True)) == {"done": ROUNDS, "skipped": ROUNDS}
    assert ChainStep.objects.filter(kind="final", status="now").count() == ROUNDS
    assert Decision.objects.count() == ROUNDS
    assert_whole()
