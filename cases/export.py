"""The rows of a case list as a file: the same rows, order, columns and masks as on the page."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import chain, islice
from typing import IO, Any

from rustpy_xlsxwriter import write_worksheet

from cases.listing.case_list import CaseList
from cases.listing.columns import NUMBER, Column

XLSX_CAP = 200_000
CSV_CAP = 1_000_000
_ROWS_AT_ONCE = 2_000
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def neutral(text: str) -> str:
    """Text that a spreadsheet takes for text, whatever it begins with."""
    return f"'{text}" if text.startswith(_STARTS_A_FORMULA) else text


def exported_columns(case_list: CaseList) -> list[Column]:
    return [NUMBER, *case_list.columns]


def rows_of(case_list: CaseList) -> Iterator[list[str | Decimal]]:
    """The cells of each row, read through a server-side cursor: memory does not grow with the list."""
    columns = exported_columns(case_list)
    fields = [field for column in columns for field in column.fields]
    readers = list(_readers(columns, sees_personal_data=case_list.staff.sees_personal_data))
    # A lookup that two columns share is asked for once; values come back by name's place.
    names = list(dict.fromkeys(fields))
    places = [[names.index(field) for field in column.fields] for column in columns]
    ordered = case_list.cases.order_by(*case_list.sort.order).values_list(*names)
    for values in ordered.iterator(chunk_size=_ROWS_AT_ONCE):
        yield [read(*(values[place] for place in taken)) for read, taken in zip(readers, places, strict=True)]


def _readers(columns: Sequence[Column], *, sees_personal_data: bool) -> Iterator[Callable[..., Any]]:
    for column in columns:
        read = column.reader(sees_personal_data=sees_personal_data)
        yield _as_number if column.is_money else _neutral_text(read)


def _as_number(amount: Decimal) -> Decimal:
    return amount


def _neutral_text(read: Callable[..., str]) -> Callable[..., str]:
    return lambda *values: neutral(read(*values))


class _Echo:
    def write(self, text: str) -> str:
        return text


def csv_lines(case_list: CaseList) -> Iterator[bytes]:
    """UTF-8 with the mark that spreadsheets need, in pieces of many rows."""
    writer = csv.writer(_Echo())
    heading: list[str | Decimal] = [column.label for column in exported_columns(case_list)]
    lines = (writer.writerow(row) for row in chain([heading], rows_of(case_list)))
    yield "\ufeff".encode()
    while piece := "".join(islice(lines, _ROWS_AT_ONCE)):
        yield piece.encode()


def xlsx_file(case_list: CaseList) -> IO[bytes]:
    """A workbook in a temporary file, positioned at its beginning; numbers of cases and policies are text."""
    labels = [column.label for column in exported_columns(case_list)]
    records = (dict(zip(labels, _numbers(row), strict=True)) for row in rows_of(case_list))
    empty = dict.fromkeys(labels, "")
    first = next(records, empty)
    file = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
    write_worksheet(
        chain([first], records),
        file,
        sheet_name="案件清单",
        freeze_row=1,
        bold_headers=True,
        autofilter=True,
        column_width=16,
        float_format="#,##0.00",
    )
    file.seek(0)
    return file


def _numbers(row: list[str | Decimal]) -> Iterator[str | float]:
    return (float(cell) if isinstance(cell, Decimal) else cell for cell in row)
