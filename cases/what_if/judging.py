"""Where a matter is decided on a ground: by the very functions that make the chain of a submission."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from authority.models import AuthorityItem
from authority.rulings import HEAD_OFFICE, Holder
from authority.what_if import Ground
from cases.chains import deciders, plan_chain
from cases.matters import matter_from
from cases.models import HARD_STOP
from cases.what_if.classes import Sieve, sieve_of


@dataclass(frozen=True, slots=True)
class Place:
    """The level that decides, and whom the decision may fall to. `is_gap`: nobody here has even a say.

    Where people of several levels hold the same limit, the lowest of their levels: only their load chooses.
    """

    level: int
    people: tuple[int, ...] = ()
    is_gap: bool = False


@dataclass(slots=True)
class Court:
    """One item of authority on two grounds. Judges each class of matters once."""

    item: AuthorityItem
    grounds: tuple[Ground, Ground]
    sieve: Sieve = field(init=False)
    _near: dict[tuple[int, str], tuple[Holder, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.sieve = sieve_of(self.item.code, self.item.measure, self.grounds)

    def judge(self, facts: Mapping[str, Any], parties: tuple[str, ...] = ()) -> tuple[Place, Place]:
        """On the first ground and on the second."""
        return self._judge(0, facts, parties), self._judge(1, facts, parties)

    def _judge(self, number: int, facts: Mapping[str, Any], parties: tuple[str, ...]) -> Place:
        matter, rules = matter_from(facts, self.item, parties), self.grounds[number].rules
        holders = self._holders(number, matter.unit_path)
        plan = plan_chain(matter, holders, rules)
        if plan.stops:
            return Place(HARD_STOP)
        last = plan.stations[-1]
        if last.person_id is None:
            return Place(HEAD_OFFICE, is_gap=plan.alert)
        among = deciders(matter, holders, rules)
        return Place(min(among.values()), tuple(sorted(among)))

    def _holders(self, number: int, path: str) -> tuple[Holder, ...]:
        """Those with a limit over the unit: all others are refused for it, whatever the matter."""
        found = self._near.get((number, path))
        if found is None:
            everybody = self.grounds[number].holders
            found = tuple(one for one in everybody if _reaches(one, path))
            self._near[number, path] = found
        return found


def _reaches(holder: Holder, path: str) -> bool:
    return any(
        path.startswith(limit.unit_path) if limit.includes_below else path == limit.unit_path
        for limit in holder.limits
    )
