"""What a figure is asked and what it answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
Kind = Literal["text", "count", "money", "percent", "date"]
Cell = str | int | Decimal | date | None


@dataclass(frozen=True, slots=True)
class Column:
    title: str
    kind: Kind = "text"
    width: int = 12


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells in the columns' order. `totals` is empty or as long as a row; None prints as "—"."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    totals: Sequence[Cell] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A unit's path, a period (`end` is its last day) and the definition's parameters."""

    unit_path: str
    start: date
    end: date
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def since(self) -> datetime:
        """The first moment of the period."""
        return midnight(self.start)

    @property
    def until(self) -> datetime:
        """The first moment after the period."""
        return midnight(self.end + timedelta(days=1))


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)


def percent(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    """Per cent with two places; nothing, not zero, where there is nothing to divide by."""
    return None if whole <= 0 else (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.01"))


def column_sum(rows: Sequence[Sequence[Cell]], place: int) -> int | Decimal:
    """The sum of the numbers in one column; cells that are no number do not count."""
    return sum(cell for row in rows if isinstance(cell := row[place], int | Decimal))
