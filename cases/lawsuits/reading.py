"""The clocks of suits as they stand: by suit, with those of its requests and judgments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Prefetch, QuerySet

from cases.clocks import CaseClock, Clocks, in_order
from cases.courses import courses_of_rows
from cases.lawsuits.areas import JUDGMENTS, LAWSUITS, REQUESTS, judgment_rows, lawsuit_rows, request_rows
from cases.models import Lawsuit


def with_events(rows: QuerySet[Lawsuit]) -> QuerySet[Lawsuit]:
    """The rows with all that their clocks are read from; two further statements, however many rows."""
    known = lawsuit_rows().filter(pk__in=rows.values("pk"))
    return known.select_related("case__unit", "officer").prefetch_related(
        "parties",
        Prefetch("requests", queryset=request_rows(), to_attr="asked"),
        Prefetch("judgments", queryset=judgment_rows(), to_attr="judged"),
    )


def clocks_of(lawsuit: Lawsuit, clocks: Clocks) -> list[CaseClock]:
    """Needs `with_events`. All that began, the running ones first, by what is due next."""
    courses = [
        *courses_of_rows(LAWSUITS, [lawsuit]),
        *courses_of_rows(REQUESTS, lawsuit.asked),  # type: ignore[attr-defined]
        *courses_of_rows(JUDGMENTS, lawsuit.judged),  # type: ignore[attr-defined]
    ]
    return in_order(one for one in map(clocks.of_record, courses) if one)


def late_of(lawsuits: Iterable[Lawsuit], clocks: Clocks) -> dict[int, list[CaseClock]]:
    """By suit, what runs and is late or nearly so."""
    found: defaultdict[int, list[CaseClock]] = defaultdict(list)
    for lawsuit in lawsuits:
        found[lawsuit.pk] = [one for one in clocks_of(lawsuit, clocks) if one.reading.is_pressing]
    return found
