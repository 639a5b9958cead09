"""Who asks for a correction, who decides on it: always another person, and one who can see what he decides.

Pure but for `keeper`, which reads who somebody is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from authority.rulings import Objection, Ruling
from cases.data_quality.fields import FIELDS
from cases.lifecycle import Stage
from cases.models import ClaimCase, DataCorrection, DataQualityIssue
from cases.rulings import refused_for
from cases.supervision.rulings import supervisor
from departments.access import HANDLE_CASES
from departments.models import Staff

Status = DataCorrection.Status
DECIDING = frozenset({Stage.REVIEWING, Stage.ADJUDICATING, Stage.OVER_AUTHORITY})
DECIDED = frozenset({Stage.APPROVED, Stage.PAID, Stage.CLOSED})


@dataclass(frozen=True, slots=True)
class Keeper:
    """`handles`: units whose cases he works on; `looks_after`: units whose data he answers for."""

    person_id: int
    is_in_business: bool
    handles: frozenset[int]
    looks_after: frozenset[int]
    sees_personal_data: bool


def keeper(staff: Staff) -> Keeper:
    return Keeper(
        staff.pk,
        staff.is_active and not staff.admin_role,
        staff.unit_scope.ids(HANDLE_CASES),
        supervisor(staff).units,
        staff.sees_personal_data,
    )


def may_ask(case: ClaimCase, who: Keeper, field: str = "") -> Ruling:
    """For the field, or for some field at all."""
    objections = list(_personal(who))
    if case.unit_id not in who.handles | who.looks_after and case.handler_id != who.person_id:
        objections.append(Objection("not_handling", "不是本案责任人，也不处理或管理该机构的赔案"))
    if field:
        objections += _field_objections(case, field)
    return refused_for(objections)


def _field_objections(case: ClaimCase, field: str) -> Iterator[Objection]:
    known, stage = FIELDS.get(field), Stage(case.stage)
    if known is None:
        yield Objection("unknown_field", "该字段不能通过数据更正修改")
    elif known.bears and stage in DECIDING:
        yield Objection("under_review", f"案件{stage.label}，{known.label}须待审批结束后更正")
    elif known.bears and stage in DECIDED:
        yield Objection("decided", f"案件{stage.label}，{known.label}是审批依据，须重开后办理")
    if field == "closed_at" and stage != Stage.CLOSED:
        yield Objection("not_closed", "未结案的案件没有结案时间可更正")


def may_decide(correction: DataCorrection, case: ClaimCase, who: Keeper, now_says: str) -> Ruling:
    """`now_says`: what the field says at this moment. A case that moved on is asked about anew."""
    objections = list(_deciding(correction, case, who))
    if now_says != correction.before:
        objections.append(Objection("moved_on", "该字段已被修改，申请所依据的原值不再成立"))
    if correction.status == Status.WAITING:
        objections += _field_objections(case, correction.field)
    return refused_for(objections)


def may_refuse(correction: DataCorrection, case: ClaimCase, who: Keeper) -> Ruling:
    return refused_for(list(_deciding(correction, case, who)))


def _deciding(correction: DataCorrection, case: ClaimCase, who: Keeper) -> Iterator[Objection]:
    yield from _personal(who)
    if correction.status != Status.WAITING:
        yield Objection("wrong_status", f"申请{correction.get_status_display()}")
    if correction.requested_by_id == who.person_id:
        yield Objection("own_request", "不得复核本人的申请")
    if case.unit_id not in who.looks_after:
        yield Objection("not_looking_after", "由机构负责人、品质管理岗或总公司复核")
    known = FIELDS.get(correction.field)
    if known and known.is_personal and not who.sees_personal_data:
        yield Objection("personal_data", "您的岗位看不到完整个人信息，不能复核该字段")


def may_withdraw(correction: DataCorrection, who: Keeper) -> Ruling:
    objections = list(_personal(who))
    if correction.status != Status.WAITING:
        objections.append(Objection("wrong_status", f"申请{correction.get_status_display()}，不能撤回"))
    if correction.requested_by_id != who.person_id:
        objections.append(Objection("not_requester", "只有申请人可以撤回"))
    return refused_for(objections)


def may_confirm(issue: DataQualityIssue, case: ClaimCase, who: Keeper) -> Ruling:
    """属实: whoever looks after the unit's data says that the fact is as it stands."""
    objections = list(_personal(who))
    if issue.resolved_at:
        objections.append(Objection("resolved", f"该疑问{issue.get_outcome_display()}"))
    if case.unit_id not in who.looks_after:
        objections.append(Objection("not_looking_after", "由机构负责人、品质管理岗或总公司确认"))
    if case.handler_id == who.person_id:
        objections.append(Objection("own_case", "本案责任人不得确认本案数据属实"))
    return refused_for(objections)


def _personal(who: Keeper) -> Iterator[Objection]:
    if not who.is_in_business:
        yield Objection("admin_role", "停用账号及系统、安全、审计管理员不办理业务")
