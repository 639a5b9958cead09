"""Preparing an authority letter: each change of a draft is one entry on the letter's chain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from authority.granting import may_amend, may_discard, may_draft
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
    AuthorityLetter,
    LetterImport,
    LetterStatus,
    PersonalGrant,
    UnitCeiling,
)
from authority.refusals import insist_on
from authority.services.lines import CeilingLine, GrantLine, dates_of, open_draft, put_lines, record_edit
from departments.models import Appointment, OrgUnit, Staff


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


@transaction.atomic
def draft_letter(
    draft: LetterDraft,
    *,
    by: Staff,
    like: AuthorityLetter | None = None,
    lines: Sequence[GrantLine | CeilingLine] = (),
    note: str = "",
) -> AuthorityLetter:
    """A new draft, with the lines of `like` whose people still hold their posts, and with `lines`.

    `note`: where it comes from, for the ledger.
    """
    values = {field.name: getattr(draft, field.name) for field in fields(draft)}
    letter = AuthorityLetter(**values, drafted_by=by)
    insist_on(may_draft(letter_terms(letter), actor_for(by, draft.issuing_unit)))
    letter.save()
    if like is not None:
        _copy_lines(like, letter)
    put_lines(letter, lines, by)
    rows = [facts_of(row) for row in rows_of(letter)]
    details = {"number": letter.number, "like": like.number if like else None, "lines": rows}
    facts = LedgerFacts(to_state=LetterStatus.DRAFT, reason=note, details=details)
    record(chain_of(letter), by=by, action="draft", facts=facts)
    return letter


@transaction.atomic
def amend_letter(letter: AuthorityLetter, draft: LetterDraft, *, by: Staff) -> AuthorityLetter:
    """New heading for a draft: both the unit it is issued by now and the new one must be the drafter's."""
    letter = open_draft(letter, by)
    actor, has_lines = actor_for(by, letter.issuing_unit), bool(rows_of(letter))
    insist_on(may_amend(letter_terms(letter), actor, draft.mode, has_lines=has_lines))
    for field in fields(draft):
        setattr(letter, field.name, getattr(draft, field.name))
    insist_on(may_draft(letter_terms(letter), actor_for(by, draft.issuing_unit)))
    letter.save(update_fields=[field.name for field in fields(draft)])
    for rows in (grants_of(letter), ceilings_of(letter)):
        dated = [_changed(row, **dates_of(letter)) for row in rows]
        bulk_update_with_history(dated, rows.model, ["valid_from", "valid_to"], default_user=by)
    heading = {"number": letter.number, "title": letter.title, "valid_from": letter.valid_from}
    record_edit(letter, by, "amend", heading)
    return letter


@transaction.atomic
def discard_draft(letter: AuthorityLetter, *, by: Staff) -> None:
    """Throw a draft away with its lines. Its chain stays; the import it came from may draft again."""
    letter = open_draft(letter, by)
    actor, has_scans = actor_for(by, letter.issuing_unit), letter.scans.exists()
    insist_on(may_discard(letter_terms(letter), actor, has_scans=has_scans))
    rows = rows_of(letter)
    record_edit(letter, by, "discard", {"number": letter.number, "lines": [facts_of(row) for row in rows]})
    for row in rows:
        row.delete()
    LetterImport.objects.filter(letter=letter).update(letter=None)
    letter.delete()


def _copy_lines(like: AuthorityLetter, letter: AuthorityLetter) -> None:
    day = timezone.localdate()
    in_post = Appointment.objects.on(day).values("pk")
    grants = grants_of(like).filter(appointment__in=in_post, holder=F("appointment__staff"))
    fresh = {"pk": None, "letter": letter, **dates_of(letter)}
    unapproved = {"granted_by": None, "version": 1, "revoked_at": None, "revoked_by": None}
    copies = [_changed(grant, **fresh, **unapproved) for grant in grants.filter(left_in(like))]
    ceilings = [_changed(row, **fresh, revoked_at=None) for row in ceilings_of(like).filter(left_in(like))]
    bulk_create_with_history(copies, PersonalGrant)
    bulk_create_with_history(ceilings, UnitCeiling)


def _changed(row: Any, **values: Any) -> Any:
    for name, value in values.items():
        setattr(row, name, value)
    return row
