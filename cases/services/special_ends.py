"""What the answer to a special request does: to the request, to the case's money, to the case itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from django.db.models import F, QuerySet, Sum
from django.utils import timezone
from simple_history.utils import bulk_update_with_history

from cases.lifecycle import Action, ClosingKind, Stage
from cases.models import (
    MONEY,
    SET_OFF,
    CaseLoss,
    ClaimCase,
    Kind,
    RecoveryPlaceholder,
    SpecialRequest,
    Step,
    Submission,
)
from cases.services.subjects import Settlement
from cases.services.transition import Change, note_amount, note_step, stay, tell
from departments.models import Staff

ZERO = Decimal(0)
State = SpecialRequest.State
_ENDS = {
    Submission.Status.AGREED: State.AGREED,
    Submission.Status.REFUSED: State.REFUSED,
    Submission.Status.RETURNED: State.RETURNED,
    Submission.Status.WITHDRAWN: State.DRAFT,
}


def settle_special(settlement: Settlement) -> Change:
    """Writes the answer into the request; the Change names what it did to the case in memory."""
    request = SpecialRequest.objects.select_for_update().get(pk=settlement.submission.subject_id or 0)
    request.case = settlement.submission.case
    request.state = _ENDS[Submission.Status(settlement.status)]
    change = stay(request.case, Action.GRANT)
    if request.state in (State.AGREED, State.REFUSED):
        request.decided_at = timezone.now()
    if request.state == State.AGREED:
        change = _agreed(request, settlement)
    request.save()
    if settlement.status != Submission.Status.WITHDRAWN and request.requested_by_id != settlement.by.pk:
        tell(request.requested_by, request.case, "special", f"{request}{request.get_state_display()}")
    return change


def _agreed(request: SpecialRequest, settlement: Settlement) -> Change:
    request.granted = settlement.amount
    effect = _EFFECTS.get(request.kind)
    return effect(request, settlement.by) if effect else stay(request.case, Action.GRANT)


def _grant_money(request: SpecialRequest, by: Staff) -> Change:
    """What may be paid grows by it; ahead of the adjudication, only until that is made."""
    case = request.case
    note_amount(
        case, "approved", case.approved + request.granted, by, reason=f"{request.get_kind_display()}同意"
    )
    if request.kind not in SET_OFF:
        return stay(case, Action.GRANT, "approved")
    case.advanced += request.granted
    return stay(case, Action.GRANT, "approved", "advanced")


def release(request: SpecialRequest, by: Staff) -> tuple[str, ...]:
    """What was granted and has not gone out is not granted any more; names the fields of the case."""
    if request.kind not in MONEY:
        return ()
    case, unpaid = request.case, request.granted - request.paid
    note_amount(case, "approved", case.approved - unpaid, by, reason=f"{request.get_kind_display()}作废")
    if request.kind not in SET_OFF:
        return ("approved",)
    case.advanced -= unpaid
    return ("approved", "advanced")


def _cancel(request: SpecialRequest, by: Staff) -> Change:
    request.state, request.executed_at = State.EXECUTED, timezone.now()
    return closed_as(request.case, ClosingKind.CANCELLED, by)


def closed_as(case: ClaimCase, kind: str, by: Staff) -> Change:
    """The case is over, in memory. What was spent on it stays on it."""
    case.closed_at, case.closing_kind = timezone.now(), kind
    note_step(case, Step.CLOSE, by, since=case.stage_entered_at)
    return Change(Action.CLOSE_SPECIAL, Stage.CLOSED, ("closed_at", "closing_kind"))


def _reopen(request: SpecialRequest, by: Staff) -> Change:
    """A new round under the old number: survey and assessment begin anew, what was paid stays paid."""
    case = request.case
    request.state, request.executed_at = State.EXECUTED, timezone.now()
    case.round += 1
    case.closed_at, case.closing_kind, case.paid_at = None, "", None
    case.handler = case.handler or request.requested_by
    note_amount(case, "estimate", case.paid + request.granted, by, reason=f"重开 {request.number}")
    for subject in ("assessed", "reviewed", "adjusted"):
        note_amount(case, subject, ZERO, by, reason=f"重开 {request.number}")
    _empty_losses(case)
    stage = Stage.REGISTERED if case.registered_at else Stage.REPORTED
    fields = ("round", "closed_at", "closing_kind", "paid_at", "handler", *_AMOUNTS)
    return Change(Action.REOPEN, stage, fields)


_AMOUNTS = ("estimate", "assessed", "reviewed", "adjusted")


def _empty_losses(case: ClaimCase) -> None:
    losses = list(case.losses.all())
    for loss in losses:
        loss.assessed = loss.reviewed = loss.adjusted = ZERO
        loss.reviewer = None
    if losses:
        bulk_update_with_history(losses, CaseLoss, ["assessed", "reviewed", "adjusted", "reviewer"])


def _late(request: SpecialRequest, by: Staff) -> Change:
    """Registered already, there is nothing left to do; else the registration carries it out."""
    if request.case.registered_at:
        request.state, request.executed_at = State.EXECUTED, timezone.now()
    return stay(request.case, Action.GRANT)


_EFFECTS: Mapping[str, Callable[[SpecialRequest, Staff], Change]] = {
    Kind.CANCELLATION: _cancel,
    Kind.REOPENING: _reopen,
    Kind.PREPAYMENT: _grant_money,
    Kind.RESCUE_PAYMENT: _grant_money,
    Kind.RESCUE_ADVANCE: _grant_money,
    Kind.EX_GRATIA: _grant_money,
    Kind.LATE_REGISTRATION: _late,
}


def set_off(case: ClaimCase, asked: Decimal, by: Staff) -> Decimal:
    """冲销: the adjudication of `asked` yuan contains what went ahead of it. Gives the new approved sum.

    What was granted ahead and not paid lapses. What was paid beyond the adjudication is to be got back: it
    stays approved, for it did go out, and is kept as a claim against the payee.
    """
    if not case.advanced:
        return case.approved + asked
    before, ahead = case.approved - case.advanced, _ahead(case)
    paid = ahead.aggregate(total=Sum("paid"))["total"] or ZERO
    if paid > asked:
        _overpaid(case, list(ahead), paid - asked)
    now = timezone.now()
    for request in ahead:
        request.set_off_at, request.state = now, State.EXECUTED
        request.executed_at = request.executed_at or now
        request.save(update_fields=["set_off_at", "state", "executed_at"])
    case.advanced = ZERO
    return before + max(asked, paid)


def _ahead(case: ClaimCase) -> QuerySet[SpecialRequest]:
    rows = SpecialRequest.objects.granted().filter(case=case, kind__in=SET_OFF, set_off_at=None)
    return rows.order_by("pk")


def _overpaid(case: ClaimCase, ahead: list[SpecialRequest], amount: Decimal) -> None:
    last = [request for request in ahead if request.paid][-1]
    last.case = case
    claim_back(last, RecoveryPlaceholder.Type.OVERPAID, last.payee, amount, "预付超过最终核赔金额")


def claim_back(request: SpecialRequest, kind: str, debtor: str, amount: Decimal, note: str) -> None:
    """Money went out that has to come back; the limitation runs from now. The case is locked and entered.

    A further payment adds to a claim that nobody has finished or asks to write off.
    """
    claims = RecoveryPlaceholder.objects.all().pending()
    claim = claims.filter(request=request, type=kind).first()
    if claim is None:
        claim = RecoveryPlaceholder(case=request.case, request=request, type=kind, amount=ZERO, note=note)
        claim.debtor, claim.acquired_at, claim.officer = debtor, timezone.now(), request.case.handler
    claim.amount += amount
    claim.save()


def reserved_in(case: ClaimCase) -> Decimal:
    """Granted to special requests that may still be paid: not for the ordinary payment to use."""
    live = SpecialRequest.objects.filter(case=case, kind__in=MONEY, state=State.AGREED, set_off_at=None)
    return live.aggregate(total=Sum(F("granted") - F("paid")))["total"] or ZERO


def carried_out(case: ClaimCase, *kinds: str) -> None:
    """What the case itself did carried out the agreed requests of these kinds."""
    now = timezone.now()
    for request in SpecialRequest.objects.filter(case=case, kind__in=kinds, state=State.AGREED):
        request.state, request.executed_at = State.EXECUTED, now
        request.save(update_fields=["state", "executed_at"])
