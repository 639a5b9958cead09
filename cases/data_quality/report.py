"""R28 数据质量报告: per unit and rule what was doubted, mended, is overdue; what a unit's data is worth."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.http import urlencode

from cases.data_quality.score import score_of
from cases.models import ClaimCase, DataQualityIssue, DataQualityRule
from cases.supervision.acts import midnight
from departments.models import Staff
from departments.sheets import Cell, Sheet, sheets

HEADINGS = ("机构", "校验规则", "疑问数", "已改", "情况属实", "待处理", "超期")


@dataclass(frozen=True, slots=True)
class ReportLine:
    """`mended` counts what was corrected or is gone."""

    unit: str
    rule: str
    found: int
    mended: int
    true: int
    open: int
    overdue: int
    url: str


@dataclass(frozen=True, slots=True)
class UnitLine:
    unit: str
    cases: int
    found: int
    overdue: int
    score: Decimal | None
    url: str


@dataclass(frozen=True, slots=True)
class Report:
    first: date
    lines: Sequence[ReportLine]
    units: Sequence[UnitLine]

    @property
    def totals(self) -> dict[str, int]:
        names = ("found", "mended", "true", "open", "overdue")
        return {name: sum(getattr(line, name) for line in self.lines) for name in names}


def next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def issues_of(viewer: Staff, first: date) -> QuerySet[DataQualityIssue]:
    """Found in the month, on the cases that this person may see."""
    start, end = midnight(first), midnight(next_month(first))
    return DataQualityIssue.objects.visible_to(viewer).filter(found_at__gte=start, found_at__lt=end)


def report_of(viewer: Staff, first: date, today: date) -> Report:
    """Three statements, whatever the number of doubts. Overdue is what is late today."""
    rules = {rule.code: rule for rule in DataQualityRule.objects.on(next_month(first) - timedelta(days=1))}
    counted = _counted(issues_of(viewer, first), today)
    lines = [_line(row, rules, first) for row in counted]
    lines.sort(key=lambda line: (line.unit, -line.found))
    return Report(first, lines, _units(viewer, first, counted, rules))


def _counted(issues: QuerySet[DataQualityIssue], today: date) -> list[Any]:
    late = Q(resolved_at=None, due_on__lt=today)
    return list(
        issues.order_by()
        .values("case__unit", "case__unit__short_name", "rule")
        .annotate(
            found=Count("pk"),
            mended=Count("pk", filter=Q(outcome__in=["corrected", "gone"])),
            true=Count("pk", filter=Q(outcome="true_as_is")),
            open=Count("pk", filter=Q(resolved_at=None)),
            overdue=Count("pk", filter=late),
        )
        .order_by("case__unit__path_rank", "rule")
    )


def _line(row: Any, rules: dict[str, DataQualityRule], first: date) -> ReportLine:
    rule = rules.get(row["rule"])
    label = rule.name if rule else DataQualityIssue.Rule(row["rule"]).label
    query = {"unit": row["case__unit"], "rule": row["rule"], "month": f"{first:%Y-%m}", "state": "all"}
    numbers = {name: row[name] for name in ("found", "mended", "true", "open", "overdue")}
    return ReportLine(row["case__unit__short_name"], str(label), url=_list(query), **numbers)


def _list(query: dict[str, Any]) -> str:
    return f"{reverse('cases:data_issues')}?{urlencode(query)}"


def _units(
    viewer: Staff, first: date, counted: list[Any], rules: dict[str, DataQualityRule]
) -> list[UnitLine]:
    """Best first; a unit without doubts is there with a hundred."""
    reported = _reported(viewer, first)
    lines = []
    for unit, (name, cases) in reported.items():
        own = [row for row in counted if row["case__unit"] == unit]
        points = sum((_points(row, rules) * row["found"] for row in own), Decimal(0))
        late = sum((_points(row, rules) * row["overdue"] for row in own), Decimal(0))
        found, overdue = sum(row["found"] for row in own), sum(row["overdue"] for row in own)
        query = {"unit": unit, "month": f"{first:%Y-%m}", "state": "all"}
        lines.append(UnitLine(name, cases, found, overdue, score_of(points, late, cases), _list(query)))
    return sorted(lines, key=lambda line: (-(line.score if line.score is not None else 101), line.unit))


def _points(row: Any, rules: dict[str, DataQualityRule]) -> Decimal:
    rule = rules.get(row["rule"])
    return rule.points if rule else Decimal(1)


def _reported(viewer: Staff, first: date) -> dict[int, tuple[str, int]]:
    start, end = midnight(first), midnight(next_month(first))
    cases = ClaimCase.objects.visible_to(viewer).filter(reported_at__gte=start, reported_at__lt=end)
    rows = cases.order_by().values("unit", "unit__short_name").annotate(count=Count("pk"))
    return {row["unit"]: (row["unit__short_name"], row["count"]) for row in rows}


def workbook(report: Report) -> bytes:
    lines: Iterable[list[Cell]] = (
        [one.unit, one.rule, one.found, one.mended, one.true, one.open, one.overdue] for one in report.lines
    )
    units: Iterable[list[Cell]] = (
        [one.unit, one.cases, one.found, one.overdue, one.score] for one in report.units
    )
    return sheets(
        [
            Sheet("数据质量报告", HEADINGS, lines),
            Sheet("机构得分", ["机构", "本月报案", "疑问数", "超期", "数据质量得分"], units),
        ]
    )
