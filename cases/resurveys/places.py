"""Re-surveys on the case page, on the workbench, and their clock."""

from __future__ import annotations

from django.urls import reverse

from cases.casefile.related import RELATED, Record, Related, Start
from cases.courses import Area, Clock, register_area
from cases.models import ClaimCase, Resurvey
from cases.models.resurveys import ResurveyQuerySet
from cases.problems.rulings import party
from cases.resurveys.rulings import may_order
from departments.models import Staff
from departments.owed import Owed, register_owed
from departments.panels import Panel, register_panel

RULE = "resurvey"


def resurveys_of_case(case: ClaimCase, viewer: Staff) -> Related:
    rows = list(Resurvey.objects.filter(case=case).for_list())
    is_open = any(row.status == Resurvey.Status.OPEN for row in rows)
    url = reverse("cases:resurvey_new", args=[case.pk])
    start = Start("安排复勘", url, may_order(case, party(viewer), is_open=is_open))
    return Related([_record(row) for row in rows], [start])


def _record(row: Resurvey) -> Record:
    assignee = row.assignee.name if row.assignee else "未指定"
    note = " · ".join(filter(None, [str(row.get_kind_display()), assignee, str(row.get_result_display())]))
    return Record(
        row.number,
        row.get_absolute_url(),
        str(row.get_status_display()),
        row.status,
        note,
        row.found_amount,
        row.ordered_at,
    )


def mine(staff: Staff) -> ResurveyQuerySet:
    return Resurvey.objects.visible_to(staff).waiting().filter(assignee=staff)


def to_confirm(staff: Staff) -> ResurveyQuerySet:
    rows = Resurvey.objects.visible_to(staff)
    done = rows.filter(status=Resurvey.Status.DONE).exclude(done_by=staff)
    return done if party(staff).looks_again else rows.none()


CLOCK = Clock(RULE, "ordered_at", "done_at", due="due_on", owed_by="assignee_id")


def _rows() -> ResurveyQuerySet:
    """What was cancelled runs no more."""
    return Resurvey.objects.exclude(status=Resurvey.Status.CANCELLED)


register_area(Area("resurvey", "复勘", _rows, (CLOCK,), title=lambda row: f"复勘 {row.number}"))
register_panel("case", Panel("复勘", RELATED, resurveys_of_case, order=30))
register_owed(Owed("resurvey_mine", "待我复勘", mine, "cases:resurveys", "need=mine"))
register_owed(Owed("resurvey_confirm", "复勘待确认", to_confirm, "cases:resurveys", "need=confirm"))
