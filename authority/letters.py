"""A letter's rows as the plain values that the rulings on granting are made from; constant queries."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Max, QuerySet
from django.utils import timezone

from authority.granting import Actor, Contents, LetterTerms, Proposal
from authority.models import AuthorityLetter, LedgerEntry, PersonalGrant, UnitCeiling
from authority.models.limits import CeilingQuerySet, GrantQuerySet
from authority.rulings import Ceiling
from authority.terms import ceiling_terms, limit_terms
from departments.access import MANAGE_UNIT, unit_scope_of
from departments.models import Appointment, OrgUnit, OrgUnitUserPermission, Staff
from departments.models.people import AdminRole

WRITING = ("draft", "amend", "add_grant", "add_ceiling", "set_amounts", "drop_lines", "submit")
"""The acts that make a letter what it is when it is submitted."""


def chain_of(letter: AuthorityLetter) -> str:
    """The ledger chain of a letter and everything that rests on it."""
    return f"letter:{letter.pk}"


def actor_for(staff: Staff, issuing_unit: OrgUnit) -> Actor:
    """Read anew, not from the request's cache. The level is that of the highest post held today."""
    posts = Appointment.objects.on(timezone.localdate()).filter(staff=staff)
    active = Staff.objects.filter(pk=staff.pk, is_active=True)
    return Actor(
        person_id=staff.pk,
        manages=active.exists() and issuing_unit.pk in unit_scope_of(staff.pk).ids(MANAGE_UNIT),
        is_security_admin=active.filter(admin_role=AdminRole.SECURITY).exists(),
        level=posts.aggregate(level=Max("post__post_type__level"))["level"] or 0,
    )


def letter_terms(letter: AuthorityLetter) -> LetterTerms:
    return LetterTerms(
        status=letter.status,
        mode=letter.mode,
        issuing_path=letter.issuing_unit.path,
        issuing_kind=letter.issuing_unit.kind,
        scope_path=letter.scope_unit.path,
        scope_kind=letter.scope_unit.kind,
        drafted_by_id=letter.drafted_by_id,
        valid_from=letter.valid_from,
        valid_to=letter.valid_to,
        replaces=letter.to_supersede().exists(),
        edited_by=editors_of(letter),
    )


def editors_of(letter: AuthorityLetter) -> frozenset[int]:
    """Ids of those who had a hand in what it says, by the ledger: none of them is the second person."""
    entries = LedgerEntry.objects.filter(chain=chain_of(letter), action__in=WRITING)
    return frozenset(actor for actor in entries.values_list("actor", flat=True) if actor is not None)


def contents_of(letter: AuthorityLetter) -> Contents:
    """What a draft or submitted letter would put in force, and the ceilings that will still stand then."""
    day = max(timezone.localdate(), letter.valid_from)
    return Contents(
        grants=tuple(proposal_of(grant, day) for grant in grants_of(letter)),
        ceilings=tuple(ceiling_terms(row) for row in ceilings_of(letter)),
        standing=standing_ceilings(letter),
    )


def grants_of(letter: AuthorityLetter) -> GrantQuerySet:
    """In the order in which they were written, with all that a line shows."""
    return PersonalGrant.objects.with_terms().filter(letter=letter).order_by("pk")


def ceilings_of(letter: AuthorityLetter) -> CeilingQuerySet:
    ceilings = UnitCeiling.objects.select_related("letter", "item", "unit").filter(letter=letter)
    return ceilings.order_by("pk")


def standing_ceilings(letter: AuthorityLetter) -> tuple[Ceiling, ...]:
    """All in force but those of the letter that this one will supersede."""
    rows = UnitCeiling.objects.in_force(timezone.localdate()).exclude(letter__in=letter.to_supersede())
    return tuple(ceiling_terms(row) for row in rows.select_related("letter", "item", "unit"))


def proposal_of(grant: PersonalGrant, day: date) -> Proposal:
    """Needs the relations that `grants_of` reads."""
    held = grant.appointment
    return Proposal(
        limit=limit_terms(grant),
        person_id=grant.holder_id,
        name=grant.holder.name,
        item_name=grant.item.name,
        is_key=grant.item.is_key,
        holds_post=(held.staff_id == grant.holder_id and held.starts_on <= day <= (held.ends_on or date.max)),
        is_active=grant.holder.is_active,
        is_employee=grant.holder.is_employee,
        admin_role=grant.holder.admin_role,
    )


def facts_of(row: PersonalGrant | UnitCeiling) -> dict[str, Any]:
    """A line as the ledger keeps it: ids and texts. Needs `item` at hand."""
    facts: dict[str, Any] = {
        "id": row.pk,
        "clause": row.clause,
        "item": row.item.code,
        "unit": row.unit_id,
        "amount_max": f"{row.amount_max:.2f}",
        "measure": row.measure,
        "scope": [row.lines, row.loss_classes, row.special_kinds, row.litigation],
    }
    return {**facts, **_grant_facts(row)} if isinstance(row, PersonalGrant) else facts


def _grant_facts(grant: PersonalGrant) -> dict[str, Any]:
    return {
        "holder": grant.holder_id,
        "appointment": grant.appointment_id,
        "amount_min": f"{grant.amount_min:.2f}",
        "includes_below": grant.includes_below,
        "cosign": [grant.cosign_count, grant.cosign_post_type_id],
    }


def rows_of(letter: AuthorityLetter) -> list[PersonalGrant | UnitCeiling]:
    return [*ceilings_of(letter), *grants_of(letter)]


def may_approve_some(letter: AuthorityLetter) -> QuerySet[Staff]:
    """Who manages the issuing unit and had no hand in it: whom a submission is shown to."""
    path = letter.issuing_unit.path
    codes = path.rstrip("/").split("/")
    above = ["/".join(codes[: depth + 1]) + "/" for depth in range(len(codes))]
    managing = OrgUnitUserPermission.objects.filter(
        permission__codename=MANAGE_UNIT, content_object__path__in=above
    )
    managers = Staff.objects.filter(is_active=True, pk__in=managing.values("user"))
    return managers.exclude(pk=letter.drafted_by_id).exclude(pk__in=editors_of(letter))
