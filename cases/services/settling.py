"""What the end of a submission does to its case: amounts, stage, the other requests under way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.utils import timezone
from simple_history.utils import bulk_update_with_history

from cases.damage.arithmetic import granted_by_loss
from cases.items import BESIDE, CASE_ITEMS, DAMAGE_REVIEW, INJURY_REVIEW, reviews_needed
from cases.lifecycle import Action, Stage
from cases.models import CaseLoss, ChainStep, ClaimCase, Submission
from cases.services.injury_costs import settle_altered, settle_costs, spread
from cases.services.intake import PASSED
from cases.services.itemising import lines_of, settle_lines
from cases.services.resurveying import draw
from cases.services.special_ends import set_off
from cases.services.subjects import Settlement, settle_subject
from cases.services.transition import Change, note_amount, stay, tell
from departments.models import Staff

ZERO = Decimal(0)
ON_THE_WAY = Q(status=Submission.Status.OPEN) & ~Q(item__code__in=BESIDE)
"""Of requests: those under way that hold their case in its stage."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What was agreed to: `reviewed` yuan by loss id where something was cut, `total` where altered."""

    by: Staff
    reviewed: Mapping[int, Decimal] = field(default_factory=dict)
    total: Decimal | None = None


def finish(submission: Submission, status: str) -> None:
    submission.status, submission.decided_at = status, timezone.now()
    submission.save(update_fields=["status", "decided_at"])


def settle_agreed(submission: Submission, grant: Grant) -> Change:
    """Closes the submission, carries its amount into the case in memory; the caller applies the change."""
    finish(submission, Submission.Status.AGREED)
    whole = submission.amount if grant.total is None else grant.total
    settlement = Settlement(submission, Submission.Status.AGREED, grant.by, whole)
    if CASE_ITEMS[submission.item.code].is_beside:
        return _beside(settlement, Action.GRANT)
    return _with_subject(_settle_way(submission, grant), settlement)


def _beside(settlement: Settlement, action: Action) -> Change:
    """The case stays where it is, unless what was asked for was to move it."""
    submission = settlement.submission
    change = settle_subject(settlement) or stay(submission.case, action)
    return replace(change, action=action).about(submission)


def _with_subject(change: Change, settlement: Settlement) -> Change:
    """A request on the way may be about a record, too: of its change only the fields count."""
    own = settle_subject(settlement)
    return replace(change, fields=(*change.fields, *own.fields)) if own else change


def _settle_way(submission: Submission, grant: Grant) -> Change:
    case, item = submission.case, CASE_ITEMS[submission.item.code]
    if item.is_review:
        fields = _settle_review(submission, grant) if item.sets_reviewed else ()
        return Change(Action.PASS_REVIEW, _stage_after_review(submission), fields).about(submission)
    fields = ()
    if item.submit is Action.SUBMIT_ADJUDICATION:
        asked = submission.amount if grant.total is None else grant.total
        note_amount(case, "approved", set_off(case, asked, grant.by), grant.by, reason="核赔通过")
        case.paid_at = timezone.now() if case.paid == case.approved else None
        fields = ("approved", "advanced", "paid_at")
    return Change(Action.APPROVE, Stage.APPROVED, fields).about(submission)


def _settle_review(submission: Submission, grant: Grant) -> tuple[str, ...]:
    case, classes = submission.case, CASE_ITEMS[submission.item.code].loss_classes
    losses = list(case.losses.all())
    asked = [loss for loss in losses if loss.loss_class in classes]
    lines = [] if submission.item.code == INJURY_REVIEW else lines_of(case)
    reviewed = _reviewed_sums(submission, grant, asked)
    if grant.total is None:
        reviewed = {**reviewed, **granted_by_loss(lines)}
    for loss in asked:
        loss.reviewed, loss.reviewer = reviewed.get(loss.pk, loss.assessed), grant.by
    if asked:
        bulk_update_with_history(asked, CaseLoss, ["reviewed", "reviewer"])
    settle_lines(asked, lines, by=grant.by)
    if submission.item.code == DAMAGE_REVIEW:
        draw(case, sum((loss.reviewed for loss in asked), ZERO), by=grant.by)
    whole = submission.amount if grant.total is None else grant.total
    total = sum((loss.reviewed for loss in losses), ZERO) if losses else whole
    note_amount(case, "reviewed", total, grant.by, reason=f"{submission.item.name}通过")
    return ("reviewed",)


