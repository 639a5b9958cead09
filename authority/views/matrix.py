from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from authority.forms import MatrixFilter
from authority.matrix import grants_shown, matrix_for, uses_of
from authority.sheets.writing import grants_workbook
from departments.access_log import record_export
from departments.http import StaffRequest

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
def matrix(request: StaffRequest) -> HttpResponse:
    form = MatrixFilter(request.GET, staff=request.user)
    cursor = request.GET.get("cursor", "")
    found = matrix_for(request.user, form.chosen(), form.chosen_item, cursor)
    return render(request, "authority/matrix.html", {"form": form, "matrix": found, "page": found.page})


@require_GET
def matrix_export(request: StaffRequest) -> HttpResponse:
    """All pages of what the list shows, one line per grant; leaving the system is recorded."""
    form = MatrixFilter(request.GET, staff=request.user)
    grants = grants_shown(request.user, form.chosen(), form.chosen_item)
    record_export(request.user, "授权一览表", len(grants))
    name = f"authority-{timezone.localdate():%Y%m%d}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(grants_workbook(grants, uses_of(grants)), content_type=XLSX, headers=headers)
