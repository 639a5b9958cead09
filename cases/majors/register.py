"""大案清单 (the work) and 大案台账 R10 (the register): the same rows, two sets of columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Prefetch, QuerySet

from cases.clocks import Clocks
from cases.majors.reading import next_clock
from cases.models import ExpertOpinion, MajorLoss, MajorReport
from departments.listings import Column, Empty, Listing
from departments.masking import mask_name
from departments.models import Staff

ORDER = ("-recognised_at", "-pk")
NO_MAJORS = Empty(
    "没有符合条件的重大赔案",
    "查勘、定损、估损或导入达到大案标准时自动认定；也可在案件页「专项」中人工认定。",
)


def with_reports(rows: QuerySet[MajorLoss]) -> QuerySet[MajorLoss]:
    """With all that a row of either list shows; a constant number of statements."""
    return rows.select_related("case__unit", "case__handler", "officer").prefetch_related(
        Prefetch("reports", MajorReport.objects.order_by("number")),
        Prefetch("opinions", ExpertOpinion.objects.order_by("given_on", "pk")),
        "visits",
    )


def _columns(viewer: Staff) -> Sequence[Column]:
    clocks = Clocks.today()
    return (
        Column("大案编号", lambda row: row.number, "number", url=lambda row: row.get_absolute_url()),
        Column("赔案", lambda row: str(row.case), "number", url=lambda row: row.case.get_absolute_url()),
        Column("机构", lambda row: row.case.unit.short_name),
        Column("状态", lambda row: row.get_status_display(), "status", code=lambda row: row.status),
        Column("下次报告", lambda row: _due(row, clocks), "status", code=lambda row: _due_code(row, clocks)),
        Column("被保险人", lambda row: _name(row, viewer)),
        Column("触发标准", lambda row: row.ground, "wrap"),
        Column("估损(元)", lambda row: row.case.estimate, "money"),
        Column("认定", lambda row: row.recognised_at, "moment"),
        Column("首报", lambda row: row.first_reported_at, "moment"),
        Column("部门介入", _visited),
        Column("负责人", lambda row: row.officer.name if row.officer else ""),
    )


def _name(row: MajorLoss, viewer: Staff) -> str:
    name: str = row.case.insured_name
    return name if viewer.sees_personal_data else mask_name(name)


def _due(row: MajorLoss, clocks: Clocks) -> str:
    reading = next_clock(row, clocks)
    if row.status != MajorLoss.Status.OPEN or reading is None or reading.due_at is None:
        return ""
    what = "进展" if row.first_reported_at else "首报"
    return f"{what} {reading.due_at:%m-%d %H:%M}{' 逾期' if reading.is_late else ''}"


def _due_code(row: MajorLoss, clocks: Clocks) -> str:
    reading = next_clock(row, clocks)
    if reading is None or row.status != MajorLoss.Status.OPEN:
        return ""
    return "overdue" if reading.is_late else "awaiting" if reading.is_pressing else "waiting"


def _visited(row: MajorLoss) -> str:
    visits = list(row.visits.all())
    if visits:
        return f"{visits[0].visited_on:%Y-%m-%d}"
    return f"未到：{row.no_visit_reason}" if row.no_visit_reason else ""


MAJORS = Listing("重大赔案", "majors", _columns, ORDER, NO_MAJORS, template="cases/majors.html")


def _r10(viewer: Staff) -> Sequence[Column]:
    """Exactly the columns of R10, in its order."""
    return (
        Column("报案号", lambda row: row.case.report_no, "number", url=lambda row: row.get_absolute_url()),
        Column("触发标准", lambda row: row.ground, "wrap"),
        Column("首报时间", lambda row: row.first_reported_at, "moment"),
        Column("估损", _estimate, "money"),
        Column("伤亡", _casualties),
        Column("责任", lambda row: _last(row, "liability"), "wrap"),
        Column("进展", lambda row: _last(row, "progress"), "wrap"),
        Column("专家意见", _opinions, "wrap"),
        Column("下一步", lambda row: _last(row, "next_step"), "wrap"),
        Column("再估损", _re_estimate, "money"),
    )


def _reports(row: MajorLoss) -> list[MajorReport]:
    return list(row.reports.all())


def _last(row: MajorLoss, field: str) -> str:
    reports = _reports(row)
    return str(getattr(reports[-1], field)) if reports else ""


def _estimate(row: MajorLoss) -> Any:
    """As first reported; before that, as it stands."""
    reports = _reports(row)
    return reports[0].estimate if reports else row.case.estimate


def _re_estimate(row: MajorLoss) -> Any:
    stated = [one.re_estimate for one in _reports(row) if one.re_estimate is not None]
    return stated[-1] if stated else None


def _casualties(row: MajorLoss) -> str:
    reports = _reports(row)
    return casualties(reports[-1]) if reports else ""


def casualties(report: MajorReport) -> str:
    parts = [(report.deaths, "死"), (report.injured, "伤")]
    return "".join(f"{count}{word}" for count, word in parts if count) or "无"


def _opinions(row: MajorLoss) -> str:
    return "；".join(f"{one.expert}（{one.organisation}）：{one.opinion}" for one in row.opinions.all())


REGISTER = Listing(
    "大案台账", "R10", _r10, ORDER, NO_MAJORS, template="cases/majors_register.html", report_code="R10"
)
