"""Opening, moving and closing units."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from departments.rulings.actors import Actor, UnitFacts, closed, not_in_charge_of_structure
from departments.rulings.ruling import Objection, Ruling, ruling_of

KINDS_BELOW = {
    "head_office": frozenset({"branch"}),
    "branch": frozenset({"department"}),
    "department": frozenset({"office", "sub_branch"}),
    "office": frozenset[str](),
    "sub_branch": frozenset({"desk"}),
    "desk": frozenset[str](),
}
"""Which kinds of unit stand directly below which (domain reference 1.1)."""


def may_open_unit(parent: UnitFacts, kind: str, taken: bool, actor: Actor) -> Ruling:
    """May `actor` open a unit of this kind below `parent`? `taken`: the code is in use there already."""
    return ruling_of(
        not_in_charge_of_structure(parent, actor), closed(parent), _misplaced(parent, kind), _taken(taken)
    )


def may_found_head_office(kind: str, is_there: bool, actor: Actor) -> Ruling:
    """May `actor` begin the tree?"""
    objections = []
    if not actor.is_system_administrator:
        objections.append(Objection("not_system_administrator", "总公司由系统管理员设立"))
    if is_there:
        objections.append(Objection("head_office", "总公司已经设立：新机构须选择上级"))
    if kind != "head_office":
        objections.append(Objection("wrong_place", "没有上级的机构只能是总公司"))
    return ruling_of(objections)


def may_move_unit(unit: UnitFacts, target: UnitFacts, taken: bool, actor: Actor) -> Ruling:
    """May `actor` move the unit, with all below it, under `target`?"""
    return ruling_of(
        not_in_charge_of_structure(unit, actor),
        not_in_charge_of_structure(target, actor),
        closed(unit),
        closed(target),
        _misplaced(target, unit.kind),
        _inside_itself(unit, target),
        _taken(taken),
    )


def may_close_unit(unit: UnitFacts, obstacles: Iterable[Objection], actor: Actor) -> Ruling:
    """May `actor` close the unit? `obstacles`: what is still there (people, units below, open work)."""
    return ruling_of(not_in_charge_of_structure(unit, actor), closed(unit), _without_parent(unit), obstacles)


def _misplaced(parent: UnitFacts, kind: str) -> Iterator[Objection]:
    if kind not in KINDS_BELOW[parent.kind]:
        yield Objection("wrong_place", f"{parent.name}之下不能设立这一类机构")


def _taken(taken: bool) -> Iterator[Objection]:
    if taken:
        yield Objection("code_taken", "同一上级之下已有相同代码的机构")


def _inside_itself(unit: UnitFacts, target: UnitFacts) -> Iterator[Objection]:
    if target.path.startswith(unit.path):
        yield Objection("inside_itself", "不能把机构移到它自己或它的下级之下")


def _without_parent(unit: UnitFacts) -> Iterator[Objection]:
    if unit.parent_id is None:
        yield Objection("head_office", "总公司不能撤销")
