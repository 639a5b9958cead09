"""What is kept of a million judged matters: sums per unit, item and move, load per person, ids of moves."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NamedTuple

from cases.what_if.judging import Court, Place


class Move(NamedTuple):
    """The line of the result that a class of matters belongs to."""

    unit: str
    item_id: int
    before: int
    after: int
    gap_before: bool
    gap_after: bool
    is_other_people: bool

    @property
    def is_change(self) -> bool:
        return self.before != self.after or self.is_other_people or self.gap_before != self.gap_after


@dataclass(slots=True)
class Sum:
    """Matters and their money in fen; `ids` of the submissions where something changes."""

    count: int = 0
    fen: int = 0
    ids: array[int] = field(default_factory=lambda: array("q"))


@dataclass(slots=True)
class _Class:
    sum: Sum
    places: tuple[Place, Place]
    keeps_ids: bool
    count: int = 0
    fen: int = 0


@dataclass(slots=True)
class Load:
    """Shares of decisions, exact: as many matters divided by as many people equally near."""

    count: list[Fraction] = field(default_factory=lambda: [Fraction(), Fraction()])
    fen: list[Fraction] = field(default_factory=lambda: [Fraction(), Fraction()])


class Tally:
    """Takes matters one by one and judges each class of them once."""

    def __init__(self, courts: Mapping[str, Court]) -> None:
        self._courts = courts
        self._classes: dict[Hashable, _Class] = {}
        self.moves: defaultdict[Move, Sum] = defaultdict(Sum)
        self.read = 0

    @property
    def classes(self) -> int:
        return len(self._classes)

    def add(self, pk: int, item_code: str, facts: Mapping[str, Any], parties: tuple[str, ...] = ()) -> None:
        """One submission with the matter it was decided as."""
        court = self._courts[item_code]
        key = (item_code, court.sieve.key(facts, parties))
        found = self._classes.get(key)
        if found is None:
            found = self._classes[key] = self._class(court, facts, parties)
        fen = facts["amounts"]["item"]
        self.read += 1
        found.count += 1
        found.fen += fen
        if found.keeps_ids:
            found.sum.ids.append(pk)

    def _class(self, court: Court, facts: Mapping[str, Any], parties: tuple[str, ...]) -> _Class:
        before, after = court.judge(facts, parties)
        others = before.level == after.level and before.people != after.people
        move = Move(
            facts["unit"], court.item.pk, before.level, after.level, before.is_gap, after.is_gap, others
        )
        return _Class(self.moves[move], (before, after), move.is_change)

    def close(self) -> None:
        """Carries what the classes counted into their lines."""
        for one in self._classes.values():
            one.sum.count += one.count
            one.sum.fen += one.fen

    def loads(self) -> dict[int, Load]:
        """By person: what falls to him before and after."""
        found: defaultdict[int, Load] = defaultdict(Load)
        for one in self._classes.values():
            for side, place in enumerate(one.places):
                _share_out(found, side, place.people, one)
        return dict(found)


def _share_out(found: Mapping[int, Load], side: int, people: Iterable[int], one: _Class) -> None:
    among = tuple(people)
    for person in among:
        load = found[person]
        load.count[side] += Fraction(one.count, len(among))
        load.fen[side] += Fraction(one.fen, len(among))
