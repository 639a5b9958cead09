"""上报总公司: the department's proposal with its pack, the answer, and that it was carried out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.files import File
from django.db import transaction
from django.utils import timezone

from authority.bounds import rules_for
from authority.holders import holder_for
from authority.refusals import insist_on
from authority.rulings import Objection, Ruling, may_decide
from cases.conferences.rulings import UNSAID, Heeding, Proposed
from cases.items import BESIDE, CASE_ITEMS, possible_on
from cases.lifecycle import Action, Stage
from cases.matters import matter_of
from cases.models import AnswerCondition, ChainStep, Decision, Escalation, Outcome, Step, Submission
from cases.numbers import next_number
from cases.rulings import (
    COMPLETE,
    HEAD_OFFICE_POSTS,
    PaperAnswer,
    kept_apart,
    may_answer,
    with_objections,
    wrong_stage,
)
from cases.services.consulting import tell_of_decision
from cases.services.heeding import answer_objections, note_use
from cases.services.sampling import enter_pool
from cases.services.settling import Grant, settle_agreed, settle_back, work_after_refusal
from cases.services.subjects import granting_objections
from cases.services.terms import term_for
from cases.services.transition import Change, apply, lock_case, note_step, stay, tell
from cases.services.transmitting import send_first
from departments.models import Appointment, Staff


@dataclass(frozen=True, slots=True)
class HeadOfficeRequest:
    """`pack` as `pack_of` gives it; `due_at` where head office named a day."""

    proposal: str
    pack: dict[str, Any]
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Head office's answer. `amount` in yuan when altered; `scan` when entered from paper.

    `heeding`: what it says of a conference in which head office had a seat.
    """

    answer: str
    number: str = ""
    amount: Decimal | None = None
    conditions: str = ""
    answered_by_name: str = ""
    scan: File[Any] | None = None
    heeding: Heeding = UNSAID

    @property
    def outcome(self) -> Outcome:
        if self.answer == Escalation.Answer.REFUSED:
            return Outcome.REFUSE
        return Outcome.AGREE_WITH_CONDITIONS if self.conditions else Outcome.AGREE

    def amount_for(self, submission: Submission) -> Decimal:
        """What is decided: as it was asked for, unless altered."""
        return submission.amount if self.amount is None else self.amount


def open_escalation(submission: Submission, request: HeadOfficeRequest, *, by: Staff) -> Escalation:
    """Inside the transaction that holds the case; the chain stands at its head-office station already."""
    now = timezone.now()
    term = term_for(submission.item.code, submission.amount, now)
    escalation = Escalation.objects.create(
        number=next_number("SB"),
        case=submission.case,
        submission=submission,
        proposal=request.proposal,
        amount=submission.amount,
        pack=request.pack,
        sent_by=by,
        sent_at=now,
        due_at=request.due_at or term.due_at,
        warn_at=None if request.due_at else term.warn_at,
        level=term.level,
    )
    send_first(escalation, by=by)
    _tell_head_office(escalation)
    return escalation


def escalation_change(escalation: Escalation) -> Change:
    details = {"number": escalation.number}
    submission = escalation.submission
    change = Change(Action.ESCALATE, Stage.OVER_AUTHORITY)
    if CASE_ITEMS[submission.item.code].is_beside:
        change = stay(submission.case, Action.ESCALATE)
    return change.because(escalation.proposal).with_details(details).about(submission)


def _tell_head_office(escalation: Escalation) -> None:
    today = timezone.localdate()
    posts = Appointment.objects.on(today).filter(
        post__post_type__code__in=HEAD_OFFICE_POSTS, staff__is_active=True
    )
    for appointment in posts.select_related("staff"):
        tell(appointment.staff, escalation.case, "escalation", f"上报件 {escalation.number} 待批复")


@transaction.atomic
def answer_escalation(escalation: Escalation, answer: Answer, *, by: Staff) -> Decision:
    """The answer takes effect on the case at once. Agreed for less or more is `altered` with its amount.

    Given in the system without a number, it is numbered here: what is decided rests on that number.
    """
    case = lock_case(escalation.case_id, None)
    escalation = locked_escalation(escalation)
    submission = escalation.submission
    submission.case = case
    ruling = _may_answer(escalation, answer, by)
    insist_on(ruling)
    answer = replace(answer, number=answer.number.strip() or next_number("PF"))
    step = submission.chain.get(kind=ChainStep.Kind.HEAD_OFFICE, status=ChainStep.Status.NOW)
    _store_answer(escalation, answer, by)
    change = _effect(submission, answer, by)
    note_step(case, Step.HEAD_OFFICE, by, since=step.arrived_at or escalation.sent_at)
    decision = _head_office_decision(step, change, ruling, answer, by)
    tell(case.handler, case, "answered", f"总公司批复：{escalation.get_answer_display()}")
    notices = _notices(submission, by)
    enter_pool(decision, notices)
    tell_of_decision(submission, notices, decision.get_outcome_display())
    return decision


def _notices(submission: Submission, by: Staff) -> tuple[Objection, ...]:
    """Whom the rules want told of the decision, and what enters the sampling pool; as for any decision."""
    rules = rules_for(submission.item.code)
    return may_decide(matter_of(submission), holder_for(by), rules).notices


