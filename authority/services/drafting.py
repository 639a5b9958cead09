"""Preparing an authority letter: each change of a draft is one entry on the letter's chain."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from authority.granting import Contents, may_add, may_draft, may_edit
from authority.ledger import LedgerFacts, record
from authority.letters import (
    actor_for,
    ceilings_of,
    chain_of,
    facts_of,
    grants_of,
    left_in,
    letter_terms,
    rows_of,
)
from authority.models import (
    AuthorityItem,
    AuthorityLetter,
    LetterStatus,
    Litigation,
    PersonalGrant,
    UnitCeiling,
)
from authority.proposals import first_day, people_on, proposal_of, proposed_ceiling
from authority.refusals import insist_on
from departments.models import Appointment, OrgUnit, PostType, Staff


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterDraft:
    number: str
    title: str
    mode: str
    issuing_unit: OrgUnit
    scope_unit: OrgUnit
    basis: str
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What ceilings and grants share; `amount_max` in yuan. An empty set of codes means nothing."""

    clause: str
    item: AuthorityItem
    unit: OrgUnit
    amount_max: Decimal
    lines: Collection[str] = ("any",)
    loss_classes: Collection[str] = ("any",)
    special_kinds: Collection[str] = ("any",)
    litigation: str = Litigation.ANY

    def terms(self) -> dict[str, Any]:
        """Field values of the row; the measure is that of the item."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        sets = {name: sorted(values[name]) for name in ("lines", "loss_classes", "special_kinds")}
        return {**values, **sets, "measure": self.item.measure}


@dataclass(frozen=True, slots=True, kw_only=True)
class CeilingLine(Line):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantLine(Line):
    """The holder is whoever holds the appointment: nobody names one apart from it."""

    appointment: Appointment
    includes_below: bool = True
    amount_min: Decimal = Decimal(0)
    cosign_count: int = 0
    cosign_post_type: PostType | None = None


@transaction.atomic
def draft_letter(draft: LetterDraft, *, by: Staff, like: AuthorityLetter | None = None) -> AuthorityLetter:
    """A new draft; with the lines of `like` whose people still hold their posts."""
    values = {field.name: getattr(draft, field.name) for field in fields(draft)}
    letter = AuthorityLetter(**values, drafted_by=by)
    insist_on(may_draft(letter_terms(letter), actor_for(by, draft.issuing_unit)))
    letter.save()
    if like is not None:
        _copy_lines(like, letter)
    details = {
        "number": letter.number,
        "like": like.number if like else None,
        "lines": [facts_of(row) for row in rows_of(letter)],
    }
    record(
        chain_of(letter),
        by=by,
        action="draft",
        facts=LedgerFacts(to_state=LetterStatus.DRAFT, details=details),
    )
    return letter


@transaction.atomic
def amend_letter(letter: AuthorityLetter, draft: LetterDraft, *, by: Staff) -> AuthorityLetter:
    """New heading for a draft: both the unit it is issued by now and the new one must be the drafter's."""
    letter = _open_draft(letter, by)
    for field in fields(draft):
        setattr(letter, field.name, getattr(draft, field.name))
    insist_on(may_draft(letter_terms(letter), actor_for(by, draft.issuing_unit)))
    letter.save(update_fields=[field.name for field in fields(draft)])
    for rows in (grants_of(letter), ceilings_of(letter)):
        dated = [_changed(row, **_dates(letter)) for row in rows]
        bulk_update_with_history(dated, rows.model, ["valid_from", "valid_to"], default_user=by)
    heading = {"number": letter.number, "title": letter.title, "valid_from": letter.valid_from}
    _record_edit(letter, by, "amend", heading)
    return letter


@transaction.atomic
def add_grant(letter: AuthorityLetter, line: GrantLine, *, by: Staff) -> PersonalGrant:
    letter = _open_draft(letter, by)
    appointment = Appointment.objects.select_related("staff").get(pk=line.appointment.pk)
    line = replace(line, appointment=appointment)
    grant = PersonalGrant(letter=letter, holder=appointment.staff, **line.terms(), **_dates(letter))
    people = people_on(first_day(letter), [grant.holder_id])
    added = Contents(grants=(proposal_of(grant, people),))
    insist_on(may_add(letter_terms(letter), actor_for(by, letter.issuing_unit), added))
    grant.save()
    _record_edit(letter, by, "add_grant", facts_of(grant))
    return grant


