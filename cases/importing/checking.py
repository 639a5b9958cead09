"""The dry run: the whole file read, every fault named, the result counted. Nothing enters the books."""

from __future__ import annotations

from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone
from django.utils.crypto import get_random_string

from cases.importing.cells import SHANGHAI
from cases.importing.errors import CellError, UnreadableFileError
from cases.importing.lease import Pulse
from cases.importing.mapping import ColumnMap
from cases.importing.matching import Tally, match, tally
from cases.importing.people import read_directory
from cases.importing.rows import Fault, Row, RowReader
from cases.importing.sniffing import Layout
from cases.importing.staging import StagedFile, let_run_long, load
from cases.importing.tables import Table
from cases.models import ImportBatch, ImportFault
from departments.access import IMPORT_CASES
from departments.workbooks.workbook import Cell

CHUNK = 5_000
MOST_FAULTS = 10_000
MERGED = "含有跨行合并的单元格，请取消合并"
FROM_OTHER_UNIT = "该案属于其他机构，无权导入"


class Check:
    """One run over one file. `rejected` counts rows, `faults` what is wrong with them."""

    def __init__(self, batch: ImportBatch, pulse: Pulse) -> None:
        self.batch = batch
        self.rows_read = 0
        self.rejected = 0
        self.unit_ids: set[int] = set()
        self._pulse = pulse
        self._kept_faults = 0
        self._layout = Layout.of_json(batch.layout)
        self._mapping = ColumnMap(batch.columns, batch.settings)

    def run(self) -> Tally | None:
        """Fills the staged file and the faults; the tally when every row is in order."""
        self.batch.staged.save(f"{get_random_string(24)}.rows", ContentFile(b""), save=False)
        staged = StagedFile(Path(self.batch.staged.path))
        try:
            with Table(Path(self.batch.file.path), self._layout) as table:
                self._read(table, staged)
                self._refuse_merged(table)
        finally:
            self.batch.staged_sha256 = staged.close()
        self._pulse.beat(80, "查重并与现有赔案比对", is_long=True)
        return self._compare()

    def _read(self, table: Table, staged: StagedFile) -> None:
        reader = self._reader()
        lines = iter(table)
        while chunk := list(islice(lines, CHUNK)):
            rows, faults = _sorted_out(reader, chunk)
            staged.write(rows)
            self.rows_read += len(chunk)
            self.rejected += len(chunk) - len(rows)
            self.unit_ids.update(row["unit"] for row in rows)
            self._keep(faults)
            part = table.part_read
            self._pulse.beat(80 * part if part is not None else 40, f"已读 {self.rows_read:,} 行")
        if not self.rows_read:
            raise UnreadableFileError("标题行以下没有数据。")

    def _reader(self) -> RowReader:
        staff = self.batch.uploaded_by
        aliases = self._mapping.settings.get("values", {}).get("unit", {})
        directory = read_directory(staff.unit_scope.ids(IMPORT_CASES), aliases, timezone.localdate())
        now = datetime.now(SHANGHAI).replace(tzinfo=None)
        try:
            return RowReader(self._layout, self._mapping, directory, now)
        except CellError as error:
            raise UnreadableFileError(f"默认值有误：{error}") from None

    def _keep(self, faults: list[Fault]) -> None:
        """The first of them are stored; beyond that only the rows are counted."""
        kept = faults[: max(MOST_FAULTS - self._kept_faults, 0)]
        self._kept_faults += len(kept)
        ImportFault.objects.bulk_create(
            ImportFault(
                batch=self.batch,
                row=one.row,
                column=one.column[:100],
                value=one.value,
                reason=one.reason[:200],
            )
            for one in kept
        )

    def _refuse_merged(self, table: Table) -> None:
        """A merged cell says its value in one row only: which rows it is meant for is nobody's guess."""
        spans = [(first, last) for first, last in table.merged if last > first]
        self._keep(
            [
                Fault(first, "", f"第 {first}-{last} 行", "含有跨行合并的单元格，请取消合并")
                for first, last in spans
            ]
        )
        self.rejected = min(self.rejected + len(spans), self.rows_read)

    def _compare(self) -> Tally | None:
        with transaction.atomic():
            let_run_long()
            with connection.cursor() as cursor:
                load(cursor, Path(self.batch.staged.path), self.batch.staged_sha256)
                self._refuse_rows(cursor)
                if self.rejected:
                    return None
                match(cursor)
                return tally(cursor)

    def _refuse_rows(self, cursor: CursorWrapper) -> None:
        """What only the whole file, or the books, can tell of a row."""
        allowed = sorted(self.batch.uploaded_by.unit_scope.ids(IMPORT_CASES))
        repeated = _rows_of(cursor, REPEATED)
        foreign = _rows_of(cursor, FOREIGN, allowed)
        self._keep([Fault(row, "报案号", value, f"与第 {first} 行重复") for row, value, first in repeated])
        self._keep([Fault(row, "报案号", value, FROM_OTHER_UNIT) for row, value in foreign])
        self.rejected += len({row for row, *_ in (*repeated, *foreign)})


REPEATED = """
    select row_no, report_no, first_row from (
        select row_no, report_no, min(row_no) over (partition by report_no) as first_row from import_row
    ) numbered where row_no > first_row order by row_no
"""
FOREIGN = """
    select r.row_no, r.report_no from import_row r
    join cases_claimcase c on c.report_no = r.report_no
    where not c.unit_id = any(%s) order by r.row_no
"""


def _rows_of(cursor: CursorWrapper, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    cursor.execute(statement, values)
    return list(cursor.fetchall())


def _sorted_out(reader: RowReader, chunk: list[tuple[int, list[Cell]]]) -> tuple[list[Row], list[Fault]]:
    rows: list[Row] = []
    faults: list[Fault] = []
    for number, line in chunk:
        result = reader.read(number, line)
        if isinstance(result, dict):
            result["row_no"] = number
            rows.append(result)
        else:
            faults += result
    return rows, faults
