"""Who finds, answers, looks again, confirms: nobody his own finding twice, nobody his own fault. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from authority.rulings import ALLOWED, REFUSED, Objection, Ruling
from cases.models import ProblemFinding
from departments.access import SEE_CASES
from departments.models import Staff, UnitKind

Status = ProblemFinding.Status
LOOKING_POSTS = frozenset({"OFFICE_HEAD", "DEPT_DEPUTY", "DEPT_HEAD"})
"""Whose second look counts: the head of an office and those above."""
REVIEWING_UNITS = frozenset({UnitKind.OFFICE, UnitKind.DEPARTMENT, UnitKind.HEAD_OFFICE})


@dataclass(frozen=True, slots=True)
class Party:
    """A person as the findings see him: `units` where he holds a post, `sees` whose cases he may see."""

    person_id: int
    is_in_business: bool
    units: frozenset[int]
    posts: frozenset[str]
    reviews: bool
    sees: frozenset[int]

    @property
    def looks_again(self) -> bool:
        return bool(self.posts & LOOKING_POSTS)


def party(staff: Staff) -> Party:
    posts = [held.post for held in staff.posts_today]
    return Party(
        staff.pk,
        staff.is_active and not staff.admin_role,
        frozenset(post.unit_id for post in posts),
        frozenset(post.post_type.code for post in posts),
        any(post.unit.kind in REVIEWING_UNITS for post in posts),
        staff.unit_scope.ids(SEE_CASES),
    )


def may_find(unit_id: int, who: Party) -> Ruling:
    """`unit_id`: whose case it is."""
    return _ruling(_reviewing(unit_id, who))


def may_amend(finding: ProblemFinding, who: Party) -> Ruling:
    """Severity, person, evidence: by the finder, as long as nobody has answered."""
    objections = list(_personal(who))
    if finding.status != Status.FOUND:
        objections.append(_wrong_status(finding, "修改"))
    if finding.found_by_id != who.person_id:
        objections.append(Objection("not_finder", "只有发现人可以修改"))
    return _ruling(objections)


def may_reply(finding: ProblemFinding, who: Party) -> Ruling:
    objections = [*_personal(who), *_of_the_unit(finding, who)]
    if finding.status != Status.FOUND:
        objections.append(_wrong_status(finding, "答复"))
    return _ruling(objections)


def may_correct(finding: ProblemFinding, who: Party) -> Ruling:
    objections = [*_personal(who), *_of_the_unit(finding, who)]
    if finding.status == Status.LIFTED:
        objections.append(_wrong_status(finding, "整改"))
    elif not finding.needs_correction:
        objections.append(Objection("nothing_to_correct", "该问题件无须整改"))
    elif finding.corrected_at:
        objections.append(Objection("already_corrected", "已登记整改"))
    return _ruling(objections)


def may_appeal(finding: ProblemFinding, who: Party, *, is_too_late: bool) -> Ruling:
    """Once, within the time after the finding was confirmed, before it stands in a letter."""
    objections = [*_personal(who), *_of_the_unit(finding, who)]
    if finding.frozen_at:
        objections.append(Objection("frozen", "已列入签发的问题件通报，本期结果不再变动"))
    elif finding.status not in (Status.FOUND, Status.REPLIED, Status.CONFIRMED):
        objections.append(_wrong_status(finding, "申诉"))
    if finding.appealed_at:
        objections.append(Objection("already_appealed", "已申诉过一次"))
    if is_too_late:
        objections.append(Objection("too_late", "已过申诉期限"))
    return _ruling(objections)


def may_look_again(finding: ProblemFinding, who: Party) -> Ruling:
    """The second look: by the head of an office or above, never by whoever found it or is at fault."""
    objections = list(_personal(who))
    if finding.status != Status.APPEALED:
        objections.append(_wrong_status(finding, "复核"))
    if not who.looks_again or finding.case.unit_id not in who.sees:
        objections.append(Objection("not_office_head", "申诉由室主任或部门负责人复核"))
    return _ruling([*objections, *_second_look_by_another(finding, who)])


def _second_look_by_another(finding: ProblemFinding, who: Party) -> Iterator[Objection]:
    if who.person_id == finding.found_by_id:
        yield Objection("own_finding", "发现人不得复核对本人发现的申诉")
    if who.person_id == finding.person_id:
        yield Objection("own_fault", "责任人不得复核本人的申诉")
    elif who.person_id == finding.appealed_by_id:
        yield Objection("own_appeal", "申诉人不得复核自己的申诉")
    if finding.unit_id in who.units:
        yield Objection("own_unit", "责任机构的人员不得复核本机构的申诉")


def may_confirm(finding: ProblemFinding, who: Party, *, is_overdue: bool) -> Ruling:
    """After the answer; without one only when the time for it is over."""
    objections = list(_reviewing(finding.case.unit_id, who))
    if finding.status == Status.FOUND and not is_overdue:
        objections.append(Objection("not_answered", "机构尚未答复，答复期限未到"))
    elif finding.status not in (Status.FOUND, Status.REPLIED):
        objections.append(_wrong_status(finding, "确认"))
    return _ruling([*objections, *_own_fault(finding, who)])


def may_withdraw(finding: ProblemFinding, who: Party) -> Ruling:
    """By whoever found it, or the head of an office: the explanation convinced."""
    objections = list(_personal(who))
    if finding.status not in (Status.FOUND, Status.REPLIED):
        objections.append(_wrong_status(finding, "撤销"))
    is_head = who.looks_again and finding.case.unit_id in who.sees
    if finding.found_by_id != who.person_id and not is_head:
        objections.append(Objection("not_finder", "由发现人或室主任撤销"))
    return _ruling([*objections, *_own_fault(finding, who)])


def _personal(who: Party) -> Iterator[Objection]:
    if not who.is_in_business:
        yield Objection("admin_role", "系统、安全、审计管理员不得办理业务")


def _reviewing(unit_id: int, who: Party) -> Iterator[Objection]:
    yield from _personal(who)
    if not who.reviews:
        yield Objection("not_reviewing", "问题件由分公司审核、品质和复勘人员登记")
    elif unit_id not in who.sees:
        yield Objection("not_seeing", "没有该机构的赔案查看权限")


def _of_the_unit(finding: ProblemFinding, who: Party) -> Iterator[Objection]:
    if who.person_id == finding.found_by_id:
        yield Objection("own_finding", "发现人不得代机构答复、整改或申诉")
    elif finding.unit_id not in who.units and finding.person_id != who.person_id:
        yield Objection("not_of_the_unit", "由责任机构的人员或责任人办理")


def _own_fault(finding: ProblemFinding, who: Party) -> Iterator[Objection]:
    if who.person_id == finding.person_id:
        yield Objection("own_fault", "责任人不得处理本人的问题件")
    elif finding.unit_id in who.units:
        yield Objection("own_unit", "责任机构的人员不得确认或撤销本机构的问题件")


def _wrong_status(finding: ProblemFinding, act: str) -> Objection:
    return Objection("wrong_status", f"问题件{finding.get_status_display()}，不能{act}")


def _ruling(objections: Iterable[Objection]) -> Ruling:
    found = tuple(objections)
    return Ruling(REFUSED if found else ALLOWED, objections=found)
