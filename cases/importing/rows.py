"""One line of the extract to one staged row, or to the faults that keep it out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from cases.importing import cells, doubts
from cases.importing.columns import (
    AGENCY,
    BY_NAME,
    CODE,
    DAY,
    FLAG,
    MOMENT,
    MONEY,
    RATIO,
    REASONS,
    STAFF,
    STAGE,
    TEXT,
    UNIT,
    Column,
)  # fmt: skip
from cases.importing.errors import CellError
from cases.importing.mapping import ROW, ColumnMap, filled_in
from cases.importing.people import Directory
from cases.importing.sniffing import Layout
from cases.importing.stages import stage_of
from cases.lifecycle import ClosingKind, Stage
from departments.workbooks.workbook import Cell

# Cells that repeat through the whole file are looked up once.
REPEATING = frozenset({UNIT, STAFF, STAGE, AGENCY, FLAG, RATIO, TEXT, MONEY})
MOST_REMEMBERED = 5_000
PLACES = ("accident_province", "accident_city", "accident_district", "accident_place")
LOSSES = ("injury_loss", "vehicle_loss", "property_loss", "expense_loss")
PLACE_LENGTH = 120
Row = dict[str, Any]
Parser = Callable[[Cell], Any]


@dataclass(frozen=True, slots=True)
class Fault:
    row: int
    column: str
    value: str
    reason: str


class RowReader:
    """Knows the file's columns, the directory and the moment of the import."""

    def __init__(self, layout: Layout, mapping: ColumnMap, directory: Directory, now: datetime) -> None:
        self._directory = directory
        self._now = now
        self._layout = layout
        self._mapping = mapping
        self._places = {heading: place for place, heading in enumerate(layout.headings)}
        self._readers = list(self._column_readers())
        self._patterns = dict(mapping.settings.get("patterns", {}))
        self._fixed = self._read_defaults()

    def read(self, number: int, line: Sequence[Cell]) -> Row | list[Fault]:
        """The row ready for staging, or why it cannot be."""
        row: Row = dict(self._fixed)
        faults: list[Fault] = []
        length = len(line)
        for name, label, place, parser in self._readers:
            cell = line[place] if place < length else None
            if cell is None or cell == "":
                continue
            try:
                if cell.__class__ is str and cell[0] == "\x00":
                    cells.check(cell)
                value = parser(cell)
            except CellError as refusal:
                faults.append(Fault(number, label, str(cell).strip("\x00")[:200], str(refusal)))
            else:
                if value is not None:
                    row[name] = value
        if self._patterns:
            self._fill_patterns(row, number, line)
        return faults or self._whole(number, row)

    def _whole(self, number: int, row: Row) -> Row | list[Fault]:
        """What only several cells together can say."""
        faults = [
            Fault(number, BY_NAME[name].label, "", "必填，不能为空")
            for name in ("report_no", "reported_at", "unit")
            if name not in row
        ]
        if not faults:
            faults = [Fault(number, *fault) for fault in self._complete(row)]
        return faults or row

    def _complete(self, row: Row) -> Iterator[tuple[str, str, str]]:
        _join_place(row)
        _sum_losses(row)
        yield from _settle_stage(row)
        try:
            self._settle_handler(row)
        except CellError as refusal:
            yield "责任人", "", str(refusal)
        row["issues"] = doubts.about(row, self._now)
        if row.get("paid", 0) > row.get("approved", 0):
            row["approved"] = row["paid"]

    def _settle_handler(self, row: Row) -> None:
        """An open case has somebody who answers for it and may work on it."""
        if row.get("stage", Stage.CLOSED) == Stage.CLOSED:
            return
        if "handler" in row:
            self._directory.insist_on_handler(row["handler"], row["unit"])
        else:
            row["keeper"] = self._directory.keeper(row["unit"])

    def _fill_patterns(self, row: Row, number: int, line: Sequence[Cell]) -> None:
        texts = {
            heading: str(line[place]).strip() for heading, place in self._places.items() if place < len(line)
        }
        for name, pattern in self._patterns.items():
            row[name] = filled_in(pattern, {**texts, ROW: f"{number:06}"})

    def _read_defaults(self) -> Row:
        """What the settings say for every row; a default that cannot be read is a fault of the settings."""
        fixed: Row = {}
        for name, text in self._mapping.settings.get("defaults", {}).items():
            if text:
                fixed[name] = self._parser(BY_NAME[name])(text)
        return fixed

    def _column_readers(self) -> Iterator[tuple[str, str, int, Parser]]:
        for name, heading in self._mapping.columns.items():
            column, place = BY_NAME.get(name), self._places.get(heading)
            if column is not None and place is not None:
                yield name, heading, place, self._parser(column)

    def _parser(self, column: Column) -> Parser:
        parser = self._translated(column, self._plain_parser(column))
        return _remembering(parser) if column.kind in REPEATING else parser

    def _plain_parser(self, column: Column) -> Parser:
        has_1904 = self._layout.has_1904_dates
        parsers: dict[str, Parser] = {
            CODE: partial(cells.code_of, length=column.length),
            TEXT: partial(cells.text_of, length=column.length),
            MOMENT: partial(cells.moment_of, has_1904_dates=has_1904),
            DAY: partial(cells.day_of, has_1904_dates=has_1904),
            MONEY: partial(cells.money_of, factor=self._mapping.factor(column.name)),
            FLAG: cells.flag_of,
            RATIO: cells.ratio_of,
            STAGE: stage_of,
            AGENCY: cells.agency_of,
            REASONS: cells.reasons_of,
            STAFF: self._person,
            UNIT: self._own_unit if column.name == "unit" else self._unit,
        }
        return parsers[column.kind]

    def _translated(self, column: Column, parser: Parser) -> Parser:
        """The source's own words come first, then what every source may write."""
        words = self._mapping.settings.get("values", {}).get(column.name, {})
        if not words or column.kind == UNIT:
            return parser
        return lambda cell: parser(words.get(cell, cell))

    def _own_unit(self, cell: Cell) -> int | None:
        text = cells.text_of(cell, 100)
        return None if text is None else self._directory.own_unit(text)

    def _unit(self, cell: Cell) -> int | None:
        text = cells.text_of(cell, 100)
        return None if text is None else self._directory.unit(text)

    def _person(self, cell: Cell) -> int | None:
        text = cells.code_of(cell, 30)
        return None if text is None else self._directory.person(text)


