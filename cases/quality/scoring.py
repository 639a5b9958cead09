"""A sheet's score: pure. What does not apply is left out, the rest is brought to a hundred."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

GOOD, PARTIAL, BAD, NOT_APPLICABLE = "good", "partial", "bad", "none"
FULL = Decimal(100)
_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Line:
    """One question as answered. `deducted` counts for PARTIAL only; BAD loses all of `points`."""

    points: int
    verdict: str
    deducted: Decimal = Decimal(0)
    is_veto: bool = False

    @property
    def lost(self) -> Decimal:
        if self.verdict == BAD:
            return Decimal(self.points)
        return min(self.deducted, Decimal(self.points)) if self.verdict == PARTIAL else Decimal(0)


@dataclass(frozen=True, slots=True)
class Score:
    """`value` of a hundred; nothing when a veto item failed."""

    value: Decimal
    is_vetoed: bool
    lost: Decimal
    possible: int


def score_of(lines: Iterable[Line]) -> Score:
    """A sheet on which nothing applies has no fault: a hundred."""
    counted = [line for line in lines if line.verdict != NOT_APPLICABLE]
    possible = sum(line.points for line in counted)
    lost = sum((line.lost for line in counted), Decimal(0))
    is_vetoed = any(line.is_veto and line.verdict == BAD for line in counted)
    share = FULL if not possible else (possible - lost) * FULL / possible
    value = Decimal(0) if is_vetoed else share.quantize(_TENTH, ROUND_HALF_UP)
    return Score(value, is_vetoed, lost, possible)
