"""What the rulings on stand-ins need to know, read from the database now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from authority.delegating import Delegate, Party, Proposed
from authority.models import AuthorityItem, InFlight, PersonalGrant, StandInCeiling, Substitution
from departments.access import MANAGE_UNIT, SEE_CASES, unit_scope_of
from departments.models import Absence, Appointment, OrgUnit, Staff
from departments.standing import static_rules


@dataclass(frozen=True, slots=True)
class StandInTerms:
    """What is filled in. `items` by code; `unit` and `amount_max` (yuan) None: as far as the grants."""

    delegate: Staff
    items: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    unit: OrgUnit | None = None
    lines: tuple[str, ...] = ("any",)
    amount_max: Decimal | None = None
    in_flight: str = InFlight.BACK
    reason: str = ""


def chain_of(substitution: Substitution) -> str:
    return f"stand_in:{substitution.pk}"


def party_of(person: Staff, delegator: Staff) -> Party:
    """Read anew: does the person manage a unit in which the delegator holds a post?"""
    managed = unit_scope_of(person.pk).ids(MANAGE_UNIT) if person.is_active else frozenset()
    posts = Appointment.objects.on(timezone.localdate()).filter(staff=delegator, post__unit__in=managed)
    return Party(person.pk, manages=person.is_active and bool(managed) and posts.exists())


def own_grants(delegator: Staff) -> list[PersonalGrant]:
    """In force today; what is held as a stand-in or in an emergency is no grant of one's own."""
    grants = PersonalGrant.objects.effective(timezone.localdate()).filter(holder=delegator)
    return list(grants.with_terms().order_by("item__rank", "pk"))


def proposed_of(absence: Absence, terms: StandInTerms) -> Proposed:
    held = {grant.item.code: grant.item.name for grant in own_grants(absence.staff)}
    known = dict(AuthorityItem.objects.values_list("code", "name"))
    return Proposed(
        absence.staff_id,
        items=frozenset(terms.items),
        starts_at=terms.starts_at,
        ends_at=terms.ends_at,
        away_from=absence.starts_at,
        away_to=absence.ends_at,
        is_away=absence.is_open,
        held=frozenset(held),
        names=known,
    )


def delegate_of(absence: Absence, terms: StandInTerms, *, but: int | None = None) -> Delegate:
    """`but`: the stand-in that is about to be accepted and does not stand in its own way."""
    staff, today = Staff.objects.get(pk=terms.delegate.pk), timezone.localdate()
    posts = list(Appointment.objects.on(today).filter(staff=staff).select_related("post__post_type"))
    levels = [held.post.post_type.level for held in posts]
    return Delegate(
        staff.pk,
        staff.name,
        reach=_reach(max(levels), terms.items) if levels else frozenset(),
        taken=_taken(absence.staff_id, terms, but),
        barred=tuple(barred_by_posts(absence.staff, {held.post.post_type.code for held in posts})),
        is_active=staff.is_active,
        is_employee=staff.is_employee,
        is_away=_is_away(staff, terms),
        has_post=bool(posts),
        sees_cases=_sees_cases(absence.staff, staff, terms),
        admin_role=staff.admin_role,
    )


def _reach(level: int, items: Iterable[str]) -> frozenset[str]:
    rows = StandInCeiling.objects.on(timezone.localdate()).filter(level=level)
    newest_last = rows.order_by("valid_from", "pk")
    most: dict[str | None, Decimal] = dict(newest_last.values_list("item__code", "amount_max"))
    return frozenset(item for item in items if most.get(item, most.get(None)))


def _taken(delegator_id: int, terms: StandInTerms, but: int | None) -> frozenset[str]:
    others = Substitution.objects.filter(
        delegator=delegator_id, ended_at=None, starts_at__lt=terms.ends_at, ends_at__gt=terms.starts_at
    )
    if but is not None:
        others = others.exclude(pk=but)
    return frozenset(item for items in others.values_list("items", flat=True) for item in items)


def _is_away(staff: Staff, terms: StandInTerms) -> bool:
    away = staff.absences.filter(cancelled_at=None)
    return away.filter(starts_at__lt=terms.ends_at, ends_at__gt=terms.starts_at).exists()


def _sees_cases(delegator: Staff, delegate: Staff, terms: StandInTerms) -> bool:
    """Of each unit for which he is to decide, or of the one to which it is limited."""
    seen = unit_scope_of(delegate.pk).ids(SEE_CASES)
    if terms.unit is not None:
        return terms.unit.pk in seen
    units = {grant.unit_id for grant in own_grants(delegator) if grant.item.code in terms.items}
    return units <= seen


def barred_by_posts(delegator: Staff, delegate_posts: set[str]) -> Iterable[str]:
    """Posts that one person may not hold together (SOD-01); whether management stands in is no such pair."""
    held = Appointment.objects.on(timezone.localdate()).filter(staff=delegator)
    for_whom = set(held.values_list("post__post_type__code", flat=True))
    for rule in static_rules(timezone.localdate()):
        pairs = ((rule.post_types, rule.other_post_types), (rule.other_post_types, rule.post_types))
        if any(for_whom & set(one) and delegate_posts & set(two) for one, two in pairs):
            yield f"{rule.statement}（{rule.code}）"


def terms_of(substitution: Substitution) -> StandInTerms:
    return StandInTerms(
        substitution.delegate,
        tuple(substitution.items),
        substitution.starts_at,
        substitution.ends_at,
        substitution.unit,
        tuple(substitution.lines),
        substitution.amount_max,
        substitution.in_flight,
        substitution.reason,
    )


def is_over(substitution: Substitution) -> bool:
    return not substitution.absence.is_open or substitution.ends_at <= timezone.now()
