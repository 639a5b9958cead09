"""拿回: my own last decision is undone as long as nobody acted on it; the decision itself stays on record."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from simple_history.utils import bulk_update_with_history

from authority.models import LedgerEntry, Ratification
from authority.refusals import insist_on
from authority.rulings import Objection, Ruling
from cases.items import CASE_ITEMS
from cases.lifecycle import Stage
from cases.models import (
    CaseLoss,
    ChainStep,
    ClaimCase,
    Decision,
    Escalation,
    EstimateChange,
    JointSigning,
    ProblemFinding,
    Submission,
    TakenBack,
)
from cases.rulings import AGREEING, with_objections
from cases.services.chain import keep_told
from cases.services.returning import copy_of, insert_after
from cases.services.transition import Change, apply, lock_case, note_amount, stay, tell
from cases.signatures import SIGNING
from cases.verbs import Aftermath, may_take_back
from departments.models import Staff

TAKE_BACK = "take_back"
Status = ChainStep.Status


def taking_back(decision: Decision, by: Staff) -> Ruling:
    """May this person take the decision back now?"""
    return may_take_back(decision, decision.case, by, aftermath_of(decision))


def aftermath_of(decision: Decision) -> Aftermath:
    entry, submission = decision.ledger_entry, decision.submission
    later = LedgerEntry.objects.filter(chain=entry.chain, sequence__gt=entry.sequence)
    ended_at = submission.decided_at
    others = Submission.objects.filter(case=decision.case_id, status=Submission.Status.WITHDRAWN)
    return Aftermath(
        tuple(later.values_list("action", flat=True)),
        is_taken_back=TakenBack.objects.filter(decision=decision).exists(),
        is_under_ratification=Ratification.objects.filter(ledger_entry=entry).exists(),
        fell_with_it=ended_at is not None
        and others.filter(decided_at__gte=ended_at, decided_at__lte=decision.decided_at).exists(),
        wrote_a_record=submission.subject_id is not None and submission.status != Submission.Status.OPEN,
        went_to_head_office=Escalation.objects.filter(submission=submission).exists(),
    )


@transaction.atomic
def take_back(decision: Decision, reason: str, *, by: Staff, seen: int) -> TakenBack:
    """The chain stands again where it stood, the case and its money as before; whoever was next is told."""
    case = lock_case(decision.case_id, seen)
    rows = Decision.objects.select_related("ledger_entry", "submission__item", "submission__submitted_by")
    decision = rows.select_related("chain_step__staff", "chain_step__acting_for").get(pk=decision.pk)
    decision.case = decision.submission.case = case
    objections = [] if reason.strip() else [Objection("no_reason", "拿回须说明理由")]
    insist_on(with_objections(taking_back(decision, by), objections))
    change = _undone(decision, by)
    entry = {"decision": decision.pk, "outcome": decision.outcome}
    apply(case, change.because(reason.strip()).about(decision.submission).with_details(entry), by)
    _chain_goes_back(decision, reason.strip())
    return TakenBack.objects.create(
        case=case, decision=decision, reason=reason.strip(), taken_by=by, taken_at=timezone.now()
    )


def _undone(decision: Decision, by: Staff) -> Change:
    """What the decision did to the case, undone; only the end of a request did anything to it."""
    case, submission = decision.case, decision.submission
    if submission.status == Submission.Status.OPEN:
        return stay(case, TAKE_BACK)
    fields: tuple[str, ...] = ()
    if decision.outcome in AGREEING and decision.chain_step.kind not in SIGNING:
        fields = _money_goes_back(decision, by)
    submission.status, submission.decided_at = Submission.Status.OPEN, None
    submission.save(update_fields=["status", "decided_at"])
    _lift_findings(decision, by)
    tell(case.handler, case, "taken_back", f"{submission.item.name}的{decision.get_outcome_display()}已拿回")
    return Change(TAKE_BACK, Stage(decision.ledger_entry.from_state), fields)


def _lift_findings(decision: Decision, by: Staff) -> None:
    """What the return found was not found after all; the number stays, the points do not count."""
    for finding in decision.problems.all():
        finding.status, finding.closing_note = ProblemFinding.Status.LIFTED, "审核人已拿回退回意见"
        finding.closed_by, finding.closed_at = by, timezone.now()
        finding.save(update_fields=["status", "closing_note", "closed_by", "closed_at"])


def _money_goes_back(decision: Decision, by: Staff) -> tuple[str, ...]:
    case, item = decision.case, CASE_ITEMS[decision.submission.item.code]
    if item.sets_reviewed:
        _losses_go_back(case, item.loss_classes)
    subject = "reviewed" if item.is_review else "approved"
    last = EstimateChange.objects.filter(case=case, subject=subject).order_by("-pk").first()
    is_own = last is not None and last.changed_by_id == by.pk and last.after == getattr(case, subject)
    since = decision.chain_step.arrived_at
    if last is None or not is_own or since is None or last.changed_at < since:
        return ()
    note_amount(case, subject, last.before, by, reason=f"拿回{decision.submission.item.name}意见")
    return (subject,)


def _losses_go_back(case: ClaimCase, loss_classes: frozenset[str]) -> None:
    """Each as it was before the decision touched it: nobody has touched it since."""
    losses = [loss for loss in case.losses.all() if loss.loss_class in loss_classes]
    for loss in losses:
        for earlier in loss.history.order_by("-history_date", "-history_id")[1:2]:
            loss.reviewed, loss.reviewer_id = earlier.reviewed, earlier.reviewer_id
    if losses:
        bulk_update_with_history(losses, CaseLoss, ["reviewed", "reviewer"])


def _chain_goes_back(decision: Decision, reason: str) -> None:
    """Who was passed over waits again, who was reached is told, the author has his station anew."""
    step, case = decision.chain_step, decision.case
    chain = ChainStep.objects.filter(submission=decision.submission_id)
    for one in chain.filter(status=Status.NOW).exclude(signing__isnull=False, signing=step.signing_id):
        tell(one.staff, case, "taken_back", f"{decision.decided_by.name}已拿回意见")
        ChainStep.objects.filter(pk=one.pk).update(status=Status.WAITING, arrived_at=None)
    passed = chain.filter(status=Status.SKIPPED, left_at=step.left_at).exclude(pk=step.pk)
    JointSigning.objects.filter(steps__in=passed).update(result="", ended_at=None)
    passed.update(status=Status.WAITING, left_at=None)
    _signing_goes_on(step)
    made = copy_of(step)
    made.status, made.arrived_at = Status.NOW, step.arrived_at
    keep_told(step.pk, insert_after(step, [made])[0])
    ChainStep.objects.filter(pk=step.pk).update(status=Status.TAKEN_BACK, remark=f"本人拿回：{reason}")


def _signing_goes_on(step: ChainStep) -> None:
    """Where his signature ended the joint signing, those not heard are asked again."""
    signing = step.signing
    if signing is None or signing.ended_at is None:
        return
    again = signing.steps.filter(status=Status.SKIPPED, left_at=signing.ended_at)
    again.update(status=Status.NOW, left_at=None)
    signing.result, signing.ended_at = "", None
    signing.save(update_fields=["result", "ended_at"])
