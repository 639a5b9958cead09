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

from django.db import connection, transaction
from rustpy_xlsxwriter import write_worksheet

from cases.listing.case_list import CaseList
from cases.listing.columns import NUMBER, Column
from cases.listing.database_cells import cell_of

XLSX_CAP = 200_000
CSV_CAP = 1_000_000
_ROWS_AT_ONCE = 2_000
_PIECE = 1 << 18
_COPY_SECONDS = 120
_STARTS_A_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")
_NEUTRAL = """nullif(case
    when left({0}, 1) in ('=', '+', '-', '@', e'\\t', e'\\r', e'\\n', '＝', '＋', '－', '＠')
    then '''' || {0} else {0}
end, '')"""


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
    """UTF-8 with the mark that spreadsheets need, in pieces of many rows.

    PostgreSQL writes the rows into a temporary file: who reads slowly keeps no transaction open.
    """
    heading = StringIO(newline="")
    csv.writer(heading).writerow([column.label for column in exported_columns(case_list)])
    yield f"\ufeff{heading.getvalue()}".encode()
    ends = LineEnds()
    with tempfile.TemporaryFile() as file:
        _copy(case_list, file)
        file.seek(0)
        while piece := file.read(_PIECE):
            yield ends.of(piece)


class LineEnds:
    """PostgreSQL ends a line with one character, a CSV file with two; inside quotes nothing changes."""

    def __init__(self) -> None:
        self._is_quoted = False

    def of(self, piece: bytes) -> bytes:
        parts = piece.split(b'"')
        outside = slice(int(self._is_quoted), None, 2)
        parts[outside] = [part.replace(b"\n", b"\r\n") for part in parts[outside]]
        self._is_quoted ^= len(parts) % 2 == 0
        return b'"'.join(parts)


@transaction.atomic
def _copy(case_list: CaseList, file: IO[bytes]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select set_config('statement_timeout', %s, true)", [str(_COPY_SECONDS * 1000)])
        rows = cursor.mogrify(*_cells_statement(case_list)).decode()
        cursor.copy_expert(f"copy ({rows}) to stdout with (format csv)", file)


def _cells_statement(case_list: CaseList) -> tuple[str, Sequence[Any]]:
    """Outside, cells are made harmless, and empty ones null, which COPY writes as nothing."""
    columns = exported_columns(case_list)
    personal = case_list.staff.sees_personal_data
    cells = [cell_of(column, sees_personal_data=personal) for column in columns]
    ordered = case_list.cases.order_by(*case_list.sort.order).values_list(*cells)
    statement, params = ordered.query.sql_with_params()
    names = [f"c{place}" for place in range(len(columns))]
    shown = ", ".join(
        name if column.is_money else _NEUTRAL.format(name)
        for name, column in zip(names, columns, strict=True)
    )
    # Without the offset every expression would be worked out again wherever it is named.
    cells_of_rows = f"({statement} offset 0) as cells ({', '.join(names)})"
    return f"select {shown} from {cells_of_rows}", params  # noqa: S608 - only names of ours are put in


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
