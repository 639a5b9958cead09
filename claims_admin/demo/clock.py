"""The made-up branch has worked for days when it is first looked at: its services run on those days."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from random import Random

from django.utils import timezone

from departments.calendar import WorkingCalendar


@contextmanager
def set_to(moment: datetime) -> Iterator[None]:
    """Within, Django's clock stands at `moment` (aware): rows, histories and the ledger are dated by it."""
    real = timezone.now
    timezone.now = lambda: moment
    try:
        yield
    finally:
        timezone.now = real


class WorkedDays:
    """The last working days up to now, oldest first; on each a clock that goes on with every act."""

    def __init__(self, random: Random, count: int, now: datetime) -> None:
        self._random = random
        self._now = now
        day, calendar = timezone.localdate(now), WorkingCalendar()
        days: list[date] = []
        while len(days) < count:
            if calendar.is_working(day):
                days.append(day)
            day -= timedelta(days=1)
        self.days = days[::-1]

    def __iter__(self) -> Iterator[Clock]:
        for day in self.days:
            opens = timezone.make_aware(datetime.combine(day, time(8, 40)))
            closes = min(opens + timedelta(hours=9), self._now)
            if opens < closes:
                yield Clock(self._random, opens, closes)


class Clock:
    """One day's clock, from `opens` to `closes`: never back, never past the end."""

    def __init__(self, random: Random, opens: datetime, closes: datetime) -> None:
        self._random = random
        self.now = opens
        self.closes = closes

    def go_on(self, acts_left: int) -> datetime:
        """The moment of the next act, when as many are still to be fitted into the day."""
        step = (self.closes - self.now) / (acts_left + 1)
        self.now += step * self._random.uniform(0.2, 1.6)
        self.now = min(self.now, self.closes)
        return self.now
