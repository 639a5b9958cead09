"""欺诈线索: opened with the case's flag, investigated, concluded by a second person, who takes it off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from authority.refusals import insist_on
from authority.rulings import Objection
from cases.fraud.rulings import (
    may_assign,
    may_conclude,
    may_finish_task,
    may_investigate,
    may_link,
    may_open,
    may_police,
    may_report,
)
from cases.models import (
    CasePaper,
    ClaimCase,
    FraudEvidence,
    FraudLead,
    FraudTask,
    Kind,
    MajorLoss,
    SpecialRequest,
)
from cases.numbers import next_number
from cases.rulings import with_objections
from cases.services.majors import recognise
from cases.services.transition import apply, lock_case, stay
from departments.authorship import save_as
from departments.models import Staff
from departments.outbox import notify

Status = FraudLead.Status
_Special = SpecialRequest.State


@dataclass(frozen=True, slots=True)
class Suspicion:
    source: str
    description: str
    indicators: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class TaskOrder:
    what: str
    assignee: Staff
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Conclusion:
    """`status`: confirmed, not_confirmed or withdrawn; `loss_avoided` in yuan, of a confirmed one only."""

    status: str
    text: str
    loss_avoided: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class HandOver:
    """To which police, when, under which number."""

    station: str
    at: datetime
    number: str = ""


@transaction.atomic
def open_lead(case: ClaimCase, suspicion: Suspicion, *, by: Staff, seen: int) -> FraudLead:
    """The case is suspected from now on, with all that rules make of it."""
    case = lock_case(case.pk, seen)
    is_under_way = case.fraud_leads.filter(status__in=FraudLead.UNDER_WAY).exists()
    objections = _needs(suspicion.description, "须写明可疑情况")
    insist_on(with_objections(may_open(case, by, is_under_way=is_under_way), objections))
    lead = FraudLead(case=case, number=next_number("QZ"), source=suspicion.source, opened_by=by)
    lead.description, lead.indicators = suspicion.description.strip(), list(suspicion.indicators)
    lead.opened_at = timezone.now()
    save_as(lead, by)
    case.is_fraud_suspected = True
    change = stay(case, "open_fraud", "is_fraud_suspected").with_details({"lead": lead.number})
    apply(case, change, by)
    recognise(case, MajorLoss.Origin.SURVEY, by=by)
    return lead


def _needs(text: str, sentence: str) -> list[Objection]:
    return [] if text.strip() else [Objection("no_text", sentence)]


def _locked(lead: FraudLead, seen: int) -> FraudLead:
    case = lock_case(lead.case_id, seen)
    fresh = FraudLead.objects.select_for_update(of=("self",)).get(pk=lead.pk)
    fresh.case = case
    return fresh


def _note(lead: FraudLead, action: str, by: Staff, *fields: str) -> None:
    """What the suspicion is stays with the lead: the case's timeline is read by more people."""
    change = stay(lead.case, action, *fields)
    if lead.loss_avoided:
        change = change.costing(lead.loss_avoided)
    apply(lead.case, change.with_details({"lead": lead.number, "status": lead.status}), by)


@transaction.atomic
def assign_lead(
    lead: FraudLead, investigator: Staff, *, by: Staff, seen: int, due_on: date | None = None
) -> FraudLead:
    lead = _locked(lead, seen)
    objections = []
    if investigator.admin_role or not investigator.is_active:
        objections.append(Objection("not_in_business", "调查人须为在岗业务人员"))
    if due_on is not None and due_on < timezone.localdate():
        objections.append(Objection("past_date", "要求完成日期不能早于今天"))
    insist_on(with_objections(may_assign(lead, by), objections))
    lead.investigator, lead.due_on, lead.status = investigator, due_on, Status.INVESTIGATING
    save_as(lead, by, "investigator", "due_on", "status")
    _note(lead, "assign_fraud", by)
    notify(investigator, kind="fraud", title=f"欺诈线索 {lead} 由您调查", url=lead.get_absolute_url())
    return lead


@transaction.atomic
def order_task(lead: FraudLead, order: TaskOrder, *, by: Staff, seen: int) -> FraudTask:
    lead = _locked(lead, seen)
    insist_on(with_objections(may_investigate(lead, by), _needs(order.what, "须写明调查事项")))
    task = FraudTask(lead=lead, what=order.what.strip(), assignee=order.assignee, due_on=order.due_on)
    task.ordered_by, task.ordered_at = by, timezone.now()
    save_as(task, by)
    _note(lead, "task_fraud", by)
    notify(order.assignee, kind="fraud", title=f"线索 {lead} 调查任务", url=lead.get_absolute_url())
    return task


@transaction.atomic
def finish_task(task: FraudTask, outcome: str, *, by: Staff, seen: int) -> FraudTask:
    lead = _locked(task.lead, seen)
    task = FraudTask.objects.select_for_update(of=("self",)).get(pk=task.pk)
    task.lead = lead
    insist_on(with_objections(may_finish_task(task, by), _needs(outcome, "须写明结果")))
    task.outcome, task.done_at = outcome.strip(), timezone.now()
    save_as(task, by, "outcome", "done_at")
    _note(lead, "task_fraud", by)
    if lead.investigator and lead.investigator != by:
        notify(lead.investigator, kind="fraud", title=f"线索 {lead} 任务已完成", url=lead.get_absolute_url())
    return task


