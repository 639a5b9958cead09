"""The Chinese working calendar: published holidays and 调休 days, overridden day by day. Pure, no Django.

The library knows the years the State Council has published so far. Beyond them Monday to Friday count as
working days, and `is_published` says so: a date computed that far ahead is an estimate.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import chinese_calendar

_DAY = timedelta(days=1)
_SATURDAY = 5
# Company practice; an instance may be given other hours.
OFFICE_HOURS = ((time(9), time(12)), (time(13), time(18)))


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """`overrides`: is the day worked, from CalendarDay rows; `sessions`: the parts of an office day."""

    overrides: Mapping[date, bool] = field(default_factory=dict)
    sessions: tuple[tuple[time, time], ...] = OFFICE_HOURS

    def is_working(self, day: date) -> bool:
        if day in self.overrides:
            return self.overrides[day]
        try:
            return bool(chinese_calendar.is_workday(day))
        except NotImplementedError:
            return day.weekday() < _SATURDAY

    def is_published(self, day: date) -> bool:
        """False: nobody has announced that year's holidays yet, the answer rests on the weekday alone."""
        if day in self.overrides:
            return True
        try:
            chinese_calendar.is_workday(day)
        except NotImplementedError:
            return False
        return True

    def next_working_day(self, day: date) -> date:
        """The first working day after `day`."""
        return self.add_working_days(day, 1)

    def working_day_from(self, day: date) -> date:
        """`day` itself when it is worked, otherwise the next working day."""
        return day if self.is_working(day) else self.next_working_day(day)

    def add_working_days(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`, not counting it; 0 gives `day`, less is a ValueError."""
        if count < 0:
            raise ValueError("count must not be negative")
        while count:
            day += _DAY
            count -= self.is_working(day)
        return day

    def working_days_between(self, first: date, last: date) -> int:
        """Working days after `first` up to and including `last`; 0 when `last` is not later."""
        return sum(self.is_working(first + _DAY * step) for step in range(1, (last - first).days + 1))

    def add_working_hours(self, moment: datetime, hours: float) -> datetime:
        """The moment at which `hours` of office time have passed since `moment` (aware, office time zone).

        Zero hours gives `moment`. An exactly used-up session ends at its end, not at the next start.
        """
        if hours < 0:
            raise ValueError("hours must not be negative")
        left = timedelta(hours=hours)
        if not left:
            return moment
        for begins, ends in self._sessions_from(moment):
            if ends - begins >= left:
                return begins + left
            left -= ends - begins
        raise AssertionError("sessions never end")

    def working_hours_between(self, start: datetime, end: datetime) -> float:
        """Office hours between two moments; 0.0 when `end` is not later."""
        worked = timedelta()
        for begins, ends in self._sessions_from(start):
            if begins >= end:
                break
            worked += min(ends, end) - begins
        return worked / timedelta(hours=1)

    def _sessions_from(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        """What is left of each office session from `moment` on, without end."""
        day = moment.date()
        while True:
            for opens, closes in self.sessions if self.is_working(day) else ():
                ends = datetime.combine(day, closes, moment.tzinfo)
                begins = max(datetime.combine(day, opens, moment.tzinfo), moment)
                if begins < ends:
                    yield begins, ends
            day += _DAY
