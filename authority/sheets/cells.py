"""One cell to one value. What cannot be understood raises CellError with the reason and what to do."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import TypeVar

from django.db.models import TextChoices

from departments.workbooks.workbook import Cell

Value = TypeVar("Value")
ANYTHING = ("不限", "全部", "any")
SHOWN = 40
MOST = Decimal(10) ** 12
CENT = Decimal("0.01")
_SUM = re.compile(r"[¥￥]?(\d[\d,]*(?:\.\d+)?)(元|万元|万)?")
_PARTS = re.compile(r"[、,，;；/\s]+")


class CellError(ValueError):
    """`advice`: what to do about it."""

    def __init__(self, reason: str, advice: str) -> None:
        super().__init__(reason)
        self.advice = advice


def shown(cell: Cell) -> str:
    """As a fault quotes it, cut short."""
    return text_of(cell)[:SHOWN] if not _is_broken(cell) else "（公式或错误值）"


def text_of(cell: Cell) -> str:
    """Trimmed, in the usual width; a whole number without its point."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if _is_broken(cell):
        raise CellError("公式没有结果，或是错误值", "复制后「粘贴为数值」再导入")
    return unicodedata.normalize("NFKC", cell).strip().lstrip("'")


def amount_of(cell: Cell) -> Decimal:
    """Yuan with at most two places; 万 and 万元 are understood."""
    text = text_of(cell).replace(" ", "")
    found = _SUM.fullmatch(text)
    if found is None:
        raise CellError("不是金额", "只填数字，例如 20000 或 20,000.00")
    amount = Decimal(found[1].replace(",", "")) * (10_000 if (found[2] or "").startswith("万") else 1)
    if amount != amount.quantize(CENT):
        raise CellError("多于两位小数", "金额最多两位小数")
    if amount >= MOST:
        raise CellError("金额过大", "核对单位是否为元")
    return amount.quantize(CENT)


def count_of(cell: Cell) -> int:
    text = text_of(cell)
    if not text.isascii() or not text.isdecimal() or len(text) > 1:
        raise CellError("不是 0 至 9 的整数", "填会签人数，不会签填 0")
    return int(text)


def yes_or_no(cell: Cell) -> bool:
    answers = {"是": True, "否": False}
    return one_of(text_of(cell), answers, "填 是 或 否")


def codes_of(cell: Cell, names: type[TextChoices]) -> tuple[str, ...]:
    """Codes by their names (or written as codes); everything must be said, nothing is not everything."""
    known = {str(label): str(code) for code, label in names.choices if code != "any"}
    known |= {str(code): str(code) for code, _ in names.choices if code not in ("any", "")}
    parts = [part for part in _PARTS.split(text_of(cell)) if part]
    if any(part in ANYTHING for part in parts):
        if len(parts) > 1:
            raise CellError("「不限」不能与其他内容并列", "只填「不限」，或只填具体内容")
        return ("any",)
    advice = (
        f"用顿号分开，可用：不限、{'、'.join(str(label) for code, label in names.choices if code != 'any')}"
    )
    return tuple(dict.fromkeys(one_of(part, known, advice) for part in parts))


def one_of(text: str, known: Mapping[str, Value], advice: str) -> Value:
    if text not in known:
        raise CellError(f"不认识「{text[:SHOWN]}」", advice)
    return known[text]


def _is_broken(cell: Cell) -> bool:
    return isinstance(cell, str) and cell.startswith("\x00")
