"""The pure ruling, for the holder of the most limits and every rule in force."""

import time
from collections.abc import Callable, Iterator
from timeit import timeit

from authority.bounds import rules_for
from authority.holders import holders_of
from authority.rulings import Matter, StepDone, chain_for, may_decide
from benchmarks.clock import Figure

TIMES = 2_000
MATTER = Matter(
    item="adjudication",
    measure="case_total",
    amounts={"item": 8_642_000, "case_total": 23_890_000, "increment": 8_642_000},
    unit_path="hq/sc/motor/",
    lines=frozenset({"own_damage", "third_party"}),
    loss_classes=frozenset({"vehicle", "injury"}),
    flags=frozenset({"death", "major"}),
    steps=(StepDone("survey", 1), StepDone("assess", 2), StepDone("review_damage", 3)),
)


def measure() -> Iterator[Figure]:
    holders, rules = holders_of("adjudication"), rules_for()
    busiest = max(holders, key=lambda holder: len(holder.limits))
    single = _cpu(lambda: may_decide(MATTER, busiest, rules), TIMES) * 1e6
    limits, ceilings, referrals = len(busiest.limits), len(rules.ceilings), len(rules.referrals)
    inputs = f"{limits} limits, {ceilings} ceilings, {referrals} rules"
    yield Figure(f"pure ruling ({inputs})", single, "µs", goal="≤ 100 µs")
    whole = _cpu(lambda: chain_for(MATTER, holders, rules), 20) * 1e3
    yield Figure(f"chain over {len(holders)} holders", whole, "ms")


def _cpu(work: Callable[[], object], times: int) -> float:
    """Seconds of processor time of one call: no database, so nothing else is waited for."""
    return timeit(work, number=times, timer=time.process_time) / times
