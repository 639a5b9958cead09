"""Medians after a warm-up, and the table they are printed in."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

RUNS = 20
WARM_UP = 3


@dataclass(frozen=True, slots=True)
class Figure:
    """One line: what was measured, in which unit, against what, and the goal in words."""

    work: str
    value: float
    unit: str
    against: str = ""
    ratio: float | None = None
    goal: str = ""


def seconds(work: Callable[[], object], runs: int = RUNS, warm_up: int = WARM_UP) -> float:
    """Median seconds of one call."""
    for _ in range(warm_up):
        work()
    return median(once(work) for _ in range(runs))


def once(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def milliseconds(work: Callable[[], object], runs: int = RUNS) -> float:
    return seconds(work, runs) * 1000


def line(figure: Figure) -> str:
    ratio = f"{figure.ratio:8.2f} × {figure.against}" if figure.ratio is not None else ""
    return f"{figure.work:<52} {figure.value:12,.2f} {figure.unit:<6} {ratio:<40} {figure.goal}"
