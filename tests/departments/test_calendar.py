"""The working calendar over 调休 weekends, year ends and years nobody has announced yet."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from departments.calendar import WorkingCalendar
from departments.models import CalendarDay

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = WorkingCalendar()


def at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("day", "is_working"),
    [
        pytest.param(date(2026, 11, 23), True, id="an ordinary Monday"),
        pytest.param(date(2026, 11, 22), False, id="an ordinary Sunday"),
        pytest.param(date(2026, 10, 1), False, id="the national holiday"),
        pytest.param(date(2026, 10, 10), True, id="a Saturday worked for it"),
        pytest.param(date(2026, 2, 14), True, id="a Saturday worked for Spring Festival"),
        pytest.param(date(2026, 2, 23), False, id="a Monday of Spring Festival"),
    ],
)
def test_published_days(day: date, is_working: bool):
    assert CALENDAR.is_working(day) is is_working
    assert CALENDAR.is_published(day)


@pytest.mark.parametrize(("day", "is_working"), [(date(2032, 1, 2), True), (date(2032, 1, 3), False)])
def test_years_nobody_announced_go_by_the_weekday_and_say_so(day: date, is_working: bool):
    assert CALENDAR.is_working(day) is is_working
    assert not CALENDAR.is_published(day)


def test_an_override_wins_in_any_year():
    sunday, friday = date(2026, 11, 22), date(2032, 1, 2)
    calendar = WorkingCalendar({sunday: True, friday: False})

    assert calendar.is_working(sunday)
    assert not calendar.is_working(friday)
    assert calendar.is_published(friday)


@pytest.mark.django_db
def test_overrides_are_read_in_one_query(django_assert_num_queries):
    CalendarDay.objects.create(day=date(2026, 11, 24), is_working=False, name="停电", source="公司通知")

    with django_assert_num_queries(1):
        calendar = CalendarDay.objects.all().as_calendar()

    assert calendar.next_working_day(date(2026, 11, 23)) == date(2026, 11, 25)


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2026, 9, 30), 1, date(2026, 10, 8)),
        (date(2026, 10, 9), 1, date(2026, 10, 10)),
        (date(2026, 12, 31), 1, date(2027, 1, 1)),
        (date(2026, 11, 20), 5, date(2026, 11, 27)),
        (date(2026, 11, 22), 0, date(2026, 11, 22)),
    ],
)
def test_adding_working_days(day: date, count: int, expected: date):
    assert CALENDAR.add_working_days(day, count) == expected


def test_a_working_day_stays_and_a_holiday_moves_on():
    assert CALENDAR.working_day_from(date(2026, 11, 23)) == date(2026, 11, 23)
    assert CALENDAR.working_day_from(date(2026, 11, 21)) == date(2026, 11, 23)


@pytest.mark.parametrize(
    ("start", "hours", "expected"),
    [
        pytest.param(at(11, 23, 9), 3, at(11, 23, 12), id="a full morning ends at noon"),
        pytest.param(at(11, 23, 11), 2, at(11, 23, 14), id="over lunch"),
        pytest.param(at(11, 23, 17), 4, at(11, 24, 12), id="over night"),
        pytest.param(at(11, 20, 17, 30), 1, at(11, 23, 9, 30), id="over the weekend"),
        pytest.param(at(9, 30, 17), 8, at(10, 8, 17), id="over the national holiday"),
        pytest.param(at(11, 22, 3), 8, at(11, 23, 18), id="from a Sunday night"),
        pytest.param(at(11, 22, 3), 0, at(11, 22, 3), id="nothing"),
    ],
)
def test_adding_working_hours(start: datetime, hours: float, expected: datetime):
    assert CALENDAR.add_working_hours(start, hours) == expected
    assert CALENDAR.working_hours_between(start, expected) == hours


def test_nothing_is_added_backwards():
    with pytest.raises(ValueError, match="negative"):
        CALENDAR.add_working_days(date(2026, 1, 5), -1)
    with pytest.raises(ValueError, match="negative"):
        CALENDAR.add_working_hours(at(1, 5, 9), -1)
    assert CALENDAR.working_hours_between(at(1, 6, 9), at(1, 5, 9)) == 0


@given(st.dates(date(2003, 12, 1), date(2032, 12, 31)), st.integers(0, 60))
def test_counting_undoes_adding(day: date, count: int):
    reached = CALENDAR.add_working_days(day, count)

    assert CALENDAR.working_days_between(day, reached) == count
    assert count == 0 or CALENDAR.is_working(reached)


@given(st.integers(0, 364 * 24 * 60), st.integers(1, 200))
def test_working_hours_grow_with_the_clock(minutes: int, hours: int):
    start = at(1, 1, 0) + timedelta(minutes=minutes)

    end = CALENDAR.add_working_hours(start, hours)

    assert CALENDAR.working_hours_between(start, end) == pytest.approx(hours)
