"""What a special request granted goes out: within it, to whom it names; an advance becomes a claim."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from authority.models import Interest, party_key
from authority.refusals import insist_on
from authority.rulings import Objection, Ruling
from cases.conflicts import KeyReused
from cases.lifecycle import Stage
from cases.models import (
    MONEY,
    ClaimCase,
    Kind,
    Payment,
    RecoveryPlaceholder,
    SpecialRequest,
    Step,
)
from cases.rulings import with_objections
from cases.services.ratifying import reversal_objections
from cases.services.special import locked_special, may_follow, told
from cases.services.special_ends import claim_back
from cases.services.transition import Change, apply, check_seen, note_amount, note_step, stay
from departments.models import Staff

_KEY = "cases_payment_idempotency_key"


@dataclass(frozen=True, slots=True)
class SpecialOrder:
    """`amount` in yuan; the payee is who the request names. `seen`, `key` as on every form."""

    amount: Decimal
    seen: int
    payee_account: str = ""
    key: UUID | None = None


def pay_special(request: SpecialRequest, order: SpecialOrder, *, by: Staff) -> Payment:
    """Part or all of what the request granted. The same key and body give the same payment again."""
    try:
        return _pay(request, order, by)
    except IntegrityError as error:
        if _KEY in str(error):
            raise KeyReused from error
        raise


@transaction.atomic
def _pay(request: SpecialRequest, order: SpecialOrder, by: Staff) -> Payment:
    request = locked_special(request, None)
    earlier = _paid_before(request, order)
    if earlier:
        return earlier
    check_seen(request.case, order.seen)
    insist_on(with_objections(may_pay_special(request, by), _amount_objections(request, order.amount)))
    payment = Payment.objects.create(
        case=request.case,
        special=request,
        amount=order.amount,
        payee=request.payee,
        payee_account=order.payee_account or request.payee_account,
        paid_at=timezone.now(),
        paid_by=by,
        idempotency_key=order.key,
    )
    _book(request, payment, by)
    return payment


def may_pay_special(request: SpecialRequest, by: Staff) -> Ruling:
    """Everything that stands in the way whatever the amount."""
    objections = reversal_objections(request.case)
    if request.kind not in MONEY or request.state != SpecialRequest.State.AGREED:
        objections.append(Objection("not_granted", f"申请{request.get_state_display()}，没有可支付的金额"))
    if request.set_off_at:
        objections.append(Objection("set_off", "已随最终核赔冲销，余额按核赔金额支付"))
    if request.case.stage in (Stage.CLOSED, Stage.SUSPENDED):
        told_stage = request.case.get_stage_display()
        objections.append(Objection("wrong_stage", f"赔案{told_stage}，不能支付"))
    if request.decided_at and _decided(request, by):
        objections.append(Objection("own_decision", "审批人不得办理支付"))
    concerned = {party_key(request.payee), party_key(request.payee_account)} - {""}
    if Interest.objects.open().filter(staff=by, key__in=concerned).exists():
        objections.append(Objection("interest", f"与收款人 {request.payee} 有利害关系，应当回避"))
    return with_objections(may_follow(request, by), objections)


def _decided(request: SpecialRequest, by: Staff) -> bool:
    return request.case.decisions.filter(submission__subject_id=request.pk, decided_by=by).exists()


def _amount_objections(request: SpecialRequest, amount: Decimal) -> list[Objection]:
    left = request.granted - request.paid
    if amount <= 0:
        return [Objection("no_amount", "支付金额须大于零")]
    if amount > left:
        return [Objection("over_granted", f"超出核准余额 {left:,.2f} 元")]
    return []


def _paid_before(request: SpecialRequest, order: SpecialOrder) -> Payment | None:
    if order.key is None:
        return None
    earlier = Payment.objects.filter(idempotency_key=order.key).first()
    if earlier and (earlier.special_id, earlier.amount) != (request.pk, order.amount):
        raise KeyReused
    return earlier


def _book(request: SpecialRequest, payment: Payment, by: Staff) -> None:
    case = request.case
    note_amount(
        case, "paid", case.paid + payment.amount, by, reason=f"{request.get_kind_display()} {payment.payee}"
    )
    note_step(case, Step.PAY, by, since=request.decided_at or payment.paid_at)
    request.paid += payment.amount
    if request.paid == request.granted:
        request.state, request.executed_at = SpecialRequest.State.EXECUTED, payment.paid_at
    request.save()
    if request.kind == Kind.RESCUE_ADVANCE:
        ground = str(request.get_ground_display())
        claim_back(request, RecoveryPlaceholder.Type.ADVANCE, request.debtor, payment.amount, ground)
    change = _booked(case, payment).with_details(told(request)).costing(payment.amount)
    apply(case, change, by)


def _booked(case: ClaimCase, payment: Payment) -> Change:
    """Where the adjudication has been made, the last payment pays the case."""
    if case.stage == Stage.APPROVED and case.paid == case.approved:
        case.paid_at = payment.paid_at
        return Change("pay_special", Stage.PAID, ("paid", "paid_at"))
    return stay(case, "pay_special", "paid")
