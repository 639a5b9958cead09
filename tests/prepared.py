"""A migrated and seeded database to copy: half a minute of migrations becomes a second."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from time import sleep

import django
from django.db import ProgrammingError, connection

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "prepared_"
KEPT = 2
TURN = 20_260_101
"""The advisory lock of whoever makes or copies it."""


def made_from() -> dict[str, str]:
    """The digest of every migration and seed file, by its place in the tree."""
    files = sorted(
        path
        for app in ("departments", "authority", "cases", "registers", "reports", "claims_admin")
        for path in (ROOT / app).rglob("*")
        if path.is_file() and {"migrations", "seeds"} & set(path.parts) and "__pycache__" not in path.parts
    )
    return {str(path.relative_to(ROOT)): sha256(path.read_bytes()).hexdigest()[:8] for path in files}


def name_for(files: Mapping[str, str]) -> str:
    told = json.dumps([django.__version__, dict(files)])
    return PREFIX + sha256(told.encode()).hexdigest()[:16]


@contextmanager
def turn() -> Iterator[None]:
    """One process at a time; the others then find the copy ready."""
    with connection._nodb_cursor() as cursor:  # noqa: SLF001 - how Django's own test runner makes databases
        cursor.execute("set statement_timeout = 0; set lock_timeout = 0; set idle_session_timeout = 0")
        cursor.execute("select pg_advisory_lock(%s)", [TURN])
        try:
            yield
        finally:
            cursor.execute("select pg_advisory_unlock(%s)", [TURN])


def copy() -> bool:
    """Makes the test database as a copy of the one that holds most of what is asked for; what is newer is
    migrated upon it. False where there is nothing to copy yet."""
    files = made_from()
    fitting = [
        (len(made), name)
        for name, made in _prepared().items()
        if name == name_for(made) and made.items() <= files.items()
    ]
    if not fitting:
        return False
    name = connection.creation._get_test_db_name()  # noqa: SLF001
    drop(name)
    copy_database(max(fitting)[1], name)
    return True


def keep() -> None:
    """The test database as one to copy from; of the earlier ones only the newest stay."""
    files = made_from()
    known = _prepared()
    if name_for(files) in known:
        return
    connection.close()
    copy_database(connection.settings_dict["NAME"], name_for(files))
    with connection._nodb_cursor() as cursor:  # noqa: SLF001
        cursor.execute(f'comment on database "{name_for(files)}" is %s', [json.dumps(files)])
    for name in list(known)[:-KEPT]:
        drop(name)


def _prepared() -> dict[str, dict[str, str]]:
    """By database, the oldest first, what it was made from."""
    with connection._nodb_cursor() as cursor:  # noqa: SLF001
        cursor.execute(
            "select datname, shobj_description(oid, 'pg_database') from pg_database"
            " where datname like %s order by oid",
            [f"{PREFIX}%"],
        )
        return {name: json.loads(told) if told else {} for name, told in cursor.fetchall()}


def copy_database(source: str, target: str) -> None:
    _run_without_database(f'create database "{target}" template "{source}"')


def drop(name: str, patience: int = 40) -> None:
    """The server's own autovacuum may be at work in it, which no test may end: it leaves after a moment."""
    try:
        _run_without_database(f'drop database if exists "{name}" with (force)')
    except ProgrammingError:
        if not patience:
            raise
        sleep(0.25)
        drop(name, patience - 1)


def _run_without_database(statement: str) -> None:
    """However long a busy machine takes."""
    with connection._nodb_cursor() as cursor:  # noqa: SLF001
        cursor.execute("set statement_timeout = 0")
        cursor.execute(statement)
