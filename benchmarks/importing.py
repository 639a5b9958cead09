"""An extract of the core system from the upload into the books, against COPY of the same file.

As many rows as the branch has cases, into a copy of its database: the other figures are about the year alone.
"""

import resource
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from django.core.files import File
from django.db import connection, transaction

from benchmarks.branch import throwaway_copy
from benchmarks.clock import Figure, once
from benchmarks.people import holder_of
from cases.importing.work import work
from cases.models import ClaimCase, ImportBatch
from cases.services import importing
from departments.models import Staff
from tests.extracts import HEADINGS, rows, write_csv, write_xlsx

GOALS = {"CSV": "≤ 60 s", "XLSX": "≤ 180 s"}
MOST_IN_A_WORKBOOK = 200_000  # writing a larger one takes longer than reading it
WRITERS: dict[str, Callable[..., Path]] = {"CSV": write_csv, "XLSX": write_xlsx}


def measure() -> Iterator[Figure]:
    count = ClaimCase.objects.count()
    for kind, size in (("CSV", count), ("XLSX", min(count, MOST_IN_A_WORKBOOK))):
        with tempfile.TemporaryDirectory() as folder, throwaway_copy():
            path = WRITERS[kind](Path(folder) / f"extract.{kind.lower()}", rows(size))
            yield from _whole(path, kind, size)
    yield Figure("import: memory of the worker, peak", _mebibytes(resource.RUSAGE_SELF), "MiB", goal="≤ 1024")
    yield Figure("import: memory of the reader of workbooks", _mebibytes(resource.RUSAGE_CHILDREN), "MiB")


def _mebibytes(who: int) -> float:
    return resource.getrusage(who).ru_maxrss / 1024


def _whole(path: Path, kind: str, size: int) -> Iterator[Figure]:
    """Checking is done while nobody waits; the books are held for the merge only."""
    by, second, label = holder_of("DEPT_HEAD"), holder_of("DEPT_DEPUTY"), f"import, {kind} of {size:,} rows"
    batches: list[ImportBatch] = []
    if kind == "CSV":
        yield Figure(f"{label}: COPY", once(partial(_copy, path)), "s")
    upload = once(lambda: batches.append(_uploaded(path, by)))
    yield Figure(f"{label}: upload and sniffing", upload, "s")
    batch = batches[0]
    check = once(lambda: _worked_off(importing.start_check(batch, by=by), ImportBatch.Status.CHECKED))
    yield Figure(f"{label}: check", check, "s")
    merge = once(lambda: _worked_off(importing.confirm(batch, by=second), ImportBatch.Status.DONE))
    yield Figure(f"{label}: merge", merge, "s")
    whole = upload + check + merge
    yield Figure(f"{label}: whole", whole, "s")
    yield Figure(f"import: 1 M rows of {kind} at this pace", whole / size * 1e6, "s", goal=GOALS[kind])


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
