"""What stands in the way of a special request, by what it says, the case and the limits in force. Pure.

Every reason is given at once. A limit that nobody has set is a reason, too: nothing passes for want of data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from authority.rulings import Objection
from cases.models import Kind

ZERO = Decimal(0)
_HUNDRED = Decimal(100)
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Reason:
    """The reason chosen. `is_in_force`: on the day of the request."""

    code: str
    name: str = ""
    extent: str = ""
    needs_known_on: bool = False
    needs_explanation: bool = False
    is_in_force: bool = True


@dataclass(frozen=True, slots=True)
class Plea:
    """What the request says; sums in yuan."""

    kind: str
    amount: Decimal
    statement: str = ""
    reason: Reason | None = None
    basis_amount: Decimal = ZERO
    is_partial: bool = False
    clause: str = ""
    evidence: str = ""
    known_on: date | None = None
    declared_on: date | None = None
    declarant: str = ""
    basis: str = ""
    invoices: str = ""
    police_notice_no: str = ""
    police_notice_on: date | None = None
    hospital: str = ""
    patient: str = ""
    ground: str = ""
    debtor: str = ""
    is_attested: bool = False
    is_sole: bool = False
    payee: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """The case, and what was granted on it before; sums in yuan.

    `advanced`: granted ahead of the adjudication; `prepaid`: as prepayment; `rescued`: for rescue;
    `recoverable`: advanced for somebody else's debt; `medical_limit`: of the compulsory cover on the day of
    the accident, None where unknown.
    """

    today: date
    estimate: Decimal = ZERO
    approved: Decimal = ZERO
    advanced: Decimal = ZERO
    prepaid: Decimal = ZERO
    rescued: Decimal = ZERO
    recoverable: Decimal = ZERO
    medical_limit: Decimal | None = None
    is_major: bool = False
    is_injury: bool = False
    has_ctpl: bool = False
    is_fraud_suspected: bool = False
    is_adjudicated: bool = False
    is_settled_by_grace: bool = False
    accident_on: date | None = None
    papers_complete_on: date | None = None
    registered_on: date | None = None
    missing_papers: tuple[str, ...] = ()
    others_open: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bounds:
    """The limits in force by code; shares in percent."""

    values: Mapping[str, Decimal] = field(default_factory=dict)

    def get(self, code: str) -> Decimal | None:
        return self.values.get(code)


def share_of(amount: Decimal, percent: Decimal) -> Decimal:
    """To the fen, never rounded up over the share."""
    return (amount * percent / _HUNDRED).quantize(_CENT, "ROUND_DOWN")


def objections_to(plea: Plea, standing: Standing, bounds: Bounds) -> Iterator[Objection]:
    yield from _common(plea, standing)
    yield from _OF_KIND[plea.kind](plea, standing, bounds)


def _common(plea: Plea, standing: Standing) -> Iterator[Objection]:
    if plea.amount <= 0:
        yield Objection("no_amount", "没有可报批的金额")
    if not plea.statement.strip():
        yield Objection("no_statement", "须说明情况")
    if plea.reason is None:
        yield Objection("no_reason", "须选择原因")
    elif not plea.reason.is_in_force:
        yield Objection("reason_ended", f"原因 {plea.reason.code} 已停用")
    if standing.missing_papers:
        yield Objection("papers_missing", f"案卷缺少必备材料：{'、'.join(standing.missing_papers)}")


def _refusal(plea: Plea, standing: Standing, bounds: Bounds) -> Iterator[Objection]:
    if not plea.clause.strip():
        yield Objection("no_clause", "拒赔须写明依据条款")
    if not plea.evidence.strip():
        yield Objection("no_evidence", "拒赔须列明证据")
    yield from _extent(plea, standing)
    yield from _reason_of_refusal(plea, standing, bounds)


def _extent(plea: Plea, standing: Standing) -> Iterator[Objection]:
    extent = plea.reason.extent if plea.reason else ""
    if plea.is_partial and extent == "whole":
        yield Objection("whole_only", "所选原因只适用于整案拒赔")
    if not plea.is_partial and extent == "part":
        yield Objection("part_only", "所选原因只适用于部分拒赔")
    if plea.is_partial and plea.amount >= standing.estimate:
        yield Objection("not_partial", "部分拒赔金额须小于估损金额")
    if not plea.is_partial:
        if plea.amount != standing.estimate:
            yield Objection("not_whole", f"整案拒赔金额须等于估损 {standing.estimate:,.2f} 元")
        yield from _nothing_granted(standing)


def _reason_of_refusal(plea: Plea, standing: Standing, bounds: Bounds) -> Iterator[Objection]:
    reason, enough = plea.reason, 10
    if reason is None:
        return
    if reason.needs_explanation and len(plea.statement.strip()) < enough:
        yield Objection("explain", "所选原因须详细说明")
    if not reason.needs_known_on:
        return
    days = bounds.get("rescission_days")
    if plea.known_on is None:
        yield Objection("no_known_on", "须填写知道解除事由之日（保险法第16条）")
    elif days is None:
        yield _unset("解除权期限")
    elif standing.today > plea.known_on + timedelta(days=int(days)):
        yield Objection("rescission_lapsed", f"自知道解除事由起已超过 {days:.0f} 日，解除权消灭")


def _nothing_granted(standing: Standing) -> Iterator[Objection]:
    """Only what was advanced for somebody else's debt may have gone out."""
    granted = standing.approved - standing.recoverable
    if granted > 0:
        yield Objection("has_amount", f"本案已核准赔付 {granted:,.2f} 元，须先作废或追回")


