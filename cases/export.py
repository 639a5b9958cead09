"""The rows of a case list as a file: the same rows, order, columns and masks as on the page."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from functools import partial
from io import StringIO
from itertools import chain, islice
from typing import IO, Any

from rustpy_xlsxwriter import write_worksheet

from cases.listing.case_list import CaseList
from cases.listing.columns import NUMBER, Column

XLSX_CAP = 200_000
CSV_CAP = 1_000_000
_ROWS_AT_ONCE = 2_000
_STARTS_A_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")


def neutral(text: str) -> str:
    """Text that a spreadsheet takes for text, whatever it begins with."""
    return f"'{text}" if text[:1] in _STARTS_A_FORMULA else text


def exported_columns(case_list: CaseList) -> list[Column]:
    return [NUMBER, *case_list.columns]


def rows_of(case_list: CaseList, amount: Callable[[Decimal], Any] = Decimal) -> Iterator[tuple[Any, ...]]:
    """The cells of each row, read through a server-side cursor: memory does not grow with the list.

    Texts, and of sums of money what `amount` makes of them.
    """
    return chain.from_iterable(_blocks_of(case_list, amount))


def _blocks_of(case_list: CaseList, amount: Callable[[Decimal], Any]) -> Iterator[Iterable[tuple[Any, ...]]]:
    """Column by column within a block of rows: one call per column instead of several per cell."""
    columns = exported_columns(case_list)
    fields = [field for column in columns for field in column.fields]
    # A lookup that two columns share is asked for once; values come back by name's place.
    names = list(dict.fromkeys(fields))
    places = [[names.index(field) for field in column.fields] for column in columns]
    cells = [_cells_of(column, case_list.staff.sees_personal_data, amount) for column in columns]
    ordered = case_list.cases.order_by(*case_list.sort.order).values_list(*names)
    rows = ordered.iterator(chunk_size=_ROWS_AT_ONCE)
    while block := list(islice(rows, _ROWS_AT_ONCE)):
        values = list(zip(*block, strict=True))
        yield zip(
            *(show(*(values[one] for one in taken)) for show, taken in zip(cells, places, strict=True)),
            strict=True,
        )


def _cells_of(
    column: Column, sees_personal_data: bool, amount: Callable[[Decimal], Any]
) -> Callable[..., Iterable[Any]]:
    """From the values of a column's fields, each for many rows, to its cells."""
    if column.is_money:
        return partial(map, amount)
    read = column.reader(sees_personal_data=sees_personal_data)
    return lambda *values: [neutral(text) for text in map(read, *values)]


def csv_lines(case_list: CaseList) -> Iterator[bytes]:
    """UTF-8 with the mark that spreadsheets need, in pieces of many rows."""
    heading = [column.label for column in exported_columns(case_list)]
    yield "\ufeff".encode() + _as_csv([heading])
    for block in _blocks_of(case_list, Decimal):
        yield _as_csv(block)


def _as_csv(rows: Iterable[Sequence[Any]]) -> bytes:
    text = StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def xlsx_file(case_list: CaseList) -> IO[bytes]:
    """A workbook in a temporary file, positioned at its beginning; numbers of cases and policies are text."""
    labels = [column.label for column in exported_columns(case_list)]
    records = (dict(zip(labels, row, strict=True)) for row in rows_of(case_list, float))
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
