"""Who can decide it, then? The people, in order, and the chain a submission will take."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from authority.rulings.decision import may_decide, rulings_for
from authority.rulings.ruling import Basis, Objection, Ruling
from authority.rulings.values import Holder, Matter, Rules

PRELIMINARY = "preliminary"
FINAL = "final"
STEP_NAMES = {PRELIMINARY: "初审", FINAL: "终审"}

ENDS_AT_HOLDER = "holder"
ENDS_AT_HEAD_OFFICE = "head_office"
ENDS_AT_HARD_STOP = "hard_stop"


@dataclass(frozen=True, slots=True)
class ChainStep:
    """Whose turn it is: `kind` is preliminary (初审意见) or final (终审)."""

    kind: str
    person_id: int
    name: str
    unit_name: str
    basis: Basis
    ruling: Ruling

    @property
    def level(self) -> int:
        return self.basis.level

    def __str__(self) -> str:
        post = f"（{self.basis.post_name}）" if self.basis.post_name else ""
        return f"{STEP_NAMES[self.kind]} {self.name}{post}"


@dataclass(frozen=True, slots=True)
class Chain:
    """The steps that will decide a matter.

    `ends_at` is "holder" (the last step decides), "head_office" (nobody here may: it goes up and `alert`
    asks the security administrator to look) or "hard_stop" (nobody may until the causes in `stops` are gone).
    """

    steps: tuple[ChainStep, ...]
    ends_at: str
    alert: bool = False
    stops: tuple[Objection, ...] = ()

    @property
    def final(self) -> ChainStep | None:
        return self.steps[-1] if self.ends_at == ENDS_AT_HOLDER else None

    def __str__(self) -> str:
        people = [str(step) for step in self.steps]
        if self.ends_at == ENDS_AT_HEAD_OFFICE:
            people.append("总公司（本级无有权人）")
        if self.ends_at == ENDS_AT_HARD_STOP:
            people.append("禁止办理：" + "；".join(stop.text for stop in self.stops))
        return " → ".join(people)


_NOBODY = Holder(0, "")


class _Asked(NamedTuple):
    holder: Holder
    ruling: Ruling
    basis: Basis


def holders_for(matter: Matter, holders: Iterable[Holder], rules: Rules) -> tuple[Holder, ...]:
    """Everybody who may sign: nearest unit first, then lowest sufficient limit, then load, then id."""
    return tuple(asked.holder for asked in _able(_ask(matter, holders, rules)))


def equals_for(matter: Matter, holders: Iterable[Holder], rules: Rules) -> dict[int, int]:
    """The persons among whom only the load decides who is first of `holders_for`; level by person id."""
    able = _able(_ask(matter, holders, rules))
    first = [one for one in able if _nearness(one)[:2] == _nearness(able[0])[:2]]
    return {one.holder.person_id: one.basis.level for one in first}


def chain_for(matter: Matter, holders: Iterable[Holder], rules: Rules, start_level: int = 0) -> Chain:
    """The steps from `start_level` up: an opinion first where the lowest in charge lacks the limit; the end.

    Shown before submission and made on submission by this one function. Never more than two steps, never none
    without saying where the matter goes instead.
    """
    stops = tuple(o for o in may_decide(matter, _NOBODY, rules).objections if o.code.startswith("hard_stop:"))
    if stops:
        return Chain((), ENDS_AT_HARD_STOP, stops=stops)
    asked = [one for one in _ask(matter, holders, rules) if one.basis.level >= start_level]
    able = _able(asked)
    able_from = min((one.basis.level for one in able), default=math.inf)
    below = [one for one in asked if one.ruling.may_refer and one.basis.level < able_from]
    steps = [_step(PRELIMINARY, min(below, key=_in_charge))] if below else []
    if not able:
        return Chain(tuple(steps), ENDS_AT_HEAD_OFFICE, alert=True)
    return Chain((*steps, _step(FINAL, able[0])), ENDS_AT_HOLDER)


def _ask(matter: Matter, holders: Iterable[Holder], rules: Rules) -> list[_Asked]:
    """Those who have a say, deciding or preliminary, each with the ruling."""
    rulings = rulings_for(matter, holders, rules)
    return [_Asked(holder, ruling, ruling.basis) for holder, ruling in rulings if ruling.basis]


def _able(asked: list[_Asked]) -> list[_Asked]:
    return sorted((one for one in asked if one.ruling.may_sign), key=_nearness)


def _nearness(asked: _Asked) -> tuple[int, ...]:
    """The deeper the unit of the grant, the nearer: all of them contain the matter's unit."""
    basis, holder = asked.basis, asked.holder
    return (-basis.unit_path.count("/"), basis.limit, holder.load, holder.person_id)


def _in_charge(asked: _Asked) -> tuple[int, ...]:
    return (asked.basis.level, *_nearness(asked))


def _step(kind: str, asked: _Asked) -> ChainStep:
    holder = asked.holder
    return ChainStep(kind, holder.person_id, holder.name, holder.unit_name, asked.basis, asked.ruling)
