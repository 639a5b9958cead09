"""Calendar periods of reports. Pure: dates in, dates out; `end` is the last day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Period:
    start: date
    end: date


_YEAR = 12
_MONTHS = {"monthly": 1, "quarterly": 3, "yearly": _YEAR}


def period_of(frequency: str, day: date) -> Period:
    """The period that a day lies in; weeks begin on Monday."""
    if frequency == "daily":
        return Period(day, day)
    if frequency == "weekly":
        monday = day - timedelta(days=day.weekday())
        return Period(monday, monday + timedelta(days=6))
    months = _MONTHS[frequency]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    after = date(first.year + (first.month + months > _YEAR), (first.month + months - 1) % _YEAR + 1, 1)
    return Period(first, after - timedelta(days=1))


def ended_periods(frequency: str, since: date, today: date) -> Iterator[Period]:
    """The periods from the one of `since` on that ended before today, oldest first."""
    period = period_of(frequency, since)
    while period.end < today:
        yield period
        period = period_of(frequency, period.end + timedelta(days=1))


def last_ended(frequency: str, today: date) -> Period:
    """The newest period that is over."""
    return period_of(frequency, period_of(frequency, today).start - timedelta(days=1))
