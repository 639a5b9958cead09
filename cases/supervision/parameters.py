"""What counts as near, fast, together and many on a day, as plain numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from cases.models import SupervisionParameter

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Parameters:
    """`values`: decimals as texts by code, or by "code/item" for one item alone; as a month keeps them."""

    values: Mapping[str, str]

    def number(self, code: str, item: str = "") -> Decimal:
        """The item's own where there is one. KeyError for a code without a row in force."""
        own = self.values.get(f"{code}/{item}") if item else None
        return Decimal(own if own is not None else self.values[code])

    def share(self, code: str) -> Decimal:
        """A per cent as a part of one."""
        return self.number(code) / HUNDRED

    def whole(self, code: str) -> int:
        return int(self.number(code))

    @property
    def window(self) -> timedelta:
        return timedelta(days=self.whole("split_window_days"))

    def reading_time(self, item: str, papers: int) -> timedelta:
        minutes = self.number("reading_minutes", item) + papers * self.number("reading_minutes_per_paper")
        return timedelta(minutes=float(minutes))


def parameters_on(day: date) -> Parameters:
    """One query; of two rows in force for one thing the later one counts."""
    rows = SupervisionParameter.objects.on(day).order_by("valid_from")
    return Parameters({f"{row.code}/{row.item}".rstrip("/"): f"{row.value:f}" for row in rows})
