"""Who covers what: every unit, item, kind of matter and band of amount, asked of the one ruling."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from authority.coverage.bands import Band, Differences, Kind, bands_between
from authority.rulings import ANY, Basis, Ceiling, HeldLimit, Holder, Rules, rulings_for

NOBODY, AWAY, ONE, SEVERAL, ABOVE = "nobody", "away", "one", "several", "above"
"""Nobody may, though somebody may decide more · who may is away · one · several · beyond every limit here."""


@dataclass(frozen=True, slots=True)
class Able:
    """Somebody who may decide the matters of a cell, with or without co-signature; perhaps away."""

    person_id: int
    name: str
    unit_name: str
    is_away: bool
    basis: Basis


@dataclass(frozen=True, slots=True)
class Cell:
    """The people for one band; `state` is one of the five words above."""

    band: Band
    people: tuple[Able, ...]
    state: str

    @property
    def present(self) -> tuple[Able, ...]:
        return tuple(one for one in self.people if not one.is_away)

    @property
    def person_ids(self) -> frozenset[int]:
        return frozenset(one.person_id for one in self.people)


class Survey:
    """All holders and all rules of a moment. Asks each question once; units and kinds that no row tells
    apart share the answer. Leave is left out of the rulings and reported beside them: who is away covers the
    post, but not today.
    """

    def __init__(self, holders: Iterable[Holder], rules: Rules) -> None:
        # On a matter made up nobody has done anything: incompatible duties have nothing to say.
        self.rules = replace(rules, incompatible=())
        self._held: dict[str, list[tuple[Holder, HeldLimit]]] = {}
        for holder in holders:
            for limit in holder.limits:
                self._held.setdefault(limit.item, []).append((holder, limit))
        self._differences: dict[str, Differences] = {}
        self._answers: dict[object, tuple[Cell, ...]] = {}

    @property
    def items(self) -> frozenset[str]:
        """The items that anybody holds."""
        return frozenset(self._held)

    def held(self, item: str) -> Sequence[tuple[Holder, HeldLimit]]:
        return self._held.get(item, ())

    def differences(self, item: str) -> Differences:
        if item not in self._differences:
            limits = [limit for _, limit in self.held(item)]
            self._differences[item] = Differences.between([*limits, *self.ceilings(item)])
        return self._differences[item]

    def cells(self, unit_path: str, kind: Kind) -> tuple[Cell, ...]:
        """From the smallest amount to the largest; neighbours never have the same people."""
        plain = self.differences(kind.item).plain(kind)
        near = [
            (position, *held)
            for position, held in enumerate(self.held(kind.item))
            if _reaches(held[1], unit_path)
        ]
        key = (plain, tuple([position for position, _, _ in near]))
        if key not in self._answers:
            self._answers[key] = self._asked(unit_path, plain, [(who, limit) for _, who, limit in near])
        return self._answers[key]

    def _asked(self, unit_path: str, kind: Kind, near: list[tuple[Holder, HeldLimit]]) -> tuple[Cell, ...]:
        holders = _gathered(near)
        away = {holder.person_id for holder, _ in near if holder.on_leave}
        rules = replace(self.rules, ceilings=self.ceilings(kind.item))
        bands = bands_between([limit for _, limit in near], rules.ceilings, rules.referrals)
        found: list[tuple[Band, tuple[Able, ...]]] = []
        for band in bands:
            rulings = rulings_for(kind.matter(unit_path, band.probe), holders, rules)
            able = tuple(
                Able(who.person_id, who.name, who.unit_name, who.person_id in away, ruling.basis)
                for who, ruling in rulings
                if ruling.may_sign and ruling.basis
            )
            found.append((band, able))
        return tuple(_cells(_merged(found)))

    def ceilings(self, item: str) -> tuple[Ceiling, ...]:
        return tuple(ceiling for ceiling in self.rules.ceilings if ceiling.item in (item, ANY))


def _reaches(limit: HeldLimit, unit_path: str) -> bool:
    """May leave in too much, never out what the ruling would count."""
    return unit_path.startswith(limit.unit_path) and (limit.includes_below or unit_path == limit.unit_path)


def _gathered(near: Iterable[tuple[Holder, HeldLimit]]) -> list[Holder]:
    """Each person once, as if nobody were away, with only the limits that reach the unit."""
    limits: defaultdict[int, list[HeldLimit]] = defaultdict(list)
    people: dict[int, Holder] = {}
    for holder, limit in near:
        people[holder.person_id] = holder
        limits[holder.person_id].append(limit)
    return [
        replace(holder, on_leave=False, limits=tuple(limits[person_id]))
        for person_id, holder in people.items()
    ]


def _merged(found: Iterable[tuple[Band, tuple[Able, ...]]]) -> list[tuple[Band, tuple[Able, ...]]]:
    """Neighbours with the same people are one band."""
    merged: list[tuple[Band, tuple[Able, ...]]] = []
    for band, able in found:
        if merged and _ids(merged[-1][1]) == _ids(able):
            merged[-1] = (Band(merged[-1][0].low, band.high), able)
        else:
            merged.append((band, able))
    return merged


def _ids(able: Iterable[Able]) -> frozenset[int]:
    return frozenset(one.person_id for one in able)


def _cells(found: list[tuple[Band, tuple[Able, ...]]]) -> Iterable[Cell]:
    covered = [position for position, (_, able) in enumerate(found) if able]
    top = covered[-1] if covered else -1
    for position, (band, able) in enumerate(found):
        yield Cell(band, able, _state(able, is_above=bool(covered) and position > top))


def _state(able: tuple[Able, ...], *, is_above: bool) -> str:
    present = sum(not one.is_away for one in able)
    if not able:
        return ABOVE if is_above else NOBODY
    if not present:
        return AWAY
    return ONE if present == 1 else SEVERAL
