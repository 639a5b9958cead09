"""The parser of workbooks, run as a process of its own with little memory: `python -m … FILE BYTES`.

Writes lines of JSON: first {"has_1904_dates"}, then lists of [row, cells], last {"merged": [[row, row]…]} or
{"refused": sentence}. Cells are text, numbers, booleans or null. Knows no Django and no database.
"""

from __future__ import annotations

import json
import posixpath
import re
import resource
import sys
import zipfile
from array import array
from collections.abc import Callable, Iterator
from typing import IO, Any
from xml.parsers import expat

CPU_SECONDS = 900
BLOCK = 1 << 18
ROWS_AT_ONCE = 500
MOST_COLUMNS = 300
BROKEN = "工作簿已损坏或不完整。"
NO_MEMORY = '{"refused":"工作簿展开后超出内存限制，拒绝解析。"}\n'  # without asking for memory
OUT_OF_MEMORY = 1  # of expat
UNCALCULATED = "\x00formula"
CELL_ERROR = "\x00error:"
WORKBOOK, RELATIONS, STRINGS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml"
_RANGE = re.compile(r"[A-Z]+(\d+):[A-Z]+(\d+)")


class RefusedError(Exception):
    pass


def local(name: str) -> str:
    return name.rpartition(":")[2]


def parse(
    file: IO[bytes],
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
) -> Iterator[None]:
    """Feed the file block by block, yielding between blocks. A document type is refused."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.buffer_size = 1 << 16
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = refuse_doctype
    while block := file.read(BLOCK):
        parser.Parse(block, False)
        yield
    parser.Parse(b"", True)
    yield


def refuse_doctype(*_: Any) -> None:
    raise RefusedError("工作簿含有文档类型声明，拒绝解析。")


class Strings:
    """The shared strings, packed: one run of bytes and where each begins."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._starts = array("Q", [0])
        self._pieces: list[str] = []
        self._takes = False
        self._phonetic = 0

    def read(self, file: IO[bytes]) -> None:
        for _ in parse(file, self._start, self._end, self._text):
            pass

    def __getitem__(self, number: int) -> str:
        return self._bytes[self._starts[number] : self._starts[number + 1]].decode()

    def _start(self, name: str, _: dict[str, str]) -> None:
        name = local(name)
        if name == "t":
            self._takes = not self._phonetic
        elif name == "rPh":
            self._phonetic += 1

    def _end(self, name: str) -> None:
        name = local(name)
        if name == "t":
            self._takes = False
        elif name == "rPh":
            self._phonetic -= 1
        elif name == "si":
            self._bytes += "".join(self._pieces).encode()
            self._starts.append(len(self._bytes))
            self._pieces.clear()

    def _text(self, data: str) -> None:
        if self._takes:
            self._pieces.append(data)


class Sheet:
    """Rows of one sheet, as the parser meets them."""

    def __init__(self, strings: Strings) -> None:
        self._strings = strings
        self._columns: dict[str, int] = {}
        self.rows: list[tuple[int, list[Any]]] = []
        self.merged: list[tuple[int, int]] = []
        self._number = 0
        self._row: list[Any] = []
        self._column = -1
        self._type = ""
        self._value: list[str] = []
        self._takes = False
        self._has_formula = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "v" or name == "t":  # noqa: PLR1714 - quicker, and this is the hot place
            self._takes = True
        elif name == "c":
            self._type = attributes.get("t", "")
            self._column = self._place(attributes.get("r"))
            self._value = []
            self._has_formula = False
        elif name == "row":
            self._number = int(attributes.get("r", self._number + 1))
            self._row, self._column = [], -1
        elif name == "f":
            self._has_formula = True
        elif name == "mergeCell":
            self._merge(attributes.get("ref", ""))

    def text(self, data: str) -> None:
        if self._takes:
            self._value.append(data)

    def end(self, name: str) -> None:
        if name == "v" or name == "t":  # noqa: PLR1714 - as above
            self._takes = False
        elif name == "c":
            self._put(self._cell())
        elif name == "row":
            self.rows.append((self._number, self._row))

    def _place(self, reference: str | None) -> int:
        if not reference:
            return self._column + 1
        letters = reference.rstrip("0123456789")
        place = self._columns.get(letters)
        if place is None:
            place = 0
            for letter in letters:
                place = place * 26 + ord(letter) - 64
            place = self._columns[letters] = place - 1
        return place

    def _put(self, cell: Any) -> None:
        if cell is None or self._column >= MOST_COLUMNS:
            return
        missing = self._column - len(self._row)
        if missing > 0:
            self._row.extend([None] * missing)
        if missing >= 0:
            self._row.append(cell)

    def _cell(self) -> Any:
        text = self._value[0] if len(self._value) == 1 else "".join(self._value)
        kind = self._type
        if not text:
            return UNCALCULATED if self._has_formula and kind != "str" else None
        if kind == "s":
            return self._strings[int(text)]
        if kind in ("", "n"):
            return float(text)
        if kind == "b":
            return text == "1"
        return CELL_ERROR + text if kind == "e" else text

    def _merge(self, reference: str) -> None:
        rows = _RANGE.fullmatch(reference)
        if rows:
            self.merged.append((int(rows[1]), int(rows[2])))


