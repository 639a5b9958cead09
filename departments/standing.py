"""What the rulings need to know of people, posts and units, read from the database on a given day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db.models import Max, Q

from departments import access
from departments.models import (
    Appointment,
    IncompatibleDuty,
    OrgUnit,
    OrgUnitUserPermission,
    Post,
    Staff,
)
from departments.models.people import AdminRole
from departments.models.posts import AppointmentQuerySet, FunctionType
from departments.rulings import (
    Actor,
    Candidate,
    HeldPost,
    Period,
    PostFacts,
    Ruling,
    StaticRule,
    UnitFacts,
    clashes,
    may_read_register,
)


def actor_of(staff: Staff, on: date) -> Actor:
    """Read anew, never from the request's cache: a service decides on what holds now."""
    level = Appointment.objects.on(on).filter(staff=staff).aggregate(level=Max("post__post_type__level"))
    return Actor(
        staff.pk,
        managed=access.unit_scope_of(staff.pk).ids(access.MANAGE_UNIT) if staff.is_active else frozenset(),
        level=level["level"] or 0,
        is_system_administrator=is_administrator(staff, AdminRole.SYSTEM),
        is_security_administrator=is_administrator(staff, AdminRole.SECURITY),
    )


def is_administrator(staff: Staff, role: str) -> bool:
    """The first account of an installation is a superuser, who makes the three administrators."""
    return staff.is_active and (staff.admin_role == role or staff.is_superuser)


def reading_register(viewer: Staff) -> Ruling:
    """May the viewer open the register of who was told?"""
    manages = not viewer.admin_role and bool(viewer.unit_scope.ids(access.MANAGE_UNIT))
    return may_read_register(manages=manages, is_auditor=is_administrator(viewer, AdminRole.AUDIT))


def unit_facts(unit: OrgUnit, on: date) -> UnitFacts:
    return UnitFacts(
        unit.pk,
        unit.name,
        unit.kind,
        unit.path,
        is_open=unit.opened_on <= on and (unit.closed_on is None or unit.closed_on > on),
        parent_id=unit.parent_id,
        managers=managers_of(unit),
    )


def managers_of(unit: OrgUnit) -> int:
    """How many active people may manage the unit, by a right on it or on any unit above."""
    return (
        OrgUnitUserPermission.objects.filter(
            content_object__path__in=paths_above(unit.path),
            permission__codename=access.MANAGE_UNIT,
            user__is_active=True,
        )
        .values("user")
        .distinct()
        .count()
    )


def paths_above(path: str) -> list[str]:
    """The path itself and those of all units above: "hq/sc/" → ["hq/", "hq/sc/"]."""
    codes = path.rstrip("/").split("/")
    return ["/".join(codes[: depth + 1]) + "/" for depth in range(len(codes))]


def post_facts(post: Post, on: date, period: Period) -> PostFacts:
    """`on`: the day on which it is asked; `period`: the time for which other holders matter."""
    kind = post.post_type
    regular = overlapping(post.appointments.filter(kind=Appointment.Kind.REGULAR), period)
    return PostFacts(
        post.pk,
        kind.code,
        kind.name,
        kind.function_type,
        unit_facts(post.unit, on),
        level=kind.level,
        is_key_post=kind.is_key_post,
        employees_only=kind.employees_only,
        headcount=post.headcount,
        regular=tuple(period_of(held) for held in regular),
    )


def candidate_of(staff: Staff, period: Period) -> Candidate:
    held = overlapping(staff.appointments.select_related("post__unit", "post__post_type"), period)
    return Candidate(
        staff.pk,
        staff.name,
        is_active=staff.is_active,
        is_employee=staff.is_employee,
        admin_role=str(staff.get_admin_role_display()) if staff.admin_role else "",
        held=tuple(_held_post(appointment.post) for appointment in held),
    )


def _held_post(post: Post) -> HeldPost:
    return HeldPost(post.pk, post.post_type.code, str(post), post.post_type.function_type)


def period_of(appointment: Appointment) -> Period:
    return Period(appointment.starts_on, appointment.ends_on)


def overlapping(appointments: AppointmentQuerySet, period: Period) -> list[Appointment]:
    """Those that share a day with the period."""
    begun = Q(starts_on__lte=period.last) if period.last else Q()
    return list(appointments.ending_from(period.first).filter(begun))


def clashes_of(people: Iterable[int], on: date) -> dict[int, tuple[str, ...]]:
    """The rules of separated duties that each person's posts of that day break together; two queries."""
    held = (
        Appointment.objects.on(on)
        .filter(staff__in=set(people))
        .select_related("post__unit", "post__post_type")
    )
    posts: defaultdict[int, list[HeldPost]] = defaultdict(list)
    for appointment in held.order_by("staff", "pk"):
        posts[appointment.staff_id].append(_held_post(appointment.post))
    rules = static_rules(on)
    return {staff: clashes(several, rules) for staff, several in posts.items() if len(several) > 1}


def static_rules(on: date) -> tuple[StaticRule, ...]:
    rows = IncompatibleDuty.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=on), kind__in=["static", "both"], valid_from__lte=on
    )
    return tuple(
        StaticRule(row.code, row.statement, tuple(row.post_types), tuple(row.other_post_types))
        for row in rows
    )


def superiors_of(people: Iterable[int], on: date) -> dict[int, int]:
    """Whom each person answers to: the nearest leading post of a higher level, in the unit or above it.

    By staff id; without an entry where nobody stands above. Two queries.
    """
    homes: dict[int, tuple[str, int]] = {}
    held = Appointment.objects.on(on).filter(staff__in=set(people)).order_by("post__post_type__level")
    for staff_id, path, level in held.values_list("staff", "post__unit__path", "post__post_type__level"):
        homes[staff_id] = (path, level)
    leading = Appointment.objects.on(on).filter(
        post__post_type__function_type=FunctionType.MANAGEMENT, staff__is_active=True
    )
    leaders = list(leading.values_list("staff", "post__unit__path", "post__post_type__level").order_by("pk"))
    return {person: found for person, home in homes.items() if (found := _nearest(person, home, leaders))}


def _nearest(person: int, home: tuple[str, int], leaders: Iterable[tuple[int, str, int]]) -> int | None:
    """The deepest unit first, then the lowest level above one's own."""
    path, level = home
    above = [
        (-len(at), rank, leader)
        for leader, at, rank in leaders
        if path.startswith(at) and rank > level and leader != person
    ]
    return min(above)[2] if above else None
