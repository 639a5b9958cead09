"""The draw itself: pure, so that anybody can draw again from the population kept and compare.

Within each unit the files are ranked by the SHA-256 of "seed:rule:case"; the first of them are the sample.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Measure:
    """How many of a unit's files: a share in per cent, at least and at most so many."""

    rule: str
    share: Decimal
    at_least: int = 0
    at_most: int | None = None

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Measure:
        """From the settings that a drawing keeps."""
        return cls(
            settings["code"], Decimal(settings["share"]), settings["per_unit_min"], settings["per_unit_max"]
        )

    def size(self, number: int) -> int:
        """Of `number` files; a share is rounded up, and never more than there are."""
        part = int((number * self.share / 100).to_integral_value(ROUND_CEILING))
        wanted = max(part, self.at_least)
        return min(number, wanted if self.at_most is None else min(wanted, self.at_most))


def digest_of(population: Iterable[tuple[int, int]]) -> str:
    """SHA-256 of "case:unit" in ascending order of the cases, one per line."""
    return hashlib.sha256(
        "\n".join(f"{case}:{unit}" for case, unit in sorted(population)).encode()
    ).hexdigest()


def place_of(seed: str, rule: str, case_id: int) -> str:
    return hashlib.sha256(f"{seed}:{rule}:{case_id}".encode()).hexdigest()


def draw(seed: str, measure: Measure, population: Iterable[tuple[int, int]]) -> list[int]:
    """The cases drawn, unit by unit in ascending order, within a unit by their place."""
    by_unit: dict[int, list[int]] = {}
    for case_id, unit_id in population:
        by_unit.setdefault(unit_id, []).append(case_id)
    drawn: list[int] = []
    for unit_id in sorted(by_unit):
        ranked = sorted(by_unit[unit_id], key=lambda case_id: place_of(seed, measure.rule, case_id))
        drawn += ranked[: measure.size(len(ranked))]
    return drawn


def merged(lists: Iterable[tuple[int, Sequence[int]]]) -> dict[int, int]:
    """Case → the first rule that drew it, in the order of the list: nobody scores one file twice."""
    found: dict[int, int] = {}
    for rule_id, cases in lists:
        for case_id in cases:
            found.setdefault(case_id, rule_id)
    return found