def _zero(plea: Plea, standing: Standing, bounds: Bounds) -> Iterator[Objection]:
    yield from _nothing_granted(standing)


def _cancellation(plea: Plea, standing: Standing, bounds: Bounds) -> Iterator[Objection]:
    if plea.declared_on is None or not plea.declarant.strip():
        yield Objection("no_declaration", "注销须有客户的正式声明：声明日期和声明人")
    elif plea.declared_on > standing.today:
        yield Objection("in_future", "声明日期不能晚于今天")
    yield from _nothing_granted(standing)
    yield from _others(standing)


def _others(standing: Standing) -> Iterator[Objection]:
    if standing.others_open:
        yield Objection("others_open", f"本案另有{'、'.join(standing.others_open)}在审批中，须待其终结")


def _reopening(plea: Plea, standing: Standing, bounds: Bounds) -> Iterator[Objection]:
    """The stage says the rest: only a closed case is reopened."""
    return iter(())


def _prepayment(plea: Plea, standing: Standing, bounds: Bounds) -> Iterator[Objection]:
    if plea.basis not in _PREPAID:
        yield Objection("no_basis", "须选择预付依据")
        return
    if plea.basis_amount <= 0:
        yield Objection("no_basis_amount", "须填写计算基数")
    if standing.is_adjudicated:
        yield Objection("adjudicated", "本案已核赔，应按核赔金额支付")
    yield from _no_adjudication_to_come(standing)
    yield from _payee(plea)
    yield from _PREPAID[plea.basis](plea, standing, bounds)


def _no_adjudication_to_come(standing: Standing) -> Iterator[Objection]:
    """What goes ahead of an adjudication wants one that sets it off."""
    if standing.is_settled_by_grace:
        yield Objection("settled_by_grace", "本案已核准只作通融赔付，不再核赔，不能预付")


def _by_share(plea: Plea, standing: Standing, bounds: Bounds, code: str, what: str) -> Iterator[Objection]:
    percent = bounds.get(code)
    if percent is None:
        yield _unset(f"{what}预付比例")
        return
    most = share_of(plea.basis_amount, percent)
    if standing.prepaid + plea.amount > most:
        before = f"（此前已预付 {standing.prepaid:,.2f} 元）" if standing.prepaid else ""
        yield Objection("over_share", f"累计预付不得超过{what}的 {percent:.0f}%，即 {most:,.2f} 元{before}")


def _major(plea: Plea, standing: Standing, bounds: Bounds) -> Iterator[Objection]:
    if not standing.is_major:
        yield Objection("not_major", "不是重大案件，不能按预计赔款的比例预付")
    if plea.basis_amount > standing.estimate:
        yield Objection("over_estimate", f"预计赔款不能大于估损 {standing.estimate:,.2f} 元")
    yield from _by_share(plea, standing, bounds, "prepay_major_share", "预计赔款")


def _medical(plea: Plea, standing: Standing, bounds: Bounds) -> Iterator[Objection]:
    if not standing.is_injury:
        yield Objection("no_injury", "本案没有人伤，不能按医疗费预付")
    if not plea.invoices.strip():
        yield Objection("no_invoices", "按医疗费预付须有发票")
    yield from _by_share(plea, standing, bounds, "prepay_medical_share", "已发生医疗费")


def _certain(plea: Plea, standing: Standing, bounds: Bounds) -> Iterator[Objection]:
    days = bounds.get("prepay_certain_days")
    if days is None:
        yield _unset("先行赔付起始日")
    elif standing.papers_complete_on is None:
        yield Objection("papers_open", "材料尚未收齐，不能先行赔付可确定部分")
    elif standing.today < standing.papers_complete_on + timedelta(days=int(days)):
        first = standing.papers_complete_on + timedelta(days=int(days))
        yield Objection("too_early", f"可确定部分自材料收齐 {days:.0f} 日后（{first}）可以先行赔付")
    if standing.prepaid + plea.amount > plea.basis_amount:
        yield Objection("over_certain", f"累计预付不得超过可确定金额 {plea.basis_amount:,.2f} 元")


