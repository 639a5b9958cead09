"""Rows of a workbook as lines of a letter, or as faults that say where, what, why and what to do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from authority.granting.conflicts import lines as wrong_with
from authority.granting.values import Contents
from authority.letters import letter_terms
from authority.models import (
    AuthorityItem,
    AuthorityLetter,
    LetterMode,
    LineCode,
    Litigation,
    LossCode,
    SpecialCode,
)
from authority.proposals import first_day
from authority.services.lines import CeilingLine, GrantLine, contents_from, rows_from
from authority.sheets.cells import (
    CellError,
    amount_of,
    codes_of,
    count_of,
    one_of,
    shown,
    text_of,
    yes_or_no,
)
from authority.sheets.columns import columns_for
from authority.sheets.faults import Fault
from authority.sheets.reading import Rows
from departments.models import Appointment, OrgUnit, PostType
from departments.workbooks.workbook import Cell

Value = TypeVar("Value")
LONGEST_CLAUSE = 20
_PLACES = {"not_below": "unit", "outside_scope": "reach", "empty_scope": "lines"}
"""Which column a line's conflict is about; all others are about the person."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """`lines` only of the rows without a fault."""

    lines: tuple[GrantLine | CeilingLine, ...]
    faults: tuple[Fault, ...]


def resolve(letter: AuthorityLetter, rows: Rows) -> Resolved:
    """For a letter that need not be saved. A constant number of queries, however many rows."""
    known = _Known(letter)
    read = [_Row(number, cells, letter, known) for number, cells in rows]
    lines = [(row, row.line(place)) for place, row in enumerate(read, start=1)]
    good = [(row, line) for row, line in lines if line is not None]
    _judge(letter, good)
    _find_twins(good)
    faults = [fault for row in read for fault in row.faults]
    return Resolved(tuple(line for row, line in good if not row.faults), tuple(faults))


class _Known:
    """What the names in the file may stand for, read once."""

    def __init__(self, letter: AuthorityLetter) -> None:
        items = list(AuthorityItem.objects.all())
        self.items = {name: item for item in items for name in (item.code, item.name)}
        self.posts = {post.name: post for post in PostType.objects.all()}
        self.units = self._units(OrgUnit.objects.under([letter.issuing_unit.path]))
        self.held: defaultdict[str, list[Appointment]] = defaultdict(list)
        inside = Appointment.objects.on(first_day(letter)).filter(
            post__unit__path__startswith=letter.issuing_unit.path
        )
        for held in inside.select_related("staff", "post__unit", "post__post_type").order_by("pk"):
            self.held[held.staff.employee_no].append(held)

    def _units(self, units: Iterable[OrgUnit]) -> Mapping[str, OrgUnit | None]:
        """By code, short name and name; None for a name that several bear."""
        found: dict[str, OrgUnit | None] = {}
        for unit in units:
            for name in dict.fromkeys((unit.short_name, unit.name)):
                found[name] = None if name in found else unit
        return found | {unit.code: unit for unit in units}


