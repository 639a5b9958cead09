"""What can be said of a matter before anybody's name is known: stops, levels, ceilings.

Worked out once per matter, however many persons are then asked about it.
"""

from __future__ import annotations

from collections.abc import Mapping
from operator import attrgetter
from typing import NamedTuple

from authority.rulings.ruling import Objection, yuan
from authority.rulings.values import (
    ANY,
    MUST_CONSULT,
    MUST_REFER,
    NOTIFY,
    Ceiling,
    IncompatibleDuty,
    Matter,
    ReferralRule,
    Rules,
)

_ALL_OF = attrgetter(*Matter.__dataclass_fields__)
MEASURE_NAMES = {"item": "本项", "per_person": "每人", "case_total": "全案累计", "increment": "本次增减"}


class Cap(NamedTuple):
    """The narrowest ceiling of one measure over a post."""

    amount: int
    letter_no: str
    unit_name: str


class Caps(NamedTuple):
    """What the units above a post allow for this matter; `gaps` name the units that pass on none of it."""

    by_measure: dict[str, Cap]
    gaps: tuple[Objection, ...]


def within(wanted: frozenset[str], held: frozenset[str]) -> bool:
    """Is all of it held? A matter of unknown scope (nothing wanted) fits ANY alone."""
    return ANY in held or (bool(wanted) and wanted <= held)


def measure_name(measure: str) -> str:
    return MEASURE_NAMES.get(measure, measure)


def touches(wanted: frozenset[str], held: frozenset[str]) -> bool:
    return ANY in held or not wanted.isdisjoint(held)


def litigation_fits(is_litigated: bool, held: str) -> bool:
    return held in (ANY, "yes" if is_litigated else "no")


class Question:
    """A matter with the rules that bear on it. ValueError when something of the matter is None."""

    __slots__ = ("_caps", "_ceilings", "incompatible", "lifts", "matter", "notices", "rules", "stops")

    def __init__(self, matter: Matter, rules: Rules) -> None:
        if None in _ALL_OF(matter):
            raise ValueError("A matter with something unknown cannot be judged")
        self.matter = matter
        self.rules = rules
        applying = [rule for rule in rules.referrals if _applies(rule, matter)]
        self.lifts = tuple(rule for rule in applying if rule.kind == MUST_REFER)
        self.notices = tuple(
            Objection(f"{rule.kind}:{rule.code}", rule.text or rule.name)
            for rule in applying
            if rule.kind in (MUST_CONSULT, NOTIFY)
        )
        # A kind nobody knows stops the matter rather than letting it pass.
        self.stops = tuple(
            Objection(f"hard_stop:{rule.code}", rule.text or rule.name)
            for rule in applying
            if rule.kind not in (MUST_REFER, MUST_CONSULT, NOTIFY)
        )
        self.incompatible = tuple(
            duty for duty in rules.incompatible if matter.item in duty.items or ANY in duty.items
        )
        self._ceilings = [c for c in rules.ceilings if c.item in (matter.item, ANY)]
        self._caps: dict[str, Caps] = {}

    @property
    def lowest_level(self) -> int:
        """The level that the referral rules ask for; 0 without any."""
        return max((rule.to_level for rule in self.lifts), default=0)

    def amount(self, measure: str) -> int | None:
        """Fen by this measure; None when it is missing, no whole number, or negative."""
        fen = self.matter.amounts.get(measure)
        return fen if type(fen) is int and fen >= 0 else None

    def level_name(self, level: int) -> str:
        return self.rules.level_names.get(level, f"第 {level} 级")

    def caps(self, path: str) -> Caps:
        """The ceilings over a post in the unit at this path."""
        found = self._caps.get(path)
        if found is None:
            found = self._caps[path] = self._read_caps(path)
        return found

    def _read_caps(self, path: str) -> Caps:
        units: dict[str, list[Ceiling]] = {}
        for ceiling in self._ceilings:
            if path.startswith(ceiling.unit_path):
                units.setdefault(ceiling.unit_path, []).append(ceiling)
        by_measure: dict[str, Cap] = {}
        gaps = []
        for rows in units.values():
            bearing = [row for row in rows if _bears_on(row, self.matter)]
            if not _hold_all(bearing, self.matter):
                gaps.append(_gap(rows))
            _narrow(by_measure, bearing, self.matter.measure)
        return Caps(dict(sorted(by_measure.items())), tuple(sorted(gaps, key=lambda gap: gap.text)))

    def conflicts(self, person_id: int) -> tuple[list[Objection], tuple[Objection, ...]]:
        """Separation of duties for one person: what forbids, and what only enters the sampling pool."""
        done = {s.step for s in self.matter.steps if person_id in (s.person_id, s.via_id)}
        meant = [duty for duty in self.incompatible if not done.isdisjoint(duty.steps)] if done else []
        against = [Objection(f"sod:{d.code}", _conflict(d)) for d in meant if not self._is_small(d)]
        sampled = [Objection(f"sampling:{d.code}", _sampled(d)) for d in meant if self._is_small(d)]
        return against, tuple(sampled)

    def _is_small(self, duty: IncompatibleDuty) -> bool:
        """Every sum known of the matter counts, so that neither splitting nor a missing sum helps."""
        sums = [self.amount(measure) for measure in self.matter.amounts]
        return bool(sums) and all(fen is not None and 0 < duty.concurrent_limit >= fen for fen in sums)


def _applies(rule: ReferralRule, matter: Matter) -> bool:
    if matter.item not in rule.items and ANY not in rule.items:
        return False
    flagged = bool(rule.flags)
    return rule.flags <= matter.flags and all(
        _is_over(matter.figures, name, bound, flagged=flagged) for name, bound in rule.figures_over.items()
    )


def _is_over(figures: Mapping[str, int], name: str, bound: int, *, flagged: bool) -> bool:
    """An unknown figure counts as over where the flags say that the rule is about this matter."""
    figure = figures.get(name)
    if figure is None:
        return flagged or name in figures
    return figure > bound


def _bears_on(ceiling: Ceiling, matter: Matter) -> bool:
    return (
        touches(matter.lines, ceiling.lines)
        and touches(matter.loss_classes, ceiling.loss_classes)
        and (matter.special_kind in ceiling.special_kinds or ANY in ceiling.special_kinds)
        and litigation_fits(matter.is_litigated, ceiling.litigation)
    )


def _hold_all(bearing: list[Ceiling], matter: Matter) -> bool:
    """Together, with the smallest of their sums: rows per line are how head office writes its letter."""
    lines = frozenset().union(*(row.lines for row in bearing))
    loss_classes = frozenset().union(*(row.loss_classes for row in bearing))
    return bool(bearing) and within(matter.lines, lines) and within(matter.loss_classes, loss_classes)


def _gap(rows: list[Ceiling]) -> Objection:
    row = min(rows, key=lambda row: row.letter_no)
    return Objection("ceiling", f"{row.unit_name}的机构授权（{row.letter_no}）不含此类情形")


def _narrow(by_measure: dict[str, Cap], rows: list[Ceiling], default: str) -> None:
    for row in rows:
        cap = Cap(row.amount_max, row.letter_no, row.unit_name)
        measure = row.measure or default
        by_measure[measure] = min(by_measure.get(measure, cap), cap)


def _conflict(duty: IncompatibleDuty) -> str:
    text = duty.text or f"不相容岗位（{duty.code}）"
    if duty.concurrent_limit:
        return f"{text}：兼任仅限 {yuan(duty.concurrent_limit)} 元以内"
    return text


def _sampled(duty: IncompatibleDuty) -> str:
    return f"{duty.text or duty.code}：限额内兼任，列入抽查"