def emit(value: Any) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
    sys.stdout.write("\n")


def emit_sheet(archive: zipfile.ZipFile, name: str, strings: Strings) -> None:
    sheet = Sheet(strings)
    with archive.open(name) as file:
        prefix = _prefix(archive, name)
        start, end = _without(prefix, sheet)
        for _ in parse(file, start, end, sheet.text):
            if len(sheet.rows) >= ROWS_AT_ONCE:
                emit(sheet.rows)
                sheet.rows = []
    if sheet.rows:
        emit(sheet.rows)
    emit({"merged": sheet.merged})


def _prefix(archive: zipfile.ZipFile, name: str) -> str:
    """Some programs write x:row for row."""
    with archive.open(name) as file:
        found = re.search(rb"<(?:(\w+):)?worksheet\b", file.read(4096))
    return found[1].decode() + ":" if found and found[1] else ""


def _without(prefix: str, sheet: Sheet) -> tuple[Callable[..., None], Callable[[str], None]]:
    if not prefix:
        return sheet.start, sheet.end
    cut = len(prefix)
    return lambda name, values: sheet.start(name[cut:], values), lambda name: sheet.end(name[cut:])


def elements(archive: zipfile.ZipFile, name: str, wanted: str) -> list[dict[str, str]]:
    """The attributes of every `wanted` element of a small part."""
    found: list[dict[str, str]] = []

    def start(element: str, attributes: dict[str, str]) -> None:
        if local(element) == wanted:
            found.append({local(key): value for key, value in attributes.items()})

    with archive.open(name) as file:
        for _ in parse(file, start, lambda _: None, lambda _: None):
            pass
    return found


def first_sheet(archive: zipfile.ZipFile) -> str:
    """The part of the first sheet that is not hidden."""
    targets = {one["Id"]: one["Target"] for one in elements(archive, RELATIONS, "Relationship")}
    for sheet in elements(archive, WORKBOOK, "sheet"):
        if sheet.get("state", "visible") == "visible":
            target = targets[sheet["id"]]
            return target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
    raise RefusedError("工作簿没有可见的工作表。")


def run(path: str) -> None:
    with zipfile.ZipFile(path) as archive:
        properties = elements(archive, WORKBOOK, "workbookPr")
        emit({"has_1904_dates": any(one.get("date1904") in ("1", "true") for one in properties)})
        strings = Strings()
        if STRINGS in archive.namelist():
            with archive.open(STRINGS) as file:
                strings.read(file)
        emit_sheet(archive, first_sheet(archive), strings)


def main(path: str, memory: int) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    try:
        run(path)
    except RefusedError as refusal:
        emit({"refused": str(refusal)})
    except MemoryError:
        sys.stdout.write(NO_MEMORY)
    except expat.ExpatError as error:
        sys.stdout.write(NO_MEMORY) if error.code == OUT_OF_MEMORY else emit({"refused": BROKEN})
    except (zipfile.BadZipFile, KeyError, ValueError, IndexError, EOFError, OSError):
        emit({"refused": BROKEN})
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
