"""试案 run through the ruling itself: what somebody of a level would be told about a made-up matter.

Pure. The person asked holds a grant that is large enough for anything, so that the answer is the rules' own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from authority.rulings import (
    ANY,
    MUST_CONSULT,
    NOTIFY,
    HeldLimit,
    Holder,
    Matter,
    ReferralRule,
    Rules,
    Ruling,
    may_decide,
)

DECIDES, NOTIFIES, CONSULTS, REFERS, STOPS = "decides", "notifies", "consults", "refers", "stops"
MEASURES = ("item", "per_person", "case_total", "increment")
_EVERYTHING = frozenset({ANY})
_PLACE = "hq/"


@dataclass(frozen=True, slots=True)
class Trial:
    """A matter in integer fen, the level of who is asked, and the answer that is wanted."""

    name: str
    item: str
    amount: int
    level: int
    expects: str
    to_level: int | None = None
    flags: frozenset[str] = frozenset()
    figures: Mapping[str, int] = field(default_factory=dict)
    code: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A trial with the answer the rules give."""

    trial: Trial
    answer: str
    to_level: int | None

    @property
    def is_as_expected(self) -> bool:
        wanted = self.trial
        return self.answer == wanted.expects and wanted.to_level in (None, self.to_level)


def run(trials: Iterable[Trial], referrals: Iterable[ReferralRule]) -> list[Outcome]:
    rules = Rules(referrals=tuple(referrals))
    return [_outcome(trial, rules) for trial in trials]


def _outcome(trial: Trial, rules: Rules) -> Outcome:
    ruling = may_decide(_matter(trial), _asked(trial), rules)
    return Outcome(trial, _answer(ruling), ruling.refer_to_level)


def _answer(ruling: Ruling) -> str:
    if ruling.may_refer:
        return REFERS
    if not ruling.may_sign:
        return STOPS
    kinds = {notice.code.partition(":")[0] for notice in ruling.notices}
    if MUST_CONSULT in kinds:
        return CONSULTS
    return NOTIFIES if NOTIFY in kinds else DECIDES


def _matter(trial: Trial) -> Matter:
    return Matter(
        item=trial.item,
        measure="item",
        amounts=dict.fromkeys(MEASURES, trial.amount),
        unit_path=_PLACE,
        lines=frozenset({"own_damage"}),
        loss_classes=frozenset({"vehicle"}),
        flags=trial.flags,
        figures=trial.figures,
    )


def _asked(trial: Trial) -> Holder:
    limit = HeldLimit(
        grant_id=1,
        version=1,
        letter_no="试案",
        clause="",
        item=trial.item,
        unit_path=_PLACE,
        includes_below=True,
        lines=_EVERYTHING,
        loss_classes=_EVERYTHING,
        special_kinds=_EVERYTHING,
        litigation=ANY,
        measure="item",
        amount_max=trial.amount,
        level=trial.level,
    )
    return Holder(1, "受问人", limits=(limit,))
