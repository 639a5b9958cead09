"""人伤跟踪: who must visit whom when, and how many injured wait how long in which unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from cases.models import InjuredPerson
from departments.listings import Column, Empty, Listing
from departments.models import Staff

AGES = ((0, 30), (31, 90), (91, 180), (181, 365), (366, None))
"""Days since the accident, as the columns of the board."""


@dataclass(frozen=True, slots=True)
class Cell:
    count: int
    query: str


@dataclass(frozen=True, slots=True)
class UnitRow:
    unit: str
    unit_id: int
    overdue: int
    cells: Sequence[Cell]
    total: int


def age_label(since: int, until: int | None) -> str:
    return f"{since}–{until} 天" if until else f"{since} 天以上"


def this_week(today: date) -> tuple[date, date]:
    monday = today - timedelta(days=today.weekday())
    return monday, monday + timedelta(days=6)


def unit_rows(people: QuerySet[InjuredPerson]) -> list[UnitRow]:
    """One statement; the units in the order of the tree."""
    today = timezone.localdate()
    counts: dict[str, Any] = {
        f"age{place}": Count("pk", filter=_aged(since, until, today))
        for place, (since, until) in enumerate(AGES)
    }
    rows = people.order_by("case__unit__path_rank").values("case__unit", "case__unit__short_name")
    found = rows.annotate(overdue=Count("pk", filter=Q(next_visit_on__lt=today)), **counts)
    return [_unit_row(row) for row in found]


def _aged(since: int, until: int | None, today: date) -> Q:
    """By the day of the accident."""
    young = Q(case__accident_at__date__lte=today - timedelta(days=since))
    return young & Q(case__accident_at__date__gte=today - timedelta(days=until)) if until else young


def _unit_row(row: Any) -> UnitRow:
    unit = row["case__unit"]
    cells = [Cell(row[f"age{place}"], f"unit={unit}&age={place}") for place in range(len(AGES))]
    return UnitRow(
        row["case__unit__short_name"], unit, row["overdue"], cells, sum(cell.count for cell in cells)
    )


def aged(place: int) -> Q:
    since, until = AGES[place]
    return _aged(since, until, timezone.localdate())


def columns_for(viewer: Staff) -> Sequence[Column]:
    return (
        Column("伤者", lambda row: row.named_for(viewer), "number", url=lambda row: row.get_absolute_url()),
        Column("赔案", lambda row: str(row.case), "number", url=lambda row: row.case.get_absolute_url()),
        Column("机构", lambda row: row.case.unit.short_name),
        Column(
            "伤情", lambda row: row.get_injury_grade_display(), "status", code=lambda row: row.injury_grade
        ),
        Column("医院", lambda row: row.hospital),
        Column("治疗状态", lambda row: row.get_state_display()),
        Column("出险", injured_on, "number"),
        Column("跟踪责任人", lambda row: row.tracker.name),
        Column("上次访视", lambda row: row.last_visit_at, "moment"),
        Column("下次访视", lambda row: row.next_visit_on, "number"),
        Column("跟踪", state_name, "status", code=state_of),
    )


def injured_on(person: InjuredPerson) -> date | None:
    at = person.case.accident_at
    return timezone.localdate(at) if at else None


def state_of(person: InjuredPerson) -> str:
    """Late, due this week, coming, or over."""
    if person.next_visit_on is None:
        return "ended"
    today = timezone.localdate()
    if person.next_visit_on < today:
        return "overdue"
    return "due" if person.next_visit_on <= this_week(today)[1] else "coming"


_STATES = {"ended": "已结束", "overdue": "逾期", "due": "本周应访", "coming": "未到"}


def state_name(person: InjuredPerson) -> str:
    return _STATES[state_of(person)]


INJURED = Listing(
    "伤者清单",
    "injured",
    columns_for,
    ("-pk",),
    Empty("没有这样的伤者", "在赔案的专项页登记伤者后，在这里看到其跟踪与费用情况。"),
    signers=("制表", "人伤负责人", "负责人"),
)
TRACKING = Listing(
    "人伤跟踪",
    "injury-tracking",
    columns_for,
    ("next_visit_on", "pk"),
    Empty("没有待访视的伤者", "登记伤者后按治疗状态的跟踪频次在这里提示访视。"),
    template="cases/injury_tracking.html",
    signers=("制表", "人伤负责人", "负责人"),
)
