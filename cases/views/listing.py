"""The case list: page, count, export, print."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import FileResponse, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header, urlencode
from django.views.decorators.http import require_GET

from cases import export as exports
from cases.forms.case_filter import CaseFilterForm
from cases.listing.case_list import CaseList
from cases.listing.columns import DEFAULT_COLUMNS
from cases.listing.headings import has_more_filters, headings, kept_fields, page_query
from cases.listing.units import unit_options
from cases.models import SavedFilter
from departments.access import HANDLE_CASES, SEE_CASES
from departments.access_log import record_export
from departments.http import StaffRequest

PRINTED_ROWS = 500
_REMEMBERED = "case_columns"


def _form(request: StaffRequest) -> CaseFilterForm:
    """The filters of the address; columns chosen once stay chosen in this session."""
    asked: QueryDict = request.GET.copy()
    if "col" in asked:
        request.session[_REMEMBERED] = asked.getlist("col")
    asked.setlist("col", request.session.get(_REMEMBERED) or list(DEFAULT_COLUMNS))
    form = CaseFilterForm(asked, units=unit_options(request.user.unit_scope.ids(SEE_CASES)))
    form.is_valid()
    return form


def _case_list(request: StaffRequest) -> CaseList:
    return CaseList(request.user, _form(request).cleaned_data)


def _address(asked: QueryDict) -> dict[str, Any]:
    return {
        "query": page_query(asked),
        "kept_fields": kept_fields(asked),
        "shows_more": "more" in asked or has_more_filters(asked),
        "shows_columns": "columns" in asked,
    }


@require_GET
def index(request: StaffRequest) -> HttpResponse:
    form = _form(request)
    case_list = CaseList(request.user, form.cleaned_data)
    page = case_list.page(request.GET.get("cursor", ""))
    context = {
        "form": form,
        **_address(request.GET),
        "headings": headings(case_list, request.GET),
        "rows": case_list.rows(page),
        "page": page,
        "may_handle": bool(request.user.unit_scope.ids(HANDLE_CASES)),
        **_kept(request),
    }
    return render(request, "cases/index.html", context)


def _kept(request: StaffRequest) -> dict[str, Any]:
    """Filters stand above the list; sets of columns in the columns' menu, with the filters as they are."""
    kept = list(SavedFilter.objects.visible_to(request.user).select_related("owner"))
    filters = urlencode(kept_fields(request.GET))
    return {
        "saved_filters": [one for one in kept if one.holds == SavedFilter.Holds.FILTER],
        "column_sets": [
            (one.name, "&".join(filter(None, (filters, one.query))))
            for one in kept
            if one.holds == SavedFilter.Holds.COLUMNS
        ],
    }


@require_GET
def count(request: StaffRequest) -> HttpResponse:
    case_list = _case_list(request)
    is_exact = "exact" in request.GET
    number = str(case_list.exact_count()) if is_exact else case_list.capped_count()
    return render(request, "cases/_count.html", {"number": number, "query": page_query(request.GET)})


@require_GET
def export(request: StaffRequest) -> HttpResponse | StreamingHttpResponse | FileResponse:
    case_list = _case_list(request)
    is_csv = request.GET.get("format") == "csv"
    cap = exports.CSV_CAP if is_csv else exports.XLSX_CAP
    rows = case_list.exact_count()
    if rows > cap:
        return render(request, "cases/export_too_large.html", {"rows": rows, "cap": cap}, status=422)
    record_export(request.user, f"案件清单 {page_query(request.GET)}", rows)
    name = f"案件清单-{timezone.localtime():%Y%m%d-%H%M}"
    if is_csv:
        return _csv(exports.csv_lines(case_list), f"{name}.csv")
    return FileResponse(exports.xlsx_file(case_list), as_attachment=True, filename=f"{name}.xlsx")


def _csv(lines: Iterable[bytes], name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = content_disposition_header(True, name)
    return response


@require_GET
def index_print(request: StaffRequest) -> HttpResponse:
    case_list = _case_list(request)
    page = case_list.page("", size=PRINTED_ROWS)
    context = {
        "columns": case_list.columns,
        "rows": case_list.rows(page),
        "is_cut": bool(page.next_cursor),
        "query": page_query(request.GET),
    }
    return render(request, "cases/index_print.html", context)
