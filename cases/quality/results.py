"""What the scores say: per unit, per person, per class of problem; every figure leads to its files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count, F, Min, Q, QuerySet, Sum
from django.urls import reverse
from django.utils.http import urlencode

from cases.models import QualitySample, SampleAnswer

SETTLED_LOOK = Q(look=1, sample__second_by=None) | Q(look=2, sample__second_by__isnull=False)
"""The answers that count: those of the second look where there was one."""
GOOD_FROM = Decimal(90)
TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class ResultLine:
    """One unit, person or class. `average` and `lowest` are scores, None for lines that count faults."""

    name: str
    count: int
    url: str
    average: Decimal | None = None
    lowest: Decimal | None = None
    vetoed: int = 0
    good: int = 0
    lost: Decimal | None = None
    share: Decimal | None = None


def by_unit(samples: QuerySet[QualitySample], query: dict[str, Any]) -> list[ResultLine]:
    """Worst first; of the files with a score."""
    rows = (
        samples.exclude(score=None)
        .order_by()
        .values("unit", name=F("unit__short_name"))
        .annotate(
            count=Count("pk"),
            average=Avg("score"),
            lowest=Min("score"),
            vetoed=Count("pk", filter=Q(is_vetoed=True)),
            good=Count("pk", filter=Q(score__gte=GOOD_FROM)),
        )
        .order_by("average", "unit")
    )
    return [_unit_line(row, query) for row in rows]


def _unit_line(row: Any, query: dict[str, Any]) -> ResultLine:
    return ResultLine(
        row["name"],
        row["count"],
        _list({**query, "unit": row["unit"], "state": "done"}),
        row["average"].quantize(TENTH),
        row["lowest"],
        row["vetoed"],
        row["good"],
        share=(Decimal(row["good"]) * 100 / row["count"]).quantize(TENTH),
    )


def by_person(samples: QuerySet[QualitySample], query: dict[str, Any]) -> list[ResultLine]:
    """Who did the step that lost points; most points first."""
    return _faults(samples, "person", "person__name", query)


def by_class(samples: QuerySet[QualitySample], query: dict[str, Any]) -> list[ResultLine]:
    return _faults(samples, "item__problem_class", "item__problem_class__name", query)


def _faults(samples: QuerySet[QualitySample], key: str, name: str, query: dict[str, Any]) -> list[ResultLine]:
    answers = SampleAnswer.objects.filter(SETTLED_LOOK, sample__in=samples.exclude(score=None))
    found = (
        answers.filter(verdict__in=["bad", "partial"])
        .exclude(**{key: None})
        .order_by()
        .values(key=F(key), name=F(name))
        .annotate(count=Count("sample", distinct=True), lost=Sum("deducted"))
        .order_by("-lost", "key")
    )
    field = "person" if key == "person" else "problem"
    return [
        ResultLine(row["name"], row["count"], _list({**query, field: row["key"]}), lost=row["lost"])
        for row in found
    ]


def _list(query: dict[str, Any]) -> str:
    chosen = {key: value for key, value in query.items() if value}
    return f"{reverse('cases:quality_samples')}?{urlencode(chosen)}"


@dataclass(frozen=True, slots=True)
class Results:
    units: Sequence[ResultLine]
    people: Sequence[ResultLine]
    classes: Sequence[ResultLine]
    drawn: int
    scored: int
    average: Decimal | None


def results_of(samples: QuerySet[QualitySample], query: dict[str, Any]) -> Results:
    """Four queries, whatever the number of files."""
    total = samples.aggregate(drawn=Count("pk"), scored=Count("score"), average=Avg("score"))
    average = total["average"]
    return Results(
        by_unit(samples, query),
        by_person(samples, query),
        by_class(samples, query),
        total["drawn"],
        total["scored"],
        average.quantize(TENTH) if average is not None else None,
    )