def on_the_way(case: ClaimCase) -> QuerySet[Submission]:
    return Submission.objects.filter(ON_THE_WAY, case=case)


def _reviewed_sums(submission: Submission, grant: Grant, asked: list[CaseLoss]) -> Mapping[int, Decimal]:
    """Injury losses that are broken down take the sums of their costs."""
    case, is_injury = submission.case, submission.item.code == INJURY_REVIEW
    if grant.total is None:
        return {**grant.reviewed, **(settle_costs(case, asked, grant.by) if is_injury else {})}
    reviewed = spread(grant.total, asked)
    if is_injury:
        settle_altered(case, reviewed, asked)
    return reviewed


def _stage_after_review(submission: Submission) -> Stage:
    """Reviewed when no review is under way and none is missing; one statement."""
    case = submission.case
    counted = Submission.objects.filter(PASSED | ON_THE_WAY, case=case)
    found = list(counted.values_list("status", "item__code", "escalation"))
    others = [escalation for status, _, escalation in found if status == Submission.Status.OPEN]
    if any(others):
        return Stage.OVER_AUTHORITY
    passed = {code for status, code, _ in found if status == Submission.Status.AGREED}
    missing = reviews_needed(frozenset(case.loss_classes)) - passed
    return Stage.REVIEWING if missing or others else Stage.REVIEWED


def settle_back(submission: Submission, action: Action, returned_to: str, *, by: Staff) -> Change:
    """Closes the submission; the case waits for the named work, and its other open requests fall with it.

    What was asked beside the way leaves the case, and its other requests, where they are. `by` is whoever
    ended it.
    """
    status = {
        Action.RETURN: Submission.Status.RETURNED,
        Action.REFUSE: Submission.Status.REFUSED,
        Action.WITHDRAW: Submission.Status.WITHDRAWN,
    }[action]
    finish(submission, status)
    settlement = Settlement(submission, status, by, submission.amount)
    if CASE_ITEMS[submission.item.code].is_beside:
        return _beside(settlement, action)
    if CASE_ITEMS[submission.item.code].is_review:
        _withdraw_others(submission)
    change = Change(action, Stage.RETURNED, returned_to=returned_to).about(submission)
    return _with_subject(change, settlement)


def _withdraw_others(submission: Submission) -> None:
    now = timezone.now()
    others = on_the_way(submission.case).exclude(pk=submission.pk)
    ids = list(others.values_list("pk", flat=True))
    if not ids:
        return
    waiting = (ChainStep.Status.NOW, ChainStep.Status.WAITING)
    steps = ChainStep.objects.filter(submission__in=ids, status__in=waiting)
    for step in steps.filter(status=ChainStep.Status.NOW).select_related("staff"):
        tell(step.staff, submission.case, "withdrawn", "报批已撤回")
    steps.update(status=ChainStep.Status.SKIPPED, left_at=now)
    Submission.objects.filter(pk__in=ids).update(status=Submission.Status.WITHDRAWN, decided_at=now)


def work_after_refusal(item_code: str) -> Action | None:
    """Where a refused request leaves the case: at the work that could change the answer; None where it is."""
    item = CASE_ITEMS[item_code]
    if item.is_beside:
        return None
    return {Action.SUBMIT_ADJUDICATION: Action.ADJUST, Action.SUBMIT_ZERO: Action.SURVEY}.get(
        item.submit, Action.ASSESS
    )
