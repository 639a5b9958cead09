"""What is wrong with a matrix, cell by cell, on the page and as a file for whoever mends it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from departments.sheets import Sheet, as_file

HEADINGS = ("行", "列", "值", "原因", "怎么办")
WIDTHS = (8, 18, 24, 40, 40)


@dataclass(frozen=True, slots=True)
class Fault:
    """`row`: the number in the file. `column`: its heading."""

    row: int
    column: str
    value: str
    reason: str
    advice: str


def file_of(faults: Iterable[Fault], kind: str) -> bytes:
    """`kind`: csv or xlsx."""
    rows = ((one.row, one.column, one.value, one.reason, one.advice) for one in faults)
    return as_file(Sheet("错误清单", HEADINGS, rows, WIDTHS), kind)
