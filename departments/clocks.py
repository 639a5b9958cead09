"""时限: when something is due and how much of the time is used, computed from what happened. Pure, no Django.

A clock is a rule with a course of events; nothing of it is counted up and stored. Days run from the day after
the event and end with the last day (民法典 art. 201); a law that says 工作日 counts by the working calendar,
adjusted working days included. A last day that falls on a holiday is not put off: the shorter reading is the
safe one for an insurer.
"""

from __future__ import annotations

from calendar import isleap
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from departments.calendar import WorkingCalendar

_DAY = timedelta(days=1)
_LEAP_DAY = (2, 29)
_DAYS_OF_A_YEAR = 365


class TimeUnit(StrEnum):
    MINUTE = "minute"
    HOUR = "hour"
    WORKING_HOUR = "working_hour"
    NATURAL_DAY = "natural_day"
    WORKING_DAY = "working_day"
    YEAR = "year"


class ClockState(StrEnum):
    RUNNING = "running"
    WARNING = "warning"
    OVERDUE = "overdue"
    ESCALATED = "escalated"
    PAUSED = "paused"
    MET = "met"
    MISSED = "missed"


class Pause(NamedTuple):
    """`until` None: still paused. Only reasons that the rule accepts stop its clock."""

    since: datetime
    until: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Rule:
    """`limit` in `unit`; marks are shares of it, at which to warn and to tell the superior.

    `amount_max` (yuan) and `without_injury` say for which cases it was promised; empty, for all.
    """

    code: str
    name: str
    unit: TimeUnit
    limit: float
    warn_share: float = 0.67
    escalate_share: float = 1.0
    pauses: frozenset[str] = frozenset()
    basis: str = ""
    is_statutory: bool = False
    is_verified: bool = True
    amount_max: Decimal | None = None
    without_injury: bool = False

    def concerns(self, amount: Decimal, *, is_injury: bool) -> bool:
        return (self.amount_max is None or amount <= self.amount_max) and not (
            self.without_injury and is_injury
        )


