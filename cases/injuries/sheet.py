"""人伤费用 as a spreadsheet: what is exported is what is read back, pasted or uploaded, row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from cases.importing.cells import check, money_of, text_of
from cases.importing.errors import CellError
from cases.injuries.measures import CostRow
from cases.models import InjuryCost, InjuryCostKind
from departments.sheets import Cell, sheet
from departments.workbooks.errors import UnreadableFileError
from departments.workbooks.workbook import Cell as ReadCell
from departments.workbooks.workbook import Workbook

HEADINGS = ("项目", "说明", "天数", "日标准(元)", "人数", "系数(%)", "索赔(元)", "定损(元)")
MOST_ROWS = 200
MOST_BYTES = 5 * 1024 * 1024
_MOST_DAYS, _MOST_PERCENT, _MOST_PERSONS = 9999, 100, 100
_LONGEST_PART = 40


@dataclass(frozen=True, slots=True)
class RowError:
    """`row` as the spreadsheet counts it, the heading row being the first."""

    row: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Read:
    rows: tuple[CostRow, ...]
    errors: tuple[RowError, ...]


def workbook_of(costs: Iterable[InjuryCost], label: str) -> bytes:
    return sheet(f"人伤费用 {label}"[:31], HEADINGS, map(_line, costs))


def _line(cost: InjuryCost) -> Sequence[Cell]:
    return (
        cost.kind.name,
        cost.part,
        cost.days,
        cost.daily,
        cost.count,
        cost.percent,
        cost.claimed,
        cost.assessed,
    )


def pasted(text: str) -> Iterator[list[ReadCell]]:
    """Rows of cells as spreadsheets put them on the clipboard."""
    for line in text.splitlines():
        if line.strip():
            yield [cell.strip() or None for cell in line.split("\t")]


def uploaded(upload: UploadedFile[bytes]) -> list[list[ReadCell]]:
    """The first visible sheet, read by a limited child. Raises UnreadableFileError with the reason."""
    if (upload.size or 0) > MOST_BYTES:
        raise UnreadableFileError("文件超过 5 MB。")
    with NamedTemporaryFile(suffix=".xlsx") as file:
        for chunk in upload.chunks():
            file.write(chunk)
        file.flush()
        with Workbook(Path(file.name)) as book:
            return [cells for _, cells in book]


def read(lines: Iterable[list[ReadCell]], kinds: Iterable[InjuryCostKind]) -> Read:
    """Columns are found by their headings, in any order; a row without a claimed sum is left out."""
    rows: list[CostRow] = []
    errors: list[RowError] = []
    lines = [line for line in lines if any(cell is not None for cell in line)]
    headings = [str(cell or "").strip() for cell in lines[0]] if lines else []
    missing = [name for name in ("项目", "索赔(元)") if name not in headings]
    if missing:
        return Read((), (RowError(1, "、".join(missing), "", "缺少这一列"),))
    if len(lines) > MOST_ROWS:
        return Read((), (RowError(MOST_ROWS, "", "", f"超过 {MOST_ROWS} 行"),))
    by_name = {kind.name: kind.pk for kind in kinds}
    for number, line in enumerate(lines[1:], start=2):
        cells = dict(zip(headings, line, strict=False))
        found = _row(number, cells, by_name)
        errors += [one for one in found if isinstance(one, RowError)]
        rows += [one for one in found if isinstance(one, CostRow)]
    return Read(tuple(rows), tuple(errors))


def _row(number: int, cells: Mapping[str, ReadCell], kinds: Mapping[str, int]) -> list[CostRow | RowError]:
    values: dict[str, Any] = {}
    errors: list[CostRow | RowError] = []
    for heading, (name, convert) in _COLUMNS.items():
        try:
            values[name] = convert(check(cells.get(heading)))
        except CellError as error:
            errors.append(RowError(number, heading, str(cells.get(heading) or ""), str(error)))
    if errors or values["claimed"] is None:
        return errors
    kind = kinds.get(values["kind"] or "")
    if kind is None:
        return [RowError(number, "项目", values["kind"] or "", "不是生效的赔偿项目")]
    del values["kind"]
    values["part"], values["count"] = values["part"] or "", values["count"] or Decimal(1)
    return [CostRow(kind, **values)]


def _name(cell: ReadCell) -> str | None:
    return text_of(cell, 20)


def _part(cell: ReadCell) -> str | None:
    return text_of(cell, _LONGEST_PART)


def _money(cell: ReadCell) -> Decimal | None:
    return money_of(cell, 1)


def _whole(most: int) -> Callable[[ReadCell], int | None]:
    def convert(cell: ReadCell) -> int | None:
        number = _number(cell, most)
        if number is not None and number != number.to_integral_value():
            raise CellError("须为整数")
        return None if number is None else int(number)

    return convert


def _number(cell: ReadCell, most: int) -> Decimal | None:
    number = money_of(cell, 1)
    if number is not None and number > most:
        raise CellError(f"不能大于 {most}")
    return number


def _persons(cell: ReadCell) -> Decimal | None:
    number = _number(cell, _MOST_PERSONS)
    if number is not None and (number == 0 or number * 10 % 1):
        raise CellError("人数须大于零，至多一位小数")
    return number


_COLUMNS: Mapping[str, tuple[str, Callable[[ReadCell], Any]]] = {
    "项目": ("kind", _name),
    "说明": ("part", _part),
    "天数": ("days", _whole(_MOST_DAYS)),
    "日标准(元)": ("daily", _money),
    "人数": ("count", _persons),
    "系数(%)": ("percent", _whole(_MOST_PERCENT)),
    "索赔(元)": ("claimed", _money),
    "定损(元)": ("assessed", _money),
}
