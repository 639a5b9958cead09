"""Who is told what is statutory for somebody who is away; imported once, when the app is ready."""

from __future__ import annotations

from datetime import datetime

from authority.models import Substitution
from departments.digests import register_stand_ins
from departments.models import Staff


def standing_in_for(person: Staff, moment: datetime) -> list[Staff]:
    found = Substitution.objects.in_force(moment).filter(delegator=person, delegate__is_active=True)
    return list(Staff.objects.filter(pk__in=found.values("delegate")).order_by("pk"))


register_stand_ins(standing_in_for)
