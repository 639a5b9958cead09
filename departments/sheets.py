"""XLSX and CSV files of plain tables, safe to open: no cell begins a formula."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any, NamedTuple

import xlsxwriter
from django.utils import timezone

Cell = str | int | Decimal | date | datetime | None
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CONTENT_TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": XLSX}


def neutralise(text: str) -> str:
    """A text that a spreadsheet would read as a formula gets an apostrophe before it."""
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def restore(text: str) -> str:
    """The inverse of `neutralise`, for texts read back from a sheet."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_DANGEROUS) else text


class Sheet(NamedTuple):
    """One worksheet: its name, headings and rows; `widths` in characters where they matter."""

    title: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    widths: Sequence[int] = ()


def as_file(one: Sheet, kind: str) -> bytes:
    """`kind`: one of `CONTENT_TYPES`; the CSV is UTF-8 with its mark."""
    return sheets([one]) if kind == "xlsx" else _csv(one)


def _csv(one: Sheet) -> bytes:
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(one.headings)
    writer.writerows([_written(cell) for cell in row] for row in one.rows)
    return text.getvalue().encode("utf-8-sig")


def sheet(title: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """One worksheet with a bold, frozen heading row, as the bytes of an XLSX file. Moments in local time."""
    return sheets([Sheet(title, headings, rows)])


def sheets(pages: Iterable[Sheet]) -> bytes:
    """A worksheet each, in the order given."""
    stream = BytesIO()
    with xlsxwriter.Workbook(
        stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        bold = book.add_format({"bold": True, "bottom": 1})
        formats = {
            datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            date: book.add_format({"num_format": "yyyy-mm-dd"}),
            Decimal: book.add_format({"num_format": "#,##0.00"}),
        }
        for one in pages:
            _write(book.add_worksheet(one.title), one, bold, formats)
    return stream.getvalue()


def _write(page: Any, one: Sheet, bold: Any, formats: Mapping[type, Any]) -> None:
    page.write_row(0, 0, one.headings, bold)
    page.freeze_panes(1, 0)
    page.set_column(0, len(one.headings) - 1, 18)
    for column, width in enumerate(one.widths):
        page.set_column(column, column, width)
    for number, row in enumerate(one.rows, start=1):
        for column, cell in enumerate(row):
            page.write(number, column, _written(cell), formats.get(type(cell)))


def _written(cell: Cell) -> Cell:
    if isinstance(cell, str):
        return neutralise(cell)
    return timezone.make_naive(cell) if isinstance(cell, datetime) and timezone.is_aware(cell) else cell
