"""The lines of a draft: added, changed and taken out, in one go with one entry on the letter's chain."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from authority.granting import Contents, may_add, may_edit, may_touch
from authority.ledger import LedgerFacts, record
from authority.letters import actor_for, chain_of, facts_of, letter_terms, rows_of
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

Row = PersonalGrant | UnitCeiling


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """Changes of a draft's lines that belong together. `amounts` in yuan by row id; `dropped`: row ids.

    `named`: ids of lines that a request speaks of; they must be the letter's own.
    """

    amounts: Mapping[int, Decimal] = field(default_factory=dict)
    dropped: Collection[int] = ()
    named: Collection[int] = ()
    added: Sequence[GrantLine | CeilingLine] = ()


@transaction.atomic
def add_grant(letter: AuthorityLetter, line: GrantLine, *, by: Staff) -> PersonalGrant:
    letter = open_draft(letter, by)
    grant: PersonalGrant = _judged(letter, [line], by)[0]
    grant.save()
    record_edit(letter, by, "add_grant", facts_of(grant))
    return grant


@transaction.atomic
def add_ceiling(letter: AuthorityLetter, line: CeilingLine, *, by: Staff) -> UnitCeiling:
    letter = open_draft(letter, by)
    ceiling: UnitCeiling = _judged(letter, [line], by)[0]
    ceiling.save()
    record_edit(letter, by, "add_ceiling", facts_of(ceiling))
    return ceiling


@transaction.atomic
def revise_lines(letter: AuthorityLetter, revision: Revision, *, by: Staff) -> int:
    """All of it or nothing. Ids of another letter's lines are refused. Returns how many lines changed.

    Nothing changed, and nothing is recorded. A sum for a line that is taken out as well is passed over.
    """
    letter = open_draft(letter, by)
    own = {row.pk: row for row in rows_of(letter)}
    asked = {*revision.amounts, *revision.dropped, *revision.named}
    insist_on(may_touch(letter_terms(letter), actor_for(by, letter.issuing_unit), asked, own))
    added = _judged(letter, revision.added, by)
    kept = [row for row in own.values() if row.pk not in revision.dropped]
    details = {
        "changes": _set_amounts(kept, revision.amounts, by),
        "dropped": [facts_of(own[row_id]) for row_id in dict.fromkeys(revision.dropped)],
        "added": _create(added, by),
    }
    for row_id in dict.fromkeys(revision.dropped):
        own[row_id].delete()
    touched = sum(len(part) for part in details.values())
    if touched:
        record_edit(letter, by, "revise", details)
    return touched


def put_lines(letter: AuthorityLetter, lines: Sequence[GrantLine | CeilingLine], by: Staff) -> None:
    """The first lines of a draft being made; the caller records them."""
    _create(_judged(letter, lines, by), by)


def open_draft(letter: AuthorityLetter, by: Staff) -> AuthorityLetter:
    """The letter as it is now, locked, if this person may edit it."""
    letter = (
        AuthorityLetter.objects.select_for_update(of=("self",))
        .select_related("issuing_unit", "scope_unit")
        .get(pk=letter.pk)
    )
    insist_on(may_edit(letter_terms(letter), actor_for(by, letter.issuing_unit)))
    return letter


def dates_of(letter: AuthorityLetter) -> dict[str, date | None]:
    return {"valid_from": letter.valid_from, "valid_to": letter.valid_to}


def record_edit(letter: AuthorityLetter, by: Staff, action: str, details: Mapping[str, Any]) -> None:
    state = LedgerFacts(from_state=LetterStatus.DRAFT, to_state=LetterStatus.DRAFT, details=details)
    record(chain_of(letter), by=by, action=action, facts=state)


def rows_from(letter: AuthorityLetter, lines: Sequence[GrantLine | CeilingLine]) -> list[Any]:
    """Unsaved rows, with the appointments and their holders as they are now; one query."""
    asked = {line.appointment.pk for line in lines if isinstance(line, GrantLine)}
    appointments = Appointment.objects.select_related("staff", "post__unit", "post__post_type")
    held = appointments.in_bulk(asked) if asked else {}
    return [_row(letter, line, held) for line in lines]


def _row(letter: AuthorityLetter, line: GrantLine | CeilingLine, held: Mapping[int, Appointment]) -> Row:
    values = {"letter": letter, **line.terms(), **dates_of(letter)}
    if isinstance(line, CeilingLine):
        return UnitCeiling(**values)
    appointment = held[line.appointment.pk]
    return PersonalGrant(**{**values, "appointment": appointment, "holder": appointment.staff})


def contents_from(letter: AuthorityLetter, rows: Sequence[Row]) -> Contents:
    """The lines alone, for what is wrong with them as such."""
    grants = [row for row in rows if isinstance(row, PersonalGrant)]
    people = people_on(first_day(letter), {grant.holder_id for grant in grants})
    ceilings = [row for row in rows if isinstance(row, UnitCeiling)]
    return Contents(
        grants=tuple(proposal_of(grant, people) for grant in grants),
        ceilings=tuple(proposed_ceiling(row) for row in ceilings),
    )


def _judged(letter: AuthorityLetter, lines: Sequence[GrantLine | CeilingLine], by: Staff) -> list[Any]:
    if not lines:
        return []
    rows = rows_from(letter, lines)
    actor = actor_for(by, letter.issuing_unit)
    insist_on(may_add(letter_terms(letter), actor, contents_from(letter, rows)))
    return rows


def _create(rows: Sequence[Any], by: Staff) -> list[dict[str, Any]]:
    if not rows:
        return []
    made = bulk_create_with_history(rows, type(rows[0]), default_user=by)
    return [facts_of(row) for row in made]


def _set_amounts(rows: Sequence[Row], amounts: Mapping[int, Decimal], by: Staff) -> list[dict[str, Any]]:
    changed = [row for row in rows if amounts.get(row.pk, row.amount_max) != row.amount_max]
    changes = [_amount_change(row, amounts[row.pk]) for row in changed]
    for row in changed:
        row.amount_max = amounts[row.pk]
    if changed:
        bulk_update_with_history(changed, type(changed[0]), ["amount_max"], default_user=by)
    return changes


def _amount_change(row: Row, amount: Decimal) -> dict[str, Any]:
    """So that a reader of the ledger knows the line without its row."""
    who = row.holder.name if isinstance(row, PersonalGrant) else row.unit.short_name
    line = f"{row.clause} {who} {row.item.name}"
    return {"id": row.pk, "line": line, "was": f"{row.amount_max:.2f}", "is": f"{amount:.2f}"}
