"""Posts among the things somebody holds; imported once, when the app is ready."""

from __future__ import annotations

from django.utils import timezone

from departments.holdings import Handing, Holding, HoldingKind, register_holding
from departments.models import Appointment, Staff
from departments.services import relieve


def posts_of(person: Staff) -> list[Holding]:
    held = Appointment.objects.ending_from(timezone.localdate()).filter(staff=person)
    rows = held.select_related("post__unit", "post__post_type").order_by("-kind", "pk")
    return [
        Holding(
            str(one.pk),
            str(one.post),
            f"{one.get_kind_display()}，自 {one.starts_on:%Y-%m-%d}",
            f"{one.ends_on or ''}",
        )
        for one in rows
    ]


def end_post(handing: Handing) -> str:
    held = Appointment.objects.select_related("staff", "post").get(pk=handing.holding.thing)
    relieve(held, on=handing.last_day, by=handing.by, despite=f"工作交接：{handing.reason}")
    return f"免去，最后一天 {handing.last_day:%Y-%m-%d}"


register_holding(HoldingKind("post", "岗位", posts_of, end=end_post, end_name="免去", order=80))
