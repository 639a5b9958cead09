"""Every rule of every kind as a table; each reason by its code."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cases.models import Kind
from cases.specials.rulings import Bounds, Plea, Reason, Standing, objections_to, share_of

TODAY = date(2026, 11, 27)
BOUNDS = Bounds(
    {
        "prepay_major_share": Decimal(30),
        "prepay_medical_share": Decimal(50),
        "prepay_certain_days": Decimal(30),
        "ex_gratia_share": Decimal(50),
        "rescission_days": Decimal(30),
    }
)
STANDING = Standing(
    today=TODAY,
    estimate=Decimal(100_000),
    medical_limit=Decimal(18_000),
    is_major=True,
    is_injury=True,
    has_ctpl=True,
    papers_complete_on=date(2026, 10, 1),
)
RESCUE = {
    "amount": Decimal(6000),
    "police_notice_no": "12号",
    "police_notice_on": TODAY,
    "hospital": "中心医院",
    "patient": "王强",
}
PLEAS = {
    Kind.REFUSAL: {"amount": Decimal(100_000), "clause": "第8条", "evidence": "查询结果"},
    Kind.ZERO_PAYMENT: {"amount": Decimal(100_000)},
    Kind.CANCELLATION: {"amount": Decimal(100_000), "declared_on": TODAY, "declarant": "刘明"},
    Kind.REOPENING: {"amount": Decimal(3000)},
    Kind.PREPAYMENT: {
        "amount": Decimal(30_000),
        "basis": "major",
        "basis_amount": Decimal(100_000),
        "payee": "刘明",
    },
    Kind.RESCUE_PAYMENT: RESCUE,
    Kind.RESCUE_ADVANCE: {**RESCUE, "ground": "drunk", "debtor": "赵五"},
    Kind.EX_GRATIA: {
        "amount": Decimal(5000),
        "basis_amount": Decimal(10_000),
        "is_attested": True,
        "payee": "刘明",
    },
    Kind.LATE_REGISTRATION: {"amount": Decimal(100_000)},
}
R04, R06, R11, R12, R20 = (
    Reason("R04"),
    Reason("R06", extent="whole"),
    Reason("R11", extent="part"),
    Reason("R12", needs_known_on=True),
    Reason("R20", needs_explanation=True),
)


def plea(kind: str, **given) -> Plea:
    return Plea(kind, **{"statement": "情况属实", "reason": R04, **PLEAS[kind], **given})


def codes(asked: Plea, standing: Standing = STANDING, bounds: Bounds = BOUNDS) -> list[str]:
    return [one.code for one in objections_to(asked, standing, bounds)]


@pytest.mark.parametrize("kind", Kind.values)
def test_nothing_stands_in_the_way_of_a_proper_request(kind: str):
    assert codes(plea(kind)) == []


@pytest.mark.parametrize("kind", Kind.values)
def test_every_kind_wants_an_amount_a_reason_and_a_word(kind: str):
    asked = plea(kind, amount=Decimal(0), statement=" ", reason=None)
    standing = replace(STANDING, estimate=Decimal(0), missing_papers=("查勘记录",))

    assert codes(asked, standing)[:4] == ["no_amount", "no_statement", "no_reason", "papers_missing"]


CASES = [
    (Kind.REFUSAL, {"clause": "", "evidence": " "}, {}, ["no_clause", "no_evidence"]),
    (Kind.REFUSAL, {"amount": Decimal(99_999)}, {}, ["not_whole"]),
    (Kind.REFUSAL, {"reason": R11}, {}, ["part_only"]),
    (Kind.REFUSAL, {"reason": R11, "is_partial": True, "amount": Decimal(99_999)}, {}, []),
    (Kind.REFUSAL, {"is_partial": True}, {}, ["not_partial"]),
    (Kind.REFUSAL, {"reason": R06, "is_partial": True, "amount": Decimal(1)}, {}, ["whole_only"]),
    (Kind.REFUSAL, {"reason": R12}, {}, ["no_known_on"]),
    (Kind.REFUSAL, {"reason": R12, "known_on": date(2026, 10, 28)}, {}, []),
    (Kind.REFUSAL, {"reason": R12, "known_on": date(2026, 10, 27)}, {}, ["rescission_lapsed"]),
    (Kind.REFUSAL, {"reason": R20}, {}, ["explain"]),
    (Kind.REFUSAL, {"reason": Reason("R99", is_in_force=False)}, {}, ["reason_ended"]),
    (Kind.REFUSAL, {}, {"approved": Decimal(1)}, ["has_amount"]),
    (Kind.REFUSAL, {}, {"approved": Decimal(900), "recoverable": Decimal(900)}, []),
    (Kind.REFUSAL, {"is_partial": True, "amount": Decimal(1)}, {"approved": Decimal(1)}, []),
    (Kind.ZERO_PAYMENT, {}, {"approved": Decimal("0.01")}, ["has_amount"]),
    (Kind.CANCELLATION, {"declared_on": None}, {}, ["no_declaration"]),
    (Kind.CANCELLATION, {"declarant": ""}, {}, ["no_declaration"]),
    (Kind.CANCELLATION, {"declared_on": date(2026, 11, 28)}, {}, ["in_future"]),
    (Kind.CANCELLATION, {}, {"others_open": ("预付",)}, ["others_open"]),
    (Kind.PREPAYMENT, {"amount": Decimal("30000.01")}, {}, ["over_share"]),
    (Kind.PREPAYMENT, {"amount": Decimal(10_000)}, {"prepaid": Decimal("20000.01")}, ["over_share"]),
    (Kind.PREPAYMENT, {}, {"is_major": False}, ["not_major"]),
    (Kind.PREPAYMENT, {"basis_amount": Decimal(100_001)}, {}, ["over_estimate"]),
    (Kind.PREPAYMENT, {"basis": ""}, {}, ["no_basis"]),
    (Kind.PREPAYMENT, {"payee": ""}, {"is_adjudicated": True}, ["adjudicated", "no_payee"]),
    (Kind.PREPAYMENT, {"basis": "medical", "invoices": "3张", "amount": Decimal(50_000)}, {}, []),
    (Kind.PREPAYMENT, {"basis": "medical", "amount": Decimal(50_001)}, {}, ["no_invoices", "over_share"]),
    (Kind.PREPAYMENT, {"basis": "medical", "invoices": "3张"}, {"is_injury": False}, ["no_injury"]),
    (Kind.PREPAYMENT, {"basis": "certain", "amount": Decimal(100_000)}, {}, []),
    (Kind.PREPAYMENT, {"basis": "certain", "amount": Decimal(100_001)}, {}, ["over_certain"]),
    (Kind.PREPAYMENT, {"basis": "certain"}, {"papers_complete_on": None}, ["papers_open"]),
    (Kind.PREPAYMENT, {"basis": "certain"}, {"papers_complete_on": date(2026, 10, 28)}, []),
    (Kind.PREPAYMENT, {"basis": "certain"}, {"papers_complete_on": date(2026, 10, 29)}, ["too_early"]),
    (Kind.RESCUE_PAYMENT, {"police_notice_no": ""}, {}, ["no_notice"]),
    (Kind.RESCUE_PAYMENT, {"police_notice_on": date(2026, 11, 28)}, {}, ["in_future"]),
    (Kind.RESCUE_PAYMENT, {"hospital": "", "patient": ""}, {}, ["no_hospital", "no_patient"]),
    (Kind.RESCUE_PAYMENT, {}, {"has_ctpl": False}, ["no_ctpl"]),
    (Kind.RESCUE_PAYMENT, {}, {"medical_limit": None}, ["no_limit_known"]),
    (Kind.RESCUE_PAYMENT, {}, {"rescued": Decimal(12_000)}, []),
    (Kind.RESCUE_PAYMENT, {}, {"rescued": Decimal("12000.01")}, ["over_medical_limit"]),
    (Kind.RESCUE_PAYMENT, {}, {"is_adjudicated": True}, ["adjudicated"]),
    (Kind.RESCUE_ADVANCE, {"ground": "", "debtor": ""}, {}, ["no_ground", "no_debtor"]),
    (Kind.RESCUE_ADVANCE, {"amount": Decimal(18_001)}, {}, ["over_medical_limit"]),
    (Kind.EX_GRATIA, {"amount": Decimal("5000.01")}, {}, ["over_share"]),
    (Kind.EX_GRATIA, {"basis_amount": Decimal(0)}, {}, ["no_basis_amount", "over_share"]),
    (Kind.EX_GRATIA, {"is_attested": False}, {}, ["not_attested"]),
    (Kind.EX_GRATIA, {"payee": ""}, {"is_fraud_suspected": True}, ["fraud_suspected", "no_payee"]),
    (Kind.EX_GRATIA, {}, {"is_adjudicated": True, "advanced": Decimal(1), "others_open": ("核赔",)}, []),
    (Kind.PREPAYMENT, {}, {"is_settled_by_grace": True}, ["settled_by_grace"]),
    (Kind.RESCUE_PAYMENT, {}, {"is_settled_by_grace": True}, ["settled_by_grace"]),
    (Kind.RESCUE_ADVANCE, {}, {"is_settled_by_grace": True}, []),
    (Kind.EX_GRATIA, {"is_sole": True}, {}, []),
    (Kind.EX_GRATIA, {"is_sole": True}, {"is_adjudicated": True}, ["adjudicated"]),
    (Kind.EX_GRATIA, {"is_sole": True}, {"advanced": Decimal(1)}, ["not_set_off"]),
    (Kind.EX_GRATIA, {"is_sole": True}, {"others_open": ("核赔",)}, ["others_open"]),
]


@pytest.mark.parametrize(("kind", "given", "standing", "expected"), CASES)
def test_what_stands_in_the_way(kind: str, given: dict, standing: dict, expected: list[str]):
    assert codes(plea(kind, **given), replace(STANDING, **standing)) == expected


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (Kind.PREPAYMENT, {}),
        (Kind.PREPAYMENT, {"basis": "medical", "invoices": "3张"}),
        (Kind.PREPAYMENT, {"basis": "certain"}),
        (Kind.EX_GRATIA, {}),
        (Kind.REFUSAL, {"reason": R12, "known_on": TODAY}),
    ],
)
def test_nothing_passes_for_want_of_a_limit(kind: str, given: dict):
    assert codes(plea(kind, **given), bounds=Bounds()) == ["limit_unset"]


def test_a_share_is_never_rounded_up():
    assert share_of(Decimal("0.05"), Decimal(50)) == Decimal("0.02")
