"""Look at a workbook's zip before anything is unpacked: entries, sizes, ratio. Standard library only."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

from departments.workbooks.errors import UnreadableFileError

MOST_ENTRIES = 2_000
MOST_DIRECTORY = 1 << 20
MOST_UNPACKED = 3 << 30
MOST_RATIO = 120
SMALL = 20 << 20
_END = struct.Struct("<4s4H2LH")
_END_MARK = b"PK\x05\x06"


def inspect(path: Path, most_unpacked: int = MOST_UNPACKED) -> None:
    """UnreadableFileError when it is broken or a bomb. Its directory is not read before its size is known.

    `most_unpacked`: in bytes, all entries together.
    """
    entries, directory = _end_record(path)
    if entries > MOST_ENTRIES or directory > MOST_DIRECTORY:
        raise UnreadableFileError(f"工作簿内含 {entries:,} 个条目，拒绝解析。")
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise UnreadableFileError("工作簿已损坏或不完整。") from None
    unpacked = sum(info.file_size for info in infos)
    if unpacked > most_unpacked:
        raise UnreadableFileError(f"工作簿解压后达 {unpacked >> 20:,} MiB，拒绝解析。")
    if any(
        info.file_size > SMALL and info.file_size > MOST_RATIO * max(info.compress_size, 1) for info in infos
    ):
        raise UnreadableFileError("工作簿压缩比异常，拒绝解析。")
    if any(info.flag_bits & 1 for info in infos):
        raise UnreadableFileError("工作簿已加密，请去除密码后导入。")


def _end_record(path: Path) -> tuple[int, int]:
    """Number of entries and size of the directory, from the archive's last record."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(size - 65_557, 0))
        tail = file.read()
    place = tail.rfind(_END_MARK)
    if place < 0 or len(tail) - place < _END.size:
        raise UnreadableFileError("工作簿已损坏或不完整。")
    _, _, _, _, entries, directory, _, _ = _END.unpack_from(tail, place)
    return entries, directory
