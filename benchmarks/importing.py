"""An extract of the core system from the upload into the books, against COPY of the same file."""

import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from django.core.files import File
from django.db import connection, transaction

from benchmarks.clock import Figure, once
from benchmarks.people import holder_of
from cases.importing.work import work
from cases.models import ImportBatch
from cases.services import importing
from departments.models import Staff
from tests.extracts import HEADINGS, rows, write_csv

ROWS = 50_000
GOAL = "1 M in ≤ 60 s"
_MADE = "select id from cases_claimcase where report_no like 'RX26%'"
_DEPENDENT = ("cases_caseloss", "cases_dataqualityissue", "cases_estimatechange")


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        path = write_csv(Path(folder) / "extract.csv", rows(ROWS))
        floor = once(partial(_copy, path))
        try:
            yield from _whole(path, floor)
        finally:
            _forget()


def _whole(path: Path, floor: float) -> Iterator[Figure]:
    """Checking is done while nobody waits; the books are held for the merge only."""
    by, second, label = holder_of("DEPT_HEAD"), holder_of("DEPT_DEPUTY"), f"import, CSV of {ROWS:,} rows"
    yield Figure(f"{label}: COPY", floor, "s")
    batches: list[ImportBatch] = []
    upload = once(lambda: batches.append(_uploaded(path, by)))
    batch = batches[0]
    check = once(lambda: _worked_off(importing.start_check(batch, by=by), ImportBatch.Status.CHECKED))
    merge = once(lambda: _worked_off(importing.confirm(batch, by=second), ImportBatch.Status.DONE))
    whole = upload + check + merge
    yield Figure(f"{label}: upload and sniffing", upload, "s", "COPY", upload / floor)
    yield Figure(f"{label}: check", check, "s", "COPY", check / floor)
    yield Figure(f"{label}: merge", merge, "s", "COPY", merge / floor)
    yield Figure(f"{label}: whole", whole, "s", "COPY", whole / floor, GOAL)
    yield Figure("import: 1 M rows at this pace", whole / ROWS * 1_000_000, "s", goal="≤ 60 s")


def _uploaded(path: Path, by: Staff) -> ImportBatch:
    with path.open("rb") as file:
        return importing.upload(File(file, path.name), name=path.name, profile=None, by=by)


def _worked_off(batch: ImportBatch, wanted: str) -> None:
    work(batch.pk)
    batch.refresh_from_db()
    if batch.status != wanted:
        raise RuntimeError(f"{batch.status}: {batch.message}")


def _copy(path: Path) -> None:
    columns = ", ".join(f"c{place} text" for place in range(len(HEADINGS)))
    with transaction.atomic(), connection.cursor() as cursor, path.open("rb") as file:
        cursor.execute(f"create temporary table extract ({columns}) on commit drop")
        cursor.copy_expert("copy extract from stdin with (format csv, header, encoding 'GB18030')", file)


@transaction.atomic
def _forget() -> None:
    """The other figures are about the made-up year alone."""
    with connection.cursor() as cursor:
        cursor.execute("set local statement_timeout = 0")
        for table in _DEPENDENT:
            cursor.execute(f"delete from {table} where case_id in ({_MADE})")
        cursor.execute("delete from cases_historicalclaimcase where report_no like 'RX26%'")
        cursor.execute(f"delete from cases_claimcase where id in ({_MADE})")
