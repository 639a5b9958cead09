"""责任到人: which people answer for which duty, by the posts they hold today.

A duty belongs to a kind of unit (an office by its name). Its posts count where they are set up in such a
unit; a post that the unit does not have counts wherever it is held.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain

from departments.models import Appointment, Duty, OrgUnit, Post, PostType, UnitKind


@dataclass(frozen=True, slots=True)
class DutyLine:
    """One duty with its people. `vacant_units`: where nobody holds the lead post."""

    duty: Duty
    leads: Sequence[Appointment]
    supports: Sequence[Appointment]
    vacant_units: Sequence[OrgUnit]

    @property
    def is_vacant(self) -> bool:
        return not self.leads or bool(self.vacant_units)


def belongs_to(duty: Duty, unit: OrgUnit) -> bool:
    """Is it a duty of this unit?"""
    if unit.kind != duty.unit_kind:
        return False
    return unit.kind != UnitKind.OFFICE or duty.unit_name in (unit.name, unit.short_name)


def duty_lines(on: date) -> list[DutyLine]:
    """Every duty with today's people; five queries however many."""
    posts = list(Post.objects.filter(unit__closed_on=None).select_related("unit", "post_type"))
    held = Appointment.objects.on(on).filter(staff__is_active=True).select_related("staff", "post__unit")
    appointments = list(held.select_related("staff", "post__unit", "post__post_type").order_by("-kind", "id"))
    units = {post.unit_id: post.unit for post in posts}
    return [_line(duty, posts, appointments, units.values()) for duty in all_duties()]


def all_duties() -> list[Duty]:
    duties = Duty.objects.select_related("lead_post_type").prefetch_related("support_post_types")
    return list(duties.order_by("id"))


def _line(
    duty: Duty, posts: Sequence[Post], appointments: Sequence[Appointment], units: Iterable[OrgUnit]
) -> DutyLine:
    leads = _holders(duty, [duty.lead_post_type] if duty.lead_post_type else [], posts, appointments)
    supports = _holders(duty, duty.support_post_types.all(), posts, appointments)
    led = {held.post.unit_id for held in leads}
    own = [unit for unit in units if belongs_to(duty, unit)]
    elsewhere = bool(leads) and not any(unit.pk in led for unit in own)
    return DutyLine(duty, leads, supports, [] if elsewhere else [unit for unit in own if unit.pk not in led])


def _holders(
    duty: Duty, kinds: Iterable[PostType], posts: Sequence[Post], appointments: Sequence[Appointment]
) -> list[Appointment]:
    """Of each kind of post: its holders in the duty's own units, or everywhere if it is not set up there."""
    return list(chain.from_iterable(_of_kind(duty, kind, posts, appointments) for kind in kinds))


def _of_kind(
    duty: Duty, kind: PostType, posts: Sequence[Post], appointments: Sequence[Appointment]
) -> list[Appointment]:
    is_at_home = any(post.post_type_id == kind.pk and belongs_to(duty, post.unit) for post in posts)
    return [
        held
        for held in appointments
        if held.post.post_type_id == kind.pk and (not is_at_home or belongs_to(duty, held.post.unit))
    ]


@dataclass(frozen=True, slots=True)
class DutiesOfPost:
    """What one post answers for."""

    post: Post
    led: Sequence[Duty]
    supported: Sequence[Duty]


def duties_of_posts(posts: Iterable[Post]) -> list[DutiesOfPost]:
    """The duties each post leads and supports; two queries. `posts` come with unit and post type."""
    duties = all_duties()
    return [DutiesOfPost(post, _led_by(post, duties), _supported_by(post, duties)) for post in posts]


def _led_by(post: Post, duties: Sequence[Duty]) -> list[Duty]:
    return [duty for duty in duties if duty.lead_post_type_id == post.post_type_id and _near(duty, post)]


def _supported_by(post: Post, duties: Sequence[Duty]) -> list[Duty]:
    return [
        duty
        for duty in duties
        if any(kind.pk == post.post_type_id for kind in duty.support_post_types.all()) and _near(duty, post)
    ]


def _near(duty: Duty, post: Post) -> bool:
    """The duty is one of the post's own unit, or its unit's kind has no such post."""
    return belongs_to(duty, post.unit) or duty.unit_kind not in post.post_type.unit_kinds
