"""A chunk of consecutive cases, drawn by a worker process that knows no Django."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

from claims_admin.demo import rows
from claims_admin.demo.draw import Cast, Weighted, draw_case

# Reports come by day: minutes of the day are drawn around two busy times.
BUSY_HOURS = Weighted([(9, 5), (10, 4), (14, 3), (17, 5), (18, 4), (20, 2), (7, 2), (12, 2), (22, 1)])


class Chunk(NamedTuple):
    """Some consecutive days: the first case's id and each day's number of reports."""

    first_id: int
    days: tuple[tuple[datetime, int], ...]


def draw_chunk(cast: Cast, chunk: Chunk) -> tuple[bytes, ...]:
    """The lines of one chunk for each of TABLES; runs in a worker, the same whichever worker it is."""
    random = Random(f"{cast.seed}/{chunk.first_id}")
    sheet = rows.Sheet(random, cast)
    units: Weighted = Weighted([(unit, unit.share) for unit in cast.units])
    case_id = chunk.first_id
    for day, count in chunk.days:
        for reported_at in sorted(_moment(random, day, cast.now) for _ in range(count)):
            sheet.add(draw_case(random, cast, case_id, units.draw(random), reported_at))
            case_id += 1
    return tuple(_lines(part) for part in (sheet.cases, sheet.losses, sheet.steps, sheet.payments))


def _lines(lines: list[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode() if lines else b""


def _moment(random: Random, day: datetime, now: datetime) -> datetime:
    moment = day + timedelta(hours=BUSY_HOURS.draw(random), seconds=random.randrange(5400))
    return moment if moment < now else day + (now - day) * random.random()
