"""The first visible sheet of an XLSX file, row by row, parsed by a child process with limited memory."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from departments.workbooks.archive import MOST_UNPACKED, inspect
from departments.workbooks.errors import UnreadableFileError

Cell = str | float | bool | None
"""Text, a number, a truth value or nothing; dates are numbers, see `has_1904_dates`."""

ROOT = Path(__file__).resolve().parent.parent.parent
MEMORY = 768 << 20
KILLED = "工作簿解析超出内存或时间限制，已中止。"


class Workbook:
    """Iterate for (row number, cells); afterwards `merged` holds the row spans of merged cells.

    `memory`: bytes of address space for the child. A context manager: leaving it ends the child.
    """

    def __init__(self, path: Path, memory: int = MEMORY, *, most_unpacked: int = MOST_UNPACKED) -> None:
        inspect(path, most_unpacked)
        self.merged: list[tuple[int, int]] = []
        command = [sys.executable, "-m", "departments.workbooks.sheet_child", str(path), str(memory)]
        environment = {"PYTHONIOENCODING": "utf-8", "PYTHONPATH": str(ROOT), "PATH": ""}
        self._child = subprocess.Popen(  # noqa: S603 - our own module, on a file of our own naming
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self.has_1904_dates = bool(self._next().get("has_1904_dates"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._child.kill()
        if self._child.stdout is not None:
            self._child.stdout.close()
        self._child.wait()

    def __iter__(self) -> Iterator[tuple[int, list[Cell]]]:
        while True:
            message = self._next()
            if isinstance(message, dict):
                self.merged = [(first, last) for first, last in message["merged"]]
                return
            yield from message

    def _next(self) -> Any:
        line = self._child.stdout.readline() if self._child.stdout is not None else b""
        if not line.endswith(b"\n"):
            raise self._ended(KILLED)
        message = json.loads(line)
        if isinstance(message, dict) and "refused" in message:
            raise self._ended(message["refused"])
        return message

    def _ended(self, sentence: str) -> UnreadableFileError:
        self.__exit__(None, None, None)
        return UnreadableFileError(sentence)
