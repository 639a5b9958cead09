"""May this person try a letter on what was decided? Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date

from authority.rulings import ALLOWED, REFUSED, Objection, Ruling
from cases.models import WhatIfRun

LONGEST_DAYS = 1100


def may_try(*, managed: Collection[int], admin_role: str) -> Ruling:
    """`managed`: ids of the units the person manages."""
    return _ruling(_personal(managed, admin_role))


def may_order(unit_id: int, start: date, end: date, *, managed: Collection[int], admin_role: str) -> Ruling:
    """For this unit and period; that the letter may be seen is the caller's to know."""
    return _ruling([*_personal(managed, admin_role), *_order_objections(unit_id, start, end, managed)])


def may_cancel(run: WhatIfRun) -> Ruling:
    over = Objection("wrong_status", f"试算{run.get_status_display()}，不能取消")
    return _ruling([] if run.is_at_work else [over])


def _personal(managed: Collection[int], admin_role: str) -> Iterator[Objection]:
    if admin_role:
        yield Objection("admin_role", "系统、安全、审计管理员不查看业务数据，不能试算")
    if not managed:
        yield Objection("not_managing", "不管理任何机构，不能试算授权书")


def _order_objections(unit_id: int, start: date, end: date, managed: Collection[int]) -> Iterator[Objection]:
    if unit_id not in managed:
        yield Objection("foreign_unit", "不管理所选机构")
    if end < start:
        yield Objection("period", "期末早于期初")
    elif (end - start).days > LONGEST_DAYS:
        yield Objection("period", "期间最长三年")


def _ruling(objections: Iterable[Objection]) -> Ruling:
    found = tuple(objections)
    return Ruling(REFUSED if found else ALLOWED, objections=found)
