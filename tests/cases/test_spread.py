"""An altered head-office total over the losses: nothing negative, nothing lost, nothing from nowhere."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from cases.models import CaseLoss
from cases.services.injury_costs import spread

FEN = st.integers(0, 10**9)


def losses(assessed: list[int]) -> list[CaseLoss]:
    return [CaseLoss(pk=pk, assessed=Decimal(fen) / 100) for pk, fen in enumerate(assessed, start=1)]


@given(FEN, st.lists(FEN, min_size=1, max_size=8).filter(any))
def test_the_shares_are_the_total_and_never_negative(total: int, assessed: list[int]):
    shares = spread(Decimal(total) / 100, losses(assessed))

    assert sum(shares.values()) == Decimal(total) / 100
    assert all(share >= 0 and share == round(share, 2) for share in shares.values())
    assert all(shares[pk] == 0 for pk, fen in enumerate(assessed, start=1) if fen == 0)


@given(FEN, st.lists(FEN, min_size=1, max_size=8).filter(any))
def test_a_share_is_within_a_cent_of_its_proportion(total: int, assessed: list[int]):
    shares = spread(Decimal(total) / 100, losses(assessed))

    whole = sum(assessed)
    for pk, fen in enumerate(assessed, start=1):
        assert abs(int(shares[pk] * 100) * whole - total * fen) < whole


def test_three_equal_losses_share_one_cent_too_many():
    shares = spread(Decimal("0.02"), losses([100, 100, 100, 0]))

    assert list(shares.values()) == [Decimal("0.01"), Decimal("0.01"), 0, 0]


def test_where_nothing_was_assessed_nothing_is_shared():
    assert spread(Decimal(5), losses([0, 0])) == {1: 0, 2: 0}
