"""试算: order, watch, read, drill, export, print."""

from __future__ import annotations

from django.contrib import messages
from django.db.models.expressions import RawSQL
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from authority.models import AuthorityLetter
from authority.refusals import insist_on
from authority.rulings import Ruling
from cases.forms.what_if import WhatIfForm
from cases.models import ClaimCase, Submission, WhatIfLine, WhatIfRun
from cases.services.trying import cancel_what_if, order_what_if
from cases.what_if import rulings
from cases.what_if.export import workbook
from cases.what_if.page import DIRECTIONS, result_of
from departments.access import MANAGE_UNIT
from departments.access_log import record_export
from departments.http import StaffRequest, number_in
from departments.models import Staff
from departments.paging import keyset_page
from departments.sheets import XLSX

_IDS_OF_LINE = "select unnest(submissions) from cases_whatifline where id = %s"


def _may_try(staff: Staff) -> Ruling:
    return rulings.may_try(managed=staff.unit_scope.ids(MANAGE_UNIT), admin_role=staff.admin_role)


def _visible(request: StaffRequest, pk: int) -> WhatIfRun:
    return get_object_or_404(WhatIfRun.objects.visible_to(request.user).for_list(), pk=pk)


@require_GET
def index(request: StaffRequest) -> HttpResponse:
    insist_on(_may_try(request.user))
    runs = WhatIfRun.objects.visible_to(request.user).for_list()
    page = keyset_page(runs, ["-id"], request.GET.get("cursor", ""))
    return render(request, "cases/what_ifs.html", {"page": page})


@require_http_methods(["GET", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    insist_on(_may_try(request.user))
    letters = AuthorityLetter.objects.visible_to(request.user)
    letter = letters.filter(pk=number_in(request.GET.get("letter", ""))).first()
    form = WhatIfForm(request.POST or None, staff=request.user, letter=letter)
    if form.is_bound and form.is_valid():
        chosen = form.cleaned_data
        return redirect(order_what_if(chosen["letter"], chosen["unit"], form.period, by=request.user))
    context = {"form": form, "letter": letter}
    return render(request, "cases/what_if_new.html", context, status=422 if form.is_bound else 200)


@require_GET
def run(request: StaffRequest, pk: int) -> HttpResponse:
    found = _visible(request, pk)
    result = result_of(found) if found.status == WhatIfRun.Status.DONE else None
    context = {"run": found, "result": result, "cancelling": rulings.may_cancel(found)}
    return render(request, "cases/what_if.html", context)


@require_GET
def progress(request: StaffRequest, pk: int) -> HttpResponse:
    """The bar alone; once the work is over the page is loaded anew."""
    found = _visible(request, pk)
    if not found.is_at_work:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "cases/_what_if_progress.html", {"run": found})


@require_POST
def cancel(request: StaffRequest, pk: int) -> HttpResponse:
    found = cancel_what_if(_visible(request, pk), by=request.user)
    messages.success(request, "已请求取消，正在停止" if found.is_cancel_asked else "已取消")
    return redirect(found)


@require_GET
def line(request: StaffRequest, pk: int) -> HttpResponse:
    """The submissions behind one line of a result, as far as their cases may be seen."""
    runs = WhatIfRun.objects.visible_to(request.user)
    lines = WhatIfLine.objects.filter(run__in=runs).select_related("run__letter", "item").defer("submissions")
    found = get_object_or_404(lines, pk=pk)
    behind = Submission.objects.filter(pk__in=RawSQL(_IDS_OF_LINE, [found.pk]))  # noqa: S611 - a constant
    seen = behind.filter(case__in=ClaimCase.objects.visible_to(request.user))
    rows = seen.select_related("case__unit", "item", "submitted_by")
    page = keyset_page(rows, ["-decided_at", "-id"], request.GET.get("cursor", ""))
    context = {"line": found, "page": page, "direction": DIRECTIONS[found.direction]}
    return render(request, "cases/what_if_line.html", context)


@require_GET
def export(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(WhatIfRun.objects.visible_to(request.user).for_list(), pk=pk, status="done")
    file = workbook(result_of(found))
    record_export(request.user, f"试算 {found}", found.read)
    disposition = content_disposition_header(as_attachment=True, filename=f"试算_{found.pk}.xlsx")
    return HttpResponse(file, content_type=XLSX, headers={"Content-Disposition": disposition})


@require_GET
def print_sheet(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(WhatIfRun.objects.visible_to(request.user).for_list(), pk=pk, status="done")
    return render(request, "cases/what_if_print.html", {"run": found, "result": result_of(found)})
