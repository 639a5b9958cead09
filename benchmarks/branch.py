"""A database of its own with the demo branch and as many cases as asked for."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random

from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from authority.ledger import filling
from cases.models import ClaimCase
from claims_admin.demo.authority import make_authority
from claims_admin.demo.cases import make_cases
from claims_admin.demo.organisation import make_posts, make_units
from claims_admin.demo.people import make_people

SIZES = {"10k": 10_000, "100k": 100_000, "1m": 1_000_000}
SEED = 2026


def use_database(size: str, say: Callable[[str], None], *, anew: bool) -> None:
    """Connect to claims_bench_<size>, made and filled if it is not there."""
    name = f"claims_bench_{size}"
    connection.close()
    with connection._nodb_cursor() as cursor:  # noqa: SLF001 - how Django's own test runner makes databases
        if anew:
            cursor.execute(f'drop database if exists "{name}" with (force)')
        cursor.execute("select 1 from pg_database where datname = %s", [name])
        is_there = cursor.fetchone() is not None
        if not is_there:
            cursor.execute(f'create database "{name}"')
    connection.settings_dict["NAME"] = name
    call_command("migrate", verbosity=0, interactive=False)
    if not ClaimCase.objects.exists():
        say(f"filling {name} with {SIZES[size]:,} cases, seed {SEED}")
        start = time.perf_counter()
        with filling():
            _fill(SIZES[size], say)
        _settle()
        say(f"filled in {time.perf_counter() - start:,.0f} s")


@contextmanager
def throwaway_copy() -> Iterator[None]:
    """Inside, a copy of the database in use, which is gone afterwards."""
    name = connection.settings_dict["NAME"]
    copy = f"{name}_copy"
    _run_outside(f'drop database if exists "{copy}" with (force)')
    _run_outside(f'create database "{copy}" template "{name}"')
    connection.settings_dict["NAME"] = copy
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = name
        _run_outside(f'drop database "{copy}" with (force)')


def _run_outside(statement: str) -> None:
    connection.close()
    with connection._nodb_cursor() as cursor:  # noqa: SLF001 - as above
        cursor.execute("set statement_timeout = 0")
        cursor.execute(statement)


def _settle() -> None:
    """As a database is that has been in use: statistics and visibility map."""
    with connection.cursor() as cursor:
        cursor.execute("set statement_timeout = 0")
        cursor.execute("vacuum analyze")


@filling()
@transaction.atomic
def _fill(reports: int, say: Callable[[str], None]) -> None:
    today = timezone.localdate()
    units = make_units()
    people = make_people(make_posts(units, reports), random=Random(f"{SEED}/people"), today=today)
    make_authority(units, people, today=today)
    make_cases(units, people, reports=reports, seed=SEED, say=say)
