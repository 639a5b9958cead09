"""A year of cases, drawn in two processes and copied in."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from datetime import datetime, time
from multiprocessing import get_context

from django.db import connection
from django.utils import timezone

from claims_admin.demo import rows
from claims_admin.demo.bulk import bare_tables, copy_lines, let_run_long, restart_ids
from claims_admin.demo.chunks import Chunk, draw_chunk
from claims_admin.demo.draw import Cast, UnitCast
from claims_admin.demo.organisation import SUB_BRANCHES
from claims_admin.demo.people import People
from claims_admin.demo.profile import reports_per_day
from departments.models import OrgUnit

# Table and its columns, in the order of the lines that a chunk is drawn as.
TABLES = {
    "cases_claimcase": rows.CASE_COLUMNS,
    "cases_caseloss": rows.LOSS_COLUMNS,
    "cases_casestep": rows.STEP_COLUMNS,
    "cases_payment": rows.PAYMENT_COLUMNS,
}
CHUNK = 5_000
PROCESSES = 2
AHEAD = 4  # chunks drawn and not yet copied: memory does not grow with the year
# The trigger that refuses a payment beyond the approval is off while rows are copied in.
_OVERPAID = """
    select claim.report_no from cases_claimcase claim
    join (select case_id, sum(amount) total from cases_payment group by 1) paid on paid.case_id = claim.id
    where paid.total > claim.approved limit 1
"""


def make_cases(
    units: dict[str, OrgUnit],
    people: People,
    *,
    reports: int,
    seed: int,
    say: Callable[[str], None] = lambda text: None,
) -> int:
    """Write `reports` cases with losses, steps and payments; the number of cases.

    `say` is told how far it is, a dozen times or so.
    """
    cast = _cast(units, people, seed)
    chunks = list(_chunks(reports, cast.now))
    let_run_long()
    with bare_tables(list(TABLES)):
        for number, drawn in enumerate(_drawn(cast, chunks), start=1):
            for (table, columns), lines in zip(TABLES.items(), drawn, strict=True):
                copy_lines(table, columns, lines)
            if number % (len(chunks) // 10 + 1) == 0:
                say(f"赔案已写入约 {number * reports // len(chunks):,} 件")
    restart_ids("cases_claimcase")
    check_payments()
    _analyze()
    return reports


def _drawn(cast: Cast, chunks: list[Chunk]) -> Iterator[tuple[bytes, ...]]:
    """The lines of every chunk in order; a worker that dies is an error, not a wait without end."""
    waiting: deque[Future[tuple[bytes, ...]]] = deque()
    with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool:
        for chunk in chunks:
            waiting.append(pool.submit(draw_chunk, cast, chunk))
            if len(waiting) > AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def check_payments() -> None:
    """ValueError where a case was paid more than was approved."""
    with connection.cursor() as cursor:
        cursor.execute(_OVERPAID)
        if overpaid := cursor.fetchone():
            raise ValueError(f"case {overpaid[0]} was paid more than was approved")


def _chunks(reports: int, now: datetime) -> Iterator[Chunk]:
    first_id, days, size = 1, [], 0
    for day, count in reports_per_day(reports, timezone.localdate(now)):
        days.append((timezone.make_aware(datetime.combine(day, time())), count))
        size += count
        if size >= CHUNK:
            yield Chunk(first_id, tuple(days))
            first_id, days, size = first_id + size, [], 0
    if days:
        yield Chunk(first_id, tuple(days))


def _cast(units: dict[str, OrgUnit], people: People, seed: int) -> Cast:
    posts = {one.post.post_type.code for one in people.appointments}
    return Cast(
        seed=seed,
        now=timezone.localtime().replace(microsecond=0),
        units=tuple(
            UnitCast(
                id=units[one.code].pk,
                serial=serial,
                city=one.city,
                letter=one.letter,
                share=one.share,
                people={post: _ids(people, one.code, post) for post in posts},
            )
            for serial, one in enumerate(SUB_BRANCHES, start=1)
        ),
        reviewers={
            "LAR": _ids(people, "veh", "LAR"),
            "INJ_REV": _ids(people, "inj", "INJ_REV"),
            "ADJ": _ids(people, "adj", "ADJ"),
        },
    )


def _ids(people: People, unit: str, post: str) -> tuple[int, ...]:
    return tuple(staff.pk for staff in people.staff_of(unit, post))


def _analyze() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"analyze {', '.join(TABLES)}")
