"""A published table as the file that is sent: title block, unit, period, table, totals, sign line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from reports.figures.table import Cell, Column, Table

_FORMATS = {
    "text": {},
    "count": {"num_format": "#,##0"},
    "money": {"num_format": "#,##0.00"},
    "percent": {"num_format": "0.00"},
    "date": {"num_format": "yyyy-mm-dd", "align": "center"},
}
_HEAD_ROW = 3
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
_CENTRED = {"bold": True, "align": "center", "valign": "vcenter", "text_wrap": True, "bg_color": "#EEF2F7"}
_SIGNERS = ("制表：", "复核：", "负责人：")


@dataclass(frozen=True, slots=True)
class Cover:
    """What stands above and below the table."""

    title: str
    unit: str
    period: str
    made_at: datetime
    note: str


def render_workbook(table: Table, cover: Cover) -> bytes:
    """The same table and cover give the same bytes, so a digest can be compared."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, _OPTIONS)
    made_at = cover.made_at.replace(tzinfo=None)
    book.set_properties({"title": cover.title, "author": cover.unit, "created": made_at})
    sheet = book.add_worksheet(cover.title[:31])
    formats = _formats(book)
    _write_cover(sheet, table, cover, formats)
    _write_rows(sheet, table, formats)
    _write_signers(sheet, table, formats)
    _set_print(sheet, table)
    book.close()
    return target.getvalue()


def _formats(book: Any) -> dict[str, Any]:
    bordered = {"border": 1, "font_size": 10}
    formats = {kind: book.add_format({**bordered, **extra}) for kind, extra in _FORMATS.items()}
    for kind, extra in _FORMATS.items():
        formats[f"total_{kind}"] = book.add_format({**bordered, **extra, "bold": True})
    formats["title"] = book.add_format({"bold": True, "font_size": 16, "align": "center"})
    formats["head"] = book.add_format({**bordered, **_CENTRED})
    formats["plain"] = book.add_format({"font_size": 10})
    return formats


def _write_cover(sheet: Any, table: Table, cover: Cover, formats: dict[str, Any]) -> None:
    last = len(table.columns) - 1
    sheet.merge_range(0, 0, 0, last, cover.title, formats["title"])
    sheet.write_string(1, 0, f"填报单位：{cover.unit}", formats["plain"])
    sheet.write_string(1, last // 2, f"期间：{cover.period}", formats["plain"])
    sheet.write_string(2, 0, cover.note, formats["plain"])
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(_HEAD_ROW, place, column.title, formats["head"])


def _write_rows(sheet: Any, table: Table, formats: dict[str, Any]) -> None:
    for number, row in enumerate(table.rows, _HEAD_ROW + 1):
        _write_row(sheet, number, row, (table.columns, formats, ""))
    if table.totals:
        _write_row(sheet, _HEAD_ROW + 1 + len(table.rows), table.totals, (table.columns, formats, "total_"))


def _write_row(
    sheet: Any, number: int, row: Sequence[Cell], style: tuple[Sequence[Column], dict[str, Any], str]
) -> None:
    columns, formats, prefix = style
    for place, (cell, column) in enumerate(zip(row, columns, strict=True)):
        chosen = formats[prefix + column.kind]
        if cell is None:
            sheet.write_string(number, place, "—", chosen)
        elif isinstance(cell, str):
            sheet.write_string(number, place, cell, chosen)
        elif column.kind == "date":
            sheet.write_datetime(number, place, cell, chosen)
        else:
            sheet.write_number(number, place, cell, chosen)


def _write_signers(sheet: Any, table: Table, formats: dict[str, Any]) -> None:
    row = _HEAD_ROW + len(table.rows) + bool(table.totals) + 2
    step = max(1, len(table.columns) // len(_SIGNERS))
    for place, signer in enumerate(_SIGNERS):
        sheet.write_string(row, place * step, signer, formats["plain"])


def _set_print(sheet: Any, table: Table) -> None:
    sheet.freeze_panes(_HEAD_ROW + 1, 2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_HEAD_ROW)
    if table.rows:
        last = xl_rowcol_to_cell(_HEAD_ROW + len(table.rows), len(table.columns) - 1)
        sheet.autofilter(f"A{_HEAD_ROW + 1}:{last}")