_PREPAID: Mapping[str, Callable[[Plea, Standing, Bounds], Iterator[Objection]]] = {
    "major": _major,
    "medical": _medical,
    "certain": _certain,
}


def _payee(plea: Plea) -> Iterator[Objection]:
    if not plea.payee.strip():
        yield Objection("no_payee", "须填写收款人")


def _rescue(plea: Plea, standing: Standing, bounds: Bounds) -> Iterator[Objection]:
    if not plea.police_notice_no.strip() or plea.police_notice_on is None:
        yield Objection("no_notice", "须有交警部门的书面通知：通知书号和时间")
    elif plea.police_notice_on > standing.today:
        yield Objection("in_future", "交警通知时间不能晚于现在")
    if not plea.hospital.strip():
        yield Objection("no_hospital", "抢救费只支付给医院，须填写医院")
    if not plea.patient.strip():
        yield Objection("no_patient", "须填写伤者")
    if not standing.has_ctpl:
        yield Objection("no_ctpl", "本案未涉及交强险")
    yield from _medical_limit(plea, standing)


def _medical_limit(plea: Plea, standing: Standing) -> Iterator[Objection]:
    if standing.medical_limit is None:
        yield Objection("no_limit_known", "查不到出险日的交强险医疗费用限额，须先核对出险时间")
        return
    left = standing.medical_limit - standing.rescued
    if plea.amount > left:
        yield Objection(
            "over_medical_limit",
            f"超出交强险医疗费用限额：限额 {standing.medical_limit:,.2f} 元，余额 {max(left, ZERO):,.2f} 元",
        )


def _rescue_payment(plea: Plea, standing: Standing, bounds: Bounds) -> Iterator[Objection]:
    if standing.is_adjudicated:
        yield Objection("adjudicated", "本案已核赔，应按核赔金额支付")
    yield from _no_adjudication_to_come(standing)
    yield from _rescue(plea, standing, bounds)


def _rescue_advance(plea: Plea, standing: Standing, bounds: Bounds) -> Iterator[Objection]:
    if not plea.ground:
        yield Objection("no_ground", "须选择垫付事由（交强险条例第22条）")
    if not plea.debtor.strip():
        yield Objection("no_debtor", "须填写被追偿人")
    yield from _rescue(plea, standing, bounds)


def _ex_gratia(plea: Plea, standing: Standing, bounds: Bounds) -> Iterator[Objection]:
    percent = bounds.get("ex_gratia_share")
    if plea.basis_amount <= 0:
        yield Objection("no_basis_amount", "须填写本项按责任核定的金额")
    if percent is None:
        yield _unset("通融比例")
    elif plea.amount > share_of(plea.basis_amount, percent):
        most = share_of(plea.basis_amount, percent)
        yield Objection("over_share", f"通融不得超过本项核定金额的 {percent:.0f}%，即 {most:,.2f} 元")
    if not plea.is_attested:
        yield Objection("not_attested", "须核实事故真实、保单有效、无道德风险")
    if standing.is_fraud_suspected:
        yield Objection("fraud_suspected", "本案有欺诈嫌疑，不能通融")
    yield from _payee(plea)
    if plea.is_sole:
        yield from _alone(standing)


def _alone(standing: Standing) -> Iterator[Objection]:
    """Nothing else is paid on the case in this round, and nobody is asked to."""
    if standing.is_adjudicated:
        yield Objection("adjudicated", "本案已核赔，不是只作通融赔付")
    if standing.advanced:
        yield Objection("not_set_off", f"有预付款 {standing.advanced:,.2f} 元未冲销，须经核赔")
    yield from _others(standing)


def _late(plea: Plea, standing: Standing, bounds: Bounds) -> Iterator[Objection]:
    return iter(())


def _unset(name: str) -> Objection:
    return Objection("limit_unset", f"未设置{name}，不能受理")


_OF_KIND: Mapping[str, Callable[[Plea, Standing, Bounds], Iterator[Objection]]] = {
    Kind.REFUSAL: _refusal,
    Kind.ZERO_PAYMENT: _zero,
    Kind.CANCELLATION: _cancellation,
    Kind.REOPENING: _reopening,
    Kind.PREPAYMENT: _prepayment,
    Kind.RESCUE_PAYMENT: _rescue_payment,
    Kind.RESCUE_ADVANCE: _rescue_advance,
    Kind.EX_GRATIA: _ex_gratia,
    Kind.LATE_REGISTRATION: _late,
}
