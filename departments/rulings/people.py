"""Absences and accounts."""

from __future__ import annotations

from collections.abc import Iterator

from departments.rulings.actors import Actor, oneself
from departments.rulings.ruling import Objection, Ruling, ruling_of


def may_record_absence(staff_id: int, unit_ids: frozenset[int], overlaps: bool, actor: Actor) -> Ruling:
    """May `actor` record it? Oneself, or who manages a unit in which the person holds a post."""
    return ruling_of(_stranger(staff_id, unit_ids, actor), _overlap(overlaps))


def may_cancel_absence(staff_id: int, unit_ids: frozenset[int], state: str, actor: Actor) -> Ruling:
    """`state`: "open", "cancelled" or "over"."""
    return ruling_of(_stranger(staff_id, unit_ids, actor), _settled(state))


def may_keep_account(staff_id: int, actor: Actor, act: str) -> Ruling:
    """May `actor` create, disable or enable this account? Never his own."""
    return ruling_of(oneself(staff_id, actor, act), _no_account_keeper(actor))


def may_assign_admin_role(staff_id: int, holds_posts: bool, actor: Actor) -> Ruling:
    """三员分立: given by the security administrator, never to oneself, never beside a business post."""
    return ruling_of(oneself(staff_id, actor, "指定"), _no_role_keeper(actor), _holds_posts(holds_posts))


def may_read_register(*, manages: bool, is_auditor: bool) -> Ruling:
    """Who was told what: for the heads of units about their people, for the audit administrator about all."""
    found = [] if manages or is_auditor else [Objection("not_overseeing", "由机构负责人和审计管理员查看")]
    return ruling_of(found)


def _stranger(staff_id: int, unit_ids: frozenset[int], actor: Actor) -> Iterator[Objection]:
    if staff_id != actor.staff_id and not unit_ids & actor.managed:
        yield Objection("unit_not_managed", "只有本人或其机构的管理人可以登记、取消缺勤")


def _overlap(overlaps: bool) -> Iterator[Objection]:
    if overlaps:
        yield Objection("absence_overlap", "与已登记的缺勤时间重叠，请先取消原登记")


def _settled(state: str) -> Iterator[Objection]:
    if state == "cancelled":
        yield Objection("already_cancelled", "该缺勤已取消")
    if state == "over":
        yield Objection("already_over", "该缺勤已结束，不能取消")


def _no_account_keeper(actor: Actor) -> Iterator[Objection]:
    if not actor.is_system_administrator:
        yield Objection("not_system_administrator", "账号由系统管理员管理")


def _no_role_keeper(actor: Actor) -> Iterator[Objection]:
    if not actor.is_security_administrator:
        yield Objection("not_security_administrator", "三员角色由安全管理员指定")


def _holds_posts(holds_posts: bool) -> Iterator[Objection]:
    if holds_posts:
        yield Objection("holds_posts", "任有业务岗位的人员不得担任三员，请先免去岗位")