def _remembering(parser: Parser) -> Parser:
    """Texts alone: 1, 1.0 and true are one key, and not one cell."""
    known: dict[str, Any] = {}

    def parse(cell: Cell) -> Any:
        if not isinstance(cell, str):
            return parser(cell)
        if cell in known:
            return known[cell]
        value = parser(cell)
        if len(known) < MOST_REMEMBERED:
            known[cell] = value
        return value

    return parse


def _join_place(row: Row) -> None:
    parts = [row.pop(name) for name in PLACES if name in row]
    if parts:
        row["accident_place"] = "".join(dict.fromkeys(parts))[:PLACE_LENGTH]


def _sum_losses(row: Row) -> None:
    """Without a total of its own, the estimate is the sum of its parts."""
    parts = [row[name] for name in LOSSES if name in row]
    if parts and "estimate" not in row:
        row["estimate"] = sum(parts, Decimal(0))


def _settle_stage(row: Row) -> Iterator[tuple[str, str, str]]:
    """Said by the state column, else by which moments are there. A closed case needs its closing time."""
    said: tuple[Stage, str] | None = row.pop("stage", None)
    stage, kind = said or (_stage_by_moments(row), "")
    row["stage"] = stage
    if stage != Stage.CLOSED:
        row["was_closed_at"] = row.pop("closed_at", None)
    elif "closed_at" not in row:
        yield "已决时间", "", "已结案但缺少已决时间"
    else:
        row["closing_kind"] = kind or (ClosingKind.PAID if row.get("paid") else ClosingKind.ZERO)


def _stage_by_moments(row: Row) -> Stage:
    if "closed_at" in row:
        return Stage.CLOSED
    return Stage.REGISTERED if "registered_at" in row else Stage.REPORTED
