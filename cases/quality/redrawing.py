"""Drawing a list again: from the population kept, with the seed kept, and held against the list."""

from __future__ import annotations

from dataclasses import dataclass

from cases.models import DrawnRule, QualityDraw
from cases.quality.criteria import population_of
from cases.quality.drawing import Measure, digest_of, draw, merged


@dataclass(frozen=True, slots=True)
class RuleProof:
    """`moved`: cases that are in the population now and were not, or the other way round."""

    drawn_rule: DrawnRule
    population: int
    drawn: int
    is_digest_right: bool
    moved: int


@dataclass(frozen=True, slots=True)
class Redrawn:
    rules: tuple[RuleProof, ...]
    is_same_list: bool

    @property
    def is_proved(self) -> bool:
        return self.is_same_list and all(one.is_digest_right for one in self.rules)


def redrawn(made: QualityDraw) -> Redrawn:
    """One query per rule for today's population, two for the rest."""
    rules = list(made.rules.select_related("rule"))
    pairs = {one.pk: list(zip(one.case_ids, one.unit_ids, strict=True)) for one in rules}
    lists = [(one.pk, draw(made.seed, Measure.of(one.settings), pairs[one.pk])) for one in rules]
    listed = dict(made.samples.values_list("case", "drawn_rule"))
    counts = [sum(rule == one.pk for rule in listed.values()) for one in rules]
    proofs = tuple(
        RuleProof(
            one,
            len(pairs[one.pk]),
            count,
            digest_of(pairs[one.pk]) == one.digest,
            len(set(pairs[one.pk]) ^ set(population_of(one.rule, made.unit.path, made.since, made.until))),
        )
        for one, count in zip(rules, counts, strict=True)
    )
    return Redrawn(proofs, merged(lists) == listed)
