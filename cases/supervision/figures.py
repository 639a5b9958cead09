"""What each person did in the month, counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from cases.supervision.acts import Act
from cases.supervision.parameters import Parameters

ZERO = Decimal(0)


@dataclass(slots=True)
class Answers:
    """Head office's answers to what one person referred up, with the acts that referred it."""

    upheld: list[Act] = field(default_factory=list)
    altered: list[Act] = field(default_factory=list)
    refused: list[Act] = field(default_factory=list)

    @property
    def overturned(self) -> list[Act]:
        return [*self.altered, *self.refused]

    @property
    def count(self) -> int:
        return len(self.upheld) + len(self.altered) + len(self.refused)


@dataclass(slots=True)
class Conduct:
    """One person's month: the acts by what they have in common."""

    person_id: int
    post_name: str = ""
    acts: list[Act] = field(default_factory=list)
    agreed: list[Act] = field(default_factory=list)
    near_limit: list[Act] = field(default_factory=list)
    fast: list[Act] = field(default_factory=list)
    stand_in: list[Act] = field(default_factory=list)
    emergency: list[Act] = field(default_factory=list)
    conflicts: list[Act] = field(default_factory=list)
    answers: Answers = field(default_factory=Answers)

    def take(self, act: Act, parameters: Parameters) -> None:
        self.acts.append(act)
        self.post_name = act.post_name or self.post_name
        if act.is_final_yes:
            self.agreed.append(act)
            if act.is_just_under(parameters.share("near_limit_percent")):
                self.near_limit.append(act)
        if is_fast(act, parameters):
            self.fast.append(act)
        for is_such, pile in (
            (act.acted_for_id, self.stand_in),
            (act.source == "emergency", self.emergency),
            (act.conflicts, self.conflicts),
        ):
            if is_such:
                pile.append(act)

    @property
    def amount(self) -> Decimal:
        return sum((act.amount for act in self.agreed), ZERO)


def is_fast(act: Act, parameters: Parameters) -> bool:
    """Decided sooner than the papers can be read. A decision whose beginning is not known is not."""
    return act.taken is not None and act.taken < parameters.reading_time(act.item, act.papers)


def conducts_of(
    acts: Iterable[Act], answers: Mapping[int, Answers], parameters: Parameters
) -> dict[int, Conduct]:
    """By person id: those who decided something, and those whose referrals were answered."""
    found: defaultdict[int, Conduct] = defaultdict(lambda: Conduct(0))
    for act in acts:
        found[act.person_id].person_id = act.person_id
        found[act.person_id].take(act, parameters)
    for person_id, given in answers.items():
        found[person_id].person_id, found[person_id].answers = person_id, given
    return dict(sorted(found.items()))
