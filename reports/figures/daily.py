"""R01 报立结案日报: what came in, was registered and closed, and what is open, by sub-branch."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum

from cases.models import ClaimCase
from departments.models import OrgUnit, UnitKind
from reports.figures.stock import open_at, with_estimate_at
from reports.figures.table import Cell, Column, Question, Table, column_sum

_EVENTS = ("reported_at", "registered_at", "closed_at")
_Counts = dict[int, dict[str, Any]]
COLUMNS = (
    Column("日期", "date", 12),
    Column("机构", "text", 22),
    Column("报案数", "count"),
    Column("立案数", "count"),
    Column("结案数", "count"),
    Column("未决数", "count"),
    Column("未决金额(元)", "money", 18),
    Column("大案新增", "count"),
    Column("超时未立案", "count"),
)


def daily_flow(question: Question) -> Table:
    """One row per sub-branch and a total. `registration_days`: natural days from report to registration."""
    units = OrgUnit.objects.under([question.unit_path]).filter(kind=UnitKind.SUB_BRANCH).in_order()
    flow, stock = _flow(question), _stock(question)
    rows = [_row(question, unit, flow, stock) for unit in units]
    return Table(COLUMNS, rows, _totals(rows))


def _within(name: str, question: Question, **conditions: object) -> Count:
    return Count(
        "pk", filter=Q(**{f"{name}__gte": question.since, f"{name}__lt": question.until}, **conditions)
    )


def _flow(question: Question) -> _Counts:
    reported, registered, closed = (
        Q(**{f"{name}__gte": question.since, f"{name}__lt": question.until}) for name in _EVENTS
    )
    counted = (
        ClaimCase.objects.filter(reported | registered | closed)
        .filter(unit__path__startswith=question.unit_path)
        .values("unit")
        .annotate(
            reported=_within("reported_at", question),
            registered=_within("registered_at", question),
            closed=_within("closed_at", question),
            major=_within("reported_at", question, is_major=True),
        )
    )
    return {row["unit"]: dict(row) for row in counted}


def _stock(question: Question) -> _Counts:
    allowed = timedelta(days=question.parameters["registration_days"])
    late = Q(reported_at__lt=question.until - allowed) & (
        Q(registered_at=None) | Q(registered_at__gte=question.until)
    )
    counted = (
        with_estimate_at(open_at(question.until, question.unit_path), question.until)
        .values("unit")
        .annotate(count=Count("pk"), amount=Sum("estimate_then"), late=Count("pk", filter=late))
    )
    return {row["unit"]: dict(row) for row in counted}


def _row(question: Question, unit: OrgUnit, flow: _Counts, stock: _Counts) -> list[Cell]:
    moved, held = flow.get(unit.pk, {}), stock.get(unit.pk, {})
    counts = [moved.get(name, 0) for name in ("reported", "registered", "closed")]
    amount = held.get("amount") or Decimal("0.00")
    stocks = [held.get("count", 0), amount, moved.get("major", 0), held.get("late", 0)]
    return [question.end, unit.name, *counts, *stocks]


def _totals(rows: Sequence[Sequence[Cell]]) -> list[Cell]:
    sums = [column_sum(rows, place) for place in range(2, len(COLUMNS))]
    return ["", "合计", *sums]
