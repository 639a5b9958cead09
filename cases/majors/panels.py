"""The major losses of a case in its tab 专项, their clocks, and what of them waits for a person."""

from __future__ import annotations

from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse

from cases.casefile.related import RELATED, Record, Related, Start
from cases.clocks import Clocks
from cases.courses import Area, Clock, register_area
from cases.majors.reading import FIRST_REPORT, PROGRESS, late_ids, next_clock
from cases.majors.rulings import may_recognise
from cases.models import ClaimCase, MajorLoss
from cases.models.majors import MajorLossQuerySet
from departments.models import Staff
from departments.owed import Owed, register_owed
from departments.panels import Panel, register_panel

WATCHING = frozenset({"MAJOR", "DEPT_HEAD", "DEPT_DEPUTY"})


def majors_of_case(case: ClaimCase, viewer: Staff) -> Related:
    rows = list(MajorLoss.objects.filter(case=case).select_related("officer").order_by("-recognised_at"))
    clocks = Clocks.today()
    is_open = any(row.status == MajorLoss.Status.OPEN for row in rows)
    start = Start(
        "认定重大赔案",
        reverse("cases:major_new", args=[case.pk]),
        may_recognise(case, viewer, is_open=is_open),
    )
    return Related([_record(row, clocks) for row in rows], [start])


def _record(row: MajorLoss, clocks: Clocks) -> Record:
    clock = next_clock(row, clocks)
    return Record(
        row.number,
        row.get_absolute_url(),
        str(row.get_status_display()),
        row.status,
        f"{row.ground} · {row.officer.name if row.officer else '未指定负责人'}",
        at=row.recognised_at,
        clock=clock if row.status == MajorLoss.Status.OPEN else None,
    )


def _mine(staff: Staff) -> MajorLossQuerySet:
    """For the post of major losses and the head of the department; nobody else is asked."""
    posts = {held.post.post_type.code for held in staff.posts_today}
    rows = MajorLoss.objects.visible_to(staff).open()
    return rows if posts & WATCHING else rows.none()


def unreported(staff: Staff) -> MajorLossQuerySet:
    return _mine(staff).unreported()


def late(staff: Staff) -> MajorLossQuerySet:
    rows = _mine(staff)
    if rows.query.is_empty():
        return rows
    return rows.filter(pk__in=late_ids(list(rows), Clocks.today()))


def unvisited(staff: Staff) -> MajorLossQuerySet:
    return _mine(staff).unvisited()


def _rows() -> QuerySet[MajorLoss]:
    """Owed by the officer, or by the handler where there is none; what was taken back runs no more."""
    rows = MajorLoss.objects.exclude(status=MajorLoss.Status.WITHDRAWN)
    return rows.annotate(
        stopped_at=Coalesce("first_reported_at", "ended_at"),
        owed_by_id=Coalesce("officer", "case__handler"),
    )


CLOCKS = (
    Clock(FIRST_REPORT, "recognised_at", "stopped_at", owed_by="owed_by_id"),
    Clock(PROGRESS, "last_reported_at", "ended_at", owed_by="owed_by_id"),
)
register_area(Area("major", "重大赔案", _rows, CLOCKS, title=lambda row: f"大案 {row.number}"))
register_panel("case", Panel("重大赔案", RELATED, majors_of_case, order=20))
register_owed(Owed("major_unreported", "大案待首报", unreported, "cases:majors", "due=unreported"))
register_owed(Owed("major_late", "大案报告逾期", late, "cases:majors", "due=late"))
register_owed(Owed("major_unvisited", "大案部门未介入", unvisited, "cases:majors", "due=unvisited"))
