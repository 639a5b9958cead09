"""One declaration of a list gives its page with filters and keyset paging, its XLSX file and its sheet.

    MINE = Listing("诉讼案件", "lawsuits", columns_for, ("-received_at", "-pk"), Empty("没有诉讼案件", "…"))

    def lawsuits(request):
        form = LawsuitFilter(request.GET)
        return show(request, MINE, form.narrow(Lawsuit.objects.visible_to(request.user)), form)

`?as=xlsx` is the file of exactly the filtered rows, entered in the access log; `?as=print` the sheet to sign.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar, Literal, NamedTuple

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from departments.access_log import record_export
from departments.http import StaffRequest
from departments.models import Staff
from departments.paging import keyset_page
from departments.sheets import XLSX, Cell, sheet

Kind = Literal["text", "wrap", "number", "money", "moment", "status"]
MOST_PRINTED = 1000
NOTHING = "—"
_CSS: Mapping[Kind, str] = {"wrap": "wrap", "number": "number", "money": "money", "moment": "number"}
_PARAMETERS_OF_THE_PAGE = ("as", "cursor")


@dataclass(frozen=True, slots=True)
class Column:
    """`value`: what the file holds; the page and the paper show it by `kind`. `url`: where the cell leads.

    `code`: of a status, which gives the badge its colour. `on_page` False: only in the file and on paper.
    """

    heading: str
    value: Callable[[Any], Cell]
    kind: Kind = "text"
    url: Callable[[Any], str] | None = None
    code: Callable[[Any], str] | None = None
    on_page: bool = True


class Empty(NamedTuple):
    """What an empty page says, and what to do about it."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Listing:
    """`name` goes into the file's name; `columns` are asked per viewer, for what he may read unmasked.

    `order` ends in a unique field and has no null in it (departments.paging).
    """

    title: str
    name: str
    columns: Callable[[Staff], Sequence[Column]]
    order: Sequence[str]
    empty: Empty
    template: str = "components/list_page.html"
    signers: Sequence[str] = ("制表", "复核", "负责人")
    report_code: str = ""


@dataclass(frozen=True, slots=True)
class ShownCell:
    """`css`: class of the cell; `code`: makes the text a status badge; `url`: makes it a link."""

    text: str
    css: str = ""
    code: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class ShownRow:
    """`record` is the row itself, for templates that add something of their own."""

    record: Any
    cells: Sequence[ShownCell] = field(default_factory=tuple)


class ListFilter(forms.Form):
    """Filters of a list: what cannot be read counts as not given.

    `lookups` maps a field to the lookup of the rows, or to a method's name that gives narrower rows.
    """

    lookups: ClassVar[Mapping[str, str]] = {}

    def narrow(self, rows: QuerySet[Any, Any]) -> Any:
        self.is_valid()
        for name, value in self.cleaned_data.items():
            if value in (None, "", False) or name not in self.lookups:
                continue
            lookup = self.lookups[name]
            narrower = getattr(self, lookup, None)
            rows = narrower(rows, value) if narrower else rows.filter(**{lookup: value})
        return rows


def show(
    request: StaffRequest, listing: Listing, rows: QuerySet[Any, Any], form: forms.Form | None, **extra: Any
) -> HttpResponse:
    """The page, the file or the sheet of the rows, as `?as=` asks. `extra`: further context of the page."""
    asked = request.GET.get("as", "")
    if asked == "xlsx":
        return _file(request, listing, rows)
    if asked == "print":
        return _sheet(request, listing, rows)
    page = keyset_page(rows, listing.order, request.GET.get("cursor", ""))
    columns = [column for column in listing.columns(request.user) if column.on_page]
    context = {
        "listing": listing,
        "form": form,
        "page": page,
        "headings": _headings(columns),
        "rows": [ShownRow(row, [_shown(column, row) for column in columns]) for row in page.rows],
        "query": _query(request),
        **extra,
    }
    return render(request, listing.template, context)


def _headings(columns: Iterable[Column]) -> list[tuple[str, str]]:
    return [(column.heading, "money" if column.kind == "money" else "") for column in columns]


def _query(request: StaffRequest) -> str:
    """The filters as they stand, for the links to the file and the sheet."""
    chosen = request.GET.copy()
    for name in _PARAMETERS_OF_THE_PAGE:
        chosen.pop(name, None)
    return chosen.urlencode()


def _shown(column: Column, row: Any) -> ShownCell:
    text = text_of(column.value(row))
    return ShownCell(
        text,
        _CSS.get(column.kind, ""),
        column.code(row) if column.code else "",
        column.url(row) if column.url and text != NOTHING else "",
    )


def text_of(value: Cell) -> str:
    """As the page and the paper write it: money with two places, moments in local time to the minute."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, Decimal):
        return f"{value:,.2f}"
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    return f"{value:%Y-%m-%d}" if isinstance(value, date) else str(value)


def _file(request: StaffRequest, listing: Listing, rows: QuerySet[Any, Any]) -> HttpResponse:
    found, columns = list(rows.order_by(*listing.order)), listing.columns(request.user)
    record_export(request.user, listing.title, len(found))
    lines = ([column.value(row) for column in columns] for row in found)
    content = sheet(listing.title[:31], [column.heading for column in columns], lines)
    name = f"attachment; filename={listing.name}-{timezone.localdate():%Y%m%d}.xlsx"
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": name})


def _sheet(request: StaffRequest, listing: Listing, rows: QuerySet[Any, Any]) -> HttpResponse:
    """At most MOST_PRINTED rows; the sheet says so when there are more."""
    found, columns = list(rows.order_by(*listing.order)[: MOST_PRINTED + 1]), listing.columns(request.user)
    context = {
        "listing": listing,
        "headings": _headings(columns),
        "rows": [ShownRow(row, [_shown(column, row) for column in columns]) for row in found[:MOST_PRINTED]],
        "is_cut": len(found) > MOST_PRINTED,
        "back_url": f"{request.path}?{_query(request)}",
    }
    return render(request, "components/list_print.html", context)
