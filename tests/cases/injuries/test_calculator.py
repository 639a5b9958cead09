"""The standards on fixed figures: every sum here was worked out by hand."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.injuries.calculator import Facts, Rate, Supported, Terms, compute, to_fen, years_owed

INCOME = Rate(5_000_000, "year", "收入 50,000.00 元")
SPENDING = Rate(3_200_000, "year", "支出 32,000.00 元")
WAGE = Rate(10_800_000, "year", "工资 108,000.00 元")
NURSE = Rate(15_000, "day", "护理 150.00 元")
TWENTY = Terms("disability", full_years=20, age_from=60, least_age=75, least_years=5)
DEATH = Terms("death", full_years=20, age_from=60, least_age=75, least_years=5)
KEPT = Terms("dependants", full_years=20, age_from=60, least_age=75, least_years=5, adult_age=18)


@pytest.mark.parametrize(
    ("age", "years"), [(0, 20), (59, 20), (60, 20), (61, 19), (74, 6), (75, 5), (76, 5), (100, 5)]
)
def test_years_by_age(age: int, years: int):
    assert years_owed(age, TWENTY)[0] == years


@pytest.mark.parametrize(
    ("terms", "rate", "facts", "fen"),
    [
        pytest.param(TWENTY, INCOME, Facts(40, percent=10), 10_000_000, id="grade ten at forty"),
        pytest.param(TWENTY, INCOME, Facts(65, percent=20), 15_000_000, id="fifteen years at 65"),
        pytest.param(TWENTY, INCOME, Facts(80, percent=100), 25_000_000, id="five years at eighty"),
        pytest.param(DEATH, INCOME, Facts(30), 100_000_000, id="death at thirty"),
        pytest.param(Terms("funeral", months=6), WAGE, Facts(), 5_400_000, id="six months of wage"),
        pytest.param(Terms("days"), NURSE, Facts(days=12), 180_000, id="twelve days of nursing"),
        pytest.param(
            Terms("days"), NURSE, Facts(days=12, count=Fraction(3, 2)), 270_000, id="one and a half"
        ),
        pytest.param(Terms("days"), INCOME, Facts(days=100), 1_369_863, id="a year's income by the day"),
        pytest.param(
            Terms("days"), INCOME, Facts(days=10, own_daily=20_000), 200_000, id="what papers prove"
        ),
        pytest.param(Terms("days"), Rate(300_000, "month"), Facts(days=73), 720_000, id="a monthly rate"),
        pytest.param(Terms("capped"), Rate(5_000_000, "once"), Facts(percent=30), 1_500_000, id="solace"),
    ],
)
def test_sums(terms: Terms, rate: Rate, facts: Facts, fen: int):
    assert compute(terms, rate, facts).fen == fen


def test_a_child_is_supported_until_of_age_by_both_parents():
    found = compute(KEPT, SPENDING, Facts(percent=20, dependants=(Supported("子", 8, 2),)))

    assert found.fen == 3_200_000  # 32,000 × 10 ÷ 2 × 20%
    assert "扶养至 18 周岁：10 年" in found.steps[1]


def test_several_dependants_never_exceed_the_yearly_standard():
    """Three alone on him for 5, 10 and 20 years: ten years capped, then one full share for ten more."""
    people = (Supported("子", 13, 1), Supported("女", 8, 1), Supported("母", 60, 1))

    found = compute(KEPT, SPENDING, Facts(percent=100, dependants=people))

    assert found.fen == 64_000_000
    assert "其中 10 年多人合计超过年标准，按年标准封顶" in found.steps


def test_what_is_missing_is_said():
    assert compute(TWENTY, None, Facts(40)).missing == ("适用标准", "伤残等级")
    assert compute(Terms("days"), NURSE, Facts()).missing == ("天数",)
    assert compute(KEPT, SPENDING, Facts(percent=10)).missing == ("被扶养人",)
    assert compute(Terms("vouchers"), None, Facts()).fen is None


def test_every_step_is_in_words():
    found = compute(TWENTY, INCOME, Facts(65, percent=20))

    assert found.steps == (
        "收入 50,000.00 元",
        "65 周岁，60 周岁以上每增加一岁减少一年：20 − (65 − 60) = 15 年",
        "50,000.00 元/年 × 15 年 × 20% = 150,000.00 元",
    )


@given(st.fractions(min_value=0, max_value=10**12))
def test_fen_are_rounded_half_up(exact: Fraction):
    assert 0 <= to_fen(exact) - exact + Fraction(1, 2) <= 1
    assert to_fen(Fraction(1, 2)) == 1


@given(st.integers(0, 120), st.integers(1, 100), st.integers(1, 10**9))
def test_older_never_gives_more_and_a_higher_grade_never_less(age: int, percent: int, income: int):
    rate = Rate(income, "year")
    here = compute(TWENTY, rate, Facts(age, percent=percent)).fen

    assert compute(TWENTY, rate, Facts(age + 1, percent=percent)).fen <= here
    assert compute(TWENTY, rate, Facts(age, percent=min(percent + 1, 100))).fen >= here
