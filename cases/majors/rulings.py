"""Who recognises, reports, visits and ends a major loss. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from authority.rulings import Objection, Ruling
from cases.lifecycle import Stage
from cases.models import ClaimCase, MajorLoss
from cases.rulings import handling_objections, refused_for
from departments.access import MANAGE_UNIT
from departments.models import Staff

OPEN = MajorLoss.Status.OPEN


def may_recognise(case: ClaimCase, staff: Staff, *, is_open: bool) -> Ruling:
    """`is_open`: the case is followed as a major loss already."""
    objections = list(handling_objections(case, staff))
    if is_open:
        objections.append(Objection("already_major", "本案已认定为重大赔案"))
    if case.stage == Stage.CLOSED:
        objections.append(Objection("wrong_stage", "赔案已结案，不能认定为重大赔案"))
    return refused_for(objections)


def may_follow(major: MajorLoss, staff: Staff) -> Ruling:
    """Reports, visits and opinions: whoever handles the case, as long as it is followed."""
    return refused_for(_following(major, staff))


def _following(major: MajorLoss, staff: Staff) -> Iterator[Objection]:
    if major.status != OPEN:
        yield Objection("not_open", f"该大案{major.get_status_display()}")
    yield from handling_objections(major.case, staff)


def may_report_again(major: MajorLoss, staff: Staff) -> Ruling:
    objections = list(_following(major, staff))
    if major.first_reported_at is None:
        objections.append(Objection("no_first_report", "尚未首报，须先报送重大赔案上报表"))
    return refused_for(objections)


def may_report_first(major: MajorLoss, staff: Staff) -> Ruling:
    objections = list(_following(major, staff))
    if major.first_reported_at is not None:
        objections.append(Objection("already_reported", "已首报，请填写进展报告"))
    return refused_for(objections)


def may_withdraw_major(major: MajorLoss, staff: Staff) -> Ruling:
    """Taken back by who leads the unit, never by who recognised it."""
    objections = list(_following(major, staff))
    if major.case.unit_id not in staff.unit_scope.ids(MANAGE_UNIT):
        objections.append(Objection("not_managing", "撤销认定须由机构或部门负责人办理"))
    if major.recognised_by_id == staff.pk:
        objections.append(Objection("same_person", "认定由本人作出，须由另一人撤销"))
    return refused_for(objections)
