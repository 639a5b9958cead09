"""What kind of file is it? Workbook or text, which encoding, which delimiter, where is the heading."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from cases.importing.errors import UnreadableFileError
from cases.importing.mapping import heading_score
from departments.workbooks.workbook import Workbook

CSV = "csv"
XLSX = "xlsx"
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
ENCODINGS = ("utf-8", "gb18030")
DELIMITERS = (",", "\t", ";", "|")
BLOCK = 1 << 20
SEARCHED_ROWS = 15
OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Layout:
    """How to read the file. `heading_row` counts from 1, as a spreadsheet shows it."""

    kind: str
    headings: tuple[str, ...]
    heading_row: int = 1
    encoding: str = ""
    delimiter: str = ","
    has_1904_dates: bool = False

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of_json(cls, values: dict[str, Any]) -> Layout:
        return cls(**{**values, "headings": tuple(values["headings"])})


def sniff(path: Path) -> Layout:
    """The layout of the file, or UnreadableFileError with a sentence that says what is wrong with it."""
    with path.open("rb") as file:
        start = file.read(4)
    if not start:
        raise UnreadableFileError("文件是空的。")
    if start == OLD_WORKBOOK:
        raise UnreadableFileError("旧版 .xls 工作簿不能导入，请另存为 .xlsx 或 CSV。")
    if start == b"PK\x03\x04":
        return _sniff_workbook(path)
    return _sniff_text(path)


def _sniff_workbook(path: Path) -> Layout:
    with Workbook(path) as workbook:
        rows = [
            (number, [_shown(cell) for cell in cells]) for number, cells in islice(workbook, SEARCHED_ROWS)
        ]
        place, headings = _heading(rows)
        return Layout(XLSX, headings, place, has_1904_dates=workbook.has_1904_dates)


def _sniff_text(path: Path) -> Layout:
    encoding = _encoding(path)
    with path.open(encoding=encoding, newline="") as file:
        lines = list(islice(file, SEARCHED_ROWS * 4))
    delimiter = max(DELIMITERS, key=lambda one: sum(line.count(one) for line in lines))
    rows = list(islice(_numbered(csv.reader(lines, delimiter=delimiter)), SEARCHED_ROWS))
    place, headings = _heading(rows)
    return Layout(CSV, headings, place, encoding, delimiter)


def _numbered(rows: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    yield from enumerate(rows, start=1)


def _encoding(path: Path) -> str:
    """By its mark, else the first encoding in which the whole file is valid."""
    with path.open("rb") as file:
        start = file.read(BLOCK)
    for mark, encoding in MARKS:
        if start.startswith(mark):
            return encoding if _is_valid(path, encoding) else _unreadable()
    if start.count(b"\0") > len(start) // 8:
        return "utf-16-be" if start[::2].count(b"\0") > start[1::2].count(b"\0") else "utf-16-le"
    return next((one for one in ENCODINGS if _is_valid(path, one)), "") or _unreadable()


def _unreadable() -> str:
    raise UnreadableFileError("文件编码无法识别：请保存为 UTF-8 或 GB18030 的 CSV，或 XLSX。")


def _is_valid(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _heading(rows: list[tuple[int, list[str]]]) -> tuple[int, tuple[str, ...]]:
    """The row that looks most like headings: known names first, then filled cells."""
    if not rows:
        raise UnreadableFileError("文件里没有数据。")
    number, cells = max(rows, key=lambda row: (heading_score(row[1]), -row[0]))
    while cells and not cells[-1].strip():
        cells = cells[:-1]
    if not cells:
        raise UnreadableFileError("找不到标题行。")
    return number, tuple(_distinct(cells))


def _distinct(cells: list[str]) -> Iterator[str]:
    """The same heading twice gets its number: 估损, 估损(2)."""
    seen: dict[str, int] = {}
    for position, cell in enumerate(cells, start=1):
        name = " ".join(cell.split())[:80] or f"第{position}列"
        seen[name] = seen.get(name, 0) + 1
        yield name if seen[name] == 1 else f"{name}({seen[name]})"


def _shown(cell: object) -> str:
    return "" if cell is None else str(cell)
