"""What was done under an emergency grant: opened for ratification, answered, undone where it was refused."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from authority import services as authority
from authority.models import Ratification
from authority.refusals import insist_on
from authority.rulings import Basis, Objection
from authority.services import Act
from cases.models import CaseStep, ClaimCase, Decision, ReversalTask
from cases.rulings import refused_for
from cases.services.transition import apply, lock_case, stay, tell
from departments.access import HANDLE_CASES
from departments.models import Staff

EMERGENCY = "emergency"


def await_ratification(decision: Decision, basis: Basis | None) -> None:
    """In the transaction of the decision; nothing where it rests on an ordinary grant."""
    if basis is None or basis.source != EMERGENCY:
        return
    subject = f"{decision.case} {decision.submission.item.name}{decision.get_outcome_display()}"
    url = decision.case.get_absolute_url()
    act = Act(decision.ledger_entry, decision.decided_by, subject, url)
    authority.await_ratification(basis.letter_no, act)


def decision_of(ratification: Ratification) -> Decision:
    decisions = Decision.objects.select_related(
        "case__unit", "case__handler", "submission__item", "submission__submitted_by", "decided_by"
    )
    return decisions.get(ledger_entry=ratification.ledger_entry_id)


def took_part(decision: Decision) -> set[int]:
    """Everybody who did a step of the case, for himself or in whose place it was done; and who submitted."""
    steps = CaseStep.objects.filter(case=decision.case_id).values_list("person", "acted_for")
    people = {pk for pair in steps for pk in pair if pk}
    return people | {decision.submission.submitted_by_id}


@transaction.atomic
def ratify(ratification: Ratification, *, by: Staff, note: str = "") -> Ratification:
    decision = decision_of(ratification)
    case = lock_case(decision.case_id, None)
    done = authority.ratify(ratification, by=by, note=note, took_part=took_part(decision))
    apply(case, stay(case, "ratify").about(decision.submission).because(note), by)
    return done


@transaction.atomic
def refuse_ratification(ratification: Ratification, *, by: Staff, note: str) -> ReversalTask:
    """The case's handler, or who decided where it has none, must undo it; nothing is paid until then."""
    decision = decision_of(ratification)
    case = lock_case(decision.case_id, None)
    refused = authority.refuse_ratification(ratification, by=by, note=note, took_part=took_part(decision))
    task = ReversalTask.objects.create(
        case=case,
        decision=decision,
        ratification=refused,
        responsible=case.handler or decision.decided_by,
        to_undo=_to_undo(decision, case),
        to_recover=case.paid if decision.outcome.startswith("agree") else 0,
        opened_by=by,
        opened_at=timezone.now(),
    )
    apply(case, stay(case, "open_reversal").about(decision.submission).because(note), by)
    tell(task.responsible, case, "reversal", "不予追认，须撤销")
    return task


def _to_undo(decision: Decision, case: ClaimCase) -> str:
    said = f"{decision.decided_by.name}{decision.decided_at:%m-%d}对{decision.submission.item.name}"
    text = f"{said}的「{decision.get_outcome_display()}」{decision.amount:,.2f} 元，退回重新审批"
    return f"{text}；并追回已付 {case.paid:,.2f} 元" if case.paid else text


@transaction.atomic
def finish_reversal(task: ReversalTask, *, by: Staff, evidence: str) -> ReversalTask:
    """Done by the responsible person or by who handles the unit's cases; never by who decided it."""
    case = lock_case(task.case_id, None)
    rows = ReversalTask.objects.select_for_update(of=("self",)).select_related("decision__submission__item")
    task = rows.get(pk=task.pk)
    insist_on(refused_for(finishing_objections(task, case, by, evidence)))
    task.done_by, task.done_at, task.evidence = by, timezone.now(), evidence.strip()
    task.save(update_fields=["done_by", "done_at", "evidence"])
    apply(case, stay(case, "finish_reversal").about(task.decision.submission).because(task.evidence), by)
    tell(Staff.objects.get(pk=task.opened_by_id), case, "reversal", "撤销任务已办结")
    return task


def finishing_objections(task: ReversalTask, case: ClaimCase, by: Staff, evidence: str) -> list[Objection]:
    objections = []
    if task.done_at:
        objections.append(Objection("already_done", "该撤销任务已办结"))
    if by.admin_role or not by.is_active:
        objections.append(Objection("admin_role", "系统、安全、审计管理员不得办理业务"))
    if task.decision.decided_by_id == by.pk:
        objections.append(Objection("own_decision", "原决定人不得办结对本人决定的撤销"))
    if task.responsible_id != by.pk and case.unit_id not in by.unit_scope.ids(HANDLE_CASES):
        objections.append(Objection("not_handling", "不是责任人，也没有该机构的赔案处理权限"))
    if not evidence.strip():
        objections.append(Objection("no_evidence", "须写明如何撤销及凭证"))
    return objections


def reversal_objections(case: ClaimCase) -> list[Objection]:
    """While something has to be undone, nothing more goes out."""
    if ReversalTask.objects.open().filter(case=case).exists():
        return [Objection("reversal_open", "本案有未办结的撤销任务，不得支付或结案")]
    return []
