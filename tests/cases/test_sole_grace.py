"""通融 alone: a case on which nothing is owed is settled by grace, paid and closed on that approval."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from authority.ledger import verify
from authority.models import LedgerEntry
from authority.refusals import Refused
from cases import services
from cases.lifecycle import Stage
from cases.models import CaseStep, ClaimCase, Kind, SpecialRequest
from cases.services import Answer
from cases.services.closing_special import close_sole, may_close_sole
from departments.models import Staff
from departments.owed import owed_by
from tests.cases.branch import Branch, in_post, say, send
from tests.cases.special import add_reviewer, agreed, drafted, paid, sent, special_case
from tests.cases.viewers import client_of


def now(case: ClaimCase) -> ClaimCase:
    return ClaimCase.objects.get(pk=case.pk)


def codes(act: Any, *args: Any, **options: Any) -> tuple[str, ...]:
    with pytest.raises(Refused) as refusal:
        act(*args, **options)
    return refusal.value.ruling.codes


def granted(branch: Branch, case: ClaimCase, **given: Any) -> SpecialRequest:
    """Drafted by the clerk, agreed to by head office."""
    request = drafted(case, Kind.EX_GRATIA, branch.clerk, **{"is_sole": True, **given})
    submission = sent(request, branch.clerk)
    answer = Answer("agreed", "总7号")
    services.answer_escalation(submission.escalation, answer, by=branch.head_office_reviewer)
    request.refresh_from_db()
    return request


def close(request: SpecialRequest, by: Staff) -> ClaimCase:
    return close_sole(request, by=by, seen=now(request.case).version)


@pytest.mark.parametrize("stage", [Stage.REGISTERED, Stage.ASSESSED, Stage.ADJUSTED])
def test_what_was_paid_in_grace_closes_the_case(branch: Branch, guarded, stage: str):
    case = special_case(branch, stage=stage)
    request = paid(granted(branch, case), branch.clerk)

    close(request, branch.clerk)
    guarded()

    closed = now(case)
    assert (closed.stage, closed.closing_kind) == (Stage.CLOSED, "paid")
    assert (closed.approved, closed.paid, closed.adjusted) == (4000, 4000, 8000)
    assert closed.paid_at == request.executed_at
    entry = LedgerEntry.objects.get(chain=f"case:{case.pk}", action="close_special")
    assert (entry.amount, entry.details["special"], entry.to_state) == (4000, request.pk, "closed")
    assert CaseStep.objects.filter(case=case, step="close", person=branch.clerk).exists()
    assert verify([f"case:{case.pk}"]) == []


def test_not_before_it_was_paid(branch: Branch):
    request = granted(branch, special_case(branch))

    assert codes(close, request, branch.clerk) == ("not_paid", "special_unpaid")


def test_not_where_it_was_not_asked_for_like_that(branch: Branch):
    request = paid(granted(branch, special_case(branch), is_sole=False), branch.clerk)

    assert codes(close, request, branch.clerk) == ("not_sole",)


def test_not_by_somebody_else(branch: Branch):
    request = paid(granted(branch, special_case(branch)), branch.clerk)
    stranger = in_post("RECOV", branch.department).staff

    assert codes(close, request, stranger) == ("not_handling",)
    assert codes(close, request, branch.head_office_reviewer) == ("not_handling",)


def test_once_settled_by_grace_it_is_not_adjudicated(branch: Branch):
    case = special_case(branch)
    request = granted(branch, case)
    assert codes(send, case, by=branch.clerk) == ("settled_by_grace",)

    services.give_up_special(request, "客户接受理算结果", by=branch.clerk, seen=now(case).version)

    assert send(case, by=branch.clerk).status == "open"


def test_an_adjudication_that_waits_is_in_the_way(branch: Branch):
    case = special_case(branch)
    request = drafted(case, Kind.EX_GRATIA, branch.clerk, is_sole=True)
    send(case, by=branch.clerk)

    assert codes(sent, request, branch.clerk) == ("others_open",)


def test_beside_an_ordinary_payment_it_is_closed_as_ever(branch: Branch):
    case = special_case(branch)
    request = granted(branch, case, is_sole=False)
    say(send(case, by=branch.clerk), "agree", by=branch.adjudicator)
    paid(request, branch.clerk)
    assert "wrong_stage" in codes(close, request, branch.clerk)
    order = services.PaymentOrder(Decimal(8000), "刘明", now(case).version)
    services.pay(case, order, by=branch.clerk)

    services.close(case, "paid", by=branch.clerk, seen=now(case).version)

    assert now(case).paid == 12000


def test_an_advance_for_somebody_else_is_no_hindrance(branch: Branch):
    reviewer = add_reviewer(branch)
    case = special_case(branch)
    advance = agreed(case, Kind.RESCUE_ADVANCE, branch, reviewer)
    request = paid(granted(branch, case), branch.clerk)
    assert codes(close, request, branch.clerk) == ("special_unpaid",)

    paid(advance, branch.clerk)

    assert close(request, branch.clerk).paid == 9000


def test_of_advances_alone_nothing_is_closed_as_paid(branch: Branch):
    reviewer = add_reviewer(branch)
    case = special_case(branch)
    paid(agreed(case, Kind.RESCUE_ADVANCE, branch, reviewer), branch.clerk)
    agreed(case, Kind.ZERO_PAYMENT, branch, reviewer)

    assert codes(services.close, case, "paid", by=branch.clerk, seen=now(case).version) == ("not_paid",)
    services.close(case, "zero", by=branch.clerk, seen=now(case).version)
    assert (now(case).closing_kind, now(case).paid) == ("zero", 5000)


def test_nothing_is_prepaid_once_it_is_settled(branch: Branch):
    case = special_case(branch, is_major=True)
    granted(branch, case)
    ahead = drafted(case, Kind.PREPAYMENT, branch.clerk)

    assert codes(sent, ahead, branch.clerk) == ("settled_by_grace",)


def test_a_prepayment_is_given_up_or_set_off_first(branch: Branch):
    reviewer = add_reviewer(branch)
    case = special_case(branch, is_major=True)
    ahead = agreed(case, Kind.PREPAYMENT, branch, reviewer)
    request = drafted(case, Kind.EX_GRATIA, branch.clerk, is_sole=True)
    assert codes(sent, request, branch.clerk) == ("not_set_off",)

    services.give_up_special(ahead, "不再需要", by=branch.clerk, seen=now(case).version)

    assert sent(request, branch.clerk).status == "open"


def test_what_is_not_set_off_is_asked_again_at_the_end(branch: Branch):
    case = special_case(branch)
    request = paid(granted(branch, case), branch.clerk)
    ClaimCase.objects.filter(pk=case.pk).update(advanced=1)

    assert codes(close, request, branch.clerk) == ("not_set_off",)


def test_after_reopening_it_takes_a_new_one(branch: Branch):
    reviewer = add_reviewer(branch)
    case = special_case(branch)
    first = paid(granted(branch, case), branch.clerk)
    close(first, branch.clerk)
    agreed(case, Kind.REOPENING, branch, reviewer, amount=Decimal(1000))
    first.refresh_from_db()
    first.case = now(case)

    assert may_close_sole(first, branch.clerk).codes == ("earlier_round",)
    second = paid(granted(branch, case, amount=Decimal(500)), branch.clerk)
    close(second, branch.clerk)
    assert (now(case).round, now(case).paid) == (2, 4500)


def test_it_is_asked_for_owed_and_done_on_pages(branch: Branch):
    case = special_case(branch)
    client = client_of(branch.clerk)
    form = client.get(reverse("cases:special_new", args=[case.pk]), {"kind": "ex_gratia"})
    assert "本案只作通融赔付" in form.content.decode()
    request = paid(granted(branch, case), branch.clerk)
    owed = {one.label: one for one in owed_by(branch.clerk)}
    assert request.number in client.get(owed["通融付清待结案"].url).content.decode()
    url = reverse("cases:special_close", args=[request.pk])
    assert url in client.get(request.get_absolute_url()).content.decode()
    assert client.get(url).status_code == 200

    assert client.post(url, {"seen": now(case).version}).status_code == 302

    assert now(case).stage == Stage.CLOSED
    assert client.post(url, {"seen": now(case).version}).status_code == 403
    assert "通融付清待结案" not in {one.label for one in owed_by(branch.clerk)}
