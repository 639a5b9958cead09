"""Sums in capital figures, as paper wants them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from departments.capitals import DIGITS, GROUPS, PLACES, in_capitals


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("0.50", "伍角整"),
        ("1", "壹元整"),
        ("10.00", "壹拾元整"),
        ("105.3", "壹佰零伍元叁角整"),
        ("1005.03", "壹仟零伍元零叁分"),
        ("20000", "贰万元整"),
        ("20050.05", "贰万零伍拾元零伍分"),
        ("100000", "壹拾万元整"),
        ("1000800", "壹佰万零捌佰元整"),
        ("10080000", "壹仟零捌万元整"),
        ("300000000", "叁亿元整"),
        ("300000001", "叁亿零壹元整"),
        ("300050000.10", "叁亿零伍万元壹角整"),
        ("999999999999.99", "玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
    ],
)
def test_in_capitals(amount, words):
    assert in_capitals(Decimal(amount)) == words


@pytest.mark.parametrize("amount", ["-1", "1.001", "1000000000000"])
def test_what_is_no_sum_on_paper(amount):
    with pytest.raises(ValueError, match="大写金额"):
        in_capitals(Decimal(amount))


@given(st.decimals(0, 10**12, places=2).filter(lambda amount: amount < 10**12))
def test_it_reads_back(amount):
    assert read(in_capitals(amount)) == amount


def read(words: str) -> Decimal:
    """The sum that capital figures stand for, digit by digit."""
    yuan, _, rest = words.rpartition("元")
    whole = group = digit = 0
    for sign in yuan:
        if sign in DIGITS:
            digit = DIGITS.index(sign)
        elif sign in PLACES:
            group, digit = group + digit * 10 ** PLACES.index(sign), 0
        else:
            whole, group, digit = whole + (group + digit) * 10_000 ** GROUPS.index(sign), 0, 0
    worths = (("角", 10), ("分", 1))
    fen = sum(DIGITS.index(rest[rest.index(unit) - 1]) * worth for unit, worth in worths if unit in rest)
    return Decimal(whole + group + digit) + Decimal(fen) / 100
