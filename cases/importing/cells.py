"""One cell to one value. Pure; a cell is text, a number (float) of a workbook, True/False or None.

An empty cell gives None. What cannot be understood raises CellError with the reason.
"""

from __future__ import annotations

import math
import re
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from cases.importing.errors import CellError
from departments.workbooks.workbook import Cell

SHANGHAI = ZoneInfo("Asia/Shanghai")
FULL_WIDTH = {0xFF01 + offset: 0x21 + offset for offset in range(94)} | {0x3000: 0x20, 0xFFE5: 0xA5}
NOTHING = frozenset({"", "-", "--", "—", "——", "/", "无", "null", "NULL", "None", "N/A", "?"})
EARLIEST, LATEST = 1980, 2099
MOST = Decimal(10) ** 12
CENT = Decimal("0.01")
EXACT_DIGITS = 15
UNCALCULATED = "\x00formula"
CELL_ERROR = "\x00error:"
TRUE = frozenset({"是", "有", "涉及", "y", "yes", "true", "1", "t"})
FALSE = frozenset({"否", "无", "不涉及", "n", "no", "false", "0", "f"})
AGENCY = {"委托": "out", "代出": "out", "out": "out", "受托": "in", "代入": "in", "in": "in", "本机构": ""}

_PLAIN_MONEY = re.compile(r"\d{1,11}(?:\.\d{1,2})?")
_MONEY = re.compile(r"([-+(]?)[¥$]?\s*(\d[\d,]*(?:\.\d*)?|\.\d+)(?:[eE][+]?\d{1,2})?\)?\s*(元|千元|万元|万)?")
_SERIAL = re.compile(r"\d{4,5}(?:\.\d+)?")
_HAN_DATE = re.compile(
    r"(\d{4})[年/.\-](\d{1,2})[月/.\-](\d{1,2})日?\s*T?(?:(\d{1,2})[时点:](\d{1,2})(?:[分:](\d{1,2}))?[分秒]?)?(?:\.\d+)?"
)
_LOST_DIGITS = re.compile(r"\d(?:\.\d+)?[eE]\+\d+")
_MARKED = re.compile(r"^'(?=[=+\-@＝＋－＠\t\r]|\d)")


def check(cell: Cell) -> Cell:
    """Formula without a value, error cell: neither is a value."""
    if isinstance(cell, str) and cell.startswith("\x00"):
        if cell == UNCALCULATED:
            raise CellError("公式没有计算结果，请粘贴为数值")
        raise CellError(f"单元格是错误值 {cell.removeprefix(CELL_ERROR)}")
    return cell


def text_of(cell: Cell, length: int) -> str | None:
    """Free text, its blanks trimmed."""
    if cell is None:
        return None
    text = (cell if isinstance(cell, str) else _number_text(cell)).strip()
    if text.startswith("'"):
        text = _MARKED.sub("", text)
    if text in NOTHING:
        return None
    if len(text) > length:
        raise CellError(f"超过 {length} 个字")
    if "\x00" in text:
        raise CellError("含有不可见字符")
    return text


def code_of(cell: Cell, length: int) -> str | None:
    """A number that is a name: kept as text, full-width forms made plain, no digits guessed."""
    if isinstance(cell, str) and cell.isascii() and cell.isalnum() and len(cell) <= length:
        return cell
    text = text_of(cell, 200)
    if text is None:
        return None
    text = text.translate(FULL_WIDTH).replace(" ", "")
    if _LOST_DIGITS.fullmatch(text):
        raise CellError("科学计数法，位数已丢失；请将该列设为文本后重新导出")
    if len(text) > length:
        raise CellError(f"超过 {length} 位")
    return text


def _number_text(number: float | bool) -> str:
    if isinstance(number, bool):
        return "是" if number else "否"
    if not float(number).is_integer():
        return repr(number)
    digits = str(int(number))
    if len(digits) > EXACT_DIGITS:
        raise CellError("数字超过 15 位，工作簿已丢失位数；请将该列设为文本后重新导出")
    return digits


def money_of(cell: Cell, factor: int) -> Decimal | None:
    """Yuan with two places, half up; thousands separators, full-width digits, 元 and 万元 are understood."""
    if cell is None:
        return None
    if isinstance(cell, str):
        if factor == 1 and _PLAIN_MONEY.fullmatch(cell):
            return Decimal(cell)
        amount = _written_money(cell, factor)
    elif isinstance(cell, bool) or not math.isfinite(cell):
        raise CellError("不是金额")
    else:
        amount = Decimal(repr(cell)) * factor
    if amount is None:
        return None
    if amount < 0:
        raise CellError("金额为负数")
    if amount >= MOST:
        raise CellError("金额过大")
    return amount.quantize(CENT, ROUND_HALF_UP)


