"""Months of the assessment, each named by its first day. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date


def month_after(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def months_between(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first = month_after(first)


def months_of_quarter(day: date) -> tuple[date, date]:
    """The first and the last month of the quarter that the day lies in."""
    start = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return start, date(day.year, start.month + 2, 1)
