"""Who draws, scores, appeals and looks again: never one's own work, never one's own score twice.

Pure but for `inspector`, which reads who somebody is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from authority.rulings import Objection, Ruling
from cases.models import QualitySample
from cases.rulings import refused_for
from cases.supervision.rulings import supervisor
from departments.models import OrgUnit, Staff, UnitKind

Status = QualitySample.Status


@dataclass(frozen=True, slots=True)
class Inspector:
    """`inspects`: departments whose files this person inspects; `belongs`: units he has a post in."""

    person_id: int
    admin_role: str
    is_active: bool
    inspects: frozenset[int]
    belongs: frozenset[int]


def inspector(staff: Staff) -> Inspector:
    return Inspector(
        staff.pk,
        staff.admin_role,
        staff.is_active,
        _departments(staff),
        frozenset(held.post.unit_id for held in staff.posts_today),
    )


def _departments(staff: Staff) -> frozenset[int]:
    """A sub-branch's head looks after its quality, but does not draw his own files."""
    if staff.admin_role:
        return frozenset()
    departments = OrgUnit.objects.filter(pk__in=supervisor(staff).units, kind=UnitKind.DEPARTMENT)
    return frozenset(departments.values_list("pk", flat=True))


def may_draw(unit_id: int, who: Inspector) -> Ruling:
    return refused_for([*_personal(who), *_inspecting(unit_id, who)])


def may_score(sample: QualitySample, who: Inspector, involved: Collection[int]) -> Ruling:
    """`involved`: everybody who had a hand in the case."""
    return refused_for(
        [*_looking(sample, who, involved, Status.WAITING), *_assigned(sample.assigned_to_id, who)]
    )


def may_assign(sample: QualitySample, who: Inspector) -> Ruling:
    objections = [*_personal(who), *_inspecting(sample.draw.unit_id, who)]
    if sample.status not in (Status.WAITING, Status.APPEALED):
        objections.append(_wrong_status(sample, "改派"))
    return refused_for(objections)


def may_take(sample: QualitySample, who: Inspector, involved: Collection[int]) -> Ruling:
    """May the file be given to this person?"""
    objections = [*_personal(who), *_inspecting(sample.draw.unit_id, who), *_own_work(who, involved)]
    if sample.status == Status.APPEALED and who.person_id == sample.scored_by_id:
        objections.append(Objection("same_person", "复评不得由初评人办理"))
    return refused_for(objections)


def may_appeal(sample: QualitySample, who: Inspector, today: date) -> Ruling:
    """By somebody of the unit, within the days set."""
    objections = list(_answering(sample, who, "申诉"))
    if sample.appeal_until and today > sample.appeal_until:
        objections.append(Objection("too_late", f"申诉期限为 {sample.appeal_until:%Y-%m-%d}，已过"))
    if sample.appealed_by_id:
        objections.append(Objection("appealed_before", "本案卷已申诉过，复评为最终结果"))
    return refused_for(objections)


def may_accept(sample: QualitySample, who: Inspector) -> Ruling:
    return refused_for(list(_answering(sample, who, "确认")))


def may_enter_findings(sample: QualitySample, who: Inspector) -> Ruling:
    objections = [*_personal(who), *_inspecting(sample.draw.unit_id, who)]
    if sample.status != Status.SETTLED:
        objections.append(_wrong_status(sample, "登记问题件"))
    return refused_for(objections)


def may_look_again(sample: QualitySample, who: Inspector, involved: Collection[int]) -> Ruling:
    objections = [
        *_looking(sample, who, involved, Status.APPEALED),
        *_assigned(sample.second_assigned_to_id, who),
    ]
    if who.person_id == sample.scored_by_id:
        objections.append(Objection("same_person", "复评不得由初评人办理"))
    if who.person_id == sample.appealed_by_id:
        objections.append(Objection("own_appeal", "不得复评本人的申诉"))
    return refused_for(objections)


def _looking(
    sample: QualitySample, who: Inspector, involved: Collection[int], status: str
) -> Iterator[Objection]:
    yield from _personal(who)
    yield from _inspecting(sample.draw.unit_id, who)
    if sample.status != status:
        yield _wrong_status(sample, "评分")
    yield from _own_work(who, involved)


def _answering(sample: QualitySample, who: Inspector, doing: str) -> Iterator[Objection]:
    yield from _personal(who)
    if sample.status != Status.SCORED:
        yield _wrong_status(sample, doing)
    if sample.unit_id not in who.belongs:
        yield Objection("not_of_the_unit", f"由{sample.unit.short_name}的人员{doing}")
    if who.person_id == sample.scored_by_id:
        yield Objection("own_score", f"评分人不得代机构{doing}")


def _personal(who: Inspector) -> Iterator[Objection]:
    if not who.is_active:
        yield Objection("inactive", "账号已停用")
    if who.admin_role:
        yield Objection("admin_role", "系统、安全、审计管理员不办理业务")


def _inspecting(unit_id: int, who: Inspector) -> Iterator[Objection]:
    if unit_id not in who.inspects:
        yield Objection("not_inspecting", "不是本部门的品质管理岗、负责人或总公司审批岗")


def _assigned(person_id: int | None, who: Inspector) -> Iterator[Objection]:
    if person_id is not None and person_id != who.person_id:
        yield Objection("not_assigned", "该案卷已分派给他人，须先改派")


def _own_work(who: Inspector, involved: Collection[int]) -> Iterator[Objection]:
    if who.person_id in involved:
        yield Objection("own_work", "参与过本案的人员不得评分")


def _wrong_status(sample: QualitySample, doing: str) -> Objection:
    return Objection("wrong_status", f"案卷{sample.get_status_display()}，不能{doing}")
