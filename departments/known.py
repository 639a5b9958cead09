"""Rows as they were recorded at a moment gone by: the second time axis, for any model with a history.

`rows_known(Model, at)` is an ordinary queryset of `Model`. Filters, joins, annotations, subqueries and
`select_related` work on it unchanged, because only the tables differ: each tracked table that the statement
names, at any depth, is shadowed by a common table expression of the same name, with the last row that
simple-history kept up to the moment. simple-history's own `as_of` would join yesterday's grant to today's
letter; here the letter is yesterday's, too.

For reading: an update fails, a lock locks nothing, and an instance read must not be saved or deleted.
`prefetch_related` starts a statement of its own and would read today's rows: join instead.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import cache
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.apps import apps
from django.apps.registry import Apps
from django.db import connection, connections
from django.db.models import Field, Manager, Model, QuerySet
from django.db.models.sql import Query
from django.db.models.sql.compiler import SQLCompiler
from django.utils import timezone

_Row = TypeVar("_Row", bound=Model)
# From when on the seeds are in force themselves.
SEEDED_AT = datetime(2012, 3, 1, tzinfo=ZoneInfo("Asia/Shanghai"))
SEEDED = "随系统预置"
_RECORD = """
    with latest as (
        select distinct on ("{key}") * from "{past}" order by "{key}", history_date desc, history_id desc
    )
    insert into "{past}" ({columns}, history_date, history_type, history_change_reason)
    select {columns}, case when is_new then %s else %s end, case when is_new then '+' else '~' end, %s
    from (
        select live.*, not exists (select 1 from latest where latest."{key}" = live."{key}") as is_new
        from "{live}" live
        where not exists (
            select 1 from latest
            where history_type <> '-' and row({of_latest}) is not distinct from row({of_live})
        )
    ) unrecorded
"""
_TABLE = re.compile(r'(?:FROM|JOIN) "(\w+)"')
# The moment for which a statement around the one being compiled defines the tables already.
_covered: ContextVar[datetime | None] = ContextVar("known_at", default=None)


def rows_known(model: type[_Row], at: datetime) -> QuerySet[_Row]:
    """The rows of `model` as recorded at `at` (aware), that moment included. The model keeps a history."""
    rows = manager_of(model).all()
    query = rows.query.chain(klass=_KnownQuery)
    query.known_at = at  # type: ignore[attr-defined]
    rows.query = query
    return rows


def manager_of(model: type[_Row]) -> Manager[_Row]:
    return model._default_manager  # noqa: SLF001 - documented by Django


def record_seeds(apps: Apps, app_label: str, *names: str) -> None:
    """For a migration that wrote rows of the named models: what the migration left without a record gets one.

    New rows count as known from the beginning, since they came with the software; changed ones from now.
    """
    for name in names:
        model, history = (apps.get_model(app_label, kind) for kind in (name, f"Historical{name}"))
        kept = _columns(history)
        columns = [column for column in _columns(model) if column in kept]
        statement = _RECORD.format(
            live=model._meta.db_table,
            past=history._meta.db_table,
            key=model._meta.pk.column,
            columns=", ".join(f'"{column}"' for column in columns),
            of_live=", ".join(f'live."{column}"' for column in columns),
            of_latest=", ".join(f'latest."{column}"' for column in columns),
        )
        with connection.cursor() as cursor:
            cursor.execute(statement, [SEEDED_AT, timezone.now(), SEEDED])


def _columns(model: type[Model]) -> list[str]:
    return [str(field.column) for field in model._meta.concrete_fields]


class _KnownQuery(Query):
    known_at: datetime

    def chain(self, klass: type[Query] | None = None) -> Any:
        """Django turns a query into an update or a deletion here: there is nothing to write to."""
        if klass is not None and not issubclass(klass, _KnownQuery):
            raise TypeError("rows as known at a moment are read only")
        return super().chain(klass)

    def get_compiler(self, using: str | None = None, connection: Any = None, elide_empty: bool = True) -> Any:
        return _KnownCompiler(self, connection or connections[using or "default"], using, elide_empty)


class _KnownCompiler(SQLCompiler):
    query: _KnownQuery

    def as_sql(self, with_limits: bool = True, with_col_aliases: bool = False) -> tuple[str, tuple[Any, ...]]:
        known_at = self.query.known_at
        if _covered.get() == known_at:
            sql, params = super().as_sql(with_limits, with_col_aliases)
            return sql, tuple(params)
        with _covering(known_at):
            sql, params = super().as_sql(with_limits, with_col_aliases)
        tables = sorted(set(_TABLE.findall(sql)) & _tracked().keys())
        shadows = ", ".join(_tracked()[table] for table in tables)
        return f"WITH {shadows} {sql}", (*[known_at] * len(tables), *params)


@contextmanager
def _covering(at: datetime) -> Iterator[None]:
    token = _covered.set(at)
    try:
        yield
    finally:
        _covered.reset(token)


@cache
def _tracked() -> dict[str, str]:
    """The definition that shadows a table, by the table's name, for every model that keeps a history."""
    found = {}
    for model in apps.get_models():
        history = getattr(model, "history", None)
        if history is not None and hasattr(history, "as_of"):
            found[model._meta.db_table] = _shadow(model, history.model)
    return found


def _shadow(model: type[Model], history: type[Model]) -> str:
    """Of records with the same time the later written one counts; columns not kept are null.

    Materialised, so that a subquery asked for each row does not sort the history each time.
    """
    kept = _columns(history)
    columns = ", ".join(_column(field, kept) for field in model._meta.concrete_fields)
    table, past = model._meta.db_table, history._meta.db_table
    key = model._meta.pk.column
    return (
        f'"{table}" AS MATERIALIZED (SELECT {columns} FROM (SELECT DISTINCT ON ("{key}") * FROM "{past}"'  # noqa: S608
        f' WHERE history_date <= %s ORDER BY "{key}", history_date DESC, history_id DESC) latest'
        " WHERE history_type <> '-')"
    )


def _column(field: Field[Any, Any], kept: Collection[str]) -> str:
    if field.column in kept:
        return f'"{field.column}"'
    return f'NULL::{field.db_type(connection)} AS "{field.column}"'
