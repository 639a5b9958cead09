"""Who acts, on which unit: what every organisational ruling asks first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from departments.rulings.ruling import Objection


@dataclass(frozen=True, slots=True)
class Actor:
    """`managed`: ids of the units whose posts this person manages; `level`: of the highest post held."""

    staff_id: int
    managed: frozenset[int] = frozenset()
    level: int = 0
    is_system_administrator: bool = False
    is_security_administrator: bool = False


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """`managers`: how many active people hold the right to manage the unit."""

    unit_id: int
    name: str
    kind: str
    path: str
    is_open: bool = True
    parent_id: int | None = None
    managers: int = 1
    kinds_below: frozenset[str] = field(default_factory=frozenset)


def not_managed(unit: UnitFacts, actor: Actor) -> Iterator[Objection]:
    if unit.unit_id not in actor.managed:
        yield Objection("unit_not_managed", f"您没有{unit.name}的机构管理权限")


def not_in_charge_of_structure(unit: UnitFacts, actor: Actor) -> Iterator[Objection]:
    """The tree is changed by whoever manages the unit above, or by the system administrator."""
    if not actor.is_system_administrator:
        yield from not_managed(unit, actor)


def closed(unit: UnitFacts) -> Iterator[Objection]:
    if not unit.is_open:
        yield Objection("unit_closed", f"{unit.name}已撤销")


def oneself(staff_id: int, actor: Actor, act: str) -> Iterator[Objection]:
    """SOD-08: nobody changes what he himself holds."""
    if staff_id == actor.staff_id:
        yield Objection("oneself", f"不得{act}本人（SOD-08）")
