"""Which matters are judged alike: those that stand on the same side of every edge the rules know.

Exact, not approximate: a ruling compares sums with limits, asks whether sets lie within sets, and looks for
named persons, flags and parties. What no limit, ceiling or rule of either ground names cannot change it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from authority.rulings import ANY, Ceiling, HeldLimit
from authority.what_if import Ground

Edges = Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Sieve:
    """What of a matter of one item bears on the answer. A sum above as many edges is the same sum."""

    amounts: Edges
    figures: Edges
    asks_lines: bool
    asks_losses: bool
    asks_special: bool
    asks_litigation: bool
    flags: frozenset[str]
    steps: frozenset[str]
    persons: frozenset[int]
    parties: frozenset[str]

    def key(self, facts: Mapping[str, Any], parties: Iterable[str] = ()) -> Hashable:
        """Equal for matters that are judged alike. `facts`: as `cases.matters.facts_of` keeps them."""
        return (
            facts["unit"],
            _bands(self.amounts, facts["amounts"]),
            _bands(self.figures, facts["figures"]),
            tuple(facts["lines"]) if self.asks_lines else bool(facts["lines"]),
            tuple(facts["losses"]) if self.asks_losses else bool(facts["losses"]),
            facts["special"] if self.asks_special else "",
            facts["litigated"] if self.asks_litigation else False,
            self.flags.intersection(facts["flags"]),
            self._steps(facts["steps"]),
            self.parties.intersection(parties),
        )

    def _steps(self, steps: Iterable[Sequence[Any]]) -> frozenset[tuple[str, int]]:
        """By whom, for those who may be asked; a stand-in's step is that of both."""
        return frozenset(
            [
                (step, person)
                for step, *people in steps
                if step in self.steps
                for person in people
                if person in self.persons
            ]
        )


def sieve_of(item_code: str, measure: str, grounds: Sequence[Ground]) -> Sieve:
    """For the matters of one item, judged on each of these grounds. `measure`: the item's own."""
    limits = [one for ground in grounds for holder in ground.holders for one in holder.limits]
    ceilings = [row for ground in grounds for row in ground.rules.ceilings if row.item in (item_code, ANY)]
    referrals = [
        rule for ground in grounds for rule in ground.rules.referrals if {item_code, ANY} & rule.items
    ]
    terms: list[HeldLimit | Ceiling] = [*limits, *ceilings]
    return Sieve(
        amounts=_sorted(_amount_edges(item_code, measure, grounds, terms)),
        figures=_sorted(edge for rule in referrals for edge in rule.figures_over.items()),
        asks_lines=any(ANY not in one.lines for one in terms),
        asks_losses=any(ANY not in one.loss_classes for one in terms),
        asks_special=any(ANY not in one.special_kinds for one in terms),
        asks_litigation=any(one.litigation != ANY for one in terms),
        flags=frozenset().union(*(rule.flags for rule in referrals)),
        steps=frozenset({"submit"}).union(*(duty.steps for duty in _duties(item_code, grounds))),
        persons=frozenset(_persons(grounds)),
        parties=frozenset(_interests(grounds)),
    )


def _amount_edges(
    item_code: str, measure: str, grounds: Sequence[Ground], terms: Iterable[HeldLimit | Ceiling]
) -> Iterator[tuple[str, int]]:
    """(measure, sum): an amount at or below the sum is on one side, one above it on the other."""
    for one in terms:
        yield one.measure or measure, one.amount_max
        if isinstance(one, HeldLimit) and one.amount_min:
            yield one.measure or measure, one.amount_min - 1
    for duty in _duties(item_code, grounds):
        if duty.concurrent_limit:
            yield from ((name, duty.concurrent_limit) for name in MEASURES)


MEASURES = ("item", "per_person", "case_total", "increment")


def _duties(item_code: str, grounds: Iterable[Ground]) -> Iterator[Any]:
    for ground in grounds:
        yield from (duty for duty in ground.rules.incompatible if {item_code, ANY} & duty.items)


def _persons(grounds: Iterable[Ground]) -> Iterator[int]:
    for holder in chain.from_iterable(ground.holders for ground in grounds):
        yield holder.person_id
        yield from (limit.via_id for limit in holder.limits if limit.via_id is not None)


def _interests(grounds: Iterable[Ground]) -> Iterator[str]:
    for holder in chain.from_iterable(ground.holders for ground in grounds):
        yield from holder.interests
        yield from chain.from_iterable(limit.via_interests for limit in holder.limits)


def _sorted(edges: Iterable[tuple[str, int]]) -> Edges:
    found: defaultdict[str, set[int]] = defaultdict(set)
    for name, edge in edges:
        found[name].add(edge)
    return {name: tuple(sorted(sums)) for name, sums in sorted(found.items())}


def _bands(edges: Edges, sums: Mapping[str, int]) -> tuple[int, ...]:
    """How many edges each sum is above; -1 where the sum is not known."""
    return tuple([bisect_left(known, sums[name]) if name in sums else -1 for name, known in edges.items()])
