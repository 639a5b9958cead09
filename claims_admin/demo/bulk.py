"""Filling large tables quickly: COPY, with indexes, foreign keys and triggers taken off meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO

from django.db import connection

_INDEXES = """
    select indexrelid::regclass::text, pg_get_indexdef(indexrelid) from pg_index
    where indrelid = any(%s::regclass[]) and not indisprimary and not indisunique
"""
_FOREIGN_KEYS = """
    select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint
    where conrelid = any(%s::regclass[]) and contype = 'f'
"""


def copy_lines(table: str, columns: str, lines: bytes) -> None:
    """COPY text-format lines (tab between, \\N for null) into `table`; `columns` are separated by spaces."""
    with connection.cursor() as cursor:
        cursor.copy_expert(f"copy {table} ({columns.replace(' ', ', ')}) from stdin", BytesIO(lines))


@contextmanager
def bare_tables(tables: Sequence[str]) -> Iterator[None]:
    """Without indexes, foreign keys and our triggers inside; all are back, and keys checked, afterwards.

    What a trigger would have refused is the caller's to check: row by row it would read whole tables.
    """
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute(_INDEXES, [list(tables)])
        indexes = cursor.fetchall()
        cursor.execute(_FOREIGN_KEYS, [list(tables)])
        keys = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f"drop index {name}")
        for table, name, _ in keys:
            cursor.execute(f"alter table {table} drop constraint {name}")
        for table in tables:
            cursor.execute(f"alter table {table} disable trigger user")
        yield
        cursor.execute("set local maintenance_work_mem = '256MB'")
        for _, definition in indexes:
            cursor.execute(definition)
        for table, name, definition in keys:
            cursor.execute(f"alter table {table} add constraint {name} {definition}")
        for table in tables:
            cursor.execute(f"alter table {table} enable trigger user")


def let_run_long() -> None:
    """Lift the limits of an interactive session for the rest of this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("set local statement_timeout = 0")
        cursor.execute("set local idle_in_transaction_session_timeout = 0")


def restart_ids(table: str) -> None:
    """The next id follows the largest one copied in."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select setval(pg_get_serial_sequence(%s, 'id'), (select coalesce(max(id), 1) from {table}))",  # noqa: S608
            [table],
        )
