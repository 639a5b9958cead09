"""A year of cases, drawn in two processes and copied in."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from datetime import datetime, time
from functools import partial

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


def make_cases(units: dict[str, OrgUnit], people: People, *, reports: int, seed: int) -> int:
    """Write `reports` cases with losses, steps and payments; the number of cases."""
    cast = _cast(units, people, seed)
    chunks = list(_chunks(reports, cast.now))
    let_run_long()
    with bare_tables(list(TABLES)), multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        for drawn in pool.imap(partial(draw_chunk, cast), chunks):
            for (table, columns), lines in zip(TABLES.items(), drawn, strict=True):
                copy_lines(table, columns, lines)
    restart_ids("cases_claimcase")
    _analyze()
    return reports


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
