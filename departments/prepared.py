"""Statements that are built and planned once: both cost more than the answer of a long query on small tables.

`Prepared(build, case_id=int)` builds a queryset for made-up values and keeps its statement; a call puts the
real values into their places and returns the rows, as the queryset would:

    _STEPS = Prepared(lambda case_id: CaseStep.objects.filter(case=case_id), case_id=int)
    steps = _STEPS(case_id=7)

Only what is a parameter of the statement may change between two calls. Where anything else does (a clock is
read, a query is run while building, a value is worked out from the given ones), the queryset is built anew at
every call: right, but slow. `is_fixed` says which it is, and tests hold those on the hot path to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError

Build = Callable[..., QuerySet[Any, Any]]
_TEMPORAL = (date, time, timedelta)
_UNKNOWN = timedelta()
_SQL_TYPES = {int: "bigint", str: "text", date: "date", datetime: "timestamptz"}
_NUMBERS = count(1)
_KNOWN: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()  # by connection, the statements it has read
# Two made-up values for each value of a kind, by its place among the values: no two are the same.
_MADE_UP: Mapping[type, Callable[[int], Any]] = {
    int: lambda place: -7_700_000_000 - place,
    str: lambda place: "\ue000" * (place + 1),
    date: lambda place: date(1817, 3, 5) + timedelta(place),
    datetime: lambda place: datetime(1819, 5, 7, 8, 9, tzinfo=UTC) + timedelta(place),
}


@dataclass(frozen=True, slots=True)
class _Blank:
    """The place of a value in the parameters."""

    name: str


@dataclass(frozen=True, slots=True)
class _Statement:
    queryset: QuerySet[Any, Any]
    compiler: SQLCompiler
    sql: str
    params: Sequence[Any]
    kinds: Mapping[str, type]
    name: str = field(default_factory=lambda: f"claims_{next(_NUMBERS)}")


class Prepared:
    """`kinds`: what each value is, one of int, str, date, datetime; never None."""

    def __init__(self, build: Build, **kinds: type) -> None:
        self._build = build
        self._kinds = kinds
        self._statement: _Statement | None = None
        self._is_tried = False

    def __call__(self, **values: Any) -> list[Any]:
        statement = self._fixed()
        if statement is None:
            return list(self._build(**values))
        return list(_filled(statement, values))

    @property
    def is_fixed(self) -> bool:
        return self._fixed() is not None

    def _fixed(self) -> _Statement | None:
        if not self._is_tried:
            self._statement, self._is_tried = self._prepare(), True
        return self._statement

    def _prepare(self) -> _Statement | None:
        first, second = (self._compile(turn) for turn in (0, 1))
        if first is None or second is None or first.sql != second.sql:
            return None
        params = list(self._places(first.params, second.params))
        if set(_names(params)) != set(self._kinds) or any(_is_unsafe(param) for param in params):
            return None
        return replace(first, params=params)

    def _compile(self, turn: int) -> _Statement | None:
        """The statement for made-up values; None where building asks the database something."""
        values = {name: self._made_up(name)[turn] for name in self._kinds}
        try:
            with connections[DEFAULT_DB_ALIAS].execute_wrapper(_refuse):
                queryset = self._build(**values)
                compiler = queryset.query.get_compiler(using=DEFAULT_DB_ALIAS)
                sql, params = compiler.as_sql()
        except (_AskedError, EmptyResultSet):
            return None
        return _Statement(queryset, compiler, sql, params, self._kinds)

    def _made_up(self, name: str) -> tuple[Any, Any]:
        place, make = list(self._kinds).index(name), _MADE_UP[self._kinds[name]]
        return make(2 * place), make(2 * place + 1)

    def _places(self, first: Sequence[Any], second: Sequence[Any]) -> Iterator[Any]:
        """Each parameter, or the name of the value that stands there; an unsafe one where neither is so."""
        names = {self._made_up(name): name for name in self._kinds}
        for one, other in zip(first, second, strict=True):
            if one == other:
                yield one
            elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
                yield list(self._places(one, other))
            elif isinstance(one, list):
                yield _UNKNOWN
            else:
                yield _Blank(names[one, other]) if (one, other) in names else _UNKNOWN


class PreparedText:
    """A statement written by hand, its values $1, $2, …; `kinds` as above, in their order."""

    def __init__(self, text: str, *kinds: type) -> None:
        self._name = f"claims_{next(_NUMBERS)}"
        types = ", ".join(_SQL_TYPES[kind] for kind in kinds)
        self._definition = f"prepare {self._name} ({types}) as {text}"
        self._sent = f"execute {self._name} ({', '.join(['%s'] * len(kinds))})"

    def __call__(self, *values: Any) -> list[tuple[Any, ...]]:
        connection = connections[DEFAULT_DB_ALIAS]
        _make_known(self._name, lambda _: self._definition, connection)
        with connection.cursor() as cursor:
            cursor.execute(self._sent, values)
            return list(cursor.fetchall())


class _AskedError(Exception):
    """A query while a statement was being built."""


def _refuse(*_: Any) -> None:
    raise _AskedError


def _names(params: Iterable[Any]) -> Iterator[str]:
    for param in params:
        if isinstance(param, list):
            yield from _names(param)
        elif isinstance(param, _Blank):
            yield param.name


def _is_unsafe(param: Any) -> bool:
    """A moment that nobody gave was read from a clock."""
    if isinstance(param, list | tuple):
        return any(_is_unsafe(one) for one in param)
    return isinstance(param, _TEMPORAL)


def _filled(statement: _Statement, values: Mapping[str, Any]) -> QuerySet[Any, Any]:
    """The queryset, about to send nothing but the statement's name and the values."""
    connection = connections[DEFAULT_DB_ALIAS]
    if statement.queryset.query.select_for_update and not connection.in_atomic_block:
        raise TransactionManagementError("select_for_update cannot be used outside of a transaction.")
    _make_known(statement.name, partial(_definition, statement), connection)
    blanks = ", ".join(["%s"] * len(values))
    sent = f"execute {statement.name} ({blanks})", tuple(values[name] for name in statement.kinds)
    compiler: Any = copy(statement.compiler)
    compiler.connection = connection
    compiler.as_sql = lambda *_, **__: sent
    queryset: Any = statement.queryset.all()
    queryset.query.get_compiler = lambda *_, **__: compiler
    filled: QuerySet[Any, Any] = queryset
    return filled


def _make_known(name: str, define: Callable[[Any], str], connection: Any) -> None:
    """Once for each connection the server reads and plans the statement; the caller's count is without it."""
    with connection.cursor() as cursor:  # a connection that has died is replaced here
        known = _KNOWN.setdefault(connection.connection, set())
        if name not in known:
            with connection.wrap_database_errors:
                cursor.cursor.execute(define(cursor.cursor))
            known.add(name)


def _definition(statement: _Statement, cursor: Any) -> str:
    """`prepare` with the values left blank and everything else written out."""
    places = {name: f"${place}" for place, name in enumerate(statement.kinds, start=1)}

    def written(param: Any) -> str:
        if isinstance(param, _Blank):
            return places[param.name]
        if isinstance(param, list) and any(_names(param)):
            return f"array[{', '.join(map(written, param))}]"
        return str(cursor.mogrify("%s", [param]).decode())

    types = ", ".join(_SQL_TYPES[kind] for kind in statement.kinds.values())
    return f"prepare {statement.name} ({types}) as {statement.sql % tuple(map(written, statement.params))}"
