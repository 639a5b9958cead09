"""Who could take a case over, and who of the department looks after it: people by post, below or above."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils import timezone

from departments.access import HANDLE_CASES
from departments.models import Appointment, OrgUnit, Staff, UnitKind
from departments.standing import paths_above


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


def department_people(unit: OrgUnit, *post_codes: str) -> QuerySet[Staff]:
    """Active people of the department above a unit who are in one of these posts; without codes, all in the
    department itself and its offices."""
    department = OrgUnit.objects.filter(path__in=paths_above(unit.path), kind=UnitKind.DEPARTMENT)
    path = department.order_by("-path").values_list("path", flat=True).first()
    held = Appointment.objects.on(timezone.localdate()).filter(post__unit__path__startswith=path or unit.path)
    if post_codes:
        held = held.filter(post__post_type__code__in=post_codes)
    else:
        held = held.filter(post__unit__kind__in=[UnitKind.DEPARTMENT, UnitKind.OFFICE])
    return Staff.objects.filter(pk__in=held.values("staff"), is_active=True).order_by("name", "pk")
