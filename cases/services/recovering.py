"""追偿: what came in, who answers for it, and giving up what cannot be got, which wants authority."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from authority.refusals import insist_on
from authority.rulings import Objection
from cases.handlers import successors_in
from cases.items import RECOVERY
from cases.matters import Asked
from cases.models import ClaimCase, RecoveryPlaceholder, RecoveryReceipt, Submission
from cases.recoveries.rulings import may_assign, may_receive, may_strike, may_write_off
from cases.rulings import refused_for, with_objections
from cases.services.subjects import About, Settlement, SubjectKind, register_subject
from cases.services.submitting import Request, submit
from cases.services.transition import Change, apply, lock_case, stay, tell
from departments.authorship import save_as
from departments.models import Staff

ZERO = Decimal(0)
Status = RecoveryPlaceholder.Status


@dataclass(frozen=True, slots=True)
class Receipt:
    """`amount` in yuan; `voucher`: under which number the books have it."""

    amount: Decimal
    received_on: date
    payer: str
    voucher: str
    posting: str = RecoveryReceipt.Posting.AGAINST


def _locked(recovery: RecoveryPlaceholder, seen: int) -> RecoveryPlaceholder:
    case = lock_case(recovery.case_id, seen)
    fresh = RecoveryPlaceholder.objects.select_for_update(of=("self",)).get(pk=recovery.pk)
    fresh.case = case
    return fresh


@transaction.atomic
def record_receipt(
    recovery: RecoveryPlaceholder, receipt: Receipt, *, by: Staff, seen: int
) -> RecoveryReceipt:
    """What came in. With the last of it the recovery is over."""
    recovery = _locked(recovery, seen)
    insist_on(with_objections(may_receive(recovery, by), _receiving_objections(recovery, receipt)))
    made = RecoveryReceipt(recovery=recovery, case=recovery.case, recorded_by=by, recorded_at=timezone.now())
    made.amount, made.received_on, made.posting = receipt.amount, receipt.received_on, receipt.posting
    made.payer, made.voucher = receipt.payer.strip(), receipt.voucher.strip()
    save_as(made, by)
    _receive(recovery, receipt.amount, by)
    change = stay(recovery.case, "recover").costing(receipt.amount)
    apply(recovery.case, change.with_details({**told(recovery), "voucher": made.voucher}), by)
    return made


def _receiving_objections(recovery: RecoveryPlaceholder, receipt: Receipt) -> list[Objection]:
    objections = []
    if receipt.amount <= 0:
        objections.append(Objection("no_amount", "追回金额须大于零"))
    if receipt.amount > recovery.left:
        objections.append(Objection("over_claimed", f"超出待追金额 {recovery.left:,.2f} 元"))
    if not receipt.payer.strip() or not receipt.voucher.strip():
        objections.append(Objection("no_voucher", "须填写付款人和入账凭证号"))
    if receipt.received_on > timezone.localdate():
        objections.append(Objection("in_future", "到账日期不能晚于今天"))
    if receipt.received_on < timezone.localdate(recovery.acquired_at):
        objections.append(Objection("too_early", "到账日期不能早于取得追偿权之日"))
    if recovery.receipts.filter(voucher=receipt.voucher.strip(), struck_at=None).exists():
        objections.append(Objection("voucher_used", "该入账凭证号已登记"))
    return objections


def _receive(recovery: RecoveryPlaceholder, amount: Decimal, by: Staff) -> None:
    recovery.recovered += amount
    _settled(recovery)
    save_as(recovery, by)


def _settled(recovery: RecoveryPlaceholder) -> None:
    """Over once nothing is left to get, open as long as something is."""
    if recovery.left:
        recovery.status, recovery.closed_at = Status.PENDING, None
        return
    recovery.status = Status.WRITTEN_OFF if recovery.written_off else Status.RECOVERED
    recovery.closed_at = timezone.now()


def told(recovery: RecoveryPlaceholder) -> dict[str, object]:
    """What the ledger names of it."""
    return {"recovery": recovery.pk, "status": recovery.status}


@transaction.atomic
def strike_receipt(receipt: RecoveryReceipt, reason: str, *, by: Staff, seen: int) -> RecoveryReceipt:
    """冲正: entered wrongly. It stays, struck through, and what it had made good is open again."""
    recovery = _locked(receipt.recovery, seen)
    receipt = RecoveryReceipt.objects.select_for_update(of=("self",)).get(pk=receipt.pk)
    receipt.recovery = recovery
    insist_on(with_objections(may_strike(receipt, by), _needs(reason, "冲正须说明原因")))
    receipt.struck_by, receipt.struck_at, receipt.struck_reason = by, timezone.now(), reason.strip()
    save_as(receipt, by, "struck_by", "struck_at", "struck_reason")
    _receive(recovery, -receipt.amount, by)
    change = stay(recovery.case, "strike_recovery").because(reason).costing(receipt.amount)
    apply(recovery.case, change.with_details({**told(recovery), "voucher": receipt.voucher}), by)
    return receipt


def _needs(text: str, sentence: str) -> list[Objection]:
    return [] if text.strip() else [Objection("no_reason", sentence)]


@transaction.atomic
def assign_recovery(
    recovery: RecoveryPlaceholder, officer: Staff, *, by: Staff, seen: int
) -> RecoveryPlaceholder:
    """Somebody else who handles the unit's cases answers for it."""
    recovery = _locked(recovery, seen)
    objections = []
    if not successors_in([recovery.case.unit.path]).filter(pk=officer.pk).exists():
        objections.append(Objection("not_handling", "追偿负责人须有该机构的赔案处理权限"))
    if recovery.officer_id == officer.pk:
        objections.append(Objection("same_person", f"已由 {officer.name} 负责"))
    insist_on(with_objections(may_assign(recovery, by), objections))
    recovery.officer = officer
    save_as(recovery, by, "officer")
    change = stay(recovery.case, "assign_recovery").because(officer.name)
    apply(recovery.case, change.with_details(told(recovery)), by)
    if officer != by:
        tell(officer, recovery.case, "recovery", "待追偿由您负责")
    return recovery