@transaction.atomic
def add_ceiling(letter: AuthorityLetter, line: CeilingLine, *, by: Staff) -> UnitCeiling:
    letter = _open_draft(letter, by)
    ceiling = UnitCeiling(letter=letter, **line.terms(), **_dates(letter))
    added = Contents(ceilings=(proposed_ceiling(ceiling),))
    insist_on(may_add(letter_terms(letter), actor_for(by, letter.issuing_unit), added))
    ceiling.save()
    _record_edit(letter, by, "add_ceiling", facts_of(ceiling))
    return ceiling


@transaction.atomic
def set_amounts(letter: AuthorityLetter, amounts: Mapping[int, Decimal], *, by: Staff) -> int:
    """New upper limits in yuan by row id: of the grants, or of the ceilings of a from-institution letter.

    Ids of other letters are passed over. Returns how many rows changed; none, and nothing is recorded.
    """
    letter = _open_draft(letter, by)
    changed = [row for row in rows_of(letter) if amounts.get(row.pk, row.amount_max) != row.amount_max]
    if not changed:
        return 0
    changes = [_amount_change(row, amounts[row.pk]) for row in changed]
    for row in changed:
        row.amount_max = amounts[row.pk]
    bulk_update_with_history(changed, type(changed[0]), ["amount_max"], default_user=by)
    _record_edit(letter, by, "set_amounts", {"changes": changes})
    return len(changed)


@transaction.atomic
def drop_lines(letter: AuthorityLetter, ids: Collection[int], *, by: Staff) -> int:
    """Take lines out of a draft, each with a deletion in its history."""
    letter = _open_draft(letter, by)
    dropped = [row for row in rows_of(letter) if row.pk in ids]
    details = {"lines": [facts_of(row) for row in dropped]}
    for row in dropped:
        row.delete()
    if dropped:
        _record_edit(letter, by, "drop_lines", details)
    return len(dropped)


def _amount_change(row: PersonalGrant | UnitCeiling, amount: Decimal) -> dict[str, Any]:
    """So that a reader of the ledger knows the line without its row."""
    who = row.holder.name if isinstance(row, PersonalGrant) else row.unit.short_name
    line = f"{row.clause} {who} {row.item.name}"
    return {"id": row.pk, "line": line, "was": f"{row.amount_max:.2f}", "is": f"{amount:.2f}"}


def _open_draft(letter: AuthorityLetter, by: Staff) -> AuthorityLetter:
    """The letter as it is now, locked, if this person may edit it."""
    letter = (
        AuthorityLetter.objects.select_for_update(of=("self",))
        .select_related("issuing_unit", "scope_unit")
        .get(pk=letter.pk)
    )
    insist_on(may_edit(letter_terms(letter), actor_for(by, letter.issuing_unit)))
    return letter


def _dates(letter: AuthorityLetter) -> dict[str, date | None]:
    return {"valid_from": letter.valid_from, "valid_to": letter.valid_to}


def _copy_lines(like: AuthorityLetter, letter: AuthorityLetter) -> None:
    day = timezone.localdate()
    in_post = Appointment.objects.on(day).values("pk")
    grants = grants_of(like).filter(appointment__in=in_post, holder=F("appointment__staff"))
    fresh = {"pk": None, "letter": letter, **_dates(letter)}
    unapproved = {"granted_by": None, "version": 1, "revoked_at": None, "revoked_by": None}
    copies = [_changed(grant, **fresh, **unapproved) for grant in grants.filter(left_in(like))]
    ceilings = [_changed(row, **fresh, revoked_at=None) for row in ceilings_of(like).filter(left_in(like))]
    bulk_create_with_history(copies, PersonalGrant)
    bulk_create_with_history(ceilings, UnitCeiling)


def _changed(row: Any, **values: Any) -> Any:
    for name, value in values.items():
        setattr(row, name, value)
    return row


def _record_edit(letter: AuthorityLetter, by: Staff, action: str, details: Mapping[str, Any]) -> None:
    state = LedgerFacts(from_state=LetterStatus.DRAFT, to_state=LetterStatus.DRAFT, details=details)
    record(chain_of(letter), by=by, action=action, facts=state)
