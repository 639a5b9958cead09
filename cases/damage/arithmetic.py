"""What a line comes to, and what lines say together; fen exact. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from cases.models import DamageItem

ZERO, FEN = Decimal(0), Decimal("0.01")
_BETWEEN = re.compile(r"[\s\-_/（）()【】\[\]·.,，。]+")


def product(quantity: Decimal, price: Decimal, residual: Decimal = ZERO) -> Decimal:
    """Quantity times price, rounded to the fen as the database rounds, less the residual value."""
    return (quantity * price).quantize(FEN, ROUND_HALF_UP) - residual


def name_key(name: str) -> str:
    """Parts are compared without widths, spaces, brackets and case: 前保险杠（左） = 前保险杠 左."""
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", name)).lower()[:60] or "?"


@dataclass(frozen=True, slots=True)
class Totals:
    """Yuan; `share` of the reduction in per cent of what was claimed."""

    claimed: Decimal
    granted: Decimal

    @property
    def cut(self) -> Decimal:
        return self.claimed - self.granted

    @property
    def share(self) -> Decimal:
        return self.cut / self.claimed * 100 if self.claimed else ZERO


def totals(items: Iterable[DamageItem]) -> Totals:
    every = list(items)
    return Totals(sum((one.claimed for one in every), ZERO), sum((one.granted for one in every), ZERO))


def granted_by_loss(items: Iterable[DamageItem]) -> dict[int, Decimal]:
    """What the lines grant, by loss; losses without lines are not named. Needs the sheet at hand."""
    sums: dict[int, Decimal] = {}
    for one in items:
        sums[one.sheet.loss_id] = sums.get(one.sheet.loss_id, ZERO) + one.granted
    return sums
