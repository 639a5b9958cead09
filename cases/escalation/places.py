"""Where escalations stand on pages of others: their clocks. Imported once, when the app is ready."""

from __future__ import annotations

from django.db.models import Case, F, Value, When
from django.db.models.fields import DateTimeField
from django.db.models.functions import Coalesce

from cases.courses import Area, Clock, register_area
from cases.escalation import drop
from cases.models import Escalation

__all__ = ["drop"]


def _rows() -> object:
    """A refusal has nothing to carry out."""
    begun = Case(
        When(answer="refused", then=Value(None)), default=F("answered_at"), output_field=DateTimeField()
    )
    return Escalation.objects.select_related("case").annotate(
        execution_began=begun, owed_by_id=Coalesce("kept_by", "sent_by")
    )


register_area(
    Area(
        "escalation",
        "上报总公司",
        rows=_rows,  # type: ignore[arg-type]
        clocks=(
            Clock(
                "escalation_reply",
                "sent_at",
                "answered_at",
                due="due_at",
                owed_by="owed_by_id",
                is_told=False,
            ),
            Clock("escalation_execution", "execution_began", "executed_at"),
        ),
    )
)
