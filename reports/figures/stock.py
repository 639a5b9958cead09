"""The open cases of a past moment, and what they were estimated at then."""

from datetime import datetime
from decimal import Decimal

from django.db.models import DecimalField, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from cases.models import ClaimCase, EstimateChange

_MONEY = DecimalField(max_digits=14, decimal_places=2)
_ZERO = Decimal("0.00")


def open_at(moment: datetime, unit_path: str) -> QuerySet[ClaimCase]:
    """Reported before the moment and not closed by then, in the unit and below it."""
    return ClaimCase.objects.filter(
        Q(closed_at=None) | Q(closed_at__gte=moment), reported_at__lt=moment, unit__path__startswith=unit_path
    )


def with_estimate_at(cases: QuerySet[ClaimCase], moment: datetime) -> QuerySet[ClaimCase]:
    """Adds `estimate_then` (yuan): today's estimate without the changes made since the moment."""
    later = EstimateChange.objects.filter(case=OuterRef("pk"), subject="estimate", changed_at__gte=moment)
    change = later.values("case").annotate(sum=Sum(F("after") - F("before"))).values("sum")
    changed = Coalesce(Subquery(change, output_field=_MONEY), _ZERO, output_field=_MONEY)
    return cases.annotate(estimate_then=F("estimate") - changed)
