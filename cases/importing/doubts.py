"""Facts of a row that may be true but are suspicious: named, never mended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from cases.lifecycle import ClosingKind, Stage
from cases.models import DataQualityIssue

Rule = DataQualityIssue.Rule
MOMENTS = ("accident_at", "reported_at", "registered_at", "closed_at", "paid_at")
PARTS = ("injury_loss", "vehicle_loss", "property_loss", "expense_loss")
TOLERANCE = Decimal("0.05")
# Earlier moment, later moment, and what it is when they are the other way round.
ORDER = (
    ("accident_at", "reported_at", Rule.ACCIDENT_AFTER_REPORT),
    ("reported_at", "registered_at", Rule.REGISTERED_BEFORE_REPORT),
    ("registered_at", "closed_at", Rule.CLOSED_BEFORE_REGISTERED),
    ("registered_at", "paid_at", Rule.PAID_BEFORE_REGISTERED),
)


def about(row: Mapping[str, Any], now: datetime) -> list[str]:
    """Codes of DataQualityIssue.Rule; `now` in Shanghai time without its zone."""
    return [*_of_moments(row, now), *_of_money(row)]


def _of_moments(row: Mapping[str, Any], now: datetime) -> Iterator[str]:
    for earlier, later, rule in ORDER:
        first, second = row.get(earlier), row.get(later)
        if first is not None and second is not None and second < first and _is_exact(second, first):
            yield rule
    if any(row[name] > now for name in MOMENTS if row.get(name) is not None):
        yield Rule.IN_THE_FUTURE
    if row.get("was_closed_at") is not None:
        yield Rule.OPEN_WITH_CLOSING_DATE


def _is_exact(second: datetime, first: datetime) -> bool:
    """A day without its time is no earlier than a moment of that day."""
    return second.date() < first.date() or second.time() != second.time().min


def _of_money(row: Mapping[str, Any]) -> Iterator[str]:
    paid = row.get("paid")
    if paid:
        if "approved" in row and row["approved"] < paid:
            yield Rule.PAID_WITHOUT_APPROVAL
        if "paid_at" not in row and row["stage"] in (Stage.PAID, Stage.CLOSED):
            yield Rule.PAID_WITHOUT_PAYMENT_DATE
    elif row.get("closing_kind") == ClosingKind.PAID:
        yield Rule.CLOSED_PAID_NOTHING
    parts = [row[name] for name in PARTS if name in row]
    if parts and abs(row["estimate"] - sum(parts)) > TOLERANCE:
        yield Rule.SUM_MISMATCH
    if row.get("injury_loss") and row.get("is_injury") is False:
        yield Rule.INJURY_WITHOUT_FLAG
