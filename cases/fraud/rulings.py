"""Who opens, investigates and concludes a lead: the investigator never concludes. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from authority.rulings import Objection, Ruling
from cases.lifecycle import Stage
from cases.models import ClaimCase, FraudLead, FraudTask
from cases.rulings import refused_for
from departments.access import INVESTIGATE
from departments.models import Staff

Status = FraudLead.Status


def investigates_in(unit_id: int, staff: Staff) -> bool:
    return unit_id in staff.unit_scope.ids(INVESTIGATE)


def _personal(staff: Staff) -> Iterator[Objection]:
    if staff.admin_role or not staff.is_active:
        yield Objection("admin_role", "系统、安全、审计管理员不得办理业务")


def may_open(case: ClaimCase, staff: Staff, *, is_under_way: bool) -> Ruling:
    """Whoever sees the case in business may say what struck him; the lead is then read by few."""
    objections = list(_personal(staff))
    if is_under_way:
        objections.append(Objection("already_open", "本案已有办理中的欺诈线索"))
    if case.stage == Stage.CLOSED and not investigates_in(case.unit_id, staff):
        objections.append(Objection("closed", "已结案件的线索由有调查权限的人员登记"))
    return refused_for(objections)


def _investigating(lead: FraudLead, staff: Staff) -> Iterator[Objection]:
    yield from _personal(staff)
    if not lead.is_under_way:
        yield Objection("ended", f"线索已有结论：{lead.get_status_display()}")
    if lead.investigator_id != staff.pk and not investigates_in(lead.case.unit_id, staff):
        yield Objection("not_investigating", "不是调查人，也没有该机构的欺诈调查权限")


def may_assign(lead: FraudLead, staff: Staff) -> Ruling:
    objections = list(_personal(staff))
    if not lead.is_under_way:
        objections.append(Objection("ended", f"线索已有结论：{lead.get_status_display()}"))
    if not investigates_in(lead.case.unit_id, staff):
        objections.append(Objection("no_right", "没有该机构的欺诈调查权限"))
    return refused_for(objections)


def may_investigate(lead: FraudLead, staff: Staff) -> Ruling:
    """Tasks, evidence, handing over to the police."""
    return refused_for(_investigating(lead, staff))


def may_police(lead: FraudLead, staff: Staff) -> Ruling:
    """What was not confirmed is nothing for the police."""
    objections = list(_personal(staff))
    if lead.status in (Status.NOT_CONFIRMED, Status.WITHDRAWN):
        objections.append(Objection("ended", f"线索{lead.get_status_display()}，不能移送公安"))
    if lead.investigator_id != staff.pk and not investigates_in(lead.case.unit_id, staff):
        objections.append(Objection("not_investigating", "不是调查人，也没有该机构的欺诈调查权限"))
    return refused_for(objections)


def may_link(lead: FraudLead, staff: Staff) -> Ruling:
    """To the refusal that rests on it: what was not confirmed supports none."""
    objections = list(_personal(staff))
    if lead.status in (Status.NOT_CONFIRMED, Status.WITHDRAWN):
        objections.append(Objection("ended", f"线索{lead.get_status_display()}，不能支持拒赔"))
    if lead.investigator_id != staff.pk and not investigates_in(lead.case.unit_id, staff):
        objections.append(Objection("not_investigating", "不是调查人，也没有该机构的欺诈调查权限"))
    return refused_for(objections)


def may_report(lead: FraudLead, staff: Staff) -> Ruling:
    objections = list(_personal(staff))
    if lead.status != Status.INVESTIGATING:
        objections.append(Objection("not_investigated", "线索不在调查中"))
    if lead.investigator_id != staff.pk:
        objections.append(Objection("not_investigator", "调查报告由调查人提交"))
    return refused_for(objections)


def may_conclude(lead: FraudLead, staff: Staff) -> Ruling:
    """By somebody with the right who neither opened nor investigated it."""
    objections = list(may_assign(lead, staff).objections)
    if staff.pk in (lead.investigator_id, lead.opened_by_id):
        objections.append(Objection("same_person", "登记人和调查人不得作结论"))
    return refused_for(objections)


def may_finish_task(task: FraudTask, staff: Staff) -> Ruling:
    objections = list(_personal(staff))
    if task.done_at is not None:
        objections.append(Objection("already_done", "该任务已完成"))
    if not task.lead.is_under_way:
        objections.append(Objection("ended", "线索已有结论"))
    if task.assignee_id != staff.pk:
        objections.append(Objection("not_assignee", "由承办人填写结果"))
    return refused_for(objections)
