"""A migrated and seeded database to copy: half a minute of migrations becomes a second."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep

import django
from django.db import ProgrammingError, connection

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "prepared_"
TURN = 20_260_101
"""The advisory lock of whoever makes or copies it."""


def fingerprint() -> str:
    """Of what makes the tables, the seeds and the permissions: migrations, seed files, models."""
    digest = hashlib.sha256(django.__version__.encode())
    for app in ("departments", "authority", "cases", "registers", "reports", "claims_admin"):
        for path in sorted((ROOT / app).rglob("*")):
            if path.is_file() and _may_matter(path):
                digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _may_matter(path: Path) -> bool:
    parts = path.relative_to(ROOT).parts
    return "__pycache__" not in parts and bool({"migrations", "seeds", "models", "models.py"} & set(parts))


@contextmanager
def turn() -> Iterator[None]:
    """One process at a time; the others then find the copy ready."""
    with connection._nodb_cursor() as cursor:  # noqa: SLF001 - how Django's own test runner makes databases
        cursor.execute("select pg_advisory_lock(%s)", [TURN])
        try:
            yield
        finally:
            cursor.execute("select pg_advisory_unlock(%s)", [TURN])


def copy() -> bool:
    """Makes the test database as a copy; False where there is nothing to copy yet."""
    if PREFIX + fingerprint() not in _databases():
        return False
    name = connection.creation._get_test_db_name()  # noqa: SLF001
    drop(name)
    copy_database(PREFIX + fingerprint(), name)
    return True


def keep() -> None:
    """The fresh test database as the one to copy from; what an earlier state of the code made goes."""
    for name in _databases():
        if name.startswith(PREFIX):
            drop(name)
    connection.close()
    copy_database(connection.settings_dict["NAME"], PREFIX + fingerprint())


def _databases() -> list[str]:
    with connection._nodb_cursor() as cursor:  # noqa: SLF001
        cursor.execute("select datname from pg_database")
        return [name for (name,) in cursor.fetchall()]


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
    with connection._nodb_cursor() as cursor:  # noqa: SLF001
        cursor.execute(statement)
