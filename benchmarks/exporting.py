"""Export of the filtered list, against the library's own floor and against COPY."""

import tempfile
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from io import BytesIO

import xlsxwriter
from django.db import connection
from django.utils import timezone

from benchmarks.clock import Figure, once
from benchmarks.people import holder_of
from cases import export
from cases.listing.case_list import CaseList
from cases.listing.columns import COLUMNS
from cases.models import ClaimCase

ROWS = 100_000
_COPY = "copy (select * from cases_claimcase order by reported_at desc limit %d) to stdout with csv"


def measure() -> Iterator[Figure]:
    with connection.cursor() as cursor:
        cursor.execute("set statement_timeout = 0")
    case_list = CaseList(holder_of("DEPT_HEAD"), {"col": list(COLUMNS), **_about_so_many()})
    rows = list(export.rows_of(case_list))
    label = f"{len(rows):,} rows × {len(rows[0])} columns"
    floor = once(partial(_write_by_xlsxwriter, rows))
    ours = once(lambda: export.xlsx_file(case_list).close())
    yield Figure(f"XLSX, {label}: xlsxwriter, cells only", floor, "s")
    yield Figure(f"XLSX, {label}: whole export", ours, "s", "xlsxwriter", ours / floor, "≤ 0.35 ×")
    copied = once(partial(_copy, len(rows)))
    csv = once(lambda: sum(len(part) for part in export.csv_lines(case_list)))
    yield Figure("CSV: COPY", copied, "s")
    yield Figure("CSV: whole export", csv, "s", "COPY", csv / copied, "≤ 3 ×")


def _about_so_many() -> dict[str, object]:
    """The filter that leaves about ROWS cases: those reported last."""
    count = ClaimCase.objects.count()
    days = ROWS * 365 // max(count, 1)
    return {"reported_from": timezone.localdate() - timedelta(days)} if count > ROWS else {}


def _write_by_xlsxwriter(rows: list[tuple[object, ...]]) -> None:
    book = xlsxwriter.Workbook(BytesIO(), {"constant_memory": True})
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()


def _copy(rows: int) -> None:
    with connection.cursor() as cursor, tempfile.TemporaryFile() as target:
        cursor.cursor.copy_expert(_COPY % rows, target)
