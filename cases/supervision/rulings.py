"""Who reviews the use of authority: never one's own, and two people one above the other. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from authority.rulings import ALLOWED, REFUSED, Objection, Ruling
from cases.models import SampledDecision, SupervisionMonth
from cases.models.supervision import REVIEWING_POSTS
from departments.access import MANAGE_UNIT, SEE_PEOPLE
from departments.models import Staff
from departments.models.people import AdminRole

Status = SupervisionMonth.Status
HEAD_POST = "DEPT_HEAD"


@dataclass(frozen=True, slots=True)
class Supervisor:
    """`rank` orders the signatures: by the level of the highest post, the head of the department above
    deputies of the same level."""

    person_id: int
    rank: int
    admin_role: str
    units: frozenset[int]


def supervisor(staff: Staff) -> Supervisor:
    """`units`: ids of those whose use of authority this person reviews."""
    posts = [held.post.post_type for held in staff.posts_today]
    units = staff.unit_scope.ids(MANAGE_UNIT)
    if any(post.code in REVIEWING_POSTS for post in posts):
        units |= staff.unit_scope.ids(SEE_PEOPLE)
    rank = max((2 * post.level + (post.code == HEAD_POST) for post in posts), default=0)
    return Supervisor(staff.pk, rank, staff.admin_role, frozenset(units))


def may_read(who: Supervisor) -> Ruling:
    """The list of months: for those who review some unit, and for the audit administrator."""
    reads = who.admin_role == AdminRole.AUDIT or (who.units and not who.admin_role)
    refused = Objection("not_supervising", "不管理任何机构，也不是品质管理或总公司审批岗")
    return _ruling([] if reads else [refused])


def may_conclude(month: SupervisionMonth, who: Supervisor, people: Collection[int]) -> Ruling:
    """`people`: whom the finding is about."""
    return _ruling([*_reviewing(month, who), *_oneself(who, people)])


def may_check(sampled: SampledDecision, month: SupervisionMonth, who: Supervisor) -> Ruling:
    """Needs the decision and its submission at hand."""
    decision = sampled.decision
    people = {decision.decided_by_id, decision.acted_for_id, decision.submission.submitted_by_id}
    return _ruling([*_reviewing(month, who), *_own_work(who, people)])


def may_sign(month: SupervisionMonth, who: Supervisor, waiting: int, people: Collection[int]) -> Ruling:
    """`waiting`: findings and sampled decisions without a result; `people`: those with a finding."""
    objections = [*_reviewing(month, who), *_oneself(who, people)]
    if waiting:
        objections.append(Objection("not_finished", f"还有 {waiting} 项发现或抽查没有结论"))
    return _ruling(objections)


def may_countersign(
    month: SupervisionMonth, who: Supervisor, signer_rank: int, people: Collection[int]
) -> Ruling:
    objections = list(_personal(month, who))
    if month.status != Status.SIGNED:
        objections.append(Objection("wrong_status", f"本月监督{month.get_status_display()}，不能签署"))
    if who.person_id == month.signed_by_id:
        objections.append(Objection("same_person", "复核人不得自己作上级签署"))
    elif who.rank <= signer_rank:
        objections.append(Objection("not_superior", "须由复核人的上级签署"))
    return _ruling([*objections, *_oneself(who, people)])


def _personal(month: SupervisionMonth, who: Supervisor) -> Iterator[Objection]:
    if who.admin_role:
        yield Objection("admin_role", "系统、安全、审计管理员不作业务复核")
    if month.unit_id not in who.units:
        yield Objection("not_supervising", "不管理该机构，也不是品质管理或总公司审批岗")


def _reviewing(month: SupervisionMonth, who: Supervisor) -> Iterator[Objection]:
    yield from _personal(month, who)
    if month.status != Status.OPEN:
        yield Objection("wrong_status", f"本月监督{month.get_status_display()}，不能再改")


def _oneself(who: Supervisor, people: Collection[int]) -> Iterator[Objection]:
    if who.person_id in people:
        yield Objection("oneself", "涉及本人的发现，须由他人复核和签署")


def _own_work(who: Supervisor, people: Collection[int | None]) -> Iterator[Objection]:
    if who.person_id in people:
        yield Objection("oneself", "本人提交或审批的案件，须由他人抽查")


def _ruling(objections: Iterable[Objection]) -> Ruling:
    found = tuple(objections)
    return Ruling(REFUSED if found else ALLOWED, objections=found)
