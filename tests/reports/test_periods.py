from datetime import date

import pytest

from reports.periods import Period, ended_periods, last_ended, period_of


@pytest.mark.parametrize(
    ("frequency", "day", "start", "end"),
    [
        ("daily", date(2026, 2, 28), date(2026, 2, 28), date(2026, 2, 28)),
        ("weekly", date(2027, 1, 1), date(2026, 12, 28), date(2027, 1, 3)),
        ("monthly", date(2028, 2, 10), date(2028, 2, 1), date(2028, 2, 29)),
        ("monthly", date(2026, 12, 31), date(2026, 12, 1), date(2026, 12, 31)),
        ("quarterly", date(2026, 11, 23), date(2026, 10, 1), date(2026, 12, 31)),
        ("yearly", date(2026, 6, 1), date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_the_period_of_a_day(frequency, day, start, end):
    assert period_of(frequency, day) == Period(start, end)


def test_a_period_that_is_not_over_is_not_due():
    found = list(ended_periods("daily", date(2026, 11, 21), date(2026, 11, 23)))

    assert [period.end for period in found] == [date(2026, 11, 21), date(2026, 11, 22)]


def test_thirteen_months_of_outage_are_made_up_in_order():
    found = list(ended_periods("monthly", date(2025, 10, 15), date(2026, 11, 23)))

    assert len(found) == 13
    assert found == sorted(found, key=lambda period: period.start)


def test_the_first_run_is_for_the_period_that_ended_last():
    assert last_ended("yearly", date(2026, 11, 23)).end == date(2025, 12, 31)
