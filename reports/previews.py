"""A published table as a page shows it: each cell with the class of its column and its written form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

CSS = {"money": "money", "count": "number text-end", "percent": "number text-end", "date": "number"}
WRITTEN: Mapping[str, Callable[[Any], str]] = {
    "money": lambda cell: f"{Decimal(cell):,.2f}",
    "count": lambda cell: f"{int(cell):,}",
}


class PreviewCell(NamedTuple):
    css: str
    text: str


class Preview(NamedTuple):
    headings: list[PreviewCell]
    rows: list[list[PreviewCell]]
    totals: list[PreviewCell]


def preview_of(table: Mapping[str, Any], row_count: int) -> Preview:
    """The first `row_count` rows of `Snapshot.table()`, with its headings and totals."""
    columns = table["columns"]
    headings = [PreviewCell(CSS.get(column["kind"], ""), column["title"]) for column in columns]
    kinds = [column["kind"] for column in columns]
    rows = [_cells(kinds, row) for row in table["rows"][:row_count]]
    return Preview(headings, rows, _cells(kinds, table["totals"]))


def _cells(kinds: Sequence[str], row: Sequence[Any]) -> list[PreviewCell]:
    return [PreviewCell(CSS.get(kind, ""), _text(kind, cell)) for kind, cell in zip(kinds, row, strict=False)]


def _text(kind: str, cell: Any) -> str:
    if cell is None:
        return "—"
    # A total line writes words into number columns: 合计.
    is_number = str(cell).replace(".", "", 1).lstrip("-").isdigit()
    return WRITTEN[kind](cell) if kind in WRITTEN and is_number else str(cell)
