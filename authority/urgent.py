"""What the rulings on emergency grants and ratifications need to know, read from the database now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Max
from django.utils import timezone

from authority.certificates import frozen_people
from authority.emergencies import Answerer, Asked, Giver, Receiver
from authority.models import EmergencyGrant, EmergencyRule, PersonalGrant, Ratification
from authority.standing_in import barred_by_posts
from authority.terms import fen
from departments.access import MANAGE_UNIT, SEE_CASES, unit_scope_of
from departments.models import Absence, Appointment, CalendarDay, OrgUnit, Staff
from departments.models.people import AdminRole


@dataclass(frozen=True, slots=True)
class EmergencyTerms:
    """What is filled in. `amount_max` in yuan; `unit` None: as far as the grant it is given from."""

    holder: Staff
    based_on: PersonalGrant
    hours: int
    amount_max: Decimal
    reason: str
    unit: OrgUnit | None = None
    lines: tuple[str, ...] = ("any",)


def chain_of(emergency: EmergencyGrant) -> str:
    return f"emergency:{emergency.pk}"


def rule_today() -> EmergencyRule:
    """Raises EmergencyRule.DoesNotExist where none is in force: then nothing is given."""
    return EmergencyRule.objects.on(timezone.localdate()).latest("valid_from")


def due_at(acted_at: datetime, hours: int) -> datetime:
    """So many working hours after the act; one query for the calendar."""
    calendar = CalendarDay.objects.all().as_calendar()
    return calendar.add_working_hours(timezone.localtime(acted_at), hours)


def level_of(staff: Staff) -> int | None:
    """Of the highest post held today; None without any."""
    held = Appointment.objects.on(timezone.localdate()).filter(staff=staff)
    level: int | None = held.aggregate(level=Max("post__post_type__level"))["level"]
    return level


def own_grants_of(staff: Staff) -> list[PersonalGrant]:
    grants = PersonalGrant.objects.effective(timezone.localdate()).filter(holder=staff)
    return list(grants.with_terms().order_by("item__rank", "-amount_max", "pk"))


def giver_of(by: Staff, based_on: PersonalGrant | None, concerning: Staff | None = None) -> Giver:
    """`concerning`: whose unit one may manage."""
    staff, now = Staff.objects.get(pk=by.pk), timezone.now()
    return Giver(
        staff.pk,
        level_of(staff) or 0,
        holds=based_on is not None and _holds(staff, based_on),
        manages=concerning is not None and manages(staff, concerning),
        is_active=staff.is_active,
        on_leave=Absence.objects.at(now).filter(staff=staff).exists(),
        is_security_admin=staff.is_active and staff.admin_role == AdminRole.SECURITY,
    )


def _holds(staff: Staff, based_on: PersonalGrant) -> bool:
    """His own, in force, and not frozen for want of a certificate."""
    today = timezone.localdate()
    found = PersonalGrant.objects.effective(today).filter(holder=staff, pk=based_on.pk)
    return found.exists() and staff.pk not in frozen_people(found, today)


def manages(staff: Staff, concerning: Staff) -> bool:
    managed = unit_scope_of(staff.pk).ids(MANAGE_UNIT) if staff.is_active else frozenset()
    posts = Appointment.objects.on(timezone.localdate()).filter(staff=concerning)
    return posts.filter(post__unit__in=managed).exists()


def receiver_of(terms: EmergencyTerms) -> Receiver:
    staff = Staff.objects.get(pk=terms.holder.pk)
    others = EmergencyGrant.objects.in_force(timezone.now()).filter(holder=staff)
    unit_id = terms.unit.pk if terms.unit else terms.based_on.unit_id
    return Receiver(
        staff.pk,
        staff.name,
        level_of(staff),
        is_active=staff.is_active,
        is_employee=staff.is_employee,
        admin_role=staff.admin_role,
        sees_cases=unit_id in unit_scope_of(staff.pk).ids(SEE_CASES) or _sees_some(staff, terms),
        holds_already=others.filter(based_on__item=terms.based_on.item_id).exists(),
        barred=tuple(barred_by_posts(terms.based_on.holder, _posts_of(staff))),
    )


def _posts_of(staff: Staff) -> set[str]:
    held = Appointment.objects.on(timezone.localdate()).filter(staff=staff)
    return set(held.values_list("post__post_type__code", flat=True))


def _sees_some(staff: Staff, terms: EmergencyTerms) -> bool:
    """A grant for the whole department serves somebody who sees the cases of one unit in it."""
    if terms.unit is not None:
        return False
    below = OrgUnit.objects.under([terms.based_on.unit.path])
    return below.filter(pk__in=unit_scope_of(staff.pk).ids(SEE_CASES)).exists()


def asked_of(terms: EmergencyTerms, rule: EmergencyRule) -> Asked:
    return Asked(
        terms.hours,
        rule.grant_hours,
        fen(terms.amount_max),
        fen(terms.based_on.amount_max),
        has_reason=bool(terms.reason.strip()),
        is_key=terms.based_on.item.is_key,
    )


def ends_at(terms: EmergencyTerms) -> datetime:
    return timezone.now() + timedelta(hours=terms.hours)


def answerer_of(ratification: Ratification, by: Staff, took_part: Iterable[int]) -> Answerer:
    return Answerer(by.pk, manages(by, ratification.acted_by), by.pk in set(took_part))


def alerted_by(emergency: EmergencyGrant) -> list[Staff]:
    """The security administrators and the heads of the department, who learn of it at once."""
    heads = Appointment.objects.on(timezone.localdate()).filter(post__post_type__code="DEPT_HEAD")
    people = Staff.objects.filter(is_active=True)
    told = people.filter(pk__in=heads.values("staff")) | people.filter(admin_role=AdminRole.SECURITY)
    return list(told.exclude(pk=emergency.giver_id).order_by("pk"))
