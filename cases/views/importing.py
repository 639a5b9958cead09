"""The import of extracts: list, upload, columns, result, faults."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from authority.refusals import insist_on
from authority.rulings import Ruling
from cases.forms.importing import ColumnsForm, UploadForm
from cases.importing import faults, rulings
from cases.importing.errors import UnreadableFileError
from cases.importing.preview import preview
from cases.models import DataQualityIssue, ImportBatch
from cases.services import importing
from departments.access import IMPORT_CASES
from departments.access_log import record_export
from departments.http import StaffRequest
from departments.paging import keyset_page
from departments.sheets import CONTENT_TYPES

FAULTS_SHOWN = 100
ISSUES_SHOWN = 50


def _visible(request: StaffRequest, pk: int) -> ImportBatch:
    batches = ImportBatch.objects.visible_to(request.user).select_related(
        "uploaded_by", "confirmed_by", "profile"
    )
    return get_object_or_404(batches, pk=pk)


def _may_import(request: StaffRequest) -> Ruling:
    units = request.user.unit_scope.ids(IMPORT_CASES)
    return rulings.may_import(units=units, admin_role=request.user.admin_role)


@require_GET
def index(request: StaffRequest) -> HttpResponse:
    insist_on(_may_import(request))
    batches = ImportBatch.objects.visible_to(request.user).select_related("uploaded_by", "profile")
    page = keyset_page(batches, ["-id"], request.GET.get("cursor", ""))
    return render(request, "cases/imports.html", {"page": page})


@require_http_methods(["GET", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    insist_on(_may_import(request))
    form = UploadForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if form.is_valid():
        file, profile = form.cleaned_data["file"], form.cleaned_data["profile"]
        try:
            batch = importing.upload(file, name=file.name, profile=profile, by=request.user)
        except UnreadableFileError as error:
            form.add_error("file", str(error))
        else:
            return redirect("cases:import_mapping", batch.pk)
    return render(request, "cases/import_new.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def mapping(request: StaffRequest, pk: int) -> HttpResponse:
    batch = _visible(request, pk)
    form = ColumnsForm(batch, request.POST if request.method == "POST" else None)
    if form.is_valid():
        return _take_columns(request, batch, form)
    context = {"batch": batch, "form": form, "preview": preview(batch, request.user)}
    return render(request, "cases/import_mapping.html", context, status=422 if form.errors else 200)


@transaction.atomic
def _take_columns(request: StaffRequest, batch: ImportBatch, form: ColumnsForm) -> HttpResponse:
    batch = importing.match_columns(batch, form.columns, form.settings, by=request.user)
    if form.cleaned_data["profile_name"]:
        importing.save_profile(batch, form.cleaned_data["profile_name"], by=request.user)
    if "look" in request.POST:
        return redirect("cases:import_mapping", batch.pk)
    importing.start_check(batch, by=request.user)
    return redirect(batch)


@require_GET
def batch(request: StaffRequest, pk: int) -> HttpResponse:
    found = _visible(request, pk)
    units, role = request.user.unit_scope.ids(IMPORT_CASES), request.user.admin_role
    issues = DataQualityIssue.objects.filter(batch=found).select_related("case")
    context = {
        "batch": found,
        "faults": found.faults.all()[:FAULTS_SHOWN],
        "issues": issues[:ISSUES_SHOWN],
        "confirming": rulings.may_confirm(found, by=request.user, units=units),
        "cancelling": rulings.may_cancel(found),
        "checking": rulings.may_check(found, units=units, admin_role=role),
    }
    return render(request, "cases/import_batch.html", context)


@require_GET
def progress(request: StaffRequest, pk: int) -> HttpResponse:
    """The bar alone; once the work is over the page is loaded anew."""
    found = _visible(request, pk)
    if not found.is_at_work:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "cases/_import_progress.html", {"batch": found})


@require_POST
def confirm(request: StaffRequest, pk: int) -> HttpResponse:
    return redirect(importing.confirm(_visible(request, pk), by=request.user))


@require_POST
def cancel(request: StaffRequest, pk: int) -> HttpResponse:
    found = importing.cancel(_visible(request, pk), by=request.user)
    messages.success(request, "已请求取消，正在撤销" if found.is_cancel_asked else "已取消")
    return redirect(found)


@require_POST
def check(request: StaffRequest, pk: int) -> HttpResponse:
    return redirect(importing.start_check(_visible(request, pk), by=request.user))


@require_GET
def faults_file(request: StaffRequest, pk: int) -> HttpResponse:
    """Every stored fault as CSV or, with ?format=xlsx, as a workbook."""
    found = _visible(request, pk)
    kind = "xlsx" if request.GET.get("format") == "xlsx" else "csv"
    name = f"导入错误_{found.pk}.{kind}"
    record_export(request.user, f"导入错误清单 批次 {found.pk}", found.faults.count())
    response = HttpResponse(faults.file_of(found, kind), content_type=CONTENT_TYPES[kind])
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return response
