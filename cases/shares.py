"""A total shared out in proportion: nothing negative, nothing lost, nothing from nowhere. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal


def share_out(total: Decimal, weights: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """Yuan by key in proportion to the weights, to the fen, by largest remainder; ties go by the key.

    The shares add up to the total where anything has weight; what has none gets nothing.
    """
    fen = {key: int(weight * 100) for key, weight in weights.items() if weight > 0}
    whole, base = int(total * 100), sum(fen.values())
    shares = {key: whole * weight // base for key, weight in fen.items()}
    by_rest = sorted(fen, key=lambda key: (-(whole * fen[key] % base), key))
    for key in by_rest[: whole - sum(shares.values())]:
        shares[key] += 1
    return {key: Decimal(shares.get(key, 0)) / 100 for key in weights}