@dataclass(frozen=True, slots=True)
class Course:
    """What happened: aware moments in the office's time zone. `stopped_at` None: it still runs."""

    started_at: datetime
    stopped_at: datetime | None = None
    pauses: tuple[Pause, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """The clock at a moment. `used` in the rule's unit; no `due_at` while it stands, for `paused_for`."""

    rule: Rule
    state: ClockState
    used: float
    due_at: datetime | None
    warn_at: datetime | None = None
    escalate_at: datetime | None = None
    paused_for: str = ""

    @property
    def is_late(self) -> bool:
        return self.state in (ClockState.OVERDUE, ClockState.ESCALATED, ClockState.MISSED)

    @property
    def is_pressing(self) -> bool:
        return self.is_late or self.state == ClockState.WARNING

    @property
    def runs(self) -> bool:
        return self.state not in (ClockState.MET, ClockState.MISSED)


class _Span(NamedTuple):
    """A stretch in which the clock runs; the last one has no end."""

    begins: datetime
    ends: datetime | None


def read(rule: Rule, course: Course, now: datetime, calendar: WorkingCalendar) -> Reading:
    """The clock as it stands at `now` (aware, office time zone).

    A clock that has stopped says whether in time; one paused at `now` has no due moment until it goes on.
    """
    end = course.stopped_at if course.stopped_at and course.stopped_at <= now else None
    pauses = sorted(pause for pause in course.pauses if pause.reason in rule.pauses)
    spans = list(_spans(course.started_at, pauses))
    used = _used(rule, spans, end or now, calendar)
    marks = [_moment(rule, spans, rule.limit * share, calendar) for share in _shares(rule)]
    standing = _standing(pauses, end or now)
    if end is None and standing:
        return Reading(rule, ClockState.PAUSED, used, None, paused_for=standing)
    due_at, warn_at, escalate_at = marks
    state = _stopped(end, due_at) if end else _running(now, due_at, warn_at, escalate_at)
    return Reading(rule, state, used, due_at, warn_at, escalate_at)


def _shares(rule: Rule) -> tuple[float, float, float]:
    return 1.0, rule.warn_share, rule.escalate_share


def _stopped(end: datetime, due_at: datetime | None) -> ClockState:
    return ClockState.MET if due_at is None or end <= due_at else ClockState.MISSED


def _running(
    now: datetime, due_at: datetime | None, warn_at: datetime | None, escalate_at: datetime | None
) -> ClockState:
    if due_at is None:
        return ClockState.RUNNING
    if now > due_at:
        return ClockState.ESCALATED if escalate_at and now > escalate_at else ClockState.OVERDUE
    return ClockState.WARNING if warn_at and now >= warn_at else ClockState.RUNNING


def _standing(pauses: Iterable[Pause], moment: datetime) -> str:
    return next(
        (
            pause.reason
            for pause in pauses
            if pause.since <= moment and (pause.until is None or pause.until > moment)
        ),
        "",
    )


def _spans(start: datetime, pauses: Iterable[Pause]) -> Iterable[_Span]:
    """The stretches between the pauses; none after a pause without end."""
    for pause in pauses:
        if pause.until is not None and pause.until <= start:
            continue
        if pause.since > start:
            yield _Span(start, pause.since)
        if pause.until is None:
            return
        start = max(start, pause.until)
    yield _Span(start, None)


def _used(rule: Rule, spans: Iterable[_Span], until: datetime, calendar: WorkingCalendar) -> float:
    measure = _MEASURES[rule.unit]
    return sum(
        measure(span.begins, min(span.ends or until, until), calendar)
        for span in spans
        if span.begins < until
    )


def _moment(rule: Rule, spans: list[_Span], amount: float, calendar: WorkingCalendar) -> datetime | None:
    """When `amount` of the unit will be used up; None while it stands still before that."""
    measure, advance = _MEASURES[rule.unit], _ADVANCES[rule.unit]
    left = amount
    for span in spans:
        reached = advance(span.begins, left, calendar)
        if span.ends is None or reached <= span.ends:
            return reached
        left -= measure(span.begins, span.ends, calendar)
    return None


def _natural_days(begins: datetime, ends: datetime, _calendar: WorkingCalendar) -> float:
    return float((ends.date() - begins.date()).days)


def _working_days(begins: datetime, ends: datetime, calendar: WorkingCalendar) -> float:
    return float(calendar.working_days_between(begins.date(), ends.date()))


def _working_hours(begins: datetime, ends: datetime, calendar: WorkingCalendar) -> float:
    return calendar.working_hours_between(begins, ends)


def _hours(begins: datetime, ends: datetime, _calendar: WorkingCalendar) -> float:
    return (ends - begins) / timedelta(hours=1)


def _minutes(begins: datetime, ends: datetime, _calendar: WorkingCalendar) -> float:
    return (ends - begins) / timedelta(minutes=1)


def _years(begins: datetime, ends: datetime, _calendar: WorkingCalendar) -> float:
    """Whole years only: limitation periods are not taken up in parts."""
    return float(ends.year - begins.year - ((ends.month, ends.day) < (begins.month, begins.day)))


def _end_of(moment: datetime) -> datetime:
    """Midnight at the end of the day."""
    return datetime.combine(moment.date() + _DAY, time(), moment.tzinfo)


def _after_natural_days(begins: datetime, amount: float, _calendar: WorkingCalendar) -> datetime:
    return _end_of(begins + int(amount) * _DAY)


def _after_working_days(begins: datetime, amount: float, calendar: WorkingCalendar) -> datetime:
    day = calendar.add_working_days(begins.date(), int(amount))
    return _end_of(datetime.combine(day, time(), begins.tzinfo))


def _after_working_hours(begins: datetime, amount: float, calendar: WorkingCalendar) -> datetime:
    return calendar.add_working_hours(begins, max(amount, 0))


def _after_hours(begins: datetime, amount: float, _calendar: WorkingCalendar) -> datetime:
    return begins + timedelta(hours=amount)


def _after_minutes(begins: datetime, amount: float, _calendar: WorkingCalendar) -> datetime:
    return begins + timedelta(minutes=amount)


def _after_years(begins: datetime, amount: float, _calendar: WorkingCalendar) -> datetime:
    """The same day of the year, or the last of February; a part of a year (a mark on the way) in days."""
    year = begins.year + int(amount)
    is_leap_day = (begins.month, begins.day) == _LEAP_DAY
    day = 28 if is_leap_day and not isleap(year) else begins.day
    return _end_of(begins.replace(year=year, day=day) + int(amount % 1 * _DAYS_OF_A_YEAR) * _DAY)


_MEASURES: dict[TimeUnit, Callable[[datetime, datetime, WorkingCalendar], float]] = {
    TimeUnit.MINUTE: _minutes,
    TimeUnit.HOUR: _hours,
    TimeUnit.WORKING_HOUR: _working_hours,
    TimeUnit.NATURAL_DAY: _natural_days,
    TimeUnit.WORKING_DAY: _working_days,
    TimeUnit.YEAR: _years,
}
_ADVANCES: dict[TimeUnit, Callable[[datetime, float, WorkingCalendar], datetime]] = {
    TimeUnit.MINUTE: _after_minutes,
    TimeUnit.HOUR: _after_hours,
    TimeUnit.WORKING_HOUR: _after_working_hours,
    TimeUnit.NATURAL_DAY: _after_natural_days,
    TimeUnit.WORKING_DAY: _after_working_days,
    TimeUnit.YEAR: _after_years,
}
