"""Saved filters and sets of columns: for oneself, for everybody, or published for posts."""

from __future__ import annotations

from authority.refusals import insist_on
from authority.rulings import Objection, Ruling
from cases.models import SavedFilter
from cases.rulings import refused_for
from departments.access import MANAGE_UNIT
from departments.models import Staff


def may_publish(staff: Staff) -> Ruling:
    """Sharing with colleagues is open to all; what a post finds in its list is a manager's business."""
    if staff.unit_scope.ids(MANAGE_UNIT):
        return refused_for(())
    return refused_for([Objection("not_manager", "发布给岗位由理赔部负责人或部门负责人办理")])


def keep_filter(saved: SavedFilter, *, by: Staff) -> SavedFilter:
    """Saves what a form filled in. Raises Refused for somebody else's, or for a post without the right."""
    objections = []
    if saved.owner_id != by.pk:
        objections.append(Objection("not_own", "只能改动本人保存的筛选"))
    if saved.posts:
        objections.extend(may_publish(by).objections)
    insist_on(refused_for(objections))
    saved.save()
    return saved


def drop_filter(saved: SavedFilter, *, by: Staff) -> None:
    if saved.owner_id != by.pk:
        insist_on(refused_for([Objection("not_own", "只能删除本人保存的筛选")]))
    saved.delete()
