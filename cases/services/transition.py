"""What every change of a case has in common: lock, check what was seen, change, enter in the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from authority.ledger import LedgerFacts, record
from authority.models import LedgerEntry
from authority.refusals import insist_on
from cases.conflicts import Stale
from cases.lifecycle import Action, Stage, next_stage
from cases.models import CaseStep, ClaimCase, EstimateChange, Submission
from cases.rulings import may_work
from departments.authorship import save_as
from departments.models import Staff
from departments.outbox import notify
from departments.prepared import Prepared


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to the case row, and how the ledger tells it. `fields`: those changed beside the stage."""

    action: str
    stage: Stage
    fields: tuple[str, ...] = ()
    returned_to: str = ""
    amount: Decimal | None = None
    grant_id: int | None = None
    acted_for: Staff | None = None
    reason: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)

    def because(self, reason: str) -> Change:
        return replace(self, reason=reason)

    def costing(self, amount: Decimal) -> Change:
        return replace(self, amount=amount)

    def with_details(self, details: Mapping[str, Any]) -> Change:
        return replace(self, details={**self.details, **details})

    def about(self, submission: Submission) -> Change:
        details = {"submission": submission.pk, "item": submission.item.code, **self.details}
        return replace(self, amount=submission.amount, details=details)


LOCKED = Prepared(
    lambda case_id: (
        ClaimCase.objects.select_for_update(of=("self",)).select_related("unit", "handler").filter(pk=case_id)
    ),
    case_id=int,
)


def lock_case(case_id: int, seen: int | None) -> ClaimCase:
    """The case as it is now, held until the transaction ends. Raises Stale when it moved on since `seen`.

    None only where the caller saw no page of the case: a head-office answer, a return of a loan.
    """
    found: list[ClaimCase] = LOCKED(case_id=case_id)
    if not found:
        raise ClaimCase.DoesNotExist
    case = found[0]
    if seen is not None:
        check_seen(case, seen)
    return case


def check_seen(case: ClaimCase, seen: int) -> None:
    if case.version != seen:
        raise Stale


def start_work(case: ClaimCase, action: Action, by: Staff, seen: int) -> ClaimCase:
    """Locked, as seen, and allowed to this person; the beginning of every piece of work on a case."""
    fresh = lock_case(case.pk, seen)
    insist_on(may_work(fresh, action, by))
    return fresh


def work_change(case: ClaimCase, action: Action, *fields: str, amount: Decimal | None = None) -> Change:
    """The change that the lifecycle names for the action."""
    stage = next_stage(action, Stage(case.stage))
    kept = case.returned_to if stage == Stage.RETURNED else ""
    return Change(action, stage, fields, kept, amount)


def stay(case: ClaimCase, action: str, *fields: str) -> Change:
    """Something happened to the case that leaves its stage alone."""
    return Change(action, Stage(case.stage), fields, case.returned_to)


def apply(case: ClaimCase, change: Change, by: Staff | None) -> LedgerEntry:
    """Writes the case and its ledger entry. The caller holds the lock."""
    before = case.stage
    fields = [*change.fields, "version"]
    if (change.stage, change.returned_to) != (before, case.returned_to):
        case.stage, case.returned_to, case.stage_entered_at = (
            change.stage,
            change.returned_to,
            timezone.now(),
        )
        fields += ["stage", "returned_to", "stage_entered_at"]
    case.version += 1
    if by is not None:
        save_as(case, by, *fields)
    else:
        case.save(update_fields=fields)
    facts = LedgerFacts(
        from_state=before,
        to_state=change.stage,
        amount=change.amount,
        grant_id=change.grant_id,
        reason=change.reason,
        acted_for=change.acted_for,
        details=change.details,
    )
    return record(f"case:{case.pk}", by=by, action=change.action, facts=facts)


def note_step(
    case: ClaimCase, step: str, by: Staff, *, since: datetime, acted_for: Staff | None = None
) -> None:
    """Who did what: separation of duties and turnaround read it."""
    now = timezone.now()
    CaseStep.objects.create(
        case=case,
        step=step,
        round=case.round,
        person=by,
        acted_for=acted_for,
        entered_at=min(since, now),
        left_at=now,
    )


def note_amount(case: ClaimCase, subject: str, after: Decimal, by: Staff | None, *, reason: str) -> None:
    """Sets the amount on the case and, where it differs, writes its history."""
    before = getattr(case, subject)
    setattr(case, subject, after)
    if before != after:
        EstimateChange.objects.create(
            case=case,
            subject=subject,
            before=before,
            after=after,
            reason=reason[:200],
            changed_by=by,
            changed_at=timezone.now(),
        )


def tell(recipient: Staff | None, case: ClaimCase, kind: str, title: str) -> None:
    """A notification that leads to the case; nobody to tell is no fault."""
    if recipient is not None:
        notify(recipient, kind=kind, title=f"{title} {case}", url=case.get_absolute_url())
