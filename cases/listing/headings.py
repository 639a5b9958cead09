"""The headings of the list and the addresses behind them."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import QueryDict

from cases.listing.case_list import CaseList
from cases.listing.columns import Column

_ALWAYS_SHOWN = ("q", "unit", "group", "handler", "due", "sort")
_OF_THE_PAGE = ("cursor", "exact", "format", "more", "columns")


@dataclass(frozen=True, slots=True)
class Heading:
    """`query` is empty for a column that no order belongs to; `direction` is the value of aria-sort."""

    label: str
    css: str
    query: str = ""
    direction: str = ""


def page_query(asked: QueryDict) -> str:
    """The filters without the place in the list, as they are kept, exported and counted."""
    kept = asked.copy()
    for name in (*_OF_THE_PAGE, *(name for name in asked if not any(asked.getlist(name)))):
        kept.pop(name, None)
    return kept.urlencode()


def kept_fields(asked: QueryDict) -> list[tuple[str, str]]:
    """What a form beside the filters must send along so that choosing columns loses no filter."""
    return [
        (name, value)
        for name, values in asked.lists()
        if name not in (*_OF_THE_PAGE, "col")
        for value in values
        if value
    ]


def has_more_filters(asked: QueryDict) -> bool:
    """Is a filter in use that the page folds away?"""
    return any(value for name, value in kept_fields(asked) if name not in _ALWAYS_SHOWN)


def headings(case_list: CaseList, asked: QueryDict) -> list[Heading]:
    return [_heading(column, case_list, asked) for column in case_list.columns]


def _heading(column: Column, case_list: CaseList, asked: QueryDict) -> Heading:
    if not column.sorts:
        return Heading(column.label, column.css)
    current = case_list.sort
    is_current = current.key in column.sorts
    following = (column.sorts.index(current.key) + 1) % len(column.sorts) if is_current else 0
    target = asked.copy()
    target["sort"] = column.sorts[following]
    direction = ("descending" if current.is_descending else "ascending") if is_current else ""
    return Heading(column.label, column.css, page_query(target), direction)
