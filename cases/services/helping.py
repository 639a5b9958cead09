"""协办: a superior works on a case beside its handler because a clock ran over; until he is taken off again.

He gets no say that he did not have: chain and grants are asked as before, and nothing is approved by this.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from authority.refusals import insist_on
from authority.rulings import Objection, Ruling
from cases.lifecycle import Stage
from cases.models import ClaimCase, ClockAlert, CoHandler
from cases.rulings import may_dismiss, refused_for, with_objections
from cases.services.transition import apply, lock_case, stay, tell
from departments.models import ClockRule, Staff

AT_ONCE = 500


def add_co_handlers() -> int:
    """For escalated alerts under rules that ask for it: the superior who was told; once per alert."""
    asking = ClockRule.objects.on(timezone.localdate()).filter(adds_co_handler=True)
    names = dict(asking.values_list("code", "name"))
    fresh = ClockAlert.objects.filter(
        mark=ClockAlert.Mark.ESCALATED,
        rule_code__in=names,
        case__isnull=False,
        co_handler=None,
        told__is_active=True,
        told__admin_role="",
    ).exclude(case__stage__in=[Stage.PAID, Stage.CLOSED])
    alerts = list(fresh.select_related("told").order_by("pk")[:AT_ONCE])
    return sum(_add(alert, names[alert.rule_code]) for alert in alerts)


@transaction.atomic
def _add(alert: ClockAlert, clock: str) -> bool:
    case = lock_case(alert.case_id or 0, None)
    if case.stage == Stage.CLOSED or case.handler_id == alert.told_id or alert.told_id in case.co_handler_ids:
        return False
    reason = f"{clock}严重超时"
    made = CoHandler.objects.create(
        case=case, staff=alert.told, alert=alert, reason=reason, since=timezone.now()
    )
    change = stay(case, "add_co_handler").because(f"{alert.told.name}：{reason}")
    apply(case, change.with_details({"co_handler": made.pk, "staff": alert.told_id}), None)
    tell(case.handler, case, "clock", f"{alert.told.name}协办")
    return True


def dismissing(made: CoHandler, staff: Staff) -> Ruling:
    over = [Objection("dismissed", "已不再协办")] if made.removed_at else []
    return with_objections(may_dismiss(made.case, made.staff_id, staff), over)


@transaction.atomic
def dismiss(made: CoHandler, reason: str, *, by: Staff) -> CoHandler:
    """撤出协办: by himself or by whoever manages the unit, with a reason."""
    case = lock_case(made.case_id, None)
    made = CoHandler.objects.select_for_update(of=("self",)).select_related("staff").get(pk=made.pk)
    made.case = case
    no_reason = [] if reason.strip() else [Objection("no_reason", "请说明撤出的原因")]
    insist_on(with_objections(dismissing(made, by), refused_for(no_reason).objections))
    made.removed_at, made.removed_by, made.removal_reason = timezone.now(), by, reason
    made.save(update_fields=["removed_at", "removed_by", "removal_reason"])
    change = stay(case, "remove_co_handler").because(f"{made.staff.name}：{reason}")
    apply(case, change.with_details({"co_handler": made.pk, "staff": made.staff_id}), by)
    return made


def assisted_by(staff: Staff) -> QuerySet[CoHandler]:
    """The open cases beside whose handler this person works."""
    seen = ClaimCase.objects.visible_to(staff).outstanding()
    return CoHandler.objects.filter(staff=staff, removed_at=None, case__in=seen)
