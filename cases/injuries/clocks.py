"""The clocks of 人伤: the next visit to an injured person, the answer to another line (docs/clocks.md)."""

from __future__ import annotations

from typing import Any

from django.db.models import DateTimeField, Max, Value
from django.db.models.functions import Coalesce

from cases.courses import Area, Clock, register_area
from cases.models import ASSISTANCE_CLOCK, InjuredPerson, InjuryAssistance

VISIT_CLOCK = "injury_visit"


def tracked() -> Any:
    """From the last visit, or the registration; a person no longer tracked runs no clock."""
    return (
        InjuredPerson.objects.tracked()
        .select_related("case")
        .annotate(
            visited_last=Coalesce(Max("visits__visited_at"), "registered_at"),
            visited_next=Value(None, output_field=DateTimeField(null=True)),
        )
    )


def asked() -> Any:
    """Answered or withdrawn, it is over."""
    return InjuryAssistance.objects.annotate(over_at=Coalesce("answered_at", "withdrawn_at"))


register_area(
    Area(
        "injury_visit",
        "人伤跟踪",
        rows=tracked,
        clocks=(
            Clock(VISIT_CLOCK, "visited_last", "visited_next", due="next_visit_on", owed_by="tracker_id"),
        ),
    )
)
register_area(
    Area(
        "injury_assistance",
        "非车险人伤协助",
        rows=asked,
        clocks=(Clock(ASSISTANCE_CLOCK, "asked_at", "over_at", owed_by="assigned_to_id"),),
        case="",
    )
)
