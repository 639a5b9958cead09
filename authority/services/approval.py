"""Putting a letter in force and ending it. Order of locks: issuing unit, letter, the letters it
replaces, their grants by key.

A decision locks the grants it rests on and never a letter; whoever ends authority therefore locks the grants
before he changes the letter, and each decision sees all of it or none. A ceiling is no row that a decision
locks: who changes one holds the grants that it caps.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from simple_history.utils import bulk_update_with_history

from authority.coverage.keeping import Cover
from authority.granting import may_approve, may_revoke, may_send_back, may_submit
from authority.ledger import LedgerFacts, record
from authority.letters import (
    actor_for,
    ceilings_of,
    chain_of,
    facts_of,
    grants_of,
    letter_terms,
    may_approve_some,
    revoking,
    rows_of,
)
from authority.models import AuthorityLetter, LetterStatus, PersonalGrant, UnitCeiling
from authority.proposals import contents_of
from authority.refusals import insist_on
from authority.services.ending import (
    End,
    end_letter,
    go_on,
    hold_below,
    locked,
    move,
    reinstate_for,
    supersede_for,
    tell,
)
from departments.authorship import save_as
from departments.models import OrgUnit, Staff


@transaction.atomic
def submit_letter(letter: AuthorityLetter, *, by: Staff) -> AuthorityLetter:
    letter = locked(letter)
    insist_on(may_submit(letter_terms(letter), actor_for(by, letter.issuing_unit), contents_of(letter)))
    letter.submitted_at = timezone.now()
    move(letter, LetterStatus.SUBMITTED, by=by, action="submit")
    for approver in may_approve_some(letter):
        tell(approver, letter, f"授权书 {letter.number} 待批准")
    return letter


@transaction.atomic
def send_back(letter: AuthorityLetter, *, by: Staff, reason: str) -> AuthorityLetter:
    """To the drafter, as a draft again; also how the drafter takes it back."""
    letter = locked(letter)
    insist_on(may_send_back(letter_terms(letter), actor_for(by, letter.issuing_unit)))
    letter.submitted_at = None
    move(letter, LetterStatus.DRAFT, by=by, action="send_back", facts=LedgerFacts(reason=reason))
    if by.pk != letter.drafted_by_id:
        tell(letter.drafted_by, letter, f"授权书 {letter.number} 被退回：{reason}")
    return letter


@transaction.atomic
def approve_letter(letter: AuthorityLetter, *, by: Staff, despite: str = "") -> AuthorityLetter:
    """In force from now on or from its first day; what stood until then for the same units and mode ends.

    Refused when nobody could decide any more what somebody could, unless `despite` says why.
    """
    OrgUnit.objects.select_for_update(no_key=True).get(issued_letters=letter.pk)
    letter = locked(letter)
    actor = actor_for(by, letter.issuing_unit)
    insist_on(may_approve(letter_terms(letter), actor, contents_of(letter), timezone.localdate()))
    now = timezone.now()
    cover = Cover(letter.starts_at if letter.starts_at > now else None)
    hold_below(letter.unitceilings.select_related("unit"))
    superseded = supersede_for(letter, by=by, now=now)
    letter.approved_by, letter.approved_at = by, now
    _grant(letter, by)
    details = {
        "supersedes": "、".join(old.number for old in superseded) or None,
        "lines": [facts_of(row) for row in rows_of(letter)],
    }
    move(letter, LetterStatus.IN_FORCE, by=by, action="approve", facts=LedgerFacts(details=details))
    cover.insist(despite, by=by, chain=chain_of(letter))
    begins = "" if letter.starts_at <= now else f"，{letter.valid_from:%Y-%m-%d} 起生效"
    tell(letter.drafted_by, letter, f"授权书 {letter.number} 已批准{begins}")
    return letter


@transaction.atomic
def revoke_letter(letter: AuthorityLetter, *, by: Staff, reason: str, despite: str = "") -> AuthorityLetter:
    """Everything that rests on it is worth nothing from the commit on. `despite` as with `approve_letter`.

    Taken back before its first day, the letter that it was to replace goes on.
    """
    OrgUnit.objects.select_for_update(no_key=True).get(issued_letters=letter.pk)
    letter = locked(letter)
    holders = letter.personalgrants.filter(revoked_at=None).values_list("holder", flat=True)
    insist_on(may_revoke(letter_terms(letter), actor_for(by, letter.issuing_unit), holders))
    now = timezone.now()
    before, cover = reinstate_for(letter, now=now), Cover()
    caps = letter.unitceilings.filter(revoked_at=None).exists()
    letter.revoked_by = by
    ended = end_letter(letter, End(LetterStatus.REVOKED, now, by, reason), action="revoke")
    go_on(before, letter, by=by)
    if caps:
        cover.insist_nobody_gains()
    cover.insist(despite, by=by, chain=chain_of(letter))
    for holder in Staff.objects.filter(pk__in={grant.holder_id for grant in ended}):
        tell(holder, letter, f"授权书 {letter.number} 已撤销，您据此持有的权限同时终止")
    return letter


@transaction.atomic
def revoke_grant(grant: PersonalGrant, *, by: Staff, reason: str, despite: str = "") -> PersonalGrant:
    """One grant of a letter in force; decisions that have locked it are waited for.

    `despite` as with `approve_letter`.
    """
    letter = locked(AuthorityLetter.objects.get(personalgrants=grant.pk))
    grant = grants_of(letter).select_for_update(of=("self",)).get(pk=grant.pk)
    insist_on(revoking(grant, by))
    cover = Cover()
    grant.revoked_at, grant.revoked_by, grant.version = timezone.now(), by, grant.version + 1
    grant.save(update_fields=["revoked_at", "revoked_by", "version"])
    record(chain_of(letter), by=by, action="revoke_grant", facts=_revoked(grant, reason))
    cover.insist(despite, by=by, chain=chain_of(letter))
    tell(grant.holder, letter, f"您的{grant.item.name}权限已撤销：{reason}")
    return grant


@transaction.atomic
def revoke_ceiling(ceiling: UnitCeiling, *, by: Staff, reason: str, despite: str = "") -> UnitCeiling:
    """One ceiling of a letter in force: what it passed on is passed on no more.

    Refused when somebody could decide more without it: a unit without any ceiling for an item is not capped.
    `despite` as with `approve_letter`.
    """
    letter = locked(AuthorityLetter.objects.get(unitceilings=ceiling.pk))
    ceiling = ceilings_of(letter).select_for_update(of=("self",)).get(pk=ceiling.pk)
    insist_on(revoking(ceiling, by))
    hold_below([ceiling])
    cover = Cover()
    ceiling.revoked_at = timezone.now()
    save_as(ceiling, by, "revoked_at")
    record(chain_of(letter), by=by, action="revoke_ceiling", facts=_revoked(ceiling, reason))
    cover.insist_nobody_gains()
    cover.insist(despite, by=by, chain=chain_of(letter))
    tell(letter.drafted_by, letter, f"{ceiling.unit.short_name}的{ceiling.item.name}机构授权已撤销：{reason}")
    return ceiling


def _revoked(line: PersonalGrant | UnitCeiling, reason: str) -> LedgerFacts:
    return LedgerFacts(
        from_state="in_force",
        to_state="revoked",
        amount=line.amount_max,
        grant_id=line.pk if isinstance(line, PersonalGrant) else None,
        reason=reason,
        details=facts_of(line),
    )


def _grant(letter: AuthorityLetter, by: Staff) -> None:
    grants = list(letter.personalgrants.select_for_update(of=("self",)).order_by("pk"))
    for grant in grants:
        grant.granted_by = by
    bulk_update_with_history(grants, PersonalGrant, ["granted_by"], default_user=by)
