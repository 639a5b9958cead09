"""The units and people that an extract names, read once per file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from cases.importing.errors import CellError
from cases.importing.mapping import plain
from departments.access import HANDLE_CASES, unit_scope_of
from departments.models import Appointment, OrgUnit, Staff, UnitKind

TAILS = ("中心支公司理赔部", "中心支公司", "理赔部", "中支", "支公司", "分公司")
KEEPERS = ("OUTST", "UNIT_HEAD")


@dataclass(slots=True)
class Directory:
    """`units` by every way to write them, `staff` by number or name (0: several of that name),
    `keepers`: who answers for a unit's open cases when the extract names nobody; `allowed` unit ids,
    `handling` remembers by person the units whose cases he handles."""

    units: dict[str, int] = field(default_factory=dict)
    unit_names: dict[int, str] = field(default_factory=dict)
    staff: dict[str, int] = field(default_factory=dict)
    keepers: dict[int, int] = field(default_factory=dict)
    handling: dict[int, frozenset[int]] = field(default_factory=dict)
    allowed: frozenset[int] = frozenset()

    def unit(self, text: str) -> int:
        found = self.units.get(text) or self.units.get(plain(text))
        if found is None:
            raise CellError("没有这个机构")
        return found

    def own_unit(self, text: str) -> int:
        """A unit whose cases the importer may bring in."""
        found = self.unit(text)
        if found not in self.allowed:
            raise CellError("无权导入该机构的赔案")
        return found

    def person(self, text: str) -> int:
        found = self.staff.get(text)
        if found is None:
            raise CellError("没有这个人员，或已停用")
        if not found:
            raise CellError("同名多人，请填工号")
        return found

    def insist_on_handler(self, person: int, unit: int) -> None:
        """Whoever answers for a case must be able to work on it; one statement per person of the file."""
        if person not in self.handling:
            self.handling[person] = unit_scope_of(person).ids(HANDLE_CASES)
        if unit not in self.handling[person]:
            raise CellError("该人员没有该机构的赔案处理权限，不能作责任人")

    def keeper(self, unit: int) -> int:
        found = self.keepers.get(unit)
        if found is None:
            name = self.unit_names.get(unit, "该机构")
            raise CellError(f"{name}没有未决管理岗或负责人在岗，未决案件无人负责")
        return found


def read_directory(allowed: Iterable[int], aliases: Mapping[str, str], today: date) -> Directory:
    """Constant queries. `aliases`: the source's words for units, by the profile."""
    units = (
        OrgUnit.objects.exclude(kind=UnitKind.HEAD_OFFICE).open_on(today).only("code", "name", "short_name")
    )
    directory = Directory(allowed=frozenset(allowed))
    for unit in units:
        directory.unit_names[unit.pk] = unit.short_name
    directory.units = _unit_names(units)
    for alias, name in aliases.items():
        known = directory.units.get(name) or directory.units.get(plain(name))
        if known:
            directory.units[alias] = known
    directory.staff = _staff_names()
    directory.keepers = _keepers(today)
    return directory


def _unit_names(units: Iterable[OrgUnit]) -> dict[str, int]:
    """Codes and names, with and without the usual endings; what two units share names neither."""
    names: dict[str, set[int]] = {}
    for unit in units:
        for text in (unit.code, *_variants(unit.name), *_variants(unit.short_name)):
            names.setdefault(text, set()).add(unit.pk)
            names.setdefault(plain(text), set()).add(unit.pk)
    return {text: next(iter(found)) for text, found in names.items() if text and len(found) == 1}


def _variants(name: str) -> set[str]:
    tail = next((tail for tail in TAILS if name.endswith(tail)), "")
    return {name, name.removesuffix(tail), f"{name.removesuffix(tail)}市"}


def _staff_names() -> dict[str, int]:
    found: dict[str, int] = {}
    people = Staff.objects.filter(is_active=True, admin_role="").values_list("pk", "employee_no", "name")
    for pk, number, name in people:
        found[name] = 0 if name in found else pk
        found[number] = pk
    return found


def _keepers(today: date) -> dict[int, int]:
    """Per unit the first holder of the first of KEEPERS that is filled."""
    held = Appointment.objects.on(today).filter(post__post_type__code__in=KEEPERS, staff__is_active=True)
    found: dict[int, tuple[int, int]] = {}
    for unit, code, staff in held.order_by("staff").values_list(
        "post__unit_id", "post__post_type__code", "staff_id"
    ):
        rank = KEEPERS.index(code)
        if unit not in found or rank < found[unit][0]:
            found[unit] = (rank, staff)
    return {unit: staff for unit, (_, staff) in found.items()}
