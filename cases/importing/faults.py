"""The faults of a batch as a file for whoever mends the extract."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import BytesIO, StringIO

import xlsxwriter

from cases.export import neutral
from cases.models import ImportBatch

HEADINGS = ("行", "列", "值", "原因")
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
WIDTHS = (8, 18, 36, 44)


def as_file(batch: ImportBatch, kind: str) -> bytes:
    """`kind`: csv (UTF-8 with its mark) or xlsx. At most as many rows as a check stores."""
    return _xlsx(batch) if kind == "xlsx" else _csv(batch)


def _rows(batch: ImportBatch) -> Iterator[tuple[int, str, str, str]]:
    for fault in batch.faults.iterator():
        yield fault.row, neutral(fault.column), neutral(fault.value), fault.reason


def _csv(batch: ImportBatch) -> bytes:
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADINGS)
    writer.writerows(_rows(batch))
    return text.getvalue().encode("utf-8-sig")


def _xlsx(batch: ImportBatch) -> bytes:
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("错误清单")
        sheet.write_row(0, 0, HEADINGS, book.add_format({"bold": True}))
        for place, width in enumerate(WIDTHS):
            sheet.set_column(place, place, width)
        for number, row in enumerate(_rows(batch), start=1):
            sheet.write_row(number, 0, row)
        sheet.freeze_panes(1, 0)
    return file.getvalue()
