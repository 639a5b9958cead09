"""What the findings add up to: per unit and period for the assessment, per class, month and person.

A period is given by its first and last month (first days). Confirmed findings count by their assessment
period, which a signed letter freezes; everything else by the month in which it was found.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, F, Q, Sum
from django.utils import timezone

from cases.models import ClaimCase, ProblemFinding
from cases.problems.periods import month_after

PER = 1000


@dataclass(frozen=True, slots=True)
class UnitProblems:
    """Of one unit in the period. `volume`: cases registered; `due`: findings whose reply is due or made."""

    unit_id: int
    found: int = 0
    confirmed: int = 0
    points: int = 0
    lifted: int = 0
    due: int = 0
    in_time: int = 0
    uncorrected: int = 0
    volume: int = 0

    @property
    def points_per_thousand(self) -> Decimal | None:
        """扣分 per 1,000 registered cases; nothing where none was registered."""
        return _ratio(self.points * PER, self.volume)

    @property
    def reply_rate(self) -> Decimal | None:
        """Per cent of the replies due that came in time."""
        return _ratio(self.in_time * 100, self.due)


def _ratio(part: int, whole: int) -> Decimal | None:
    return (Decimal(part) / whole).quantize(Decimal("0.01")) if whole > 0 else None


def figures_of(units: Collection[int], first: date, last: date) -> dict[int, UnitProblems]:
    """By unit id, for every unit asked; three statements. Other apps read the assessment from here."""
    since, until = moment_of(first), moment_of(month_after(last))
    counted = _counted(units, first, last)
    found = _found(units, since, until)
    volume = _volume(units, since, until)
    return {
        unit: UnitProblems(unit, **counted.get(unit, {}), **found.get(unit, {}), volume=volume.get(unit, 0))
        for unit in units
    }


def moment_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))


def _counted(units: Collection[int], first: date, last: date) -> dict[int, dict[str, int]]:
    rows = ProblemFinding.objects.counted(first, last).filter(unit__in=units).order_by().values("unit")
    uncorrected = Q(needs_correction=True, corrected_at=None)
    found = rows.annotate(
        confirmed=Count("pk"), sum=Sum("points"), uncorrected=Count("pk", filter=uncorrected)
    )
    return {
        row["unit"]: {
            "confirmed": row["confirmed"],
            "points": row["sum"],
            "uncorrected": row["uncorrected"],
        }
        for row in found
    }


def _found(units: Collection[int], since: datetime, until: datetime) -> dict[int, dict[str, int]]:
    rows = ProblemFinding.objects.filter(unit__in=units, found_at__gte=since, found_at__lt=until)
    is_due = Q(replied_at__isnull=False) | Q(reply_due_at__lt=timezone.now())
    found = (
        rows.order_by()
        .values("unit")
        .annotate(
            found=Count("pk"),
            lifted=Count("pk", filter=Q(status="lifted")),
            due=Count("pk", filter=is_due),
            in_time=Count("pk", filter=Q(replied_at__lte=F("reply_due_at"))),
        )
    )
    return {
        row["unit"]: {
            "found": row["found"],
            "lifted": row["lifted"],
            "due": row["due"],
            "in_time": row["in_time"],
        }
        for row in found
    }


def _volume(units: Collection[int], since: datetime, until: datetime) -> dict[int, int]:
    rows = ClaimCase.objects.filter(unit__in=units, registered_at__gte=since, registered_at__lt=until)
    return dict(rows.order_by().values_list("unit").annotate(Count("pk")))


@dataclass(frozen=True, slots=True)
class ClassShare:
    """One class in the period."""

    code: str
    name: str
    count: int
    points: int


@dataclass(frozen=True, slots=True)
class Offender:
    """A person with several confirmed findings in the period."""

    person_id: int
    name: str
    unit: str
    count: int
    points: int


@dataclass(frozen=True, slots=True)
class Matrix:
    """Confirmed findings and points by (unit, class code) and by (unit, month)."""

    by_class: dict[tuple[int, str], tuple[int, int]]
    by_month: dict[tuple[int, date], tuple[int, int]]


def matrix_of(units: Collection[int], first: date, last: date) -> Matrix:
    """Two statements."""
    rows = ProblemFinding.objects.counted(first, last).filter(unit__in=units).order_by()
    classes = rows.values_list("unit", "problem_class__code").annotate(Count("pk"), Sum("points"))
    months = rows.values_list("unit", "period").annotate(Count("pk"), Sum("points"))
    return Matrix(
        {(unit, code): (count, points) for unit, code, count, points in classes},
        {(unit, period): (count, points) for unit, period, count, points in months},
    )


def top_classes(units: Collection[int], first: date, last: date) -> list[ClassShare]:
    """Most points first."""
    rows = ProblemFinding.objects.counted(first, last).filter(unit__in=units).order_by()
    found = rows.values_list("problem_class__code", "problem_class__name").annotate(
        count=Count("pk"), points_sum=Sum("points")
    )
    return [ClassShare(*row) for row in found.order_by("-points_sum", "problem_class__code")]


def repeat_offenders(units: Collection[int], first: date, last: date, least: int) -> list[Offender]:
    """People with at least `least` confirmed findings, most points first."""
    rows = ProblemFinding.objects.counted(first, last).filter(unit__in=units, person__isnull=False).order_by()
    found = rows.values_list("person", "person__name", "unit__short_name").annotate(
        count=Count("pk"), points_sum=Sum("points")
    )
    return [Offender(*row) for row in found.filter(count__gte=least).order_by("-points_sum", "person")]
