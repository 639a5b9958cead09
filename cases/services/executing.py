"""执行批复: each condition of head office is checked with its evidence, then the whole is confirmed."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from authority.refusals import insist_on
from authority.rulings import Objection, Ruling
from cases.models import AnswerCondition, Escalation
from cases.rulings import may_check, may_confirm, with_objections
from cases.services.escalating import locked_escalation, posts_of
from cases.services.transition import apply, lock_case, stay, tell
from departments.models import Staff

Status = AnswerCondition.Status


def confirming_execution(escalation: Escalation, by: Staff) -> Ruling:
    """May this person confirm that the answer was carried out? Not while a condition is open or failed."""
    ruling = may_confirm(escalation.case, escalation, by, posts_of(by))
    return with_objections(ruling, _unmet(escalation))


def _unmet(escalation: Escalation) -> list[Objection]:
    states = list(escalation.demands.order_by("number").values_list("number", "status"))
    waiting = [str(number) for number, status in states if status == Status.OPEN]
    failed = [str(number) for number, status in states if status == Status.FAILED]
    objections = []
    if waiting:
        objections.append(Objection("conditions_open", f"条件 {'、'.join(waiting)} 尚未核对"))
    if failed:
        text = f"条件 {'、'.join(failed)} 不能落实，须重新报总公司"
        objections.append(Objection("conditions_failed", text))
    return objections


@transaction.atomic
def confirm_execution(escalation: Escalation, *, by: Staff) -> Escalation:
    """Somebody of the branch, who did not enter the answer, checked that it was carried out."""
    case = lock_case(escalation.case_id, None)
    escalation = locked_escalation(escalation)
    escalation.case = case
    insist_on(confirming_execution(escalation, by))
    escalation.status = Escalation.Status.EXECUTED
    escalation.executed_at, escalation.executed_by = timezone.now(), by
    escalation.save(update_fields=["status", "executed_at", "executed_by"])
    apply(case, stay(case, "confirm_execution").about(escalation.submission), by)
    return escalation


def checking(condition: AnswerCondition, by: Staff) -> Ruling:
    return may_check(condition.escalation.case, condition, by, posts_of(by))


@transaction.atomic
def check_condition(condition: AnswerCondition, status: str, evidence: str, *, by: Staff) -> AnswerCondition:
    """Met or not, with the evidence; a condition that cannot be met is told to whoever follows it up."""
    case = lock_case(condition.case_id, None)
    rows = AnswerCondition.objects.select_related(
        "escalation__submission__item", "escalation__sent_by", "escalation__kept_by"
    )
    condition = rows.get(pk=condition.pk)
    condition.escalation.case = case
    objections = [] if evidence.strip() else [Objection("no_evidence", "须写明落实情况和依据")]
    if status not in (Status.MET, Status.FAILED):
        objections.append(Objection("unknown_status", "须选择已落实或不能落实"))
    insist_on(with_objections(checking(condition, by), objections))
    condition.status, condition.evidence = status, evidence.strip()[:300]
    condition.checked_by, condition.checked_at = by, timezone.now()
    condition.save(update_fields=["status", "evidence", "checked_by", "checked_at"])
    told = {"number": condition.escalation.number, "condition": condition.number, "status": status}
    change = stay(case, "check_condition").because(condition.evidence).with_details(told)
    apply(case, change.about(condition.escalation.submission), by)
    if status == Status.FAILED:
        tell(condition.escalation.keeper, case, "condition_failed", "总公司批复的条件不能落实")
    return condition
