"""A letter, its lines, its chain and who may act on it, as the rulings and the ledger want them."""

from __future__ import annotations

from typing import Any

from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from authority.granting import Actor, LetterTerms, may_revoke
from authority.models import AuthorityLetter, LedgerEntry, LetterStatus, PersonalGrant, UnitCeiling
from authority.models.limits import CeilingQuerySet, GrantQuerySet
from authority.rulings import Objection, Ruling
from departments.access import MANAGE_UNIT, unit_scope_of
from departments.models import Appointment, OrgUnit, OrgUnitUserPermission, Staff
from departments.models.people import AdminRole

WRITING = ("draft", "amend", "add_grant", "add_ceiling", "set_amounts", "drop_lines", "revise", "submit")
"""The acts that make a letter what it is when it is submitted."""

ALREADY_REVOKED = Objection("wrong_status", "该项授权已经撤销")


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
        status=LetterStatus.IN_FORCE if letter.is_standing else letter.status,
        mode=letter.mode,
        issuing_path=letter.issuing_unit.path,
        issuing_kind=letter.issuing_unit.kind,
        scope_path=letter.scope_unit.path,
        scope_kind=letter.scope_unit.kind,
        drafted_by_id=letter.drafted_by_id,
        valid_from=letter.valid_from,
        valid_to=letter.valid_to,
        edited_by=editors_of(letter),
    )


def editors_of(letter: AuthorityLetter) -> frozenset[int]:
    """Ids of those who had a hand in what it says, by the ledger: none of them is the second person."""
    entries = LedgerEntry.objects.filter(chain=chain_of(letter), action__in=WRITING)
    return frozenset(actor for actor in entries.values_list("actor", flat=True) if actor is not None)


def grants_of(letter: AuthorityLetter) -> GrantQuerySet:
    """In the order in which they were written, with all that a line shows."""
    return PersonalGrant.objects.with_terms().filter(letter=letter).order_by("pk")


def ceilings_of(letter: AuthorityLetter) -> CeilingQuerySet:
    ceilings = UnitCeiling.objects.select_related("letter", "item", "unit").filter(letter=letter)
    return ceilings.order_by("pk")


def revoking(line: PersonalGrant | UnitCeiling, staff: Staff) -> Ruling:
    """May this person take this one grant, not his own, or this one ceiling away, once?"""
    holders = [line.holder_id] if isinstance(line, PersonalGrant) else []
    letter = line.letter
    ruling = may_revoke(letter_terms(letter), actor_for(staff, letter.issuing_unit), holders)
    return ruling if line.revoked_at is None else ruling.with_objection(ALREADY_REVOKED)


def left_in(letter: AuthorityLetter) -> Q:
    """Lines that were not taken away while it was in force: of one that is over, those that ended with it."""
    return Q(revoked_at=None) | Q(revoked_at=letter.ended_at)


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
