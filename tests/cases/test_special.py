"""Special requests from the draft to the end: what they do to the request, the case and its money."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from authority.ledger import verify
from authority.refusals import Refused
from cases import services
from cases.conflicts import KeyReused, Stale
from cases.lifecycle import Stage
from cases.models import ClaimCase, Kind, RecoveryPlaceholder, SpecialRequest
from cases.services import Answer, Followed, Sending, SpecialOrder
from departments.models import Staff
from tests.cases.branch import Branch, grant, in_post, say, send
from tests.cases.special import add_reviewer, agreed, drafted, paid, sent, special_case, values_of


@pytest.fixture
def reviewer(branch: Branch) -> Staff:
    return add_reviewer(branch)


def codes(act, *args, **options) -> tuple[str, ...]:
    with pytest.raises(Refused) as refusal:
        act(*args, **options)
    return refusal.value.ruling.codes


def now(case: ClaimCase) -> ClaimCase:
    return ClaimCase.objects.get(pk=case.pk)


def sending(**given) -> Sending:
    return Sending(**{"addressee": "刘明", "way": "mail", "sent_at": timezone.now(), **given})


def notify(request: SpecialRequest, by: Staff, **given):
    return services.send_notice(request, sending(**given), by=by, seen=now(request.case).version)


def test_a_draft_is_of_the_kinds_own_columns(branch: Branch):
    case = special_case(branch)
    request = drafted(case, Kind.REFUSAL, branch.clerk)

    assert (request.state, request.amount, request.number[:2]) == ("draft", Decimal(8000), "TS")
    with pytest.raises(KeyError):
        drafted(special_case(branch), Kind.REFUSAL, branch.clerk, hospital="中心医院")


def test_one_of_an_item_is_under_way_at_a_time(branch: Branch):
    case = special_case(branch)
    drafted(case, Kind.RESCUE_PAYMENT, branch.clerk)

    assert codes(drafted, case, Kind.RESCUE_ADVANCE, branch.clerk) == ("already_live",)


@pytest.mark.parametrize(
    ("kind", "stage", "fits"),
    [
        (Kind.REFUSAL, Stage.ADJUDICATING, False),
        (Kind.PREPAYMENT, Stage.ADJUDICATING, True),
        (Kind.PREPAYMENT, Stage.APPROVED, False),
        (Kind.REOPENING, Stage.ADJUSTED, False),
        (Kind.ZERO_PAYMENT, Stage.ADJUSTED, True),
    ],
)
def test_the_stage_says_which_kinds_fit(branch: Branch, kind: str, stage: str, *, fits: bool):
    case = special_case(branch, stage=stage)

    assert services.may_draft(case, kind, branch.clerk).allowed is fits


def test_every_reason_is_given_before_sending(branch: Branch):
    case = special_case(branch)
    case.papers.all().delete()
    request = drafted(case, Kind.PREPAYMENT, branch.clerk, amount=Decimal(2401), payee="")

    assert codes(sent, request, branch.surveyor) == ("papers_missing", "no_payee", "not_major", "over_share")


def test_a_refusal_ends_the_case_with_its_notice(branch: Branch, reviewer: Staff):
    case = special_case(branch)
    request = agreed(case, Kind.REFUSAL, branch, reviewer)
    assert (request.state, now(case).stage) == ("agreed", Stage.ADJUSTED)

    notice = notify(request, branch.clerk)

    request.refresh_from_db()
    closed = now(case)
    assert (closed.stage, closed.closing_kind) == (Stage.CLOSED, "refused")
    assert (request.state, notice.state, closed.special_kinds) == ("executed", "sent", ["refusal"])
    assert verify([f"case:{case.pk}"]) == []


def test_a_partial_refusal_leaves_the_case_going(branch: Branch, reviewer: Staff):
    case = special_case(branch)
    request = agreed(case, Kind.REFUSAL, branch, reviewer, is_partial=True, amount=Decimal(500))

    notify(request, branch.clerk)

    assert now(case).stage == Stage.ADJUSTED


def test_a_notice_is_not_sent_before_the_decision_nor_tomorrow(branch: Branch, reviewer: Staff):
    request = drafted(special_case(branch), Kind.REFUSAL, branch.clerk)
    assert codes(notify, request, branch.clerk) == ("not_agreed",)
    say(sent(request, branch.clerk), "agree", by=reviewer)

    day = timedelta(days=1)
    assert codes(notify, request, branch.clerk, sent_at=timezone.now() - day) == ("before_decision",)
    late = codes(notify, request, branch.clerk, sent_at=timezone.now() + day, addressee=" ", way="fax")
    assert late == ("no_addressee", "no_way", "in_future")


def test_what_becomes_of_a_notice_is_followed(branch: Branch, reviewer: Staff):
    request = agreed(special_case(branch), Kind.REFUSAL, branch, reviewer)
    notice, today = notify(request, branch.clerk), timezone.localdate()

    def follow(**news):
        seen = now(request.case).version
        return services.follow_notice(notice, Followed(**news), by=branch.clerk, seen=seen)

    assert follow(delivered_on=today, receipt="EMS1").state == "delivered"
    assert codes(follow, objected_on=today) == ("no_objection",)
    assert codes(follow) == ("nothing_new",)
    assert codes(follow, sued_on=today + timedelta(days=1)) == ("out_of_order",)
    assert follow(objected_on=today, objection="不认可").state == "objected"
    assert follow(sued_on=today, court="涪城区法院").state_name == "已起诉"
    assert codes(follow, result="reversed") == ("no_result_day",)
    assert follow(result="reversed", result_on=today).receipt == "EMS1"


def test_a_returned_refusal_is_corrected_and_sent_again(branch: Branch, reviewer: Staff):
    request = drafted(special_case(branch), Kind.REFUSAL, branch.clerk)
    first = sent(request, branch.clerk)
    say(first, "return", by=reviewer, return_to="submit", problem_codes=("P1",), opinion="补证据")
    request.refresh_from_db()
    assert request.state == "returned"

    values = values_of(Kind.REFUSAL, evidence="补充：询问笔录")
    services.change_special(request, values, by=branch.clerk, seen=now(request.case).version)
    say(sent(request, branch.clerk), "agree", by=reviewer)

    request.refresh_from_db()
    assert (request.state, request.evidence) == ("agreed", "补充：询问笔录")


def test_a_cancellation_closes_the_case(branch: Branch, reviewer: Staff):
    case = special_case(branch)

    request = agreed(case, Kind.CANCELLATION, branch, reviewer)

    assert (now(case).closing_kind, request.state) == ("cancelled", "executed")


def test_a_cancellation_waits_for_the_others(branch: Branch, reviewer: Staff):
    case = special_case(branch, is_major=True)
    request = drafted(case, Kind.CANCELLATION, branch.clerk)
    submission = sent(request, branch.clerk)
    sent(drafted(case, Kind.PREPAYMENT, branch.clerk), branch.clerk)

    assert codes(say, submission, "agree", by=reviewer) == ("others_open",)


def test_zero_payment_has_its_form_and_the_old_way(branch: Branch, reviewer: Staff):
    case = special_case(branch)
    request = agreed(case, Kind.ZERO_PAYMENT, branch, reviewer)
    assert (now(case).stage, request.state) == (Stage.APPROVED, "agreed")

    services.close(case, "zero", by=branch.clerk, seen=now(case).version)

    request.refresh_from_db()
    assert (now(case).closing_kind, request.state) == ("zero", "executed")


def test_zero_payment_is_asked_for_after_the_assessment_too(branch: Branch, reviewer: Staff):
    case = special_case(branch, stage=Stage.SURVEYED)
    services.assess(case, [services.LossRow("own_damage", "vehicle", "本车", Decimal(700))],
                    by=branch.surveyor, seen=case.version)  # fmt: skip

    submission = sent(drafted(case, Kind.ZERO_PAYMENT, branch.clerk), branch.clerk)

    assert (submission.amount, submission.case_total) == (Decimal(8000), Decimal(8000))


def test_reopening_begins_a_new_round(branch: Branch, reviewer: Staff):
    case = special_case(branch)
    notify(agreed(case, Kind.REFUSAL, branch, reviewer), branch.clerk)

    agreed(case, Kind.REOPENING, branch, reviewer, amount=Decimal(3000))

    case = now(case)
    assert (case.stage, case.round, case.closed_at, case.closing_kind) == (Stage.REGISTERED, 2, None, "")
    assert (case.estimate, case.adjusted) == (Decimal(3000), 0)
    assert [loss.adjusted for loss in case.losses.all()] == [0]
    services.survey(case, {}, by=branch.surveyor, seen=case.version)


def test_a_prepayment_is_paid_and_set_off(branch: Branch, reviewer: Staff):
    case = special_case(branch, is_major=True)
    request = agreed(case, Kind.PREPAYMENT, branch, reviewer)
    assert (now(case).approved, now(case).advanced) == (Decimal(2000), Decimal(2000))
    paid(request, branch.clerk)

    main = send(case, by=branch.clerk)
    assert (main.amount, main.case_total) == (Decimal(8000), Decimal(8000))
    say(main, "agree", by=branch.adjudicator)

    case, request = now(case), SpecialRequest.objects.get()
    assert (case.approved, case.paid, case.advanced) == (Decimal(8000), Decimal(2000), 0)
    assert request.set_off_at is not None
    order = services.PaymentOrder(Decimal(6000), "刘明", case.version)
    services.pay(case, order, by=branch.clerk)
    assert now(case).stage == Stage.PAID


def test_an_advance_that_was_not_paid_lapses_with_the_adjudication(branch: Branch, reviewer: Staff):
    case = special_case(branch, is_major=True)
    request = agreed(case, Kind.PREPAYMENT, branch, reviewer)
    say(send(case, by=branch.clerk), "agree", by=branch.adjudicator)
    request.refresh_from_db()

    assert "set_off" in codes(paid, request, branch.clerk)
    assert now(case).approved == Decimal(8000)


def test_what_was_prepaid_beyond_the_adjudication_is_claimed_back(branch: Branch, reviewer: Staff):
    case = special_case(branch, is_major=True)
    paid(agreed(case, Kind.PREPAYMENT, branch, reviewer), branch.clerk)
    case = now(case)
    loss = case.losses.get()
    services.amend  # noqa: B018
    ClaimCase.objects.filter(pk=case.pk).update(adjusted=1500)
    case.losses.filter(pk=loss.pk).update(adjusted=1500)

    say(send(case, by=branch.clerk), "agree", by=branch.adjudicator)

    case, claim = now(case), RecoveryPlaceholder.objects.get()
    assert (case.approved, case.paid) == (Decimal(2000), Decimal(2000))
    assert (claim.type, claim.amount) == ("overpaid", Decimal(500))
    services.close(case, "paid", by=branch.clerk, seen=case.version)


def test_prepayments_count_together(branch: Branch, reviewer: Staff):
    case = special_case(branch, is_major=True)
    paid(agreed(case, Kind.PREPAYMENT, branch, reviewer), branch.clerk)

    second = drafted(case, Kind.PREPAYMENT, branch.clerk, amount=Decimal(401))

    assert codes(sent, second, branch.clerk) == ("over_share",)


def test_what_is_given_up_is_not_granted_any_more(branch: Branch, reviewer: Staff):
    case = special_case(branch, is_major=True)
    request = paid(agreed(case, Kind.PREPAYMENT, branch, reviewer), branch.clerk, Decimal(500))
    seen = now(case).version
    assert codes(services.give_up_special, request, " ", by=branch.clerk, seen=seen) == ("no_reason",)

    services.give_up_special(request, "客户不再需要", by=branch.clerk, seen=seen)

    request.refresh_from_db()
    assert (now(case).approved, now(case).advanced) == (Decimal(500), Decimal(500))
    assert (request.state, request.granted) == ("executed", Decimal(500))


def test_an_advance_opens_a_claim_and_leaves_the_way_to_a_refusal(branch: Branch, reviewer: Staff):
    case = special_case(branch)
    request = agreed(case, Kind.RESCUE_ADVANCE, branch, reviewer)
    paid(request, branch.clerk, Decimal(2000))
    paid(request, branch.clerk, Decimal(3000))

    claim = RecoveryPlaceholder.objects.get()
    assert (claim.debtor, claim.amount, claim.status) == ("赵五", Decimal(5000), "pending")
    notify(agreed(case, Kind.REFUSAL, branch, reviewer), branch.clerk)
    assert (now(case).closing_kind, now(case).paid) == ("refused", Decimal(5000))


def test_a_case_is_not_closed_while_an_advance_waits_to_be_paid(branch: Branch, reviewer: Staff):
    case = special_case(branch)
    agreed(case, Kind.RESCUE_ADVANCE, branch, reviewer)
    refusal = agreed(case, Kind.REFUSAL, branch, reviewer)

    assert codes(notify, refusal, branch.clerk) == ("special_unpaid",)


def test_what_is_granted_to_a_request_is_not_for_the_ordinary_payment(branch: Branch, reviewer: Staff):
    case = special_case(branch)
    request = agreed(case, Kind.RESCUE_ADVANCE, branch, reviewer)
    say(send(case, by=branch.clerk), "agree", by=branch.adjudicator)
    case = now(case)
    assert case.approved == Decimal(13000)

    def pay(amount: int):
        order = services.PaymentOrder(Decimal(amount), "刘明", now(case).version)
        return services.pay(case, order, by=branch.clerk)

    assert codes(pay, 8001) == ("over_approved",)
    pay(8000)
    assert now(case).stage == Stage.APPROVED
    paid(request, branch.clerk)
    assert now(case).stage == Stage.PAID


def test_the_limit_of_the_compulsory_cover_is_asked_again_at_the_decision(branch: Branch, reviewer: Staff):
    case = special_case(branch)
    submission = sent(drafted(case, Kind.RESCUE_PAYMENT, branch.clerk, amount=Decimal(17000)), branch.clerk)
    ClaimCase.objects.filter(pk=case.pk).update(liability_ratio=0)

    assert codes(say, submission, "agree", by=reviewer) == ("over_medical_limit",)


def test_ex_gratia_is_for_the_province_or_head_office(branch: Branch):
    case = special_case(branch)
    office = in_post("OFFICE_HEAD", branch.department)
    grant(office, "ex_gratia", "100000")
    request = drafted(case, Kind.EX_GRATIA, branch.clerk)
    submission = sent(request, branch.clerk)
    assert submission.chain.filter(kind="head_office").exists()

    say(submission, "refer_up", by=office.staff, opinion="建议同意", missing_papers="无")
    submission.refresh_from_db()
    answer = Answer("altered", "总2号", Decimal(3500))
    services.answer_escalation(submission.escalation, answer, by=branch.head_office_reviewer)

    request.refresh_from_db()
    assert (request.state, request.granted, now(case).approved) == ("agreed", 3500, 3500)
    paid(request, branch.clerk)
    assert now(case).paid == 3500


def test_late_registration_is_carried_out_by_the_registration(branch: Branch, reviewer: Staff):
    unregistered = {"registered_at": None, "claim_no": "", "stage": Stage.REPORTED}
    case = special_case(branch, **unregistered)
    request = agreed(case, Kind.LATE_REGISTRATION, branch, reviewer)
    assert request.state == "agreed"

    services.register(case, Decimal(8000), by=branch.clerk, seen=now(case).version)

    request.refresh_from_db()
    assert request.state == "executed"


def test_the_register_is_kept_by_the_posts_that_the_kind_names(branch: Branch, reviewer: Staff):
    request = agreed(special_case(branch), Kind.REFUSAL, branch, reviewer)
    seen, today = now(request.case).version, timezone.localdate()

    denied = codes(services.enter_special, request, None, by=branch.clerk, seen=seen)
    assert denied == ("not_registering", "own_request", "no_day")
    services.enter_special(request, today, by=branch.statistician, seen=seen)

    request.refresh_from_db()
    assert (request.entered_by, request.reported_on) == (branch.statistician, today)


def test_the_same_key_pays_once(branch: Branch, reviewer: Staff):
    case = special_case(branch, is_major=True)
    request = agreed(case, Kind.PREPAYMENT, branch, reviewer)
    key = "0b7c3f0e-7f8e-4c76-9a70-0d5ff3a2a001"
    order = SpecialOrder(Decimal(500), now(case).version, key=key)
    first = services.pay_special(request, order, by=branch.clerk)

    assert services.pay_special(request, order, by=branch.clerk) == first
    with pytest.raises(KeyReused):
        services.pay_special(request, SpecialOrder(Decimal(1), 1, key=key), by=branch.clerk)
    with pytest.raises(Stale):
        services.pay_special(request, SpecialOrder(Decimal(1), 1), by=branch.clerk)


def test_nobody_pays_what_he_granted(branch: Branch, reviewer: Staff):
    request = agreed(special_case(branch, is_major=True), Kind.PREPAYMENT, branch, reviewer)

    assert "own_decision" in codes(paid, request, reviewer)


def test_a_grant_for_other_kinds_does_not_do(branch: Branch):
    held = in_post("REG_SPECIAL", branch.department)
    grant(held, "refusal", "50000", special_kinds=["cancellation"])

    submission = sent(drafted(special_case(branch), Kind.REFUSAL, branch.clerk), branch.clerk)

    assert submission.special_kind == "refusal"
    assert submission.chain.get().kind == "head_office"
