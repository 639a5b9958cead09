"""Clocks over weekends, 调休, year ends and pauses. 2026-10-01…07 is holiday; Saturday 10-10 is worked."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from departments.calendar import WorkingCalendar
from departments.clocks import ClockState, Course, Pause, Rule, TimeUnit, read
from tests.factories import SHANGHAI

CALENDAR = WorkingCalendar()
PAUSES = frozenset({"papers_requested"})


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00").astimezone(SHANGHAI)


def rule(unit: TimeUnit, limit: float, **marks: float) -> Rule:
    return Rule("one", "时限", unit, limit, pauses=PAUSES, **marks)


def due(unit: TimeUnit, limit: float, start: str, *pauses: Pause) -> datetime | None:
    course = Course(at(start), pauses=pauses)
    return read(rule(unit, limit), course, at(start), CALENDAR).due_at


@pytest.mark.parametrize(
    ("unit", "limit", "start", "expected"),
    [
        (TimeUnit.NATURAL_DAY, 3, "2026-11-20 16:30", "2026-11-24 00:00"),
        (TimeUnit.NATURAL_DAY, 3, "2026-12-30 00:00", "2027-01-03 00:00"),
        (TimeUnit.NATURAL_DAY, 30, "2028-01-31 09:00", "2028-03-02 00:00"),
        (TimeUnit.WORKING_DAY, 1, "2026-11-20 16:30", "2026-11-24 00:00"),
        (TimeUnit.WORKING_DAY, 1, "2026-09-30 16:30", "2026-10-09 00:00"),
        (TimeUnit.WORKING_DAY, 2, "2026-10-08 10:00", "2026-10-11 00:00"),
        (TimeUnit.WORKING_HOUR, 4, "2026-11-23 16:00", "2026-11-24 11:00"),
        (TimeUnit.WORKING_HOUR, 8, "2026-11-20 17:30", "2026-11-23 17:30"),
        (TimeUnit.HOUR, 24, "2026-11-22 23:10", "2026-11-23 23:10"),
        (TimeUnit.MINUTE, 5, "2026-11-22 23:58", "2026-11-23 00:03"),
        (TimeUnit.YEAR, 3, "2024-02-29 10:00", "2027-03-01 00:00"),
        (TimeUnit.YEAR, 2, "2026-11-23 10:00", "2028-11-24 00:00"),
    ],
)
def test_when_it_is_due(unit: TimeUnit, limit: float, start: str, expected: str):
    assert due(unit, limit, start) == at(expected)


def test_a_pause_puts_the_last_day_off():
    pause = Pause(at("2026-11-05 10:00"), at("2026-11-15 16:00"), "papers_requested")

    assert due(TimeUnit.NATURAL_DAY, 30, "2026-11-01 09:00") == at("2026-12-02 00:00")
    assert due(TimeUnit.NATURAL_DAY, 30, "2026-11-01 09:00", pause) == at("2026-12-12 00:00")


def test_a_reason_that_the_rule_does_not_know_stops_nothing():
    pause = Pause(at("2026-11-05 10:00"), at("2026-11-15 16:00"), "other")

    assert due(TimeUnit.NATURAL_DAY, 30, "2026-11-01 09:00", pause) == at("2026-12-02 00:00")


def test_a_paused_clock_has_no_due_moment_and_keeps_what_is_used():
    pause = Pause(at("2026-11-05 10:00"), None, "papers_requested")
    course = Course(at("2026-11-01 09:00"), pauses=(pause,))

    reading = read(rule(TimeUnit.NATURAL_DAY, 30), course, at("2027-11-01 09:00"), CALENDAR)

    assert (reading.state, reading.due_at) == (ClockState.PAUSED, None)
    assert (reading.used, reading.paused_for) == (4, "papers_requested")


@pytest.mark.parametrize(
    ("now", "state"),
    [
        ("2026-11-21 09:00", ClockState.RUNNING),
        ("2026-11-23 00:00", ClockState.WARNING),
        ("2026-11-24 00:01", ClockState.OVERDUE),
        ("2026-11-27 00:01", ClockState.ESCALATED),
    ],
)
def test_marks_on_the_way(now: str, state: ClockState):
    marked = rule(TimeUnit.NATURAL_DAY, 3, warn_share=0.67, escalate_share=2)

    assert read(marked, Course(at("2026-11-20 16:30")), at(now), CALENDAR).state == state


@pytest.mark.parametrize(
    ("stopped", "state"),
    [("2026-11-23 23:59", ClockState.MET), ("2026-11-24 00:01", ClockState.MISSED)],
)
def test_a_stopped_clock_says_whether_in_time(stopped: str, state: ClockState):
    course = Course(at("2026-11-20 16:30"), at(stopped))

    reading = read(rule(TimeUnit.NATURAL_DAY, 3), course, at("2027-01-01 00:00"), CALENDAR)

    assert (reading.state, reading.runs, reading.is_late) == (state, False, state == ClockState.MISSED)


def test_it_has_not_stopped_before_it_does():
    course = Course(at("2026-11-20 16:30"), at("2026-11-30 10:00"))

    assert read(rule(TimeUnit.NATURAL_DAY, 3), course, at("2026-11-21 10:00"), CALENDAR).runs


MOMENTS = st.integers(0, 395 * 24 * 60).map(
    lambda minutes: at("2025-01-01 00:00") + timedelta(minutes=minutes)
)
RULES = st.builds(
    rule, st.sampled_from([unit for unit in TimeUnit if unit != TimeUnit.YEAR]), st.integers(1, 60).map(float)
)


@given(RULES, MOMENTS, st.timedeltas(timedelta(minutes=1), timedelta(days=400)))
def test_within_thirteen_months_it_is_late_exactly_when_the_limit_is_used_up(
    held: Rule, start: datetime, later: timedelta
):
    reading = read(held, Course(start), start + later, CALENDAR)

    assert reading.due_at is not None
    assert reading.due_at > start
    assert reading.is_late == (start + later > reading.due_at)
    if reading.is_late:
        assert reading.used >= held.limit - 1e-6
    else:
        assert reading.used <= held.limit + 1e-6


@given(
    RULES,
    MOMENTS,
    st.timedeltas(timedelta(hours=1), timedelta(days=40)),
    st.timedeltas(timedelta(0), timedelta(days=9)),
)
def test_a_pause_never_brings_the_end_nearer(held: Rule, start: datetime, wait: timedelta, length: timedelta):
    pause = Pause(start + wait, start + wait + length, "papers_requested")
    without = read(held, Course(start), start, CALENDAR).due_at
    with_pause = read(held, Course(start, pauses=(pause,)), start, CALENDAR).due_at

    assert with_pause is not None
    assert with_pause >= without
