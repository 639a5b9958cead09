"""Checked rows on their way into the books: a file of lines, then a temporary table beside the cases."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Mapping
from io import StringIO
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from cases.importing.cells import SHANGHAI
from cases.importing.errors import StoppedError
from cases.importing.stages import RANKS

TABLE = "import_row"
# Name in the row, column and type of the temporary table; null means: the extract does not say.
FIELDS = (
    ("row_no", "row_no", "integer"),
    ("report_no", "report_no", "text"),
    ("registration_no", "registration_no", "text"),
    ("claim_no", "claim_no", "text"),
    ("policy_no", "policy_no", "text"),
    ("policy_from", "policy_from", "date"),
    ("unit", "unit_id", "bigint"),
    ("insuring_unit", "insuring_unit_id", "bigint"),
    ("insured_name", "insured_name", "text"),
    ("plate_no", "plate_no", "text"),
    ("vin", "vin", "text"),
    ("vehicle_class", "vehicle_class", "text"),
    ("accident_at", "accident_at", "timestamptz"),
    ("accident_place", "accident_place", "text"),
    ("accident_cause", "accident_cause", "text"),
    ("liability_ratio", "liability_ratio", "smallint"),
    ("reported_at", "reported_at", "timestamptz"),
    ("registered_at", "registered_at", "timestamptz"),
    ("papers_complete_at", "papers_complete_at", "timestamptz"),
    ("dispatched_at", "dispatched_at", "timestamptz"),
    ("contacted_at", "contacted_at", "timestamptz"),
    ("arrived_at", "arrived_at", "timestamptz"),
    ("claimed_at", "claimed_at", "timestamptz"),
    ("is_injury", "is_injury", "boolean"),
    ("is_litigated", "is_litigated", "boolean"),
    ("agency", "agency_direction", "text"),
    ("handler", "handler_id", "bigint"),
    ("keeper", "keeper_id", "bigint"),
    ("stage", "stage", "text"),
    ("closing_kind", "closing_kind", "text"),
    ("closed_at", "closed_at", "timestamptz"),
    ("paid_at", "paid_at", "timestamptz"),
    ("estimate", "estimate", "numeric(14,2)"),
    ("assessed", "assessed", "numeric(14,2)"),
    ("reviewed", "reviewed", "numeric(14,2)"),
    ("adjusted", "adjusted", "numeric(14,2)"),
    ("approved", "approved", "numeric(14,2)"),
    ("paid", "paid", "numeric(14,2)"),
    ("injury_loss", "injury_loss", "numeric(14,2)"),
    ("vehicle_loss", "vehicle_loss", "numeric(14,2)"),
    ("property_loss", "property_loss", "numeric(14,2)"),
    ("uncleared_reasons", "uncleared_reasons", "varchar[]"),
    ("expected_close_on", "expected_close_on", "date"),
    ("issues", "issues", "varchar[]"),
)
NAMES = tuple(name for name, _, _ in FIELDS)
LISTS = tuple(place for place, (_, _, kind) in enumerate(FIELDS) if kind == "varchar[]")
BLOCK = 1 << 20


class StagedFile:
    """Appends rows as CSV for COPY: nothing between the commas is null."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._digest = hashlib.sha256()

    def write(self, rows: Iterable[Mapping[str, Any]]) -> None:
        text = StringIO()
        csv.writer(text, lineterminator="\n").writerows([_shown(row) for row in rows])
        data = text.getvalue().encode()
        self._digest.update(data)
        self._file.write(data)

    def close(self) -> str:
        """The SHA-256 of what was written."""
        self._file.close()
        return self._digest.hexdigest()


def _shown(row: Mapping[str, Any]) -> list[Any]:
    """Moments are Shanghai time without its zone, which `load` tells the database."""
    cells: list[Any] = list(map(row.get, NAMES))
    for place in LISTS:
        if cells[place] is not None:
            cells[place] = "{" + ",".join(cells[place]) + "}" if cells[place] else None
    return cells


def load(cursor: CursorWrapper, path: Path, sha256: str) -> None:
    """Copy the staged file into the temporary table, gone with the transaction at the latest."""
    if _digest(path) != sha256:
        raise StoppedError("已校验的行被改动，请重新校验。")
    columns = ", ".join(f"{column} {kind}" for _, column, kind in FIELDS)
    names = ", ".join(column for _, column, _ in FIELDS)
    cursor.execute(f"drop table if exists {TABLE}, import_rank, import_match")
    cursor.execute(f"create temporary table {TABLE} ({columns}) on commit drop")
    cursor.execute(f"set local time zone '{SHANGHAI.key}'")
    with path.open("rb") as file:
        cursor.copy_expert(f"copy {TABLE} ({names}) from stdin with (format csv)", file)
    cursor.execute("set local time zone 'UTC'")
    cursor.execute(f"create index on {TABLE} (report_no)")
    cursor.execute(f"create index on {TABLE} (row_no)")
    cursor.execute(f"analyze {TABLE}")
    cursor.execute("create temporary table import_rank (stage text, rank smallint) on commit drop")
    cursor.executemany(
        "insert into import_rank values (%s, %s)", [(stage.value, rank) for stage, rank in RANKS.items()]
    )
    cursor.execute("analyze import_rank")
    refresh_statistics(cursor)


def refresh_statistics(cursor: CursorWrapper) -> None:
    """Of the columns that are joined on: after a large import the planner still sees few cases."""
    cursor.execute("analyze cases_claimcase (id, report_no, stage)")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def let_run_long() -> None:
    """A merge takes longer than a page may; only for the transaction at hand."""
    with connection.cursor() as cursor:
        cursor.execute("set local statement_timeout = '20min'")
        cursor.execute("set local lock_timeout = '30s'")
        cursor.execute("set local idle_in_transaction_session_timeout = '5min'")
        cursor.execute("set local work_mem = '64MB'")
        # A killed worker's statement ends, and with it the lock on the batch, before anybody takes it up.
        cursor.execute("set local client_connection_check_interval = '2s'")
