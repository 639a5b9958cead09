"""Who gets money back: whoever answers for it or handles the case; a wrong entry is struck by another."""

from __future__ import annotations

from collections.abc import Iterable

from authority.rulings import Objection, Ruling
from cases.models import RecoveryPlaceholder, RecoveryReceipt
from cases.rulings import handling_objections, may_take_part, refused_for
from departments.models import Staff

Status = RecoveryPlaceholder.Status


def may_receive(recovery: RecoveryPlaceholder, staff: Staff) -> Ruling:
    """Money may come in after the case was closed."""
    return refused_for([*_answering(recovery, staff), *_standing(recovery, Status.PENDING, "登记追回款")])


def may_write_off(recovery: RecoveryPlaceholder, staff: Staff) -> Ruling:
    """Asking for it; who grants it is a matter of authority. Only who handles the case sends requests."""
    handling = handling_objections(recovery.case, staff)
    return refused_for([*handling, *_standing(recovery, Status.PENDING, "申请核销")])


def may_assign(recovery: RecoveryPlaceholder, staff: Staff) -> Ruling:
    objections = list(handling_objections(recovery.case, staff))
    if recovery.status not in RecoveryPlaceholder.OPEN:
        objections.append(_wrong_status(recovery, "改派"))
    return refused_for(objections)


def may_strike(receipt: RecoveryReceipt, staff: Staff) -> Ruling:
    """Also where the money seemed to be all in: the recovery is then open again."""
    recovery = receipt.recovery
    objections = list(handling_objections(recovery.case, staff))
    if receipt.struck_at is not None:
        objections.append(Objection("already_struck", "该笔追回款已冲正"))
    if receipt.recorded_by_id == staff.pk:
        objections.append(Objection("own_entry", "登记人不得冲正本人登记的追回款"))
    if recovery.status in (Status.ASKED, Status.WRITTEN_OFF):
        objections.append(_wrong_status(recovery, "冲正"))
    return refused_for(objections)


def _answering(recovery: RecoveryPlaceholder, staff: Staff) -> Iterable[Objection]:
    if recovery.officer_id == staff.pk:
        return may_take_part(staff).objections
    return handling_objections(recovery.case, staff)


def _standing(recovery: RecoveryPlaceholder, wanted: str, act: str) -> Iterable[Objection]:
    return [] if recovery.status == wanted else [_wrong_status(recovery, act)]


def _wrong_status(recovery: RecoveryPlaceholder, act: str) -> Objection:
    more = "，先撤回核销申请" if recovery.status == Status.ASKED else ""
    return Objection("wrong_status", f"{recovery.get_status_display()}，不能{act}{more}")
