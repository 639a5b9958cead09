"""抽查清单: at random by a seed that anybody can draw with again, and for a reason."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from cases.supervision.acts import Act
from cases.supervision.findings import Found

TARGETED_KINDS = ("split", "emergency", "conflict", "fast", "near_limit")
NAMES = {
    "split": "疑似拆分",
    "emergency": "应急授权行使",
    "conflict": "限额内兼任",
    "fast": "快于阅读时间",
    "near_limit": "临近上限",
}


@dataclass(frozen=True, slots=True)
class Drawn:
    """One decision on the list. `reason`: empty for one drawn at random."""

    decision_id: int
    reason: str = ""


def population_of(acts: Iterable[Act]) -> list[int]:
    """The decisions of the month that ended a request with a yes, by key."""
    return sorted(act.pk for act in acts if act.is_final_yes)


def digest_of(population: Sequence[int]) -> str:
    """SHA-256 of the keys in ascending order, one per line."""
    return hashlib.sha256("\n".join(map(str, sorted(population))).encode()).hexdigest()


def draw(seed: str, population: Sequence[int], size: int) -> list[int]:
    """The `size` keys whose SHA-256 of "seed:key" is smallest, in that order: with any tool the same."""
    ranked = sorted(population, key=lambda pk: hashlib.sha256(f"{seed}:{pk}".encode()).hexdigest())
    return ranked[:size]


def targeted(findings: Iterable[Found], size: int) -> Iterator[Drawn]:
    """Of each finding of a kind that one case can show, the `size` dearest."""
    wanted = [found for kind in TARGETED_KINDS for found in findings_of(findings, kind)]
    for found in wanted:
        dearest = sorted(found.acts, key=lambda act: (-act.asked, act.pk))[:size]
        yield from (Drawn(act.pk, NAMES[found.kind]) for act in dearest)


def findings_of(findings: Iterable[Found], kind: str) -> list[Found]:
    return [found for found in findings if found.kind == kind]
