"""The units a filter may name. They change a few times a year and are read on every list: kept a minute."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from django.core.cache import cache

from departments.models import OrgUnit

SECONDS_KEPT = 60


@dataclass(frozen=True, slots=True)
class UnitOption:
    id: int
    name: str
    path: str

    @property
    def indented(self) -> str:
        return "　" * max(self.path.count("/") - 3, 0) + self.name


def unit_options(ids: Iterable[int]) -> list[UnitOption]:
    """These units in the order of the tree."""
    wanted = sorted(ids)
    key = "unit-options:" + sha256(",".join(map(str, wanted)).encode()).hexdigest()
    return cache.get_or_set(key, lambda: _read(wanted), SECONDS_KEPT) or []


def _read(ids: list[int]) -> list[UnitOption]:
    rows = OrgUnit.objects.filter(pk__in=ids).in_order().values_list("pk", "short_name", "path")
    return [UnitOption(*row) for row in rows]


def at_or_below(options: Iterable[UnitOption], unit_id: int) -> list[int]:
    """The ids of a unit and everything under it, among the options; none for an unknown unit."""
    known = list(options)
    path = next((option.path for option in known if option.id == unit_id), None)
    return [option.id for option in known if path is not None and option.path.startswith(path)]
