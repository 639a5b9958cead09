"""Lines from the clipboard or a workbook: every row read, or every fault named with row, column and value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import islice
from pathlib import Path
from typing import NamedTuple
from unicodedata import normalize

from cases.models import DamageItem
from departments.sheets import restore
from departments.workbooks.errors import UnreadableFileError
from departments.workbooks.workbook import Cell, Workbook

MOST_ROWS = 500
MOST_BYTES = 5 << 20
MEMORY = 256 << 20
SEARCHED_ROWS = 10
COLUMNS = {
    "kind": ("类别", "项目类别", "类型"),
    "code": ("编码", "配件编码", "零件号", "配件号"),
    "name": ("名称", "项目名称", "配件名称", "项目"),
    "quantity": ("数量", "工时", "数量/工时"),
    "price": ("单价", "单价(元)", "报价", "价格", "定损单价"),
    "residual": ("残值", "残值(元)"),
    "supplier": ("供应商", "供货商"),
}
HEADINGS = ("类别", "编码", "名称", "数量", "单价", "残值", "供应商")
_REQUIRED = ("name", "price")
_KINDS = {str(label): code for code, label in DamageItem.Kind.choices} | {
    "换件": "part", "零件": "part", "人工": "labour", "修理": "labour", "钣金": "labour", "油漆": "paint",
    "材料": "material", "财产": "property", "物": "property",
}  # fmt: skip
_MOST = {"quantity": Decimal(999_999), "price": Decimal(9_999_999_999), "residual": Decimal(9_999_999_999)}
_LONGEST = {"code": 40, "name": 60, "supplier": 60}


class LineRow(NamedTuple):
    """One line as entered, in yuan; `quantity` in 工时 for labour and paint."""

    kind: str
    code: str
    name: str
    quantity: Decimal
    price: Decimal
    residual: Decimal = Decimal(0)
    supplier: str = ""


class LineFault(NamedTuple):
    row: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """Either rows, or faults; never some of the rows."""

    rows: Sequence[LineRow] = ()
    faults: Sequence[LineFault] = ()


def from_text(text: str) -> Parsed:
    """As copied from a spreadsheet: cells between tabs; without a heading row in the order of HEADINGS."""
    lines: list[tuple[int, list[Cell]]] = [
        (number, [*line.split("\t")]) for number, line in enumerate(text.splitlines(), 1) if line.strip()
    ]
    return _parsed(lines)


def from_workbook(path: Path) -> Parsed:
    """The first sheet. Raises UnreadableFileError for what is no workbook."""
    with Workbook(path, MEMORY) as workbook:
        return _parsed(list(islice(iter(workbook), MOST_ROWS + SEARCHED_ROWS + 1)))


def _parsed(lines: Sequence[tuple[int, list[Cell]]]) -> Parsed:
    place, begins = _places(lines)
    filled = [(number, cells) for number, cells in lines[begins:] if any(map(_text, cells))]
    if not filled:
        raise UnreadableFileError("没有数据行。")
    if len(filled) > MOST_ROWS:
        raise UnreadableFileError(f"超过 {MOST_ROWS} 行，请分次录入。")
    rows, faults = [], []
    for number, cells in filled:
        named = {key: _text(cells[index]) for key, index in place.items() if index < len(cells)}
        found = list(_faults(number, named))
        faults += found
        if not found:
            rows.append(_row(named))
    return Parsed((), faults) if faults else Parsed(rows)


def _places(lines: Sequence[tuple[int, list[Cell]]]) -> tuple[Mapping[str, int], int]:
    """Where each column is, and at which line the data begins."""
    for index, (_, cells) in enumerate(lines[:SEARCHED_ROWS]):
        words = [normalize("NFKC", _text(cell)).replace(" ", "") for cell in cells]
        found = {
            key: words.index(name)
            for key, names in COLUMNS.items()
            for name in map(_plain, names)
            if name in words
        }
        if all(key in found for key in _REQUIRED):
            return found, index + 1
    return {key: index for index, key in enumerate(COLUMNS)}, 0


def _plain(name: str) -> str:
    return normalize("NFKC", name)


def _text(cell: Cell) -> str:
    """Numbers as they would be typed."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{cell:.4f}".rstrip("0").rstrip(".")
    return restore(str(cell).strip())


def _faults(number: int, named: Mapping[str, str]) -> Iterator[LineFault]:
    name = named.get("name", "")
    if not name:
        yield LineFault(number, "名称", "", "须填写名称")
    if named.get("kind") and named["kind"] not in _KINDS:
        yield LineFault(number, "类别", named["kind"], f"类别须为：{'、'.join(_shown_kinds())}")
    for key, longest in _LONGEST.items():
        if len(named.get(key, "")) > longest:
            yield LineFault(number, COLUMNS[key][0], named[key][:80], f"不超过 {longest} 个字")
    for key in ("quantity", "price", "residual"):
        yield from _number_faults(number, key, named.get(key, ""))


def _number_faults(number: int, key: str, text: str) -> Iterator[LineFault]:
    column = COLUMNS[key][0]
    if not text:
        if key == "price":
            yield LineFault(number, column, "", "须填写单价")
        return
    amount = _number(text)
    if amount is None:
        yield LineFault(number, column, text[:80], "不是数字")
    elif amount < 0 or (key == "quantity" and amount == 0):
        yield LineFault(number, column, text[:80], "须大于零" if key == "quantity" else "不能为负")
    elif amount > _MOST[key]:
        yield LineFault(number, column, text[:80], "数值过大")
    elif amount != round(amount, 2):
        yield LineFault(number, column, text[:80], "最多两位小数")


def _number(text: str) -> Decimal | None:
    """With thousands separators, full-width digits and 元 as people write them."""
    plain = normalize("NFKC", text).replace(",", "").replace("元", "").replace("¥", "").strip()
    try:
        found = Decimal(plain)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _row(named: Mapping[str, str]) -> LineRow:
    quantity, residual = _number(named.get("quantity") or "1"), _number(named.get("residual") or "0")
    price = _number(named["price"])
    return LineRow(
        _KINDS.get(named.get("kind", ""), DamageItem.Kind.PART),
        named.get("code", ""),
        named["name"],
        Decimal(1) if quantity is None else quantity,
        Decimal(0) if price is None else price,
        Decimal(0) if residual is None else residual,
        named.get("supplier", ""),
    )


def _shown_kinds() -> Iterable[str]:
    return (str(label) for _, label in DamageItem.Kind.choices)
