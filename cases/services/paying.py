"""Money out, never more than was approved; and the end of a case."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from authority.models import Interest, party_key
from authority.refusals import insist_on
from authority.rulings import Objection
from cases.conflicts import KeyReused
from cases.items import ADJUDICATION, BESIDE, ZERO_PAYMENT
from cases.lifecycle import Action, ClosingKind, Stage
from cases.models import ClaimCase, Kind, Payment, Step, Submission
from cases.rulings import may_work, with_objections
from cases.services.ratifying import reversal_objections
from cases.services.special_ends import carried_out, reserved_in
from cases.services.transition import (
    apply,
    check_seen,
    lock_case,
    note_amount,
    note_step,
    stay,
    tell,
    work_change,
)
from cases.specials.facts import recoverable_of
from departments.models import Staff

_KEY = "cases_payment_idempotency_key"


@dataclass(frozen=True, slots=True)
class PaymentOrder:
    """`amount` in yuan; `seen` the version of the case on the page, `key` one per form shown."""

    amount: Decimal
    payee: str
    seen: int
    payee_account: str = ""
    key: UUID | None = None


def pay(case: ClaimCase, order: PaymentOrder, *, by: Staff) -> Payment:
    """Pays part or all of what this round approved. The same key and body give the same payment again."""
    try:
        return _pay(case, order, by)
    except IntegrityError as error:
        if _KEY in str(error):
            raise KeyReused from error
        raise


@transaction.atomic
def _pay(case: ClaimCase, order: PaymentOrder, by: Staff) -> Payment:
    case = lock_case(case.pk, None)
    earlier = _paid_before(case, order)
    if earlier:
        return earlier
    check_seen(case, order.seen)
    insist_on(with_objections(may_work(case, Action.PAY, by), _objections(case, order, by)))
    payment = Payment.objects.create(
        case=case,
        amount=order.amount,
        payee=order.payee,
        payee_account=order.payee_account,
        paid_at=timezone.now(),
        paid_by=by,
        idempotency_key=order.key,
    )
    _book(case, payment, by)
    return payment


def _objections(case: ClaimCase, order: PaymentOrder, by: Staff) -> list[Objection]:
    """The sums, and whether the payer declared an interest in whom or what he would pay."""
    objections = list(_paying_objections(case, order))
    concerned = {party_key(order.payee), party_key(order.payee_account)} - {""}
    if Interest.objects.open().filter(staff=by, key__in=concerned).exists():
        objections.append(Objection("interest", f"与收款人 {order.payee} 有利害关系，应当回避"))
    return objections


def _paid_before(case: ClaimCase, order: PaymentOrder) -> Payment | None:
    if order.key is None:
        return None
    earlier = Payment.objects.filter(idempotency_key=order.key).first()
    asked = (case.pk, order.amount, order.payee, order.payee_account)
    if earlier and (earlier.case_id, earlier.amount, earlier.payee, earlier.payee_account) != asked:
        raise KeyReused
    return earlier


def _paying_objections(case: ClaimCase, order: PaymentOrder) -> list[Objection]:
    objections = reversal_objections(case)
    if not is_agreed(case, ADJUDICATION):
        objections.append(Objection("not_adjudicated", "本系统没有本案本轮同意的核赔审批，不能支付"))
    if order.amount <= 0:
        objections.append(Objection("no_amount", "支付金额须大于零"))
    over = case.paid + order.amount - (case.approved - reserved_in(case))
    if over > 0:
        objections.append(Objection("over_approved", f"累计支付超出核赔金额 {over:,.2f} 元"))
    if not order.payee.strip():
        objections.append(Objection("no_payee", "须填写收款人"))
    return objections


def _book(case: ClaimCase, payment: Payment, by: Staff) -> None:
    """The case is paid when all that was approved has gone out; until then it stays approved."""
    note_amount(case, "paid", case.paid + payment.amount, by, reason=f"支付 {payment.payee}")
    note_step(case, Step.PAY, by, since=case.stage_entered_at)
    if case.paid == case.approved:
        case.paid_at = payment.paid_at
        change = work_change(case, Action.PAY, "paid", "paid_at", amount=payment.amount)
    else:
        change = stay(case, Action.PAY, "paid")
    apply(case, change.costing(payment.amount), by)


@transaction.atomic
def close(case: ClaimCase, kind: str, *, by: Staff, seen: int) -> ClaimCase:
    """结案: fully paid, or without payment on an agreed request for that."""
    case = lock_case(case.pk, seen)
    insist_on(with_objections(may_work(case, Action.CLOSE, by), _in_the_way(case, kind)))
    case.closed_at, case.closing_kind = timezone.now(), kind
    carried_out(case, Kind.ZERO_PAYMENT)
    note_step(case, Step.CLOSE, by, since=case.stage_entered_at)
    apply(case, work_change(case, Action.CLOSE, "closed_at", "closing_kind", amount=case.paid), by)
    if case.handler != by:
        tell(case.handler, case, "closed", "赔案已结案")
    return case


def _in_the_way(case: ClaimCase, kind: str) -> list[Objection]:
    return [*ends_in_the_way(case), *_closing_objections(case, kind)]


def ends_in_the_way(case: ClaimCase) -> list[Objection]:
    """What stands in the way of any end of the case."""
    objections = [*reversal_objections(case), *asked_beside(case)]
    if left := reserved_in(case):
        objections.append(
            Objection("special_unpaid", f"已核准的专项还有 {left:,.2f} 元未支付，须先支付或作废")
        )
    return objections


def asked_beside(case: ClaimCase) -> list[Objection]:
    """A case is not closed under a request that still waits."""
    waiting = Submission.objects.filter(case=case, status=Submission.Status.OPEN, item__code__in=BESIDE)
    names = list(waiting.order_by("pk").values_list("item__name", flat=True))
    return [Objection("beside_open", f"{'、'.join(names)}尚在审批中，不能结案")] if names else []


def _closing_objections(case: ClaimCase, kind: str) -> list[Objection]:
    if kind == ClosingKind.PAID:
        is_out = case.stage == Stage.PAID or case.approved == case.paid > 0
        is_paid = is_out and not _only_lent(case)
        return [] if is_paid else [Objection("not_paid", "尚未全部支付，不能赔付结案")]
    if kind != ClosingKind.ZERO:
        return [Objection("unknown_kind", "结案方式须为赔付结案或零赔付")]
    if case.approved > recoverable_of(case):
        return [Objection("has_amount", "已有核赔或支付金额，不能零赔付结案")]
    if not is_agreed(case, ZERO_PAYMENT):
        return [Objection("zero_not_agreed", "零赔付未经审批")]
    return []


def _only_lent(case: ClaimCase) -> bool:
    """What went out was advanced for somebody else's debt: of the claim itself nothing was paid."""
    return Kind.RESCUE_ADVANCE in case.special_kinds and case.approved <= recoverable_of(case)


def is_agreed(case: ClaimCase, item_code: str) -> bool:
    """Agreed here, by somebody with the authority: the stage alone may come from an extract."""
    agreed = Submission.objects.filter(case=case, round=case.round, status=Submission.Status.AGREED)
    return agreed.filter(item__code=item_code).exists()