def locked_escalation(escalation: Escalation) -> Escalation:
    rows = Escalation.objects.select_for_update(of=("self",)).select_related(
        "submission__item", "sent_by", "kept_by"
    )
    return rows.get(pk=escalation.pk)


def posts_of(staff: Staff) -> frozenset[str]:
    """Codes of the posts held today."""
    held = Appointment.objects.on(timezone.localdate()).filter(staff=staff)
    return frozenset(held.values_list("post__post_type__code", flat=True))


def answering(escalation: Escalation, by: Staff, paper: PaperAnswer = COMPLETE) -> Ruling:
    """May this person answer at all? All that stands in the way before a word is filled in."""
    ruling = may_answer(escalation.status, by, posts_of(by), paper)
    objections = []
    if escalation.submission.status != Submission.Status.OPEN:
        objections.append(Objection("not_open", "该报批已终结"))
    objections += incompatibilities(escalation.submission, by)
    return with_objections(ruling, objections)


def _may_answer(escalation: Escalation, answer: Answer, by: Staff) -> Ruling:
    paper = PaperAnswer(has_scan=answer.scan is not None, has_number=bool(answer.number.strip()))
    ruling, objections = answering(escalation, by, paper), []
    if answer.answer not in Escalation.Answer.values:
        objections.append(Objection("unknown_answer", "批复须为同意、调整金额或不同意"))
    if answer.answer != Escalation.Answer.REFUSED:
        objections += _granting_objections(escalation.submission)
    if answer.answer == Escalation.Answer.ALTERED and (answer.amount is None or answer.amount < 0):
        objections.append(Objection("no_amount", "调整金额须填写批复金额"))
    proposed = Proposed(answer.outcome, answer.amount_for(escalation.submission))
    objections += answer_objections(escalation.submission, proposed, answer.heeding)
    return with_objections(ruling, objections)


def _granting_objections(submission: Submission) -> list[Objection]:
    """What the case's stage, and the record asked about, forbid to grant; whoever grants it."""
    code, stage = submission.item.code, Stage(submission.case.stage)
    objections = granting_objections(submission)
    if CASE_ITEMS[code].grants not in possible_on(code, stage):
        objections.append(wrong_stage(stage, CASE_ITEMS[code].grants))
    return objections


def incompatibilities(submission: Submission, by: Staff) -> list[Objection]:
    """What this person did on the case, or is to its parties, that forbids answering."""
    return kept_apart(matter_of(submission), holder_for(by), rules_for(submission.item.code))


def _store_answer(escalation: Escalation, answer: Answer, by: Staff) -> None:
    escalation.status = Escalation.Status.ANSWERED
    escalation.answer, escalation.answer_no = answer.answer, answer.number
    escalation.answer_amount = answer.amount if answer.answer == Escalation.Answer.ALTERED else None
    escalation.conditions, escalation.answered_by_name = answer.conditions, answer.answered_by_name or by.name
    escalation.answered_at, escalation.entered_by = timezone.now(), by
    if answer.scan is not None:
        escalation.scan = answer.scan
    escalation.save()
    if answer.answer != Escalation.Answer.REFUSED:
        _note_demands(escalation, answer.conditions)


def _note_demands(escalation: Escalation, text: str) -> None:
    """Each line is a condition of its own, to be checked by itself."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    AnswerCondition.objects.bulk_create(
        AnswerCondition(escalation=escalation, case_id=escalation.case_id, number=number, text=line[:300])
        for number, line in enumerate(lines, start=1)
    )


def _effect(submission: Submission, answer: Answer, by: Staff) -> Change:
    if answer.answer == Escalation.Answer.REFUSED:
        returned_to = work_after_refusal(submission.item.code)
        if returned_to:
            _refuse_others(submission, answer, by)
        return settle_back(submission, Action.REFUSE, returned_to or "", by=by)
    altered = answer.amount if answer.answer == Escalation.Answer.ALTERED else None
    return settle_agreed(submission, Grant(by, total=altered))


def _refuse_others(submission: Submission, answer: Answer, by: Staff) -> None:
    """The case goes back as a whole: what else of it lies at head office is over with the same answer."""
    others = Escalation.objects.filter(case=submission.case_id, status=Escalation.Status.SENT)
    for other in others.exclude(submission=submission).exclude(submission__item__code__in=BESIDE):
        _store_answer(other, replace(answer, conditions="同案另一上报件不同意，一并退回"), by)


def _head_office_decision(
    step: ChainStep, change: Change, ruling: Ruling, answer: Answer, by: Staff
) -> Decision:
    submission = step.submission
    case = submission.case
    seen = case.version
    entry = apply(case, change.because(answer.conditions), by)
    step.status, step.left_at = ChainStep.Status.DONE, timezone.now()
    step.save(update_fields=["status", "left_at"])
    decision = Decision.objects.create(
        case=case,
        submission=submission,
        chain_step=step,
        outcome=answer.outcome,
        decided_by=by,
        amount=answer.amount_for(submission),
        opinion=f"总公司批复 {answer.number}".strip(),
        conditions=answer.conditions,
        ruling=ruling.as_json(),
        case_version=seen,
        ledger_entry=entry,
        decided_at=timezone.now(),
    )
    note_use(decision, answer.heeding)
    return decision
