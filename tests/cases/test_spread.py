"""A total over its parts: nothing negative, nothing lost, nothing from nowhere."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from cases.shares import share_out

FEN = st.integers(0, 10**9)
WEIGHTS = st.lists(FEN, min_size=1, max_size=8).filter(any)


def shared(total: int, weights: list[int]) -> dict[int, Decimal]:
    """All in fen; keys from 1."""
    return share_out(Decimal(total) / 100, {key: Decimal(fen) / 100 for key, fen in enumerate(weights, 1)})


@given(FEN, WEIGHTS)
def test_the_shares_are_the_total_and_never_negative(total: int, weights: list[int]):
    shares = shared(total, weights)

    assert sum(shares.values()) == Decimal(total) / 100
    assert all(share >= 0 and share == round(share, 2) for share in shares.values())
    assert all(shares[key] == 0 for key, fen in enumerate(weights, start=1) if fen == 0)


@given(FEN, WEIGHTS)
def test_a_share_is_within_a_cent_of_its_proportion(total: int, weights: list[int]):
    shares, whole = shared(total, weights), sum(weights)

    for key, fen in enumerate(weights, start=1):
        assert abs(int(shares[key] * 100) * whole - total * fen) < whole


def test_three_equal_weights_share_one_cent_too_many():
    assert list(shared(2, [100, 100, 100, 0]).values()) == [Decimal("0.01"), Decimal("0.01"), 0, 0]


def test_where_nothing_has_weight_nothing_is_shared():
    assert shared(500, [0, 0]) == {1: 0, 2: 0}
