"""The first rows of an extract, as the mapping would read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from django.utils import timezone

from cases.importing.cells import SHANGHAI
from cases.importing.columns import BY_NAME
from cases.importing.errors import CellError, UnreadableFileError
from cases.importing.mapping import ColumnMap
from cases.importing.people import Directory, read_directory
from cases.importing.rows import Fault, RowReader
from cases.importing.sniffing import Layout
from cases.importing.tables import Table
from cases.lifecycle import Stage
from cases.models import ImportBatch
from departments.access import IMPORT_CASES
from departments.models import Staff

ROWS = 10
SHOWN = (
    "report_no", "claim_no", "unit", "insured_name", "plate_no", "accident_at", "reported_at",
    "registered_at", "stage", "closed_at", "estimate", "paid",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PreviewRow:
    number: int
    cells: list[str]
    faults: list[Fault]


@dataclass(frozen=True, slots=True)
class Preview:
    """`headings`: our labels; `problem`: why nothing can be shown."""

    headings: list[str]
    rows: list[PreviewRow]
    problem: str = ""


def preview(batch: ImportBatch, staff: Staff) -> Preview:
    mapping = ColumnMap(batch.columns, batch.settings)
    headings = [BY_NAME[name].label for name in SHOWN]
    aliases = batch.settings.get("values", {}).get("unit", {})
    directory = read_directory(staff.unit_scope.ids(IMPORT_CASES), aliases, timezone.localdate())
    layout = Layout.of_json(batch.layout)
    now = datetime.now(SHANGHAI).replace(tzinfo=None)
    try:
        reader = RowReader(layout, mapping, directory, now)
        with Table(Path(batch.file.path), layout) as table:
            rows = [_row(reader, directory, number, line) for number, line in islice(table, ROWS)]
    except (CellError, UnreadableFileError, OSError) as error:
        return Preview(headings, [], str(error))
    return Preview(headings, rows)


def _row(reader: RowReader, directory: Directory, number: int, line: list[Any]) -> PreviewRow:
    result = reader.read(number, line)
    if isinstance(result, list):
        return PreviewRow(number, [], result)
    return PreviewRow(number, [_shown(name, result.get(name), directory) for name in SHOWN], [])


def _shown(name: str, value: Any, directory: Directory) -> str:
    if value is None:
        return ""
    if name == "unit":
        return directory.unit_names[value]
    if name == "stage":
        return str(Stage(value).label)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return f"{value:,.2f}" if isinstance(value, Decimal) else str(value)
