"""Keyset paging: the page after a row costs the same however deep it lies, and nothing is counted."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from json import dumps, loads
from operator import or_
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Field, Q, QuerySet

Row = TypeVar("Row")
PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows in the list's order; cursors are opaque texts for the query string, "" where there is no page."""

    rows: Sequence[Row]
    next_cursor: str
    previous_cursor: str


def keyset_page(
    queryset: QuerySet[Any, Row], order: Sequence[str], cursor: str, size: int = PAGE_SIZE
) -> Page[Row]:
    """One page of `queryset` ordered by `order`, whose last field must be unique and none of them null.

    Rows are instances, or named tuples that carry the fields of the order.

    A cursor that nobody issued (edited address, other order) means the first page.
    """
    place = _decode(cursor, [_field(queryset, name.lstrip("-")) for name in order])
    backwards = bool(place and place[0])
    directed = [_flipped(field) for field in order] if backwards else list(order)
    rows = queryset.order_by(*directed)
    if place:
        rows = rows.filter(_after(directed, place[1]))
    found = list(rows[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    has_next, has_previous = (bool(place), more) if backwards else (more, bool(place))
    return Page(
        found,
        _encode(found[-1], order, backwards=False) if found and has_next else "",
        _encode(found[0], order, backwards=True) if found and has_previous else "",
    )


def _flipped(field: str) -> str:
    return field[1:] if field.startswith("-") else f"-{field}"


def _after(order: Sequence[str], values: Sequence[Any]) -> Q:
    """The rows strictly after the given place; the first comparison lets the index begin there."""
    alternatives = []
    for position, field in enumerate(order):
        equal = {name.lstrip("-"): value for name, value in zip(order[:position], values, strict=False)}
        comparison = "lt" if field.startswith("-") else "gt"
        alternatives.append(Q(**equal, **{f"{field.lstrip('-')}__{comparison}": values[position]}))
    first = order[0]
    bound = Q(**{f"{first.lstrip('-')}__{'lte' if first.startswith('-') else 'gte'}": values[0]})
    return bound & reduce(or_, alternatives)


def _encode(row: Any, order: Sequence[str], *, backwards: bool) -> str:
    values = [_value(row, field.lstrip("-")) for field in order]
    return urlsafe_b64encode(dumps([backwards, values]).encode()).decode().rstrip("=")


def _value(row: Any, field: str) -> Any:
    value: Any = row
    for name in field.split("__"):
        value = getattr(value, name)
    return value if isinstance(value, int | str) else str(value)


def _decode(cursor: str, fields: Sequence[Field[Any, Any]]) -> tuple[bool, list[Any]] | None:
    """Anybody can write a cursor: what is no place in this order is none at all."""
    try:
        backwards, texts = loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return bool(backwards), [_read(field, text) for field, text in zip(fields, texts, strict=True)]
    except (ValidationError, ValueError, TypeError, ArithmeticError, RecursionError):
        return None


def _read(field: Field[Any, Any], text: Any) -> Any:
    """A value that the column can be compared with. Raises ValidationError or ValueError for any other."""
    value = field.to_python(text) if isinstance(text, int | str) else None
    field.run_validators(value)
    if value is None or "\0" in str(value).encode().decode():
        raise ValueError(text)
    if isinstance(value, datetime) and value.tzinfo is None:
        raise ValueError(text)
    return value


def _field(queryset: QuerySet[Any, Any], lookup: str) -> Field[Any, Any]:
    """The column that a lookup ends in, through relations or from an annotation."""
    if lookup in queryset.query.annotations:
        computed: Field[Any, Any] = queryset.query.annotations[lookup].output_field
        return computed
    *path, last = lookup.split("__")
    model: Any = queryset.model
    for name in path:
        model = model._meta.get_field(name).related_model
    field: Field[Any, Any] = model._meta.pk if last == "pk" else model._meta.get_field(last)
    return field
