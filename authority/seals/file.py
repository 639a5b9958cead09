"""The seals outside the database: one JSON line each, appended and forced to the disk, never rewritten."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import IO

from django.conf import settings

from authority.seals.statement import Head, Statement, read_line

_BLOCK = 64 * 1024


def path_of_file() -> Path:
    return Path(settings.SEAL_FILE)


def size_of_file() -> int:
    path = path_of_file()
    return path.stat().st_size if path.exists() else 0


def last_statement() -> Statement | None:
    """Of the last whole line; None for a file that is missing or empty. Raises ValueError for no seal."""
    path = path_of_file()
    if not size_of_file():
        return None
    with path.open("rb") as file:
        begin, end = _last_line(file)
        file.seek(begin)
        line = file.read(end - begin).decode()
    return read_line(line)[0] if line else None


def lines(size: int) -> Iterator[tuple[Statement | None, list[Head]]]:
    """Every whole line of the first `size` bytes; None for one that cannot be read."""
    path = path_of_file()
    if not path.exists():
        return
    with path.open("rb") as file:
        for line in file:
            size -= len(line)
            if size < 0 or not line.endswith(b"\n"):
                return
            yield _read(line)


def _read(line: bytes) -> tuple[Statement | None, list[Head]]:
    try:
        return read_line(line.decode())
    except ValueError:
        return None, []


def append(texts: Iterable[str], after: int) -> None:
    """Appends the lines if the file's last seal is `after` still (0: none); another process may have been
    quicker. What a killed process left half written is cut off first."""
    path = path_of_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o640)
    with os.fdopen(descriptor, "ab+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        last = last_statement()
        if (last.sequence if last else 0) != after:
            return
        file.truncate(_last_line(file)[1] + 1 if last else 0)
        for text in texts:
            file.write(text.encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def put_aside(now: datetime) -> Path | None:
    """Under a new name that says until when it counted; None where there is no file."""
    path = path_of_file()
    if not path.exists():
        return None
    aside = path.with_name(f"{path.stem}.until-{now:%Y%m%dT%H%M%SZ}{path.suffix}")
    return path.rename(aside)


def _last_line(file: IO[bytes]) -> tuple[int, int]:
    """Where the last whole line begins and where its newline stands; (0, 0) without one."""
    end = _newline_before(file, file.seek(0, os.SEEK_END))
    return (_newline_before(file, end) + 1, end) if end >= 0 else (0, 0)


def _newline_before(file: IO[bytes], position: int) -> int:
    """-1 where there is none."""
    while position > 0:
        begin = max(0, position - _BLOCK)
        file.seek(begin)
        found = file.read(position - begin).rfind(b"\n")
        if found >= 0:
            return begin + found
        position = begin
    return -1
