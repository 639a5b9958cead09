"""How one letter gives way to another, and how letters end, under the locks that approving takes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q
from simple_history.utils import bulk_update_with_history

from authority.ledger import LedgerFacts, record
from authority.letters import chain_of
from authority.models import AuthorityLetter, LetterStatus, PersonalGrant, UnitCeiling
from departments.models import Staff
from departments.outbox import notify

_MOVED = [
    "status", "submitted_at", "approved_by", "approved_at",
    "superseded_by", "revoked_by", "ended_at", "end_reason",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class End:
    status: LetterStatus
    at: datetime
    by: Staff
    reason: str


def locked(letter: AuthorityLetter) -> AuthorityLetter:
    """As it is now, with what its acts need at hand."""
    return (
        AuthorityLetter.objects.select_for_update(of=("self",))
        .select_related("issuing_unit", "scope_unit", "drafted_by")
        .get(pk=letter.pk)
    )


def supersede_for(letter: AuthorityLetter, *, by: Staff, now: datetime) -> list[AuthorityLetter]:
    """End all that still stand when `letter` begins: at once, or at the first moment of its first day.

    What ends at once has its lines marked under their locks. What ends on a day to come goes on until then by
    its date alone: nothing needs to run that night.
    """
    old = list(letter.to_supersede().select_for_update(of=("self",)))
    for one in old:
        one.superseded_by = letter
        if letter.starts_at <= now:
            end = End(LetterStatus.SUPERSEDED, now, by, f"由 {letter.number} 替代")
            end_letter(one, end, action="supersede")
        else:
            _end_later(one, letter, by)
    return old


def hold_below(ceilings: Iterable[UnitCeiling]) -> None:
    """The grants that these ceilings cap, by key: who decides on one of them finishes before the ceiling
    changes, or reads it changed."""
    capped = Q(pk__in=[])
    for row in ceilings:
        capped |= Q(item=row.item_id, appointment__post__unit__path__startswith=row.unit.path)
    grants = PersonalGrant.objects.filter(capped, revoked_at=None).order_by("pk")
    list(grants.select_for_update(of=("self",)).values_list("pk", flat=True))


def end_letter(letter: AuthorityLetter, end: End, *, action: str) -> list[PersonalGrant]:
    """Grants first and under lock: a decision resting on one of them finishes before, or sees the end."""
    grants = list(
        letter.personalgrants.select_for_update(of=("self",)).filter(revoked_at=None).order_by("pk")
    )
    for grant in grants:
        grant.revoked_at, grant.revoked_by, grant.version = end.at, end.by, grant.version + 1
    changed = ["revoked_at", "revoked_by", "version"]
    bulk_update_with_history(grants, PersonalGrant, changed, default_user=end.by)
    ceilings = list(letter.unitceilings.filter(revoked_at=None).select_related("unit"))
    hold_below(ceilings)
    for ceiling in ceilings:
        ceiling.revoked_at = end.at
    bulk_update_with_history(ceilings, UnitCeiling, ["revoked_at"], default_user=end.by)
    letter.ended_at, letter.end_reason = end.at, end.reason
    details = {"grants": [grant.pk for grant in grants], "ceilings": [row.pk for row in ceilings]}
    facts = LedgerFacts(reason=end.reason, details=details)
    move(letter, end.status, by=end.by, action=action, facts=facts)
    return grants


def _end_later(old: AuthorityLetter, letter: AuthorityLetter, by: Staff) -> None:
    reason = f"自 {letter.valid_from:%Y-%m-%d} 起由 {letter.number} 替代"
    old.ended_at, old.end_reason = letter.starts_at, reason
    facts = LedgerFacts(reason=reason, details={"ends_at": letter.starts_at.isoformat()})
    move(old, LetterStatus.SUPERSEDED, by=by, action="supersede", facts=facts)


def reinstate_for(letter: AuthorityLetter, *, now: datetime) -> list[AuthorityLetter]:
    """`letter` is taken back before its first day: what it was to end goes on, up to the letter after it.

    To be called before its own end is written: `superseded_by` and `ended_at` still say what follows.
    """
    if letter.starts_at <= now:
        return []
    before = list(letter.supersedes.filter(ended_at__gt=now).select_for_update(of=("self",)).order_by("pk"))
    for one in before:
        after = letter.superseded_by
        one.superseded_by, one.ended_at = after, letter.ended_at
        one.end_reason = letter.end_reason if after else ""
    return before


def go_on(before: list[AuthorityLetter], letter: AuthorityLetter, *, by: Staff) -> None:
    """Write what `reinstate_for` found, once `letter` no longer holds the one place in force."""
    for one in before:
        status = LetterStatus.SUPERSEDED if one.superseded_by_id else LetterStatus.IN_FORCE
        facts = LedgerFacts(reason=f"{letter.number} 未生效即撤销")
        move(one, status, by=by, action="reinstate", facts=facts)


def move(
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


def tell(recipient: Staff, letter: AuthorityLetter, title: str) -> None:
    notify(recipient, kind="authority", title=title, url=letter.get_absolute_url())
