"""Asking for a decision: the chain is computed, shown, and made by the same function."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from authority.models import AuthorityItem
from authority.refusals import insist_on
from authority.rulings import Objection
from cases.chains import Plan
from cases.conflicts import KeyReused
from cases.items import ADJUDICATION, BESIDE, CASE_ITEMS, INJURY_REVIEW
from cases.lifecycle import Stage
from cases.matters import draft
from cases.models import CaseLoss, ClaimCase, Step, Submission
from cases.rulings import may_work, refused_for
from cases.services.chain import make_chain, plan_for, start_chain
from cases.services.injury_costs import assessed_by_label, assessing_objections
from cases.services.subjects import About, about, tell_sent
from cases.services.transition import apply, check_seen, lock_case, note_step, work_change
from cases.specials.facts import grace_objections
from departments.models import Staff

ONCE = "cases_submission_sent_once"


@dataclass(frozen=True, slots=True)
class Request:
    """What the submitter fills in. `seen`: version of the case on the page, `key`: one per form shown.

    `subject`: the record asked about, for an item beside the case's way.
    """

    item: str
    seen: int
    opinion: str = ""
    key: UUID | None = None
    subject: int | None = None


def preview(case: ClaimCase, item_code: str, *, by: Staff, subject: int | None = None) -> Plan:
    """The chain that `submit` would make now."""
    item = AuthorityItem.objects.get(code=item_code)
    return plan_for(_draft(case, item, by, list(case.losses.all()), about(case, item_code, subject)))


def submitting(case: ClaimCase, item_code: str, *, by: Staff, subject: int | None = None) -> list[Objection]:
    """What stands in the way of sending the case for this item now, whatever is written in the form."""
    item, losses = AuthorityItem.objects.get(code=item_code), list(case.losses.all())
    record = about(case, item_code, subject)
    submission = _draft(case, item, by, losses, record)
    return [*_submission_objections(submission, losses), *_record_objections(submission, subject, record)]


def _draft(
    case: ClaimCase, item: AuthorityItem, by: Staff, losses: Sequence[CaseLoss], record: About | None
) -> Submission:
    return draft(case, item, by, losses, record.asked if record else None)


def submit(case: ClaimCase, request: Request, *, by: Staff) -> Submission:
    """Sends the case for one item of authority. The same key and body give the same submission again.

    Raises Stale, KeyReused, or Refused with every reason why it cannot be sent.
    """
    try:
        return _submit(case, request, by)
    except IntegrityError as error:
        if ONCE in str(error):
            raise KeyReused from error
        raise


@transaction.atomic
def _submit(case: ClaimCase, request: Request, by: Staff) -> Submission:
    case = lock_case(case.pk, None)
    earlier = _sent_before(case, request, by)
    if earlier:
        return earlier
    check_seen(case, request.seen)
    submission = _drafted(case, request, by)
    plan = plan_for(submission)
    insist_on(refused_for(plan.stops))
    submission.save()
    tell_sent(submission)
    item = CASE_ITEMS[request.item]
    since = timezone.now() if item.is_beside else case.stage_entered_at
    note_step(case, Step.SUBMIT, by, since=since)
    change = work_change(case, item.submit, amount=submission.amount)
    apply(case, change.because(request.opinion).about(submission), by)
    make_chain(submission, plan.stations)
    start_chain(submission, plan, by=by)
    return submission


def _sent_before(case: ClaimCase, request: Request, by: Staff) -> Submission | None:
    if request.key is None:
        return None
    earlier = Submission.objects.filter(submitted_by=by, idempotency_key=request.key).select_related("item")
    found = earlier.first()
    if found is None:
        return None
    sent = (found.case_id, found.item.code, found.opinion, found.subject_id)
    if sent != (case.pk, request.item, request.opinion, request.subject):
        raise KeyReused
    return found


def _drafted(case: ClaimCase, request: Request, by: Staff) -> Submission:
    losses = list(case.losses.all())
    item = AuthorityItem.objects.get(code=request.item)
    record = about(case, item.code, request.subject)
    submission = _draft(case, item, by, losses, record)
    objections = [
        *may_work(case, CASE_ITEMS[item.code].submit, by).objections,
        *_submission_objections(submission, losses),
        *_record_objections(submission, request.subject, record),
        *_reason_objections(submission, request.opinion),
    ]
    insist_on(refused_for(objections))
    submission.opinion, submission.idempotency_key = request.opinion, request.key
    submission.submitted_at = timezone.now()
    return submission


def _reason_objections(submission: Submission, opinion: str) -> list[Objection]:
    if CASE_ITEMS[submission.item.code].leaves_the_way and not opinion.strip():
        return [Objection("no_opinion", f"提交{submission.item.name}须说明理由")]
    return []


def _record_objections(
    submission: Submission, subject: int | None, record: About | None
) -> Iterator[Objection]:
    """Beside the way a record of this case is needed, in a stage that its item knows."""
    item, stage = CASE_ITEMS[submission.item.code], Stage(submission.case.stage)
    if item.is_beside and stage not in item.stages:
        yield Objection("wrong_stage", f"赔案{stage.label}，不能提交{submission.item.name}")
    if record is None and (item.is_beside or subject is not None):
        yield Objection("no_record", f"没有要报批的{submission.item.name}申请")
    if record is not None:
        yield from record.objections


def _submission_objections(submission: Submission, losses: Sequence[CaseLoss]) -> list[Objection]:
    objections = []
    if submission.amount <= 0:
        objections.append(Objection("no_amount", "没有可报批的金额"))
    open_now = Submission.objects.filter(case=submission.case, status=Submission.Status.OPEN)
    others, item = set(open_now.values_list("item__code", flat=True)), CASE_ITEMS[submission.item.code]
    if submission.item.code in others:
        objections.append(Objection("already_open", "该事项已在审批中"))
    elif others - BESIDE and not (item.is_review or item.is_beside):
        objections.append(Objection("others_open", "尚有审核未完成"))
    if submission.item.code == INJURY_REVIEW:
        objections += assessing_objections(submission.case, assessed_by_label(losses))
    if submission.item.code == ADJUDICATION:
        objections += grace_objections(submission.case)
    if losses and submission.item.code == ADJUDICATION:
        total = sum(loss.adjusted for loss in losses)
        if total != submission.case.adjusted:
            objections.append(Objection("sums_differ", "各项损失理算金额之和与案件理算金额不符"))
    return objections