def _written_money(cell: str, factor: int) -> Decimal | None:
    text = _MARKED.sub("", cell.translate(FULL_WIDTH).strip())
    if text in NOTHING:
        return None
    match = _MONEY.fullmatch(text.replace("，", ","))
    if match is None:
        raise CellError("不是金额")
    sign, digits, unit = match.groups()
    try:
        bare = (
            text.translate({ord(mark): None for mark in "¥$,，()+-元千万 "})
            if "e" in text.lower()
            else digits
        )
        amount = Decimal(bare.replace(",", ""))
    except InvalidOperation:
        raise CellError("不是金额") from None
    amount *= {"元": 1, "千元": 1_000, "万元": 10_000, "万": 10_000}.get(unit, factor)
    return -amount if sign in ("-", "(") and amount else amount


def moment_of(cell: Cell, *, has_1904_dates: bool = False) -> datetime | None:
    """Shanghai time without its zone: from text in the usual forms, a serial number, or ISO with a zone."""
    if cell is None:
        return None
    if isinstance(cell, bool):
        raise CellError("不是日期")
    if isinstance(cell, float | int):
        return _within(_of_serial(float(cell), has_1904_dates=has_1904_dates))
    try:
        moment: datetime | None = datetime.fromisoformat(cell)
    except ValueError:
        moment = _written_moment(cell, has_1904_dates=has_1904_dates)
    if moment is None:
        return None
    if moment.tzinfo is not None:
        moment = moment.astimezone(SHANGHAI).replace(tzinfo=None)
    return _within(moment)


def _written_moment(cell: str, *, has_1904_dates: bool) -> datetime | None:
    text = _MARKED.sub("", cell.translate(FULL_WIDTH).strip())
    if text in NOTHING:
        return None
    match = _HAN_DATE.fullmatch(text)
    try:
        if match:
            year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
            # Shanghai time; the zone is added on writing.
            return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001
        if _SERIAL.fullmatch(text):
            return _of_serial(float(text), has_1904_dates=has_1904_dates)
        return datetime.fromisoformat(text)
    except ValueError:
        raise CellError("不是日期") from None


def _of_serial(serial: float, *, has_1904_dates: bool) -> datetime:
    """Days since the workbook's epoch; the 1900 calendar has a 29 February 1900 that never was."""
    if not math.isfinite(serial) or not 0 < serial < 100_000:  # noqa: PLR2004 - the year 2173
        raise CellError("不是日期")
    start = datetime(1904, 1, 1) if has_1904_dates else datetime(1899, 12, 30)  # noqa: DTZ001 - as above
    return start + timedelta(seconds=round(serial * 86_400))


def _within(moment: datetime) -> datetime:
    if not EARLIEST <= moment.year <= LATEST:
        raise CellError("日期不合理")
    return moment.replace(microsecond=0) if moment.microsecond else moment


def day_of(cell: Cell, *, has_1904_dates: bool = False) -> date | None:
    moment = moment_of(cell, has_1904_dates=has_1904_dates)
    return moment.date() if moment else None


def flag_of(cell: Cell) -> bool | None:
    if isinstance(cell, bool) or cell is None:
        return cell
    if isinstance(cell, float | int):
        cell = _number_text(cell)
    text = cell.translate(FULL_WIDTH).strip().lower()
    if text in TRUE:
        return True
    if text in FALSE:
        return False
    if text in NOTHING:
        return None
    raise CellError("应为 是 或 否")


def ratio_of(cell: Cell) -> int | None:
    """Per cent: 0.7, 70, 70% and 主责-like words are not guessed."""
    text = text_of(cell, 20) if not isinstance(cell, float) else repr(cell)
    if text is None:
        return None
    number = text.translate(FULL_WIDTH).rstrip("%")
    try:
        value = Decimal(number)
    except InvalidOperation:
        raise CellError("不是比例") from None
    percent = value if "%" in text or value > 1 else value * 100
    if not 0 <= percent <= 100:  # noqa: PLR2004 - per cent
        raise CellError("比例应在 0 与 100 之间")
    return int(percent.to_integral_value(ROUND_HALF_UP))


def reasons_of(cell: Cell) -> list[str] | None:
    """附件13 letters A–Q, several allowed."""
    text = text_of(cell, 60)
    if text is None:
        return None
    letters = list(dict.fromkeys(re.findall(r"[A-Z]", text.translate(FULL_WIDTH).upper())))
    if not letters or any(letter > "Q" for letter in letters):
        raise CellError("未清理原因码应为 A 至 Q")
    return letters


def agency_of(cell: Cell) -> str | None:
    text = text_of(cell, 10)
    if text is None:
        return None
    if text not in AGENCY:
        raise CellError("双代方向应为 委托 或 受托")
    return AGENCY[text]
