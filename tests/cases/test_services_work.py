"""The handler's work: who may do it, what it refuses, what it leaves behind."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.utils import timezone
from guardian.shortcuts import assign_perm

from authority.refusals import Refused
from cases import services
from cases.conflicts import KeyReused, Stale
from cases.lifecycle import Stage
from cases.models import CaseUserPermission, ClaimCase, EstimateChange, Payment, Submission
from cases.services import Amendment, Loan, LossRow, PauseRequest, PaymentOrder, Request
from departments.models import OutboxMessage
from departments.models.people import AdminRole
from tests.cases.branch import Branch, adjusted_case, assessed_case, grant, in_post, say, send
from tests.factories import CaseFactory, InterestFactory, StaffFactory

WORK = {
    "register": lambda case, by: services.register(case, Decimal(500), by=by, seen=1),
    "survey": lambda case, by: services.survey(case, {"accident_place": "路口"}, by=by, seen=1),
    "assess": lambda case, by: services.assess(
        case, [LossRow("own_damage", "vehicle", "本车", Decimal(9))], by=by, seen=1
    ),
    "adjust": lambda case, by: services.adjust(case, {}, by=by, seen=1),
    "submit": lambda case, by: services.submit(case, Request("adjudication", 1), by=by),
    "change_estimate": lambda case, by: services.change_estimate(case, Decimal(9), "理由", by=by, seen=1),
    "pay": lambda case, by: services.pay(case, PaymentOrder(Decimal(9), "刘明", 1), by=by),
    "close": lambda case, by: services.close(case, "paid", by=by, seen=1),
    "hand_over": lambda case, by: services.hand_over(case, StaffFactory(), "", by=by, seen=1),
    "suspend": lambda case, by: services.suspend(case, PauseRequest("police", "等结论"), by=by, seen=1),
    "note_papers": lambda case, by: services.note_papers(case, timezone.now(), by=by, seen=1),
}


def refused(act) -> tuple[str, ...]:
    with pytest.raises(Refused) as refusal:
        act()
    return refusal.value.ruling.codes


@pytest.mark.parametrize("work", WORK)
def test_a_stranger_does_no_work(branch: Branch, work: str):
    case = adjusted_case(branch)

    assert "not_handling" in refused(lambda: WORK[work](case, branch.statistician))
    assert ClaimCase.objects.get(pk=case.pk).version == 1


@pytest.mark.parametrize("work", WORK)
def test_a_closed_case_stays_as_it_is(branch: Branch, work: str):
    case = CaseFactory(closed=True, unit=branch.unit, handler=branch.clerk)

    assert "wrong_stage" in refused(lambda: WORK[work](case, branch.clerk))


@pytest.mark.parametrize("work", WORK)
def test_work_on_a_stale_page_is_turned_away(branch: Branch, work: str):
    case = adjusted_case(branch)
    ClaimCase.objects.filter(pk=case.pk).update(version=2)

    with pytest.raises(Stale):
        WORK[work](case, branch.clerk)


@pytest.mark.parametrize(
    ("state", "code"),
    [({"is_active": False}, "inactive"), ({"admin_role": AdminRole.SYSTEM}, "admin_role")],
)
def test_who_may_not_act_at_all(branch: Branch, state: dict, code: str):
    person = StaffFactory(**state)
    assign_perm("handle_cases", person, branch.unit)

    assert code in refused(lambda: WORK["submit"](adjusted_case(branch), person))


def test_a_colleague_of_the_unit_does_the_work(branch: Branch):
    case = CaseFactory(unit=branch.unit, handler=branch.clerk, stage=Stage.REGISTERED)

    assert services.survey(case, {}, by=branch.surveyor, seen=1).stage == "surveyed"


def test_the_survey_writes_only_what_a_survey_finds(branch: Branch):
    case = CaseFactory(unit=branch.unit, handler=branch.clerk, stage=Stage.REGISTERED)

    with pytest.raises(KeyError, match="approved"):
        services.survey(case, {"approved": 1}, by=branch.surveyor, seen=1)


def test_a_new_case_belongs_to_a_unit_one_handles(branch: Branch):
    case = CaseFactory.build(unit=branch.head_office, handler=None, stage="reported")

    assert refused(lambda: services.register_case(case, by=branch.clerk)) == ("not_handling",)


def test_a_case_reviewed_in_the_core_system_is_adjusted_here(branch: Branch):
    case = adjusted_case(branch, stage="reviewed", source="import")
    loss = case.losses.get()

    case = services.adjust(case, {loss.pk: Decimal("7000")}, by=branch.adjuster, seen=case.version)

    assert (case.stage, case.adjusted) == ("adjusted", 7000)


def test_a_new_assessment_takes_back_what_was_reviewed(branch: Branch):
    case = assessed_case(branch)
    say(send(case, "damage_review", by=branch.clerk), "agree", by=branch.damage_reviewer)
    case.refresh_from_db()
    ClaimCase.objects.filter(pk=case.pk).update(stage="returned", returned_to="assess")
    rows = [LossRow("third_party", "vehicle", "三者车", Decimal("700"))]
    case = services.assess(case, rows, by=branch.surveyor, seen=case.version)

    assert (case.assessed, case.reviewed, case.lines) == (700, 0, ["third_party"])
    assert {loss.label: loss.assessed for loss in case.losses.all()} == {"本车": 0, "三者车": 700}
    assert "not_reviewed" in refused(lambda: services.adjust(case, {}, by=branch.adjuster, seen=case.version))


@pytest.mark.parametrize(
    ("amounts", "code"),
    [
        (lambda loss: {loss.pk: Decimal("8000.01")}, "over_reviewed"),
        (lambda loss: {loss.pk: Decimal("-1")}, "negative_amount"),
        (lambda loss: {0: Decimal("1")}, "foreign_loss"),
    ],
)
def test_the_calculation_stays_within_the_review(branch: Branch, amounts, code: str):
    case = assessed_case(branch)
    say(send(case, "damage_review", by=branch.clerk), "agree", by=branch.damage_reviewer)
    case.refresh_from_db()

    sums = amounts(case.losses.get())
    assert code in refused(lambda: services.adjust(case, sums, by=branch.adjuster, seen=case.version))


def test_vehicle_and_injury_are_reviewed_side_by_side(branch: Branch):
    doctor = in_post("INJ_REV", branch.department)
    grant(doctor, "injury_review", "50000")
    case = CaseFactory(unit=branch.unit, handler=branch.clerk, stage=Stage.SURVEYED)
    rows = [
        LossRow("own_damage", "vehicle", "本车", Decimal(5000)),
        LossRow("third_party", "injury", "伤者甲", Decimal(7000)),
    ]
    services.assess(case, rows, by=branch.surveyor, seen=1)
    damage, injury = (send(case, item, by=branch.clerk) for item in ("damage_review", "injury_review"))
    assert (damage.amount, injury.amount, injury.per_person, injury.case_total) == (5000, 7000, 7000, 12000)

    say(damage, "agree", by=branch.damage_reviewer)
    assert ClaimCase.objects.get(pk=case.pk).stage == "reviewing"
    say(injury, "agree", by=doctor.staff)
    case.refresh_from_db()
    assert (case.stage, case.reviewed) == ("reviewed", 12000)


def test_a_return_takes_the_other_reviews_with_it(branch: Branch):
    case = assessed_case(branch)
    grant(in_post("PPR", branch.department), "price_review", "50000")
    damage, price = send(case, "damage_review", by=branch.clerk), send(case, "price_review", by=branch.clerk)
    found = {"return_to": "assess", "problem_codes": ("P3",), "opinion": "价格有误"}
    say(damage, "return", by=branch.damage_reviewer, **found)

    price.refresh_from_db()
    assert price.status == "withdrawn"
    assert not price.chain.filter(status__in=["now", "waiting"]).exists()


def two_reviews(branch: Branch, *, above: str = "") -> tuple[Submission, Submission]:
    """Damage and injury under review; the injury is at head office, for nobody here may judge it."""
    case = CaseFactory(unit=branch.unit, handler=branch.clerk, stage=Stage.SURVEYED)
    rows = [
        LossRow("own_damage", "vehicle", "本车", Decimal(above or 5000)),
        LossRow("third_party", "injury", "伤者甲", Decimal(7000)),
    ]
    services.assess(case, rows, by=branch.surveyor, seen=1)
    return send(case, "damage_review", by=branch.clerk), send(case, "injury_review", by=branch.clerk)


@pytest.mark.parametrize("outcome", ["return", "refuse"])
def test_nothing_is_sent_back_over_the_head_of_head_office(branch: Branch, outcome: str):
    damage, injury = two_reviews(branch)
    found = {"return_to": "assess", "problem_codes": ("P3",), "opinion": "价格有误"}

    assert "other_at_head_office" in refused(lambda: say(damage, outcome, by=branch.damage_reviewer, **found))
    answer = services.Answer("agreed")
    services.answer_escalation(injury.escalation, answer, by=branch.head_office_reviewer)
    say(damage, outcome, by=branch.damage_reviewer, **found)


def test_head_office_refusing_one_review_refuses_the_other_it_has(branch: Branch):
    damage, injury = two_reviews(branch, above="900000")
    say(damage, "refer_up", by=branch.damage_reviewer, opinion="请批")
    say(damage, "refer_up", by=branch.manager, opinion="请批", missing_papers="后补")
    answer, by = services.Answer("refused"), branch.head_office_reviewer
    services.answer_escalation(injury.escalation, answer, by=by)

    damage.refresh_from_db()
    assert (damage.status, damage.escalation.status) == ("withdrawn", "answered")
    codes = refused(lambda: services.answer_escalation(damage.escalation, answer, by=by))
    assert {"not_open", "already_answered"} <= set(codes)


def amend(submission: Submission, label: str) -> Submission:
    case = ClaimCase.objects.get(pk=submission.case_id)
    amounts = {case.losses.get(label=label).pk: Decimal(6000)}
    return services.amend(submission, Amendment(amounts, "更正", case.version), by=case.handler)


def test_no_amount_moves_under_another_request(branch: Branch):
    grant(in_post("INJ_REV", branch.department), "injury_review", "50000")
    damage, injury = two_reviews(branch)
    assert refused(lambda: amend(damage, "本车")) == ("other_open",)

    say(injury, "agree", by=injury.chain.get().staff)
    assert refused(lambda: amend(damage, "伤者甲")) == ("foreign_loss",)
    assert amend(damage, "本车").amount == 6000


def test_whose_turn_it_was_hears_that_it_is_over(branch: Branch):
    price_holder = in_post("PPR", branch.department)
    grant(price_holder, "price_review", "50000")
    case = assessed_case(branch)
    damage = send(case, "damage_review", by=branch.clerk)
    send(case, "price_review", by=branch.clerk)
    found = {"return_to": "assess", "problem_codes": ("P3",), "opinion": "价格有误"}
    say(damage, "return", by=branch.damage_reviewer, **found)

    told = OutboxMessage.objects.filter(payload__kind="withdrawn")
    assert [one.payload["recipient"] for one in told] == [price_holder.staff.pk]


def test_the_same_form_sent_twice_asks_once(branch: Branch):
    case = adjusted_case(branch)
    request = Request("adjudication", 1, "请审批", uuid4())
    first = services.submit(case, request, by=branch.clerk)

    assert services.submit(case, request, by=branch.clerk) == first
    with pytest.raises(KeyReused):
        services.submit(case, Request("adjudication", 2, "别的意见", request.key), by=branch.clerk)
    with pytest.raises(KeyReused):
        services.submit(adjusted_case(branch), request, by=branch.clerk)
    assert Submission.objects.count() == 1


def test_one_request_per_item_is_open(branch: Branch):
    case = assessed_case(branch)
    send(case, "damage_review", by=branch.clerk)

    assert "already_open" in refused(lambda: send(case, "damage_review", by=branch.clerk))


def test_a_change_of_the_estimate_keeps_before_after_and_reason(branch: Branch):
    case = CaseFactory(unit=branch.unit, handler=branch.clerk, stage=Stage.SURVEYED)
    services.change_estimate(case, Decimal("9500"), "补充拆检", by=branch.clerk, seen=1)

    change = EstimateChange.objects.get(case=case)
    assert (change.before, change.after, change.reason) == (8000, 9500, "补充拆检")
    assert refused(lambda: services.change_estimate(case, Decimal("9600"), " ", by=branch.clerk, seen=2)) == (
        "no_reason",
    )


def approved_case(branch: Branch) -> ClaimCase:
    case = adjusted_case(branch)
    say(send(case, by=branch.clerk), "agree", by=branch.adjudicator)
    case.refresh_from_db()
    return case


def test_nothing_is_paid_that_nobody_here_adjudicated(branch: Branch):
    """An extract may bring a case in as approved; money needs a ruling of this department."""
    case = adjusted_case(branch, stage=Stage.APPROVED, approved=Decimal("8000"))
    order = PaymentOrder(Decimal("8000"), "刘明", case.version)

    assert refused(lambda: services.pay(case, order, by=branch.clerk)) == ("not_adjudicated",)

    earlier = approved_case(branch)
    ClaimCase.objects.filter(pk=earlier.pk).update(round=2)
    order = PaymentOrder(Decimal("8000"), "刘明", earlier.version)
    assert refused(lambda: services.pay(earlier, order, by=branch.clerk)) == ("not_adjudicated",)


def test_paying_in_parts_and_never_beyond_the_approval(branch: Branch):
    case = approved_case(branch)
    order = PaymentOrder(Decimal("5000"), "刘明", case.version, key=uuid4())
    first = services.pay(case, order, by=branch.clerk)

    assert services.pay(case, order, by=branch.clerk) == first
    with pytest.raises(KeyReused):
        services.pay(case, PaymentOrder(Decimal("1"), "刘明", 4, key=order.key), by=branch.clerk)
    too_much = PaymentOrder(Decimal("3000.01"), "刘明", case.version + 1)
    assert refused(lambda: services.pay(case, too_much, by=branch.clerk)) == ("over_approved",)
    services.pay(case, PaymentOrder(Decimal("3000"), "刘明", case.version + 1), by=branch.clerk)
    assert ClaimCase.objects.get(pk=case.pk).stage == "paid"
    assert Payment.objects.count() == 2


@pytest.mark.parametrize(
    ("amount", "payee", "code"),
    [("0", "刘明", "no_amount"), ("100", " ", "no_payee"), ("100", "王五", "interest")],
)
def test_a_payment_is_refused(branch: Branch, amount: str, payee: str, code: str):
    case = approved_case(branch)
    InterestFactory(staff=branch.clerk, kind="party", name="王五", relation="表兄弟")
    order = PaymentOrder(Decimal(amount), payee, case.version)

    assert refused(lambda: services.pay(case, order, by=branch.clerk)) == (code,)
    assert not Payment.objects.exists()


@pytest.mark.parametrize(
    ("kind", "code"), [("paid", "not_paid"), ("zero", "has_amount"), ("refused", "unknown_kind")]
)
def test_closing_needs_its_ground(branch: Branch, kind: str, code: str):
    case = approved_case(branch)

    assert refused(lambda: services.close(case, kind, by=branch.clerk, seen=case.version)) == (code,)


def test_a_zero_payment_is_agreed_before_it_is_closed(branch: Branch):
    case = CaseFactory(unit=branch.unit, handler=branch.clerk, stage=Stage.SURVEYED)
    sent = send(case, "zero_payment", by=branch.clerk, opinion="责任免除")
    say(sent, "agree", by=branch.adjudicator)
    case.refresh_from_db()
    case = services.close(case, "zero", by=branch.clerk, seen=case.version)

    assert (case.stage, case.closing_kind, case.approved) == ("closed", "zero", 0)


def test_handing_over_names_somebody_who_can_act(branch: Branch):
    case = adjusted_case(branch)
    assert refused(lambda: services.hand_over(case, branch.statistician, "", by=branch.clerk, seen=1)) == (
        "successor_not_handling",
    )

    case = services.hand_over(case, branch.adjuster, "调岗", by=branch.clerk, seen=1)
    assert case.handler == branch.adjuster


def test_a_lent_case_is_seen_until_it_is_given_back(branch: Branch):
    case, reader = adjusted_case(branch), StaffFactory()
    terms = Loan(reader, timezone.localdate() + timedelta(days=3), "会商")
    loan = services.lend_case(case, terms, by=branch.clerk)
    assert ClaimCase.objects.visible_to(reader).get() == case

    services.return_case(loan, by=reader)
    assert not CaseUserPermission.objects.exists()
    assert not ClaimCase.objects.visible_to(StaffFactory()).exists()


@pytest.mark.parametrize("role", ["system", "security", "audit"])
def test_administrators_borrow_no_case(branch: Branch, role: str):
    terms = Loan(StaffFactory(admin_role=role), timezone.localdate(), "会商")

    codes = refused(lambda: services.lend_case(adjusted_case(branch), terms, by=branch.clerk))
    assert codes == ("admin_role",)


def test_a_loan_has_a_reason_and_an_end(branch: Branch):
    terms = Loan(StaffFactory(is_active=False), timezone.localdate() - timedelta(days=1), " ")

    codes = refused(lambda: services.lend_case(adjusted_case(branch), terms, by=branch.clerk))
    assert codes == ("past_date", "no_reason", "inactive")
