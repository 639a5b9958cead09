"""Kinds of matter and bands of amount between which no ruling can differ. No database.

A ruling on a matter on which nobody has worked changes with the amount only where a limit, a least amount, a
ceiling or a figure of a referral rule lies. So the map asks one amount per band and is exact, not a sample.
The same for the dimensions of scope: what no limit and no ceiling of the item mentions makes no difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise, product

from authority.models import LineCode, LossCode, Measure, SpecialCode
from authority.rulings import ANY, Ceiling, HeldLimit, Matter, ReferralRule

FIGURE = "expected_loss"
LOSS_CLASSES = tuple(code for code in LossCode.values if code != ANY)
LINES = tuple(code for code in LineCode.values if code != ANY)
SPECIAL_KINDS = tuple(code for code in SpecialCode.values if code != ANY)
USUAL_LINE = {"vehicle": "own_damage", "property": "third_party", "injury": "third_party"}


@dataclass(frozen=True, slots=True)
class Kind:
    """A matter but for its unit and its amount."""

    item: str
    measure: str
    is_key: bool
    loss_class: str
    line: str
    special_kind: str = ""
    is_litigated: bool = False

    def matter(self, unit_path: str, amount: int) -> Matter:
        """Every measure is this one sum (fen), as 谁能批 asks it."""
        return Matter(
            item=self.item,
            measure=self.measure,
            amounts=dict.fromkeys(Measure.values, amount),
            unit_path=unit_path,
            lines=frozenset({self.line}),
            loss_classes=frozenset({self.loss_class}),
            special_kind=self.special_kind,
            is_litigated=self.is_litigated,
            figures={FIGURE: amount},
            is_key=self.is_key,
        )


@dataclass(frozen=True, slots=True)
class Band:
    """Amounts from `low` to `high`, both included, in fen; no `high` is without end."""

    low: int
    high: int | None

    @property
    def probe(self) -> int:
        """The amount that speaks for the band."""
        return self.low if self.high is None else self.high

    def __contains__(self, amount: int) -> bool:
        return self.low <= amount and (self.high is None or amount <= self.high)


def bands_between(
    limits: Iterable[HeldLimit], ceilings: Iterable[Ceiling], referrals: Iterable[ReferralRule]
) -> tuple[Band, ...]:
    """The bands that these rows of one item make, from 0 upwards, without a gap or an overlap."""
    last = sorted({amount for amount in _edges(limits, ceilings, referrals) if amount >= 0})
    ends = [-1, *last]
    return (*(Band(low + 1, high) for low, high in pairwise(ends)), Band(ends[-1] + 1, None))


def _edges(
    limits: Iterable[HeldLimit], ceilings: Iterable[Ceiling], referrals: Iterable[ReferralRule]
) -> Iterator[int]:
    """The last fen of each band."""
    for limit in limits:
        yield limit.amount_max
        yield limit.amount_min - 1
    for ceiling in ceilings:
        yield ceiling.amount_max
    for rule in referrals:
        if FIGURE in rule.figures_over:
            yield rule.figures_over[FIGURE]


@dataclass(frozen=True, slots=True)
class Differences:
    """The values of each dimension that some limit or ceiling of an item mentions."""

    loss_classes: frozenset[str]
    lines: frozenset[str]
    special_kinds: frozenset[str]
    is_litigation_asked: bool

    @classmethod
    def between(cls, rows: Iterable[HeldLimit | Ceiling]) -> Differences:
        found = list(rows)
        return cls(
            loss_classes=_mentioned(row.loss_classes for row in found),
            lines=_mentioned(row.lines for row in found),
            special_kinds=_mentioned(row.special_kinds for row in found),
            is_litigation_asked=any(row.litigation != ANY for row in found),
        )

    def plain(self, kind: Kind) -> Kind:
        """The kind that speaks for all those that no row tells apart from it."""
        return Kind(
            kind.item,
            kind.measure,
            kind.is_key,
            _spokesman(kind.loss_class, self.loss_classes, LOSS_CLASSES),
            _spokesman(kind.line, self.lines, LINES),
            _spokesman(kind.special_kind, self.special_kinds, SPECIAL_KINDS),
            kind.is_litigated and self.is_litigation_asked,
        )

    def kinds(self, item: str, measure: str, special_kind: str, *, is_key: bool) -> Iterator[Kind]:
        """Every kind of the item that is told apart, with the special kind that goes with the item."""
        specials = {special_kind, *(self.special_kinds if special_kind == "" else ())}
        suits = (False, True) if self.is_litigation_asked else (False,)
        for loss, special, suit in product(self._losses(), sorted(specials), suits):
            lines = self.lines or {USUAL_LINE.get(loss, LINES[0])}
            for line in sorted(lines):
                yield Kind(item, measure, is_key, loss, line, special, suit)

    def _losses(self) -> list[str]:
        """Those told apart, and one for the others where there are any."""
        others = [loss for loss in LOSS_CLASSES if loss not in self.loss_classes]
        return [*(loss for loss in LOSS_CLASSES if loss in self.loss_classes), *others[:1]]


def _mentioned(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*sets) - {ANY}


def _spokesman(value: str, mentioned: frozenset[str], values: tuple[str, ...]) -> str:
    if value in mentioned:
        return value
    return next((one for one in values if one not in mentioned), value)
