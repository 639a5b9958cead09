"""The clocks of suits as they stand: by suit, with those of its requests and judgments."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from cases.clocks import CaseClock, Clocks, in_order, pauses_at_hand, with_pauses
from cases.courses import courses_of_rows
from cases.lawsuits.areas import JUDGMENTS, LAWSUITS, REQUESTS, judgment_rows, lawsuit_rows, request_rows
from cases.models import Lawsuit


def with_events(rows: QuerySet[Lawsuit]) -> QuerySet[Lawsuit]:
    """The rows with all that their clocks are read from; five further statements, however many rows."""
    known = lawsuit_rows().filter(pk__in=rows.values("pk"))
    return known.select_related("case__unit", "officer").prefetch_related(
        "parties",
        *with_pauses(),
        Prefetch("requests", queryset=request_rows(), to_attr="asked"),
        Prefetch("judgments", queryset=judgment_rows(), to_attr="judged"),
    )


def clocks_of(lawsuit: Lawsuit, clocks: Clocks) -> list[CaseClock]:
    """Needs `with_events`. All that began, the running ones first, by what is due next."""
    pauses = pauses_at_hand(lawsuit.case)
    courses = [
        *courses_of_rows(LAWSUITS, [lawsuit]),
        *courses_of_rows(REQUESTS, lawsuit.asked),  # type: ignore[attr-defined]
        *courses_of_rows(JUDGMENTS, lawsuit.judged),  # type: ignore[attr-defined]
    ]
    return in_order(one for course in courses if (one := clocks.of_record(course, pauses)))
