"""The fields of a case that people correct, each with how its values are written and read as text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from cases.models import ClaimCase
from departments.masking import mask_name, mask_plate

Kind = Literal["moment", "text", "percent", "flag", "money"]
YES, NO = "是", "否"
_LARGEST = Decimal("999999999999.99")


@dataclass(frozen=True, slots=True)
class Correctable:
    """`bears`: a decision may rest on it, so it stands still while somebody decides and once it is decided.

    `mask`: how strangers see it; None for what is no personal datum. `longest` characters of a text.
    """

    label: str
    kind: Kind
    bears: bool = False
    mask: Callable[[str | None], str] | None = None
    longest: int = 60

    @property
    def is_personal(self) -> bool:
        return self.mask is not None


FIELDS: Mapping[str, Correctable] = {
    "accident_at": Correctable("出险时间", "moment", bears=True),
    "reported_at": Correctable("报案时间", "moment"),
    "registered_at": Correctable("立案时间", "moment"),
    "papers_complete_at": Correctable("材料收齐时间", "moment"),
    "paid_at": Correctable("支付时间", "moment"),
    "closed_at": Correctable("结案时间", "moment"),
    "insured_name": Correctable("被保险人", "text", mask=mask_name),
    "plate_no": Correctable("车牌", "text", mask=mask_plate, longest=12),
    "vin": Correctable("车架号", "text", longest=20),
    "policy_no": Correctable("保单号", "text", bears=True, longest=30),
    "vehicle_class": Correctable("车型", "text", longest=30),
    "accident_place": Correctable("出险地点", "text", longest=120),
    "accident_cause": Correctable("出险原因", "text", bears=True, longest=30),
    "liability_ratio": Correctable("责任比例(%)", "percent", bears=True),
    "is_injury": Correctable("涉及人伤", "flag", bears=True),
    "estimate": Correctable("估损(元)", "money", bears=True),
}
NEVER_EMPTY = frozenset({"reported_at", "estimate", "liability_ratio", "is_injury"})


class UnreadableError(ValueError):
    """A sentence for the person who typed the value."""


def text_of(case: ClaimCase, field: str) -> str:
    """What the case says now, as a text that `value_of` reads back."""
    value = getattr(case, field)
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    if isinstance(value, bool):
        return YES if value else NO
    return f"{value:.2f}" if isinstance(value, Decimal) else str(value)


def value_of(field: str, text: str) -> Any:
    """The value that a text means. Raises UnreadableError with the reason."""
    known, text = FIELDS[field], text.strip()
    if not text:
        if field in NEVER_EMPTY:
            raise UnreadableError(f"{known.label}不能为空")
        return None if known.kind == "moment" else ""
    return _READERS[known.kind](known, text)


def shown(field: str, text: str, *, sees_personal_data: bool) -> str:
    mask = FIELDS[field].mask if field in FIELDS else None
    return text if sees_personal_data or mask is None else mask(text)


def _moment(known: Correctable, text: str) -> datetime:
    try:
        found = parse_datetime(text.replace("T", " "))
    except ValueError:
        found = None
    if found is None:
        raise UnreadableError(f"{known.label}须写成 2026-11-05 14:30")
    moment = timezone.make_aware(found) if timezone.is_naive(found) else found
    if moment > timezone.now():
        raise UnreadableError(f"{known.label}不能在未来")
    return moment


def _text(known: Correctable, text: str) -> str:
    if len(text) > known.longest or not text.isprintable():
        raise UnreadableError(f"{known.label}最多 {known.longest} 个字，不含控制字符")
    return text.upper() if known.label in ("车牌", "车架号") else text


def _percent(known: Correctable, text: str) -> int:
    if not text.isdecimal() or int(text) > 100:  # noqa: PLR2004 - a per cent
        raise UnreadableError(f"{known.label}为 0 到 100 的整数")
    return int(text)


def _flag(known: Correctable, text: str) -> bool:
    if text not in (YES, NO):
        raise UnreadableError(f"{known.label}写“{YES}”或“{NO}”")
    return text == YES


def _money(known: Correctable, text: str) -> Decimal:
    try:
        value = Decimal(text.replace(",", ""))
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or not 0 < value <= _LARGEST or value != value.quantize(Decimal("0.01")):
        raise UnreadableError(f"{known.label}须为大于零、最多两位小数的金额")
    return value.quantize(Decimal("0.01"))


_READERS: Mapping[Kind, Callable[[Correctable, str], Any]] = {
    "moment": _moment,
    "text": _text,
    "percent": _percent,
    "flag": _flag,
    "money": _money,
}