@transaction.atomic
def add_evidence(lead: FraudLead, paper: CasePaper, note: str, *, by: Staff, seen: int) -> FraudEvidence:
    """A paper that lies in the case's file already: there it is kept, served and read under its own rules."""
    lead = _locked(lead, seen)
    objections = _needs(note, "须说明证明什么")
    if paper.case_id != lead.case_id:
        objections.append(Objection("foreign_paper", "不是本案的材料"))
    if lead.evidence.filter(paper=paper).exists():
        objections.append(Objection("already_added", "该材料已列为证据"))
    insist_on(with_objections(may_investigate(lead, by), objections))
    made = FraudEvidence.objects.create(
        lead=lead, paper=paper, note=note.strip(), added_by=by, added_at=timezone.now()
    )
    _note(lead, "evidence_fraud", by)
    return made


@transaction.atomic
def report_lead(lead: FraudLead, report: str, *, by: Staff, seen: int) -> FraudLead:
    """The investigator is done; nothing of it is open any more."""
    lead = _locked(lead, seen)
    objections = _needs(report, "须写明调查经过和意见")
    if lead.tasks.filter(done_at=None).exists():
        objections.append(Objection("tasks_open", "尚有未完成的调查任务"))
    insist_on(with_objections(may_report(lead, by), objections))
    lead.report, lead.reported_at, lead.status = report.strip(), timezone.now(), Status.REPORTED
    save_as(lead, by, "report", "reported_at", "status")
    _note(lead, "report_fraud", by)
    return lead


@transaction.atomic
def conclude_lead(lead: FraudLead, conclusion: Conclusion, *, by: Staff, seen: int) -> FraudLead:
    """Not confirmed or withdrawn takes the flag off the case, unless another lead of it was confirmed."""
    lead = _locked(lead, seen)
    insist_on(with_objections(may_conclude(lead, by), _concluding_objections(lead, conclusion)))
    lead.status, lead.conclusion = conclusion.status, conclusion.text.strip()
    lead.concluded_by, lead.concluded_at = by, timezone.now()
    lead.loss_avoided = conclusion.loss_avoided
    save_as(lead, by)
    others = lead.case.fraud_leads.exclude(pk=lead.pk)
    stays = lead.status == Status.CONFIRMED or others.filter(status=Status.CONFIRMED).exists()
    lead.case.is_fraud_suspected = stays
    _note(lead, "conclude_fraud", by, "is_fraud_suspected")
    if lead.case.handler:
        title = f"欺诈线索 {lead}：{lead.get_status_display()}"
        notify(lead.case.handler, kind="fraud", title=title, url=lead.get_absolute_url())
    return lead


def _concluding_objections(lead: FraudLead, conclusion: Conclusion) -> list[Objection]:
    objections = _needs(conclusion.text, "结论须说明理由")
    if conclusion.status not in FraudLead.ENDED:
        objections.append(Objection("no_conclusion", "结论须为属实、不属实或撤销"))
    if conclusion.status == Status.CONFIRMED and not lead.evidence.exists():
        objections.append(Objection("no_evidence", "认定属实须有证据材料"))
    if conclusion.status != Status.WITHDRAWN and lead.status != Status.REPORTED:
        objections.append(Objection("no_report", "尚无调查报告"))
    if conclusion.loss_avoided < 0 or (conclusion.loss_avoided and conclusion.status != Status.CONFIRMED):
        objections.append(Objection("no_loss_avoided", "只有属实的线索有减损金额，且不能为负"))
    if conclusion.loss_avoided and lead.refusal_id:
        objections.append(Objection("from_refusal", "已关联拒赔，减损金额按拒赔核准金额计算，不另填写"))
    return objections


@transaction.atomic
def link_refusal(lead: FraudLead, refusal: SpecialRequest | None, *, by: Staff, seen: int) -> FraudLead:
    """Which refusal of the case rests on the lead; None takes the link away."""
    lead = _locked(lead, seen)
    insist_on(with_objections(may_link(lead, by), _linking_objections(lead, refusal)))
    lead.refusal = refusal
    save_as(lead, by, "refusal")
    _note(lead, "link_fraud", by)
    return lead


def _linking_objections(lead: FraudLead, refusal: SpecialRequest | None) -> list[Objection]:
    if refusal is None:
        return []
    objections = []
    if refusal.case_id != lead.case_id:
        objections.append(Objection("foreign_refusal", "不是本案的拒赔申请"))
    if refusal.kind != Kind.REFUSAL or refusal.state in (_Special.REFUSED, _Special.LAPSED):
        objections.append(Objection("no_refusal", "只能关联有效的拒赔申请"))
    return objections


@transaction.atomic
def hand_to_police(lead: FraudLead, hand_over: HandOver, *, by: Staff, seen: int) -> FraudLead:
    """While it is investigated, or once it was confirmed."""
    lead = _locked(lead, seen)
    objections = _needs(hand_over.station, "须写明受理公安机关")
    if lead.police_at is not None:
        objections.append(Objection("already_handed", "已移送公安"))
    if hand_over.at > timezone.now():
        objections.append(Objection("in_future", "移送时间不能晚于现在"))
    insist_on(with_objections(may_police(lead, by), objections))
    lead.police_station, lead.police_no, lead.police_at = hand_over.station, hand_over.number, hand_over.at
    save_as(lead, by, "police_station", "police_no", "police_at")
    _note(lead, "police_fraud", by)
    return lead
