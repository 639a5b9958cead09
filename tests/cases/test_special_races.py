"""Special requests with two people at once: payments stay within the grant, one answer counts."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from functools import partial

import pytest
from django.db.models import F, Sum

from authority.ledger import verify
from cases import services
from cases.models import CasePaper, ClaimCase, Kind, Payment, SpecialRequest, Submission
from cases.services import SpecialOrder
from departments.models import Staff
from tests.cases.branch import Branch, adjusted_case, make_branch, say, send
from tests.cases.races import Pair
from tests.cases.special import PAPERS, add_reviewer, agreed, drafted, sent

pytestmark = pytest.mark.race

ROUNDS = int(os.environ.get("RACE_ROUNDS", "30"))
SEED = int(os.environ.get("RACE_SEED", str(random.randrange(10**6))))


@pytest.fixture
def arena(own_database, django_db_blocker, monkeypatch) -> Iterator[Branch]:
    monkeypatch.setattr("departments.tasks.wake_deliverer", lambda: None)
    with django_db_blocker.unblock():
        branch = make_branch()
        branch.reviewer = add_reviewer(branch)
        yield branch


@pytest.fixture
def pair(arena) -> Iterator[Pair]:
    print(f"RACE_SEED={SEED} RACE_ROUNDS={ROUNDS}")  # noqa: T201 - shown when a round goes wrong
    pair = Pair(SEED)
    yield pair
    pair.close()


def major_case(branch: Branch) -> ClaimCase:
    """With its papers as rows alone."""
    case = adjusted_case(branch, is_major=True)
    CasePaper.objects.bulk_create(
        CasePaper(
            case=case, kind=kind, name=kind, file="x.pdf", sha256=kind, size=1, uploaded_by=branch.clerk
        )
        for kind in PAPERS
    )
    return case


def version(pk: int) -> int:
    return ClaimCase.objects.values_list("version", flat=True).get(pk=pk)


def pay(request: SpecialRequest, by: Staff) -> str:
    services.pay_special(request, SpecialOrder(request.granted, version(request.case_id)), by=by)
    return "paid"


def within_what_was_granted() -> bool:
    over = SpecialRequest.objects.annotate(out=Sum("payments__amount")).filter(out__gt=F("granted"))
    return not over.exists() and not ClaimCase.objects.filter(paid__gt=F("approved")).exists()


def test_pay_against_pay(arena: Branch, pair: Pair):
    """The whole advance, twice at once: it goes out once."""
    for _ in range(ROUNDS):
        request = agreed(major_case(arena), Kind.PREPAYMENT, arena, arena.reviewer)
        pair.run(partial(pay, request, arena.clerk), partial(pay, request, arena.surveyor))

    assert Payment.objects.count() == ROUNDS
    assert within_what_was_granted()
    assert verify() == []


def adjudicate(submission: Submission, by: Staff) -> str:
    say(submission, "agree", by=by)
    return "set off"


def test_advance_against_set_off(arena: Branch, pair: Pair):
    """Whichever comes first: the case is granted what was adjudicated, whatever went ahead is part of it."""
    results = Counter()
    for _ in range(ROUNDS):
        case = major_case(arena)
        request = agreed(case, Kind.PREPAYMENT, arena, arena.reviewer)
        main = send(case, by=arena.clerk)
        two = pair.run(partial(pay, request, arena.clerk), partial(adjudicate, main, arena.adjudicator))
        results[tuple(sorted(two))] += 1

    adjudicated = ClaimCase.objects.filter(submissions__item__code="adjudication", stage="approved")
    assert not adjudicated.exclude(approved=Decimal(8000), advanced=0).exists()
    assert within_what_was_granted()
    assert not SpecialRequest.objects.filter(set_off_at=None, case__in=adjudicated).exists()
    assert sum(results.values()) == ROUNDS
    assert verify() == []


def withdraw(submission: Submission, by: Staff) -> str:
    services.withdraw(submission, "另议", by=by, seen=version(submission.case_id))
    return "withdrawn"


def test_withdraw_against_decide(arena: Branch, pair: Pair):
    """One of them counts, and the request says the same as its submission."""
    for _ in range(ROUNDS):
        submission = sent(drafted(major_case(arena), Kind.PREPAYMENT, arena.clerk), arena.clerk)
        two = pair.run(
            partial(withdraw, submission, arena.clerk), partial(adjudicate, submission, arena.reviewer)
        )
        assert len({"withdrawn", "set off"} & set(map(str, two))) == 1

    ends = Counter(Submission.objects.values_list("status", flat=True))
    states = Counter(SpecialRequest.objects.values_list("state", flat=True))
    assert (states["agreed"], states["draft"]) == (ends["agreed"], ends["withdrawn"])
    assert ClaimCase.objects.aggregate(all=Sum("advanced"))["all"] == 2000 * ends["agreed"]
    assert verify() == []
