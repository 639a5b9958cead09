"""登记上报: the office that keeps the register enters what was decided, and when head office was told."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from authority.refusals import insist_on
from authority.rulings import Objection, Ruling
from cases.models import SpecialKind, SpecialRequest
from cases.rulings import refused_for, with_objections
from cases.services.escalating import posts_of
from cases.services.special import locked_special, told
from cases.services.transition import apply, stay
from departments.models import Staff

State = SpecialRequest.State


def may_enter(request: SpecialRequest, by: Staff) -> Ruling:
    """The posts that the kind names (GEN-11), whoever decided (ADJ-02); never who asked for it."""
    objections = []
    kind = SpecialKind.objects.get(code=request.kind)
    if by.admin_role or not by.is_active:
        objections.append(Objection("admin_role", "系统、安全、审计管理员不得办理业务"))
    if request.state not in (State.AGREED, State.EXECUTED, State.REFUSED):
        objections.append(Objection("not_decided", f"申请{request.get_state_display()}，不能登记"))
    if request.entered_at:
        objections.append(Objection("already_entered", "已登记台账"))
    if not posts_of(by) & set(kind.registering_posts):
        objections.append(Objection("not_registering", "须由负责登记上报的岗位办理"))
    if request.requested_by_id == by.pk:
        objections.append(Objection("own_request", "申请人不得登记本人的申请"))
    return refused_for(objections)


@transaction.atomic
def enter_special(
    request: SpecialRequest, reported_on: date | None, *, by: Staff, seen: int
) -> SpecialRequest:
    request = locked_special(request, seen)
    insist_on(with_objections(may_enter(request, by), _day_objections(request, reported_on)))
    request.entered_by, request.entered_at, request.reported_on = by, timezone.now(), reported_on
    request.save(update_fields=["entered_by", "entered_at", "reported_on"])
    apply(request.case, stay(request.case, "special_enter").with_details(told(request)), by)
    return request


def _day_objections(request: SpecialRequest, day: date | None) -> list[Objection]:
    kind = SpecialKind.objects.get(code=request.kind)
    if kind.is_reported and day is None:
        return [Objection("no_day", f"{kind}须报总公司，请填写上报日期")]
    if day and day > timezone.localdate():
        return [Objection("in_future", "上报日期不能晚于今天")]
    return []
