"""Money to be got back with two people at once: it comes in once, or is given up, never both."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial

import pytest
from django.db.models import F, Sum
from django.utils import timezone

from authority.ledger import verify
from cases import services
from cases.models import ClaimCase, Kind, RecoveryPlaceholder, RecoveryReceipt, SpecialRequest, Submission
from cases.services import Answer, recovering
from cases.services.recovering import Receipt
from departments.models import Staff
from tests.cases.branch import Branch, adjusted_case, grant, in_post, make_branch, say, send
from tests.cases.races import Pair
from tests.cases.special import add_reviewer, drafted, sent
from tests.cases.test_special_races import major_case, version

pytestmark = pytest.mark.race

ROUNDS = int(os.environ.get("RACE_ROUNDS", "30"))
SEED = int(os.environ.get("RACE_SEED", str(random.randrange(10**6))))


@pytest.fixture
def arena(own_database, django_db_blocker, monkeypatch) -> Iterator[Branch]:
    monkeypatch.setattr("departments.tasks.wake_deliverer", lambda: None)
    with django_db_blocker.unblock():
        branch = make_branch()
        branch.reviewer = add_reviewer(branch)
        held = in_post("RECOV", branch.department)
        grant(held, "recovery_plan", "100000")
        branch.recovery_officer = held.staff
        yield branch


@pytest.fixture
def pair(arena) -> Iterator[Pair]:
    print(f"RACE_SEED={SEED} RACE_ROUNDS={ROUNDS}")  # noqa: T201 - shown when a round goes wrong
    pair = Pair(SEED)
    yield pair
    pair.close()


def claims(branch: Branch) -> Iterator[RecoveryPlaceholder]:
    """5,000 yuan each, of a case of its own."""
    for _ in range(ROUNDS):
        facts = {"type": "advance", "debtor": "赵", "amount": 5000, "acquired_at": timezone.now()}
        yield RecoveryPlaceholder.objects.create(case=adjusted_case(branch), officer=branch.clerk, **facts)


def receive(claim: RecoveryPlaceholder, by: Staff) -> str:
    order = Receipt(Decimal(5000), timezone.localdate(), "赵", f"收{by.pk}")
    recovering.record_receipt(claim, order, by=by, seen=version(claim.case_id))
    return "received"


def ask(claim: RecoveryPlaceholder, by: Staff) -> str:
    recovering.ask_write_off(claim, "无财产", by=by, seen=version(claim.case_id))
    return "asked"


def agree(submission: Submission, by: Staff) -> str:
    say(submission, "agree", by=by)
    return "agreed"


def withdraw(submission: Submission, by: Staff) -> str:
    services.withdraw(submission, "有款到账", by=by, seen=version(submission.case_id))
    return "withdrawn"


def run(pair: Pair, first: Callable[[], object], second: Callable[[], object]) -> set[str]:
    """What came about; one of the two is turned away, whichever it is."""
    done = {str(one) for one in pair.run(first, second)} - {"Stale", "Refused"}
    assert len(done) == 1
    return done


def assert_whole() -> None:
    rows = RecoveryPlaceholder.objects.annotate(came=Sum("receipts__amount"))
    assert not rows.filter(came__gt=0).exclude(recovered=F("came")).exists()
    assert not rows.filter(amount__lt=F("recovered") + F("written_off")).exists()
    assert verify() == []


def test_the_last_of_the_money_comes_in_once(arena: Branch, pair: Pair):
    for claim in claims(arena):
        run(pair, partial(receive, claim, arena.clerk), partial(receive, claim, arena.surveyor))

    assert RecoveryReceipt.objects.count() == ROUNDS
    assert RecoveryPlaceholder.objects.filter(status="recovered", recovered=5000).count() == ROUNDS
    assert_whole()


def test_received_against_asked_to_write_off(arena: Branch, pair: Pair):
    results: Counter[str] = Counter()
    for claim in claims(arena):
        results.update(run(pair, partial(receive, claim, arena.surveyor), partial(ask, claim, arena.clerk)))

    assert RecoveryReceipt.objects.count() == results["received"]
    assert RecoveryPlaceholder.objects.filter(status="asked", recovered=0).count() == results["asked"]
    assert Submission.objects.filter(status="open").count() == results["asked"]
    assert_whole()


def test_written_off_against_withdrawn(arena: Branch, pair: Pair):
    results: Counter[str] = Counter()
    for claim in claims(arena):
        submission = recovering.ask_write_off(claim, "无财产", by=arena.clerk, seen=version(claim.case_id))
        decide = partial(agree, submission, arena.recovery_officer)
        results.update(run(pair, decide, partial(withdraw, submission, arena.clerk)))

    ends = Counter(RecoveryPlaceholder.objects.values_list("status", flat=True))
    assert (ends["written_off"], ends["pending"]) == (results["agreed"], results["withdrawn"])
    assert RecoveryPlaceholder.objects.filter(written_off=5000).count() == results["agreed"]
    assert_whole()


def settle_by_grace(request: SpecialRequest, by: Staff) -> str:
    escalation = Submission.objects.get(subject_id=request.pk, item__code="ex_gratia").escalation
    services.answer_escalation(escalation, Answer("agreed", "总9号"), by=by)
    return "settled"


def adjudicate(case: ClaimCase, by: Staff) -> str:
    send(case, by=by)
    return "sent"


def test_settled_by_grace_against_sent_to_adjudication(arena: Branch, pair: Pair):
    """Head office answers on a case that is sent to adjudication: it is paid one way, not both."""
    results: Counter[str] = Counter()
    for _ in range(ROUNDS):
        case = major_case(arena)
        request = drafted(case, Kind.EX_GRATIA, arena.clerk, is_sole=True)
        sent(request, arena.clerk)
        settle = partial(settle_by_grace, request, arena.head_office_reviewer)
        results.update(run(pair, settle, partial(adjudicate, case, arena.clerk)))

    both = SpecialRequest.objects.filter(state="agreed", case__submissions__item__code="adjudication")
    assert not both.exists()
    assert SpecialRequest.objects.filter(state="agreed").count() == results["settled"]
    assert ClaimCase.objects.filter(stage="adjudicating").count() == results["sent"]
    assert verify() == []
