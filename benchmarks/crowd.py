"""Many people at once: each a process of its own, as web workers are; threads would wait for each other."""

import time
from collections.abc import Sequence
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier

import django
from django.db import connection

_PATIENCE = 300
_gates: list[Barrier] = []


def together(work: str, shares: Sequence[Sequence[int]]) -> float:
    """Seconds from the moment that all are ready until the last share is done.

    `work` names a function ("benchmarks.deciding:agree_to") that is called with each number of a share.
    """
    context = get_context("spawn")
    gate = context.Barrier(len(shares))
    with context.Pool(len(shares), _enter, (str(connection.settings_dict["NAME"]), gate)) as pool:
        times = pool.starmap(_work, [(work, share) for share in shares], chunksize=1)
    return max(end for _, end in times) - min(start for start, _ in times)


def _enter(database: str, gate: Barrier) -> None:
    django.setup()
    connection.settings_dict["NAME"] = database
    _gates.append(gate)


def _work(work: str, share: Sequence[int]) -> tuple[float, float]:
    module, _, name = work.partition(":")
    act = getattr(import_module(module), name)
    act(share[0])
    _gates[0].wait(_PATIENCE)
    start = time.monotonic()
    for number in share[1:]:
        act(number)
    return start, time.monotonic()
