"""While a request waits: taking it back, correcting its amount, computing its chain anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from simple_history.utils import bulk_update_with_history

from authority.refusals import insist_on
from authority.rulings import Objection, Ruling
from cases.items import CASE_ITEMS, INJURY_REVIEW
from cases.lifecycle import WORK_ORDER, Action
from cases.matters import sums_of
from cases.models import CaseLoss, ChainStep, ClaimCase, Step, Submission
from cases.rulings import may_work_on, refused_for, with_objections
from cases.services.chain import make_chain_anew, plan_for
from cases.services.injury_costs import itemised_labels
from cases.services.itemising import assessing_against_lines
from cases.services.settling import on_the_way, settle_back
from cases.services.transition import apply, lock_case, note_amount, note_step, stay, tell
from departments.models import Staff


@dataclass(frozen=True, slots=True)
class Amendment:
    """New amounts in yuan by loss id; losses not named keep theirs."""

    amounts: Mapping[int, Decimal]
    reason: str
    seen: int


@transaction.atomic
def withdraw(submission: Submission, reason: str, *, by: Staff, seen: int) -> Submission:
    """撤回: by whoever submitted, as long as nobody has decided anything."""
    case = lock_case(submission.case_id, seen)
    submission = _fresh(submission, case)
    insist_on(withdrawing(submission, by))
    action = CASE_ITEMS[submission.item.code].submit
    returned_to = action if action in WORK_ORDER else Action.SURVEY
    change = settle_back(submission, Action.WITHDRAW, returned_to, by=by)
    waiting = submission.chain.filter(status__in=[ChainStep.Status.NOW, ChainStep.Status.WAITING])
    for step in waiting.select_related("staff"):
        if step.status == ChainStep.Status.NOW:
            tell(step.staff, case, "withdrawn", "报批已撤回")
    waiting.update(status=ChainStep.Status.SKIPPED)
    apply(case, change.because(reason), by)
    return submission


def _fresh(submission: Submission, case: ClaimCase) -> Submission:
    fresh = Submission.objects.select_related("item").get(pk=submission.pk)
    fresh.case = case
    return fresh


def withdrawing(submission: Submission, by: Staff) -> Ruling:
    """May this person take the request back now?"""
    ruling = may_work_on(submission, Action.WITHDRAW, by)
    return with_objections(ruling, _withdrawing_objections(submission, by))


def amending(submission: Submission, by: Staff) -> Ruling:
    """May this person correct its amount now, whatever the new amounts are?"""
    ruling = may_work_on(submission, Action.AMEND, by)
    return with_objections(ruling, _standing_in_the_way(submission))


def _withdrawing_objections(submission: Submission, by: Staff) -> list[Objection]:
    objections = _open_objections(submission)
    if submission.submitted_by_id != by.pk:
        objections.append(Objection("not_submitter", "只有提交人可以撤回"))
    if submission.decisions.filter(taken_back=None).exists():
        objections.append(Objection("already_decided", "已有审批意见，不能撤回"))
    return objections


def _open_objections(submission: Submission) -> list[Objection]:
    if submission.status != Submission.Status.OPEN:
        return [Objection("not_open", "该报批已终结")]
    if submission.chain.filter(kind=ChainStep.Kind.HEAD_OFFICE, status=ChainStep.Status.NOW).exists():
        return [Objection("at_head_office", "已报总公司，须待批复")]
    return []


@transaction.atomic
def amend(submission: Submission, amendment: Amendment, *, by: Staff) -> Submission:
    """The amount asked for changes: the chain is made anew, signatures not needed any more lose force."""
    case = lock_case(submission.case_id, amendment.seen)
    submission = _fresh(submission, case)
    losses = list(case.losses.all())
    insist_on(
        with_objections(
            may_work_on(submission, Action.AMEND, by), _amending_objections(submission, amendment, losses)
        )
    )
    _store_amounts(submission, amendment, losses, by)
    plan = plan_for(submission)
    insist_on(refused_for(plan.stops))
    note_step(case, Step.EDIT_AMOUNT, by, since=case.stage_entered_at)
    item = CASE_ITEMS[submission.item.code]
    apply(case, stay(case, Action.AMEND, item.sums).because(amendment.reason).about(submission), by)
    make_chain_anew(submission, plan, by=by)
    return submission


def amendable(item_code: str, losses: Iterable[CaseLoss]) -> list[CaseLoss]:
    """The losses that the item is about: nothing else of the case changes with a correction."""
    classes = CASE_ITEMS[item_code].loss_classes
    return [loss for loss in losses if not classes or loss.loss_class in classes]


def _amending_objections(
    submission: Submission, amendment: Amendment, losses: list[CaseLoss]
) -> list[Objection]:
    objections = _standing_in_the_way(submission)
    losses = amendable(submission.item.code, losses)
    if not amendment.reason.strip():
        objections.append(Objection("no_reason", "更正金额须说明原因"))
    if set(amendment.amounts) - {loss.pk for loss in losses}:
        objections.append(Objection("foreign_loss", "含有不属于本次报批的损失"))
    if any(amount < 0 for amount in amendment.amounts.values()):
        objections.append(Objection("negative_amount", "金额不能为负"))
    if CASE_ITEMS[submission.item.code].is_beside:
        return objections
    sums = CASE_ITEMS[submission.item.code].sums
    objections += _of_broken_down(submission, amendment, losses)
    if sums == "assessed":
        objections += assessing_against_lines(submission.case, amendment.amounts)
    if not any(amendment.amounts.get(loss.pk, getattr(loss, sums)) > 0 for loss in losses):
        objections.append(Objection("no_amount", "没有可报批的金额"))
    if sums == "adjusted":
        over = [loss for loss in losses if amendment.amounts.get(loss.pk, Decimal(0)) > loss.reviewed]
        objections += [Objection("over_reviewed", f"{loss.label}理算金额超过核定金额") for loss in over]
    return objections


def _of_broken_down(submission: Submission, amendment: Amendment, losses: list[CaseLoss]) -> list[Objection]:
    """What an injured person's costs add up to is not changed past them."""
    if submission.item.code != INJURY_REVIEW:
        return []
    labels = itemised_labels(submission.case)
    changed = [
        loss
        for loss in losses
        if loss.label in labels and amendment.amounts.get(loss.pk, loss.assessed) != loss.assessed
    ]
    return [Objection("itemised", f"{loss.label}已有费用项目，须撤回后在费用页更正") for loss in changed]


def _standing_in_the_way(submission: Submission) -> list[Objection]:
    objections = _open_objections(submission)
    if CASE_ITEMS[submission.item.code].is_beside:
        objections.append(Objection("amount_of_record", "金额以所涉申请为准：先撤回，更正申请后再提交"))
    others = on_the_way(submission.case)
    if others.exclude(pk=submission.pk).exists():
        objections.append(Objection("other_open", "本案另有报批在审批中，须待其终结或撤回后再更正金额"))
    return objections


def _store_amounts(submission: Submission, amendment: Amendment, losses: list[CaseLoss], by: Staff) -> None:
    case, field = submission.case, CASE_ITEMS[submission.item.code].sums
    for loss in losses:
        setattr(loss, field, amendment.amounts.get(loss.pk, getattr(loss, field)))
    bulk_update_with_history(losses, CaseLoss, [field])
    total = sum((getattr(loss, field) for loss in losses), Decimal(0))
    note_amount(case, field, total, by, reason=amendment.reason)
    sums = sums_of(case, submission.item.code, losses)
    submission.amount, submission.case_total = sums.amount, sums.case_total
    submission.per_person = sums.per_person
    submission.save(update_fields=["amount", "case_total", "per_person"])
