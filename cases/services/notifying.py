"""补充材料一次性告知: what is missing is found, the notice sent, delivered, answered; never two at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from authority.refusals import insist_on
from authority.rulings import Objection, Ruling
from cases.lifecycle import Action
from cases.models import ClaimCase, PapersNotice
from cases.numbers import next_number
from cases.rulings import may_work, refused_for, with_objections
from cases.services.transition import apply, lock_case, stay
from departments.models import Staff

Status = PapersNotice.Status
# What comes after each state: the moment it fills in, the ledger's word, how the page calls it.
NEXT = {
    Status.DRAFTED: ("sent_at", "send_notice", "发出"),
    Status.SENT: ("delivered_at", "deliver_notice", "送达"),
    Status.DELIVERED: ("received_at", "receive_papers", "材料补齐"),
}
_BEFORE = {"sent_at": "found_at", "delivered_at": "sent_at", "received_at": "delivered_at"}


@dataclass(frozen=True, slots=True)
class NoticeRequest:
    items: Sequence[str]
    found_at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class NoticeStep:
    """`channel` (PapersNotice.Channel) with the sending only."""

    at: datetime
    channel: str = ""


def may_notify(case: ClaimCase, staff: Staff) -> Ruling:
    """Whoever may note the papers asks for them; one notice at a time: that is what 一次性 means."""
    objections = []
    if PapersNotice.objects.open().filter(case=case).exists():
        objections.append(Objection("notice_open", "已有一份告知书在办，材料须一次性告知"))
    return with_objections(may_work(case, Action.NOTE_PAPERS, staff), objections)


@transaction.atomic
def draft_notice(case: ClaimCase, request: NoticeRequest, *, by: Staff, seen: int) -> PapersNotice:
    case = lock_case(case.pk, seen)
    objections = []
    if not request.items:
        objections.append(Objection("nothing_missing", "请列明需要补充的材料"))
    if request.found_at > timezone.now():
        objections.append(Objection("in_future", "发现时间不能晚于现在"))
    if request.found_at < case.reported_at:
        objections.append(Objection("before_report", "发现时间不能早于报案时间"))
    insist_on(with_objections(may_notify(case, by), objections))
    notice = PapersNotice.objects.create(
        number=next_number("BC"),
        case=case,
        items=list(request.items),
        note=request.note,
        found_at=request.found_at,
        made_by=by,
    )
    _enter(notice, "draft_notice", by, "、".join(notice.items))
    return notice


@transaction.atomic
def advance_notice(notice: PapersNotice, step: NoticeStep, *, by: Staff) -> PapersNotice:
    """The next moment of the notice: sent, delivered, answered."""
    notice = _locked(notice, by)
    field, action, label = NEXT.get(notice.status, ("", "", ""))
    insist_on(refused_for(_step_objections(notice, field, label, step)))
    setattr(notice, field, step.at)
    if field == "sent_at":
        notice.channel = step.channel
    notice.save(update_fields=[field, "channel"])
    _enter(notice, action, by)
    return notice


def _step_objections(notice: PapersNotice, field: str, label: str, step: NoticeStep) -> list[Objection]:
    if not field:
        return [Objection("notice_over", f"告知书{notice.status.label}，不能再登记")]
    found = []
    if step.at > timezone.now():
        found.append(Objection("in_future", f"{label}时间不能晚于现在"))
    if step.at < getattr(notice, _BEFORE[field]):
        found.append(Objection("out_of_order", f"{label}时间不能早于上一步"))
    if field == "sent_at" and not step.channel:
        found.append(Objection("no_channel", "请选择送达方式"))
    return found


@transaction.atomic
def cancel_notice(notice: PapersNotice, reason: str, *, by: Staff) -> PapersNotice:
    """作废: it asked for the wrong things; a new one may then be made."""
    notice = _locked(notice, by)
    objections = [] if notice.status in NEXT else [Objection("notice_over", "告知书已办结，不能作废")]
    if not reason.strip():
        objections.append(Objection("no_reason", "请说明作废原因"))
    insist_on(refused_for(objections))
    notice.cancelled_at, notice.reason = timezone.now(), reason
    notice.save(update_fields=["cancelled_at", "reason"])
    _enter(notice, "cancel_notice", by, reason)
    return notice


def _locked(notice: PapersNotice, by: Staff) -> PapersNotice:
    """Case first, then the notice; by whoever handles the case, as long as it is open."""
    case = lock_case(notice.case_id, None)
    insist_on(may_work(case, Action.NOTE_PAPERS, by))
    fresh = PapersNotice.objects.select_for_update().get(pk=notice.pk)
    fresh.case = case
    return fresh


def _enter(notice: PapersNotice, action: str, by: Staff, reason: str = "") -> None:
    change = stay(notice.case, action).because((reason or notice.number)[:200])
    apply(notice.case, change.with_details({"notice": notice.pk, "number": notice.number}), by)
