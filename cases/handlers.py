"""Who could take a case over: people in a post that handles cases, in its unit or above it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils import timezone

from departments.access import HANDLE_CASES
from departments.models import Appointment, Staff


def successors_in(paths: Iterable[str]) -> QuerySet[Staff]:
    """Active people in the units at these paths or above them; whether one may is a ruling's business."""
    above = {
        "".join(f"{code}/" for code in codes[:depth])
        for codes in (path.strip("/").split("/") for path in paths)
        for depth in range(1, len(codes) + 1)
    }
    held = Appointment.objects.on(timezone.localdate()).filter(
        post__unit__path__in=above, post__post_type__permissions__contains=[HANDLE_CASES]
    )
    return Staff.objects.filter(pk__in=held.values("staff"), is_active=True).order_by("name", "pk")