@transaction.atomic
def ask_write_off(recovery: RecoveryPlaceholder, reason: str, *, by: Staff, seen: int) -> Submission:
    """核销 of what is left, sent to whoever may decide on recoveries up to so much."""
    recovery = _locked(recovery, seen)
    insist_on(with_objections(may_write_off(recovery, by), _needs(reason, "核销须说明理由")))
    recovery.write_off_reason = reason.strip()
    save_as(recovery, by, "write_off_reason")
    asked = Request(RECOVERY, recovery.case.version, opinion=reason.strip(), subject=recovery.pk)
    return submit(recovery.case, asked, by=by)


def _about(case: ClaimCase, pk: int) -> About | None:
    recovery = RecoveryPlaceholder.objects.filter(pk=pk, case=case).first()
    if recovery is None:
        return None
    recovery.case = case
    objections = []
    if recovery.status != Status.PENDING:
        objections.append(Objection("wrong_status", f"{recovery.get_status_display()}，不能申请核销"))
    if not recovery.write_off_reason:
        objections.append(Objection("no_reason", "先在待追偿页写明核销理由"))
    return About(f"核销 {recovery}", recovery.get_absolute_url(), Asked(pk, recovery.left), tuple(objections))


def _send(submission: Submission) -> None:
    recovery = RecoveryPlaceholder.objects.get(pk=submission.subject_id or 0)
    recovery.status = Status.ASKED
    save_as(recovery, submission.submitted_by, "status")


def _settle(settlement: Settlement) -> Change | None:
    """Agreed to for less than was asked, the rest is still to be got."""
    recovery = RecoveryPlaceholder.objects.select_for_update().get(pk=settlement.submission.subject_id or 0)
    if recovery.officer_id == settlement.by.pk and settlement.status == Submission.Status.AGREED:
        insist_on(refused_for([Objection("own_recovery", "追偿负责人不得审批本人负责的核销")]))
    if settlement.status == Submission.Status.AGREED:
        recovery.written_off += settlement.amount
    _settled(recovery)
    save_as(recovery, settlement.by)
    if settlement.status != Submission.Status.WITHDRAWN:
        answer = f"核销{settlement.submission.get_status_display()}"
        tell(recovery.officer, settlement.submission.case, "recovery", answer)
    return None


register_subject(RECOVERY, SubjectKind(_about, _settle, send=_send))
