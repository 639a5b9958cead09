"""A workbook from outside as rows of named cells. Parsed by a child process with little memory."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from authority.sheets.columns import found_in, missing_from
from departments.workbooks.errors import UnreadableFileError
from departments.workbooks.workbook import Cell, Workbook

MOST_ROWS = 2_000
MOST_BYTES = 5 << 20
MOST_UNPACKED = 64 << 20
MEMORY = 256 << 20
SEARCHED_ROWS = 15

Rows = list[tuple[int, dict[str, Cell]]]
"""(number of the row in the file, cells by the key of their column); rows without any cell are left out."""


def read(path: Path, mode: str) -> Rows:
    """The rows below the headings. Raises UnreadableFileError with what to do about it."""
    with Workbook(path, MEMORY, most_unpacked=MOST_UNPACKED) as workbook:
        lines = iter(workbook)
        places = _places(lines, mode)
        rows = list(islice(_named(lines, places), MOST_ROWS + 1))
    if len(rows) > MOST_ROWS:
        raise UnreadableFileError(f"超过 {MOST_ROWS:,} 行，请分成几份授权书导入。")
    if not rows:
        raise UnreadableFileError("表头之下没有数据行。")
    return rows


def _places(lines: Iterator[tuple[int, list[Cell]]], mode: str) -> dict[str, int]:
    """The columns by key, from the first row that has all the required headings."""
    best: dict[str, int] = {}
    for _, cells in islice(lines, SEARCHED_ROWS):
        places = found_in((str(cell).strip() for cell in cells), mode)
        if not missing_from(places, mode):
            return places
        best = max(best, places, key=len)
    lacking = "、".join(missing_from(best, mode))
    raise UnreadableFileError(f"前 {SEARCHED_ROWS} 行里没有完整的表头，缺少：{lacking}。请下载模板对照。")


def _named(
    lines: Iterator[tuple[int, list[Cell]]], places: dict[str, int]
) -> Iterator[tuple[int, dict[str, Cell]]]:
    for number, cells in lines:
        named = {key: cells[place] for key, place in places.items() if place < len(cells)}
        filled: dict[str, Cell] = {key: cell for key, cell in named.items() if cell not in (None, "")}
        if filled:
            yield number, filled
