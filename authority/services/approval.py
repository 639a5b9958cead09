"""Putting a letter in force and ending it. Order of locks: issuing unit, letter, its grants by key.

A decision locks the grants it rests on and never a letter; whoever ends authority therefore locks the grants
before he changes the letter, and each decision sees all of it or none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from simple_history.utils import bulk_update_with_history

from authority.granting import may_approve, may_revoke, may_send_back, may_submit
from authority.ledger import LedgerFacts, record
from authority.letters import (
    actor_for,
    chain_of,
    contents_of,
    facts_of,
    grants_of,
    letter_terms,
    may_approve_some,
    rows_of,
)
from authority.models import AuthorityLetter, LetterStatus, PersonalGrant, UnitCeiling
from authority.refusals import insist_on
from authority.rulings import Objection
from departments.models import OrgUnit, Staff
from departments.outbox import notify

_MOVED = [
    "status", "submitted_at", "approved_by", "approved_at",
    "superseded_by", "revoked_by", "ended_at", "end_reason",
]  # fmt: skip


@transaction.atomic
def submit_letter(letter: AuthorityLetter, *, by: Staff) -> AuthorityLetter:
    letter = _locked(letter)
    insist_on(may_submit(letter_terms(letter), actor_for(by, letter.issuing_unit), contents_of(letter)))
    letter.submitted_at = timezone.now()
    _move(letter, LetterStatus.SUBMITTED, by=by, action="submit")
    for approver in may_approve_some(letter):
        _tell(approver, letter, f"授权书 {letter.number} 待批准")
    return letter


@transaction.atomic
def send_back(letter: AuthorityLetter, *, by: Staff, reason: str) -> AuthorityLetter:
    """To the drafter, as a draft again; also how the drafter takes it back."""
    letter = _locked(letter)
    insist_on(may_send_back(letter_terms(letter), actor_for(by, letter.issuing_unit)))
    letter.submitted_at = None
    _move(letter, LetterStatus.DRAFT, by=by, action="send_back", facts=LedgerFacts(reason=reason))
    if by.pk != letter.drafted_by_id:
        _tell(letter.drafted_by, letter, f"授权书 {letter.number} 被退回：{reason}")
    return letter


@transaction.atomic
def approve_letter(letter: AuthorityLetter, *, by: Staff) -> AuthorityLetter:
    """In force from now on; the one in force for the same units and mode ends in the same moment."""
    OrgUnit.objects.select_for_update(no_key=True).get(issued_letters=letter.pk)
    letter = _locked(letter)
    actor = actor_for(by, letter.issuing_unit)
    insist_on(may_approve(letter_terms(letter), actor, contents_of(letter), timezone.localdate()))
    now = timezone.now()
    superseded = letter.to_supersede().select_for_update().first()
    if superseded is not None:
        superseded.superseded_by = letter
        end = _End(LetterStatus.SUPERSEDED, now, by, f"由 {letter.number} 替代")
        _end_letter(superseded, end, action="supersede")
    letter.approved_by, letter.approved_at = by, now
    _grant(letter, by)
    details = {
        "supersedes": superseded.number if superseded else None,
        "lines": [facts_of(row) for row in rows_of(letter)],
    }
    _move(letter, LetterStatus.IN_FORCE, by=by, action="approve", facts=LedgerFacts(details=details))
    _tell(letter.drafted_by, letter, f"授权书 {letter.number} 已批准")
    return letter


@transaction.atomic
def revoke_letter(letter: AuthorityLetter, *, by: Staff, reason: str) -> AuthorityLetter:
    """Everything that rests on it is worth nothing from the commit on."""
    letter = _locked(letter)
    holders = letter.personalgrants.filter(revoked_at=None).values_list("holder", flat=True)
    insist_on(may_revoke(letter_terms(letter), actor_for(by, letter.issuing_unit), holders))
    letter.revoked_by = by
    ended = _end_letter(letter, _End(LetterStatus.REVOKED, timezone.now(), by, reason), action="revoke")
    for holder in Staff.objects.filter(pk__in={grant.holder_id for grant in ended}):
        _tell(holder, letter, f"授权书 {letter.number} 已撤销，您据此持有的权限同时终止")
    return letter


@transaction.atomic
def revoke_grant(grant: PersonalGrant, *, by: Staff, reason: str) -> PersonalGrant:
    """One grant of a letter in force; decisions that have locked it are waited for."""
    letter = _locked(AuthorityLetter.objects.get(personalgrants=grant.pk))
    grant = grants_of(letter).select_for_update(of=("self",)).get(pk=grant.pk)
    ruling = may_revoke(letter_terms(letter), actor_for(by, letter.issuing_unit), [grant.holder_id])
    if grant.revoked_at is not None:
        ruling = ruling.with_objection(Objection("wrong_status", "该项授权已经撤销"))
    insist_on(ruling)
    grant.revoked_at, grant.revoked_by, grant.version = timezone.now(), by, grant.version + 1
    grant.save(update_fields=["revoked_at", "revoked_by", "version"])
    facts = LedgerFacts(
        from_state="in_force",
        to_state="revoked",
        amount=grant.amount_max,
        grant_id=grant.pk,
        reason=reason,
        details=facts_of(grant),
    )
    record(chain_of(letter), by=by, action="revoke_grant", facts=facts)
    _tell(grant.holder, letter, f"您的{grant.item.name}权限已撤销：{reason}")
    return grant


@dataclass(frozen=True, slots=True)
class _End:
    status: LetterStatus
    at: datetime
    by: Staff
    reason: str


def _end_letter(letter: AuthorityLetter, end: _End, *, action: str) -> list[PersonalGrant]:
    """Grants first and under lock: a decision resting on one of them finishes before, or sees the end."""
    grants = list(
        letter.personalgrants.select_for_update(of=("self",)).filter(revoked_at=None).order_by("pk")
    )
    for grant in grants:
        grant.revoked_at, grant.revoked_by, grant.version = end.at, end.by, grant.version + 1
    changed = ["revoked_at", "revoked_by", "version"]
    bulk_update_with_history(grants, PersonalGrant, changed, default_user=end.by)
    ceilings = list(letter.unitceilings.filter(revoked_at=None))
    for ceiling in ceilings:
        ceiling.revoked_at = end.at
    bulk_update_with_history(ceilings, UnitCeiling, ["revoked_at"], default_user=end.by)
    letter.ended_at, letter.end_reason = end.at, end.reason
    details = {"grants": [grant.pk for grant in grants], "ceilings": [row.pk for row in ceilings]}
    facts = LedgerFacts(reason=end.reason, details=details)
    _move(letter, end.status, by=end.by, action=action, facts=facts)
    return grants


def _grant(letter: AuthorityLetter, by: Staff) -> None:
    grants = list(letter.personalgrants.select_for_update(of=("self",)).order_by("pk"))
    for grant in grants:
        grant.granted_by = by
    bulk_update_with_history(grants, PersonalGrant, ["granted_by"], default_user=by)


def _locked(letter: AuthorityLetter) -> AuthorityLetter:
    return (
        AuthorityLetter.objects.select_for_update(of=("self",))
        .select_related("issuing_unit", "scope_unit", "drafted_by")
        .get(pk=letter.pk)
    )


def _move(
    letter: AuthorityLetter,
    status: LetterStatus,
    *,
    by: Staff,
    action: str,
    facts: LedgerFacts | None = None,
) -> None:
    """Save the letter in its new status and write the one ledger entry of the change."""
    facts = replace(facts or LedgerFacts(), from_state=letter.status, to_state=status)
    letter.status = status
    letter.save(update_fields=_MOVED)
    record(chain_of(letter), by=by, action=action, facts=facts)


def _tell(recipient: Staff, letter: AuthorityLetter, title: str) -> None:
    notify(recipient, kind="authority", title=title, url=letter.get_absolute_url())
