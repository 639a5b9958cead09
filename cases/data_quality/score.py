"""What a unit's data of a month is worth: pure."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

FULL = Decimal(100)
_TENTH = Decimal("0.1")


def score_of(points: Decimal, overdue_points: Decimal, cases: int) -> Decimal | None:
    """A hundred, less the points of all doubts and again of those overdue, per hundred cases reported.

    Never below nothing; None for a month without cases and without doubts.
    """
    lost = points + overdue_points
    if not cases:
        return None if not lost else Decimal(0)
    return max(Decimal(0), FULL - lost * FULL / cases).quantize(_TENTH, ROUND_HALF_UP)
