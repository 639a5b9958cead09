"""拒赔通知书: sent after the decision, with which the whole refusal ends the case; then what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from authority.refusals import insist_on
from authority.rulings import Objection, Ruling
from cases.lifecycle import ClosingKind, Stage
from cases.models import Kind, RefusalNotice, SpecialRequest
from cases.numbers import next_number
from cases.rulings import with_objections
from cases.services.paying import ends_in_the_way
from cases.services.special import locked_special, may_follow, told
from cases.services.special_ends import closed_as
from cases.services.transition import Change, apply, stay, tell
from cases.specials.facts import recoverable_of
from departments.models import Staff


@dataclass(frozen=True, slots=True)
class Sending:
    addressee: str
    way: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Followed:
    """What became of a notice; empty fields say nothing new."""

    delivered_on: date | None = None
    receipt: str = ""
    objected_on: date | None = None
    objection: str = ""
    sued_on: date | None = None
    court: str = ""
    result: str = ""
    result_on: date | None = None


def may_send_notice(request: SpecialRequest, by: Staff) -> Ruling:
    objections = []
    if request.kind != Kind.REFUSAL or request.state != SpecialRequest.State.AGREED:
        objections.append(Objection("not_agreed", f"申请{request.get_state_display()}，没有要发的拒赔通知书"))
    elif not request.is_partial:
        objections += [*ends_in_the_way(request.case), *_still_granted(request)]
    return with_objections(may_follow(request, by), objections)


def _still_granted(request: SpecialRequest) -> list[Objection]:
    left = request.case.approved - recoverable_of(request.case)
    return [Objection("has_amount", f"本案已核准赔付 {left:,.2f} 元，不能整案拒赔")] if left > 0 else []


@transaction.atomic
def send_notice(request: SpecialRequest, sending: Sending, *, by: Staff, seen: int) -> RefusalNotice:
    """Recorded as sent, not before the decision; refused as a whole, the case is closed with it."""
    request = locked_special(request, seen)
    insist_on(with_objections(may_send_notice(request, by), _sending_objections(request, sending)))
    notice = RefusalNotice.objects.create(
        number=next_number("JP"),
        case=request.case,
        request=request,
        addressee=sending.addressee,
        way=sending.way,
        sent_at=sending.sent_at,
        sent_by=by,
    )
    request.state, request.executed_at = SpecialRequest.State.EXECUTED, timezone.now()
    request.save(update_fields=["state", "executed_at"])
    change = _closing(request, by).with_details({**told(request), "notice": notice.number})
    apply(request.case, change.because(f"拒赔通知书 {notice.number}").costing(request.granted), by)
    if request.case.handler and request.case.handler != by:
        tell(request.case.handler, request.case, "special", f"拒赔通知书 {notice.number} 已发出")
    return notice


def _sending_objections(request: SpecialRequest, sending: Sending) -> list[Objection]:
    objections = []
    if not sending.addressee.strip():
        objections.append(Objection("no_addressee", "须填写收件人"))
    if sending.way not in RefusalNotice.Way.values:
        objections.append(Objection("no_way", "须选择送达方式"))
    if sending.sent_at > timezone.now():
        objections.append(Objection("in_future", "发出时间不能晚于现在"))
    if request.decided_at and sending.sent_at < request.decided_at.replace(second=0, microsecond=0):
        objections.append(Objection("before_decision", "发出时间不能早于拒赔决定"))
    return objections


def _closing(request: SpecialRequest, by: Staff) -> Change:
    if request.is_partial:
        return stay(request.case, "special_notice")
    return closed_as(request.case, ClosingKind.REFUSED, by)


@transaction.atomic
def follow_notice(notice: RefusalNotice, news: Followed, *, by: Staff, seen: int) -> RefusalNotice:
    """Delivery, objection, suit and result, as they become known; what was told before stays."""
    request = locked_special(notice.request, seen)
    notice = RefusalNotice.objects.select_for_update().get(pk=notice.pk)
    insist_on(with_objections(may_follow(request, by), _news_objections(notice, news)))
    for name in news.__dataclass_fields__:
        if value := getattr(news, name):
            setattr(notice, name, value)
    notice.save()
    details = {**told(request), "notice": notice.number, "state": notice.state}
    apply(
        request.case,
        stay(request.case, "special_follow").because(notice.state_name).with_details(details),
        by,
    )
    return notice


def _news_objections(notice: RefusalNotice, news: Followed) -> list[Objection]:
    objections = []
    sent_on, today = timezone.localtime(notice.sent_at).date(), timezone.localdate()
    days = (news.delivered_on, news.objected_on, news.sued_on, news.result_on)
    if any(day and not sent_on <= day <= today for day in days):
        objections.append(Objection("out_of_order", "日期须在发出通知之后、今天之前"))
    if news.objected_on and not (news.objection.strip() or notice.objection):
        objections.append(Objection("no_objection", "须写明异议内容"))
    if bool(news.result or notice.result) != bool(news.result_on or notice.result_on):
        objections.append(Objection("no_result_day", "结果与结果日期须同时填写"))
    if news == Followed():
        objections.append(Objection("nothing_new", "没有填写任何进展"))
    return objections


def reopens(notice: RefusalNotice) -> bool:
    """A refusal that fell calls for reopening the case it closed."""
    fell = notice.result in (RefusalNotice.Result.CHANGED, RefusalNotice.Result.REVERSED)
    return fell and notice.case.stage == Stage.CLOSED
