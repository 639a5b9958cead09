"""The data rows of an extract, whatever its kind, with how far into the file each lies."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from contextlib import ExitStack
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import Self, cast

from cases.importing.errors import UnreadableFileError
from cases.importing.sniffing import CSV, Layout
from departments.workbooks.workbook import Cell, Workbook

csv.field_size_limit(1 << 20)


class Table:
    """Iterate for (row number, cells) below the heading; blank rows are left out. A context manager."""

    def __init__(self, path: Path, layout: Layout) -> None:
        self._path = path
        self._layout = layout
        self._stack = ExitStack()
        self._size = max(path.stat().st_size, 1)
        self._workbook: Workbook | None = None
        self._file = None if layout.kind != CSV else self._open_text()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    @property
    def part_read(self) -> float | None:
        """Between 0 and 1; None where it cannot be known (a workbook does not say how many rows follow)."""
        if self._file is None:
            return None
        return min(os.lseek(self._file.fileno(), 0, os.SEEK_CUR) / self._size, 1)

    @property
    def merged(self) -> list[tuple[int, int]]:
        """Row spans of merged cells below the heading, known after the last row."""
        spans = self._workbook.merged if self._workbook else []
        return [(first, last) for first, last in spans if last > self._layout.heading_row]

    def __iter__(self) -> Iterator[tuple[int, list[Cell]]]:
        rows = self._text_rows() if self._file is not None else self._workbook_rows()
        for number, cells in rows:
            if number > self._layout.heading_row and any(cells):
                yield number, cells

    def _open_text(self) -> TextIOWrapper:
        return self._stack.enter_context(self._path.open(encoding=self._layout.encoding, newline=""))

    def _text_rows(self) -> Iterator[tuple[int, list[Cell]]]:
        number = 0
        lines = self._file or ()
        try:
            for number, cells in enumerate(csv.reader(lines, delimiter=self._layout.delimiter), start=1):
                yield number, cast("list[Cell]", cells)
        except (csv.Error, UnicodeDecodeError):
            raise UnreadableFileError(f"第 {number + 1} 行无法读取：引号或编码有误。") from None

    def _workbook_rows(self) -> Iterator[tuple[int, list[Cell]]]:
        self._workbook = self._stack.enter_context(Workbook(self._path))
        yield from self._workbook
