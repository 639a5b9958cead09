"""The organisation tree. Changes of the tree queue at its root, so that paths never meet half-written."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from departments.authorship import save_as
from departments.models import Appointment, OrgUnit, Staff
from departments.obstacles import obstacles_to_closing
from departments.refusals import insist_on
from departments.rulings import Objection, may_close_unit, may_found_head_office, may_move_unit, may_open_unit
from departments.services.unit_access import sync_everybody
from departments.standing import actor_of, unit_facts


@dataclass(frozen=True, slots=True)
class NewUnit:
    """`rank` orders it among its siblings, 0 to 999."""

    code: str
    name: str
    short_name: str
    kind: str
    rank: int = 500
    opened_on: date | None = None


@transaction.atomic
def open_unit(parent: OrgUnit, new: NewUnit, *, by: Staff) -> OrgUnit:
    """Open a unit below `parent`. Raises NotAllowed with every objection."""
    _queue_at_the_root()
    parent = OrgUnit.objects.get(pk=parent.pk)
    path, today = f"{parent.path}{new.code}/", timezone.localdate()
    taken = OrgUnit.objects.filter(path=path).exists()
    insist_on(may_open_unit(unit_facts(parent, today), new.kind, taken, actor_of(by, today)))
    unit = OrgUnit(
        parent=parent,
        code=new.code,
        name=new.name,
        short_name=new.short_name,
        kind=new.kind,
        path=path,
        path_rank=f"{parent.path_rank}{new.rank:03}-{new.code}/",
        opened_on=new.opened_on or today,
    )
    return save_as(unit, by)


@transaction.atomic
def found_head_office(new: NewUnit, *, by: Staff) -> OrgUnit:
    """The root of the tree, once in the life of an installation. Raises NotAllowed."""
    is_there, today = OrgUnit.objects.filter(parent=None).exists(), timezone.localdate()
    insist_on(may_found_head_office(new.kind, is_there, actor_of(by, today)))
    root = OrgUnit(
        code=new.code,
        name=new.name,
        short_name=new.short_name,
        kind=new.kind,
        path=f"{new.code}/",
        path_rank=f"{new.code}/",
        opened_on=new.opened_on or today,
    )
    return save_as(root, by)


@transaction.atomic
def move_unit(unit: OrgUnit, target: OrgUnit, *, by: Staff) -> OrgUnit:
    """Put a unit, with all below it, under another parent. Raises NotAllowed with every objection.

    Posts whose rights reach as far as the department then have them in the new one.
    """
    _queue_at_the_root()
    unit, target = OrgUnit.objects.get(pk=unit.pk), OrgUnit.objects.get(pk=target.pk)
    today = timezone.localdate()
    path = f"{target.path}{unit.code}/"
    taken = OrgUnit.objects.filter(path=path).exclude(pk=unit.pk).exists()
    facts = unit_facts(unit, today), unit_facts(target, today)
    insist_on(may_move_unit(*facts, taken, actor_of(by, today)))
    own_rank = unit.path_rank.rstrip("/").split("/")[-1]
    _rewrite_paths(unit, path, f"{target.path_rank}{own_rank}/", by)
    unit = OrgUnit.objects.get(pk=unit.pk)
    unit.parent = target
    save_as(unit, by)
    sync_everybody(today)
    return unit


@transaction.atomic
def close_unit(unit: OrgUnit, *, on: date, by: Staff) -> OrgUnit:
    """Close a unit as of `on`. Raises NotAllowed with everything that still stands in the way."""
    _queue_at_the_root()
    unit = OrgUnit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    today = timezone.localdate()
    obstacles = [*_still_there(unit, on), *obstacles_to_closing(unit)]
    insist_on(may_close_unit(unit_facts(unit, today), obstacles, actor_of(by, today)))
    unit.closed_on = on
    return save_as(unit, by)


def _still_there(unit: OrgUnit, on: date) -> Iterator[Objection]:
    """Open units below, people in its posts on the closing day or later, a date before the opening."""
    below = OrgUnit.objects.filter(closed_on=None, path__startswith=unit.path).exclude(pk=unit.pk).count()
    if below:
        yield Objection("units_below", f"下级还有 {below} 个机构未撤销")
    held = Appointment.objects.ending_from(on).filter(post__unit=unit)
    holders = held.values("staff").distinct().count()
    if holders:
        yield Objection("posts_held", f"还有 {holders} 人在岗（或将到岗），请先免去或调任")
    if on < unit.opened_on:
        yield Objection("before_opening", f"撤销日期不得早于成立日期 {unit.opened_on:%Y-%m-%d}")


def _queue_at_the_root() -> None:
    list(OrgUnit.objects.select_for_update(no_key=True).filter(parent=None).order_by("pk"))


def _rewrite_paths(unit: OrgUnit, path: str, path_rank: str, by: Staff) -> None:
    """The unit and all below it, row by row: each keeps its history."""
    for row in OrgUnit.objects.under([unit.path]).select_for_update(no_key=True):
        row.path = path + row.path.removeprefix(unit.path)
        row.path_rank = path_rank + row.path_rank.removeprefix(unit.path_rank)
        save_as(row, by)
