"""What waits for a person besides the cases on his desk: registered by each area, counted in one statement.

    register_owed(Owed("conference_opinion", "待会商", waiting_for, "cases:conferences", "waiting=mine"))

An area registers in its `AppConfig.ready`. `rows(staff)` gives what waits for him; the link opens onto
exactly those rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet, Value
from django.urls import reverse

from departments.models import Staff


@dataclass(frozen=True, slots=True)
class Owed:
    """`name` is unique; `url_name` and `query` lead to the list that shows the same rows."""

    name: str
    label: str
    rows: Callable[[Staff], QuerySet[Any]]
    url_name: str
    query: str = ""


@dataclass(frozen=True, slots=True)
class ShownOwed:
    label: str
    count: int
    url: str


_owed: dict[str, Owed] = {}


def register_owed(owed: Owed) -> None:
    _owed.setdefault(owed.name, owed)


def owed_by(staff: Staff) -> list[ShownOwed]:
    """Those of which something waits, in the order of registration."""
    if not _owed:
        return []
    first, *others = (_counted(owed, staff) for owed in _owed.values())
    counts = dict(first.union(*others, all=True))
    return [
        ShownOwed(owed.label, counts[name], _url(owed)) for name, owed in _owed.items() if counts.get(name)
    ]


def _counted(owed: Owed, staff: Staff) -> QuerySet[Any, Any]:
    """One row of name and number; none where nothing waits."""
    rows = owed.rows(staff).order_by().annotate(owed_name=Value(owed.name)).values_list("owed_name")
    counted: QuerySet[Any, Any] = rows.annotate(owed_count=Count("pk", distinct=True))
    return counted


def _url(owed: Owed) -> str:
    return reverse(owed.url_name) + (f"?{owed.query}" if owed.query else "")
