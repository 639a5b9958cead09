"""追认清单: the acts under emergency grants of one month, on the page, on paper and as a workbook."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from authority.models import Ratification
from cases.models import ClaimCase, Decision
from departments.access import MANAGE_UNIT
from departments.models import Appointment, Staff
from departments.sheets import Cell, sheet

_HEADINGS = (
    "临时授权", "事项", "金额(元)", "行使人", "办理时间", "追认人", "追认期限", "状态",
    "答复人", "答复时间", "意见",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tally:
    """Of one person's acts in the month: how many in each state, and the money of those not ratified."""

    person_id: int
    name: str
    waiting: int
    overdue: int
    refused: int
    ratified: int
    unratified_sum: Decimal


def tallies(rows: QuerySet[Ratification]) -> list[Tally]:
    """By the person who acted; one statement."""
    now = timezone.now()
    waiting = Q(status="waiting")
    counted = (
        rows.order_by()
        .values("acted_by", "acted_by__name")
        .annotate(
            waiting=Count("pk", filter=waiting & Q(due_at__gte=now)),
            overdue=Count("pk", filter=waiting & Q(due_at__lt=now)),
            refused=Count("pk", filter=Q(status="refused")),
            ratified=Count("pk", filter=Q(status="ratified")),
            unratified_sum=Sum("amount", filter=~Q(status="ratified"), default=Decimal(0)),
        )
    )
    return [
        Tally(
            row["acted_by"], row["acted_by__name"], row["waiting"], row["overdue"], row["refused"],
            row["ratified"], row["unratified_sum"],
        )
        for row in counted.order_by("acted_by__name", "acted_by")
    ]  # fmt: skip


def visible_cases(rows: Iterable[Ratification], viewer: Staff) -> dict[int, ClaimCase]:
    """The case of each act by ledger entry, where the viewer may see it; one statement."""
    entries = [row.ledger_entry_id for row in rows]
    seen = ClaimCase.objects.visible_to(viewer)
    decisions = Decision.objects.filter(ledger_entry__in=entries, case__in=seen).select_related("case")
    return {decision.ledger_entry_id: decision.case for decision in decisions}


def workbook(rows: Iterable[Ratification]) -> bytes:
    return sheet("追认清单", _HEADINGS, (_cells(row) for row in rows))


def _cells(row: Ratification) -> tuple[Cell, ...]:
    return (
        row.emergency.number,
        row.subject,
        row.amount,
        row.acted_by.name,
        row.acted_at,
        row.ratifier.name,
        row.due_at,
        row.state_name,
        row.answered_by.name if row.answered_by else "",
        row.answered_at,
        row.note,
    )


@dataclass(frozen=True, slots=True)
class Unanswered:
    """`mine`: what waits for my ratification; `overdue`: of my people, or mine, past the hours."""

    mine: int
    overdue: int


def unanswered(staff: Staff) -> Unanswered:
    """One statement on the index of what waits."""
    managed = staff.unit_scope.ids(MANAGE_UNIT)
    people = Appointment.objects.on(timezone.localdate()).filter(post__unit__in=managed).values("staff")
    concerns = Q(ratifier=staff) | Q(acted_by__in=people) if managed else Q(ratifier=staff)
    found = (
        Ratification.objects.waiting()
        .order_by()
        .aggregate(
            mine=Count("pk", filter=Q(ratifier=staff)),
            overdue=Count("pk", filter=concerns & Q(due_at__lt=timezone.now())),
        )
    )
    return Unanswered(**found)
