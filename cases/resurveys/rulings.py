"""Who orders, does and confirms a re-survey: nobody who had a part in the loss, and two people. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from authority.rulings import Objection, Ruling
from cases.models import ClaimCase, Resurvey, Step
from cases.problems.rulings import Party
from cases.rulings import refused_for

Status = Resurvey.Status
OF_THE_LOSS = (Step.SURVEY, Step.ASSESS, Step.REVIEW_DAMAGE, Step.REVIEW_PRICE)
DOING_POSTS = frozenset({"REINSP"})
"""Who does re-surveys by his post; anybody else where it was given to him."""


def _personal(who: Party) -> Iterator[Objection]:
    if not who.is_in_business:
        yield Objection("admin_role", "系统、安全、审计管理员不得办理业务")


def may_order(case: ClaimCase, who: Party, *, is_open: bool) -> Ruling:
    """By the department and its offices, once the loss is reviewed."""
    objections = list(_personal(who))
    if not who.reviews or case.unit_id not in who.sees:
        objections.append(Objection("not_department", "复勘由部门及各室安排"))
    if is_open:
        objections.append(Objection("already_open", "本案已有待复勘的任务"))
    if not case.reviewed:
        objections.append(Objection("not_reviewed", "尚未核损，没有可复勘的金额"))
    return refused_for(objections)


def may_assign(resurvey: Resurvey, who: Party) -> Ruling:
    return refused_for(_open_to_department(resurvey, who))


def _open_to_department(resurvey: Resurvey, who: Party) -> Iterator[Objection]:
    yield from _personal(who)
    if resurvey.status != Status.OPEN:
        yield Objection("not_open", f"该复勘{resurvey.get_status_display()}")
    if not who.reviews or resurvey.case.unit_id not in who.sees:
        yield Objection("not_department", "复勘由部门及各室安排")


def may_resurvey(resurvey: Resurvey, who: Party, took_part: Collection[int]) -> Ruling:
    """`took_part`: who surveyed, assessed or reviewed the loss."""
    objections = list(_personal(who))
    if resurvey.status != Status.OPEN:
        objections.append(Objection("not_open", f"该复勘{resurvey.get_status_display()}"))
    is_by_post = bool(who.posts & DOING_POSTS) and resurvey.case.unit_id in who.sees
    if resurvey.assignee_id != who.person_id and not is_by_post:
        objections.append(Objection("not_assignee", "由指定的复勘人或复勘岗办理"))
    if who.person_id in took_part:
        objections.append(Objection("own_work", "参与过本案查勘、定损或核损，不得复勘"))
    return refused_for(objections)


def may_confirm(resurvey: Resurvey, who: Party, took_part: Collection[int]) -> Ruling:
    objections = list(_personal(who))
    if resurvey.status != Status.DONE:
        objections.append(Objection("not_done", "没有待确认的复勘结果"))
    if not who.looks_again or resurvey.case.unit_id not in who.sees:
        objections.append(Objection("not_leading", "由室主任或部门负责人确认"))
    if who.person_id == resurvey.done_by_id:
        objections.append(Objection("same_person", "复勘人不得确认本人的结果"))
    if who.person_id in took_part:
        objections.append(Objection("own_work", "参与过本案查勘、定损或核损，不得确认"))
    return refused_for(objections)


def may_hand_over(resurvey: Resurvey, who: Party) -> Ruling:
    """A confirmed difference becomes a problem finding, once."""
    objections = list(_personal(who))
    if resurvey.status != Status.CONFIRMED:
        objections.append(Objection("not_confirmed", "复勘结果尚未确认"))
    elif resurvey.result not in (Resurvey.Result.DIFFERENT, Resurvey.Result.SERIOUS):
        objections.append(Objection("no_difference", "复勘没有差异，不登记问题件"))
    if resurvey.problem_id is not None:
        objections.append(Objection("already_handed", "已登记问题件"))
    if not who.reviews or resurvey.case.unit_id not in who.sees:
        objections.append(Objection("not_department", "问题件由部门及各室登记"))
    return refused_for(objections)