class _Row:
    """Reads the cells of one row and keeps what is wrong with them."""

    def __init__(
        self, number: int, cells: Mapping[str, Cell], letter: AuthorityLetter, known: _Known
    ) -> None:
        self.number = number
        self.faults: list[Fault] = []
        self._cells = cells
        self._letter = letter
        self._known = known
        self._headings = {column.key: column for column in columns_for(letter.mode)}

    def line(self, place: int) -> GrantLine | CeilingLine | None:
        """None when anything is wrong."""
        is_from_institution = self._letter.mode == LetterMode.BY_INSTITUTION
        values = {**self._shared(place), **({} if is_from_institution else self._personal())}
        if self.faults:
            return None
        return CeilingLine(**values) if is_from_institution else GrantLine(**values)

    def fault(self, key: str, reason: str, advice: str) -> None:
        heading, value = self._headings[key].heading, shown(self._cells.get(key))
        found = Fault(self.number, heading, value, reason, advice)
        if found not in self.faults:
            self.faults.append(found)

    def _shared(self, place: int) -> dict[str, Any]:
        item = self._read("item", lambda cell: one_of(text_of(cell), self._known.items, "填权限事项的名称"))
        if item is not None and "measure" in self._cells:
            self._read("measure", lambda cell: _same_measure(cell, item))
        return {
            "clause": self._read("clause", _clause) or f"第{place}条",
            "item": item,
            "unit": self._read("unit", self._unit),
            "amount_max": self._read("amount_max", amount_of),
            "lines": self._read("lines", lambda cell: codes_of(cell, LineCode)),
            "loss_classes": self._read("loss_classes", lambda cell: codes_of(cell, LossCode)),
            "special_kinds": self._read("special_kinds", lambda cell: codes_of(cell, SpecialCode)),
            "litigation": self._read("litigation", _litigation),
        }

    def _personal(self) -> dict[str, Any]:
        below = self._read("includes_below", yes_or_no)
        least = self._read("amount_min", amount_of) or Decimal(0)
        values: dict[str, Any] = {
            "unit": self._read("reach", self._unit) or self._letter.scope_unit,
            "appointment": self._appointment(),
            "includes_below": True if below is None else below,
            "amount_min": least,
            "cosign_count": self._read("cosign_count", count_of) or 0,
            "cosign_post_type": self._read("cosign_post", self._post),
        }
        self._check_cosigning(values)
        highest = self._read("amount_max", amount_of)
        if highest is not None and least > highest:
            self.fault("amount_min", "金额下限高于上限", "核对两个金额")
        return values

    def _faulty(self) -> set[str]:
        return {fault.column for fault in self.faults}

    def _check_cosigning(self, values: Mapping[str, Any]) -> None:
        if bool(values["cosign_count"]) != bool(values["cosign_post_type"]) and not (
            {"会签人数", "会签岗位"} & self._faulty()
        ):
            self.fault("cosign_post", "会签人数与会签岗位须同时填写", "两栏都填，或都不填")

    def _read(self, key: str, understand: Callable[[Cell], Value]) -> Value | None:
        cell = self._cells.get(key)
        if cell is None:
            if self._headings[key].required:
                self.fault(key, "没有填写", self._headings[key].help or "必填")
            return None
        try:
            return understand(cell)
        except CellError as error:
            self.fault(key, str(error), error.advice)
            return None

    def _unit(self, cell: Cell) -> OrgUnit:
        advice = f"填{self._letter.issuing_unit.short_name}及以下机构的简称、全称或代码"
        unit = one_of(text_of(cell), self._known.units, advice)
        if unit is None:
            raise CellError("有几个机构叫这个名字", "改填机构代码")
        return unit

    def _post(self, cell: Cell) -> PostType:
        return one_of(text_of(cell), self._known.posts, "填岗位目录中的岗位名称")

    def _appointment(self) -> Appointment | None:
        """The post of that person that the row names."""
        number = self._read("employee_no", text_of)
        unit, post = self._read("unit", self._unit), self._read("post", self._post)
        if number is None or unit is None or post is None:
            return None
        held = self._known.held.get(number, [])
        if not held:
            self.fault("employee_no", "授权机构内没有这个工号的在岗人员", "核对工号，或先办理任岗")
            return None
        self._check_name(held[0].staff.name)
        for one in held:
            if (one.post.unit_id, one.post.post_type_id) == (unit.pk, post.pk):
                return one
        now = "、".join(str(one.post) for one in held)
        self.fault("post", "本人不在该机构任该岗位", f"现任：{now}")
        return None

    def _check_name(self, name: str) -> None:
        given = self._read("name", text_of)
        if given and given != name:
            self.fault("name", "姓名与工号不符", f"该工号是{name}：核对工号")


def _same_measure(cell: Cell, item: AuthorityItem) -> str:
    if text_of(cell) != item.get_measure_display():
        raise CellError("计量口径与事项不符", f"{item.name}按{item.get_measure_display()}计量，可不填")
    return item.measure


def _litigation(cell: Cell) -> str:
    known = {str(label): str(code) for code, label in Litigation.choices}
    return one_of(text_of(cell), known, "填 不限、仅涉诉 或 仅非诉")


def _clause(cell: Cell) -> str:
    text = text_of(cell)
    if len(text) > LONGEST_CLAUSE:
        raise CellError(f"超过 {LONGEST_CLAUSE} 个字", "例如 第3条，可不填")
    return text


def _judge(letter: AuthorityLetter, good: list[tuple[_Row, Any]]) -> None:
    """What would keep the line out of any draft; sums are compared with the ceilings on the draft itself."""
    contents = contents_from(letter, rows_from(letter, [line for _, line in good]))
    terms = letter_terms(letter)
    for place, (row, _) in enumerate(good):
        alone = Contents(
            grants=contents.grants[place : place + 1], ceilings=contents.ceilings[place : place + 1]
        )
        for objection in wrong_with(terms, alone):
            key = _PLACES.get(objection.code, "unit" if contents.ceilings else "employee_no")
            row.fault(key, objection.text, "改正，或从文件中删除这一行")


def _find_twins(good: list[tuple[_Row, Any]]) -> None:
    """The same limit for the same person and item twice: one of them is a mistake."""
    first: dict[object, int] = {}
    for row, line in good:
        terms = {name: value for name, value in line.terms().items() if name not in ("clause", "amount_max")}
        key = tuple((name, str(getattr(value, "pk", value))) for name, value in sorted(terms.items()))
        twin = first.setdefault(key, row.number)
        if twin != row.number:
            row.fault("item", f"与第 {twin} 行是同一对象、同一事项、同一范围", "只保留一行")
