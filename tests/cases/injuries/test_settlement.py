"""赔付测算 on figures worked out by hand, in fen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.injuries.settlement import settle

LIMITS = {"medical": 1_800_000, "death_disability": 18_000_000}


@pytest.mark.parametrize(
    ("own", "everybody", "ratio", "within", "beyond"),
    [
        pytest.param({"medical": 1_000_000}, {"medical": 1_000_000}, 70, 1_000_000, 0, id="inside"),
        pytest.param({"medical": 2_800_000}, {"medical": 2_800_000}, 70, 1_800_000, 700_000, id="over"),
        pytest.param({"medical": 1_800_000}, {"medical": 3_600_000}, 100, 900_000, 900_000, id="shared"),
        pytest.param(
            {"medical": 1_000_000, "death_disability": 20_000_000},
            {"medical": 1_000_000, "death_disability": 20_000_000},
            50,
            19_000_000,
            1_000_000,
            id="each group under its own limit",
        ),
        pytest.param({"medical": 100}, {}, 0, 100, 0, id="no fault: the limits of no fault are handed in"),
    ],
)
def test_settled(own, everybody, ratio, within, beyond):
    found = settle(own, everybody, LIMITS, ratio)

    assert (found.within, found.beyond) == (within, beyond)


def test_own_people_are_paid_by_fault_alone():
    found = settle({"medical": 1_000_000}, {}, {}, 80)

    assert (found.within, found.beyond) == (0, 800_000)
    assert found.steps == (
        "医疗费用 10,000.00 元，不在交强险内",
        "其余 10,000.00 元 × 责任比例 80% = 8,000.00 元",
        "合计 0.00 + 8,000.00 = 8,000.00 元",
    )


def test_a_shared_limit_is_explained():
    found = settle({"medical": 1_200_000}, {"medical": 3_600_000}, LIMITS, 100)

    assert found.steps[0] == "医疗费用 12,000.00 元，多名伤者按损失比例 33.33% 分得交强险限额 6,000.00 元"


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 100))
def test_never_more_than_the_damage_and_limits_never_overdrawn(own: int, others: int, ratio: int):
    found = settle({"medical": own}, {"medical": own + others}, LIMITS, ratio)

    assert 0 <= found.total <= own
    assert found.within <= LIMITS["medical"]
