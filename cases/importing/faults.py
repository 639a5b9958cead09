"""The faults of a batch as a file for whoever mends the extract."""

from __future__ import annotations

from cases.models import ImportBatch
from departments.sheets import Sheet, as_file

HEADINGS = ("行", "列", "值", "原因")
WIDTHS = (8, 18, 36, 44)


def file_of(batch: ImportBatch, kind: str) -> bytes:
    """`kind`: csv or xlsx. At most as many rows as a check stores."""
    rows = ((fault.row, fault.column, fault.value, fault.reason) for fault in batch.faults.iterator())
    return as_file(Sheet("错误清单", HEADINGS, rows, WIDTHS), kind)
