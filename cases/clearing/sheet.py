"""Reasons as a workbook: out with what fits each case, in with one entry per row or why there is none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from cases.clearing.reasons import Rulebook, fit
from cases.clearing.rows import outcome_name, person_of
from cases.clearing.rulebook import state_of
from cases.importing.cells import code_of, day_of, reasons_of, text_of
from cases.importing.errors import CellError
from cases.models import CampaignCase
from departments.sheets import Cell, Sheet, sheets
from departments.workbooks.errors import UnreadableFileError
from departments.workbooks.workbook import Workbook

MOST_ROWS = 5000
MOST_BYTES = 5 << 20
MOST_UNPACKED = 64 << 20
MEMORY = 256 << 20
SEARCHED_ROWS = 10
REPORT_NO, REASONS, EXPECTED, REMARK = "报案号", "未清理原因", "预计结案日期", "备注"
HEADINGS = (
    REPORT_NO, "赔案号", "机构", "账龄(天)", "基准估损(元)", "现估损(元)", "环节", "清理责任人", "结果",
    REASONS, EXPECTED, REMARK, "建议原因", "不适用原因",
)  # fmt: skip


def workbook(rows: Iterable[CampaignCase], book: Rulebook) -> bytes:
    """To be filled in and read again; a second sheet explains the letters."""
    legend: list[Sequence[Cell]] = [(code, name) for code, name in sorted(book.names.items())]
    return sheets(
        [
            Sheet("未清理原因", HEADINGS, (_cells(row, book) for row in rows)),
            Sheet("原因代码", ("代码", "原因"), legend),
        ]
    )


def _cells(row: CampaignCase, book: Rulebook) -> Sequence[Cell]:
    case = row.case
    fitting = fit(state_of(case), book)
    return (
        case.report_no, str(case), row.unit.short_name, row.age_days, row.estimate, case.estimate,
        case.get_stage_display(), person_of(row), outcome_name(row), "".join(case.uncleared_reasons),
        case.expected_close_on, row.remark, "".join(sorted(fitting.suggested)),
        "".join(sorted(fitting.forbidden)),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row of the file. `fault` says why it cannot be read."""

    number: int
    report_no: str
    reasons: tuple[str, ...] = ()
    expected_close_on: date | None = None
    remark: str = ""
    fault: str = ""


def read(path: Path) -> list[SheetRow]:
    """Rows without reason, date and remark are left alone. Raises UnreadableFileError."""
    with Workbook(path, MEMORY, most_unpacked=MOST_UNPACKED) as book:
        lines = iter(book)
        places = _places(lines)
        found = list(islice(_rows(lines, places, has_1904_dates=book.has_1904_dates), MOST_ROWS + 1))
    if len(found) > MOST_ROWS:
        raise UnreadableFileError(f"超过 {MOST_ROWS:,} 行，请分批导入。")
    if not found:
        raise UnreadableFileError("表头之下没有填写的行。")
    return found


def _places(lines: Iterator[tuple[int, list[Any]]]) -> dict[str, int]:
    for _, cells in islice(lines, SEARCHED_ROWS):
        names = [str(cell).strip() for cell in cells]
        if REPORT_NO in names and REASONS in names:
            return {
                name: names.index(name) for name in (REPORT_NO, REASONS, EXPECTED, REMARK) if name in names
            }
    raise UnreadableFileError(f"没有找到表头，须有「{REPORT_NO}」和「{REASONS}」两列；请先导出清单再填写。")


def _rows(
    lines: Iterator[tuple[int, list[Any]]], places: dict[str, int], *, has_1904_dates: bool
) -> Iterator[SheetRow]:
    for number, cells in lines:
        named = {name: cells[place] for name, place in places.items() if place < len(cells)}
        if any(named.get(name) not in (None, "") for name in (REASONS, EXPECTED, REMARK)):
            yield _row(number, named, has_1904_dates=has_1904_dates)


def _row(number: int, named: dict[str, Any], *, has_1904_dates: bool) -> SheetRow:
    report_no = ""
    try:
        report_no = code_of(named.get(REPORT_NO), 30) or ""
        return SheetRow(
            number,
            report_no,
            tuple(reasons_of(named.get(REASONS)) or ()),
            day_of(named.get(EXPECTED), has_1904_dates=has_1904_dates),
            text_of(named.get(REMARK), 200) or "",
            "" if report_no else "没有报案号",
        )
    except CellError as error:
        return SheetRow(number, report_no, fault=str(error))
