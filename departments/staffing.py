"""编制与在岗: which posts a unit has, who holds them today, who of them is away, what is vacant."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone

from departments.models import Absence, Appointment, OrgUnit, Post


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody in a post; `absence` is the one under way, if any."""

    appointment: Appointment
    absence: Absence | None = None

    @property
    def is_acting(self) -> bool:
        return self.appointment.kind == Appointment.Kind.ACTING


@dataclass(slots=True)
class StaffedPost:
    post: Post
    holders: list[Holder] = field(default_factory=list)

    @property
    def regular(self) -> int:
        return sum(not holder.is_acting for holder in self.holders)

    @property
    def vacancies(self) -> int:
        return max(self.post.headcount - self.regular, 0)

    @property
    def is_unheld(self) -> bool:
        return not self.holders


@dataclass(slots=True)
class Staffing:
    """The posts of one unit, in the order of the catalogue."""

    posts: list[StaffedPost] = field(default_factory=list)

    @property
    def headcount(self) -> int:
        return sum(staffed.post.headcount for staffed in self.posts)

    @property
    def people(self) -> int:
        return len({holder.appointment.staff_id for staffed in self.posts for holder in staffed.holders})

    @property
    def vacancies(self) -> int:
        return sum(staffed.vacancies for staffed in self.posts)

    @property
    def away(self) -> int:
        return len(
            {
                holder.appointment.staff_id
                for staffed in self.posts
                for holder in staffed.holders
                if holder.absence
            }
        )

    @property
    def heads(self) -> list[Holder]:
        """Who holds the highest management post of the unit."""
        leading = [staffed for staffed in self.posts if staffed.post.post_type.function_type == "management"]
        top = max(leading, key=lambda staffed: staffed.post.post_type.level, default=None)
        return top.holders if top else []


def staffing_of(units: Iterable[OrgUnit], on: date) -> dict[int, Staffing]:
    """Staffing by unit id, in three queries; a unit without posts has an empty one."""
    staffing: dict[int, Staffing] = {unit.pk: Staffing() for unit in units}
    posts = Post.objects.filter(unit__in=staffing).select_related("post_type", "unit")
    staffed = {post.pk: StaffedPost(post) for post in posts.order_by("post_type__rank", "pk")}
    for holder in holders_of(staffed, on):
        staffed[holder.appointment.post_id].holders.append(holder)
    for one in staffed.values():
        staffing[one.post.unit_id].posts.append(one)
    return staffing


def holders_of(post_ids: Collection[int], on: date) -> list[Holder]:
    """Who holds these posts that day, regular holders first; two queries."""
    held = Appointment.objects.on(on).filter(post__in=post_ids).select_related("staff")
    appointments = list(held.order_by("-kind", "staff__employee_no"))
    absences = absences_now(appointment.staff_id for appointment in appointments)
    return [Holder(appointment, absences.get(appointment.staff_id)) for appointment in appointments]


def absences_now(staff_ids: Iterable[int]) -> dict[int, Absence]:
    """The absence under way at this moment, by person."""
    rows = Absence.objects.at(timezone.now()).filter(staff__in=set(staff_ids))
    return {absence.staff_id: absence for absence in rows}
