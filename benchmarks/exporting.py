"""Export of the filtered list, against the library's own floor and against COPY."""

import tempfile
from collections.abc import Iterator
from functools import partial
from io import BytesIO
from itertools import islice

import xlsxwriter
from django.db import connection

from benchmarks.clock import Figure, once
from benchmarks.people import holder_of
from cases import export
from cases.listing.case_list import CaseList
from cases.listing.columns import COLUMNS

ROWS = 100_000
_COPY = "copy (select * from cases_claimcase order by reported_at desc limit 100000) to stdout with csv"


def measure() -> Iterator[Figure]:
    with connection.cursor() as cursor:
        cursor.execute("set statement_timeout = 0")
    case_list = CaseList(holder_of("DEPT_HEAD"), {"col": list(COLUMNS)})
    rows = list(islice(export.rows_of(case_list), ROWS))
    label = f"{len(rows):,} rows × {len(rows[0])} columns"
    floor = once(partial(_write_by_xlsxwriter, rows))
    ours = once(lambda: export.xlsx_file(case_list).close())
    yield Figure(f"XLSX, {label}: xlsxwriter, cells only", floor, "s")
    yield Figure(f"XLSX, {label}: whole export", ours, "s", "xlsxwriter", ours / floor, "≤ 0.35 ×")
    copied = once(_copy)
    csv = once(lambda: sum(len(part) for part in export.csv_lines(case_list)))
    yield Figure("CSV: COPY", copied, "s")
    yield Figure("CSV: whole export", csv, "s", "COPY", csv / copied, "≤ 3 ×")


def _write_by_xlsxwriter(rows: list[tuple[object, ...]]) -> None:
    book = xlsxwriter.Workbook(BytesIO(), {"constant_memory": True})
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()


def _copy() -> None:
    with connection.cursor() as cursor, tempfile.TemporaryFile() as target:
        cursor.cursor.copy_expert(_COPY, target)
