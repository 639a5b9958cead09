"""定损明细 and 核损: the page of lines, entering, pasting or uploading them, the sheet to sign."""

from __future__ import annotations

from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from authority.refusals import Refused, insist_on
from cases.conflicts import Stale
from cases.damage.page import losses_with_lines, total_of, workbook
from cases.damage.parsing import HEADINGS, MOST_BYTES, Parsed, from_text, from_workbook
from cases.damage.rulings import changeable, may_review_lines, prices_only, station_of
from cases.forms.damage import LineFormSet, PasteForm, ReviewForm, SheetForm, lines_initial
from cases.lifecycle import Action
from cases.models import CaseLoss, ChainStep, ClaimCase
from cases.rulings import may_work
from cases.services import itemising
from cases.views.case_pages import beside, case_page, seen_version
from departments.access_log import record_export
from departments.http import StaffRequest
from departments.sheets import XLSX, sheet
from departments.workbooks.errors import UnreadableFileError


@require_http_methods(["GET", "POST"])
@case_page
def lines(request: StaffRequest, case: ClaimCase) -> HttpResponse:
    """Everybody who sees the case reads; the reviewer at his station fills in what each line is worth."""
    if request.GET.get("as") == "xlsx":
        return _file(request, case)
    step = station_of(case, request.user)
    ruling = may_review_lines(step, request.user)
    if request.method == "POST":
        insist_on(ruling)
    form = _review_form(request, case, step) if ruling.allowed else None
    if form and form.is_bound and form.is_valid() and _reviewed(case, form, request):
        messages.success(request, f"赔案 {case}：明细已核定，合计见下；核损意见在案件页提交")
        return redirect("cases:lines", case.pk)
    return _shown(request, case, form, ruling)


def _review_form(request: StaffRequest, case: ClaimCase, step: ChainStep | None) -> ReviewForm:
    sent = request.POST if request.method == "POST" else None
    changing = changeable(itemising.lines_of(case), step)
    return ReviewForm(sent, lines=changing, prices_only=prices_only(step))


def _reviewed(case: ClaimCase, form: ReviewForm, request: StaffRequest) -> bool:
    try:
        seen = seen_version(request)
        itemising.review_lines(case, form.verdicts(), by=request.user, seen=seen)
    except Refused as refused:
        for objection in refused.ruling.objections:
            form.add_error(None, objection.text)
        return False
    return True


def _shown(request: StaffRequest, case: ClaimCase, form: ReviewForm | None, ruling: Any) -> HttpResponse:
    found = losses_with_lines(case, form, request.user if form else None)
    context = {
        "case": case,
        "losses": found,
        "total": total_of(found),
        "form": form,
        "ruling": ruling,
        "may_enter": may_work(case, Action.ITEMISE, request.user),
    }
    status = 422 if form is not None and form.is_bound else 200
    return render(request, "cases/lines.html", context, status=status)


def _file(request: StaffRequest, case: ClaimCase) -> HttpResponse:
    content = workbook(case)
    record_export(request.user, f"定损核损明细 {case.report_no}", len(itemising.lines_of(case)))
    name = f"attachment; filename=lines-{case.report_no}.xlsx"
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": name})


@require_GET
@case_page
def lines_print(request: StaffRequest, case: ClaimCase) -> HttpResponse:
    found = losses_with_lines(case)
    context = {**beside(request, case), "losses": found, "total": total_of(found)}
    return render(request, "cases/lines_print.html", context)


@require_GET
@case_page
def lines_template(request: StaffRequest, case: ClaimCase) -> HttpResponse:
    """An empty workbook with the headings that an import understands, and one line to go by."""
    like = ("配件", "51117", "前保险杠", 1, 1280, 20, "川汽配")
    headers = {"Content-Disposition": "attachment; filename=lines-template.xlsx"}
    return HttpResponse(sheet("定损明细", HEADINGS, [like]), content_type=XLSX, headers=headers)


def _loss(case: ClaimCase, loss: int) -> CaseLoss:
    rows = case.losses.filter(loss_class__in=itemising.ITEMISED).select_related("sheet")
    return get_object_or_404(rows, pk=loss)


@require_http_methods(["GET", "POST"])
def lines_edit(request: StaffRequest, pk: int, loss: int) -> HttpResponse:
    return case_page(lambda request, case: _edit(request, case, _loss(case, loss)))(request, pk)


def _edit(request: StaffRequest, case: ClaimCase, loss: CaseLoss) -> HttpResponse:
    insist_on(may_work(case, Action.ITEMISE, request.user))
    found = getattr(loss, "sheet", None)
    heading = {name: getattr(found, name) for name in SheetForm.base_fields} if found else {}
    sent = request.POST if request.method == "POST" else None
    form = SheetForm(sent, initial=heading)
    rows: Any = LineFormSet(sent, initial=lines_initial(list(found.items.all())) if found else [])
    if sent is not None and form.is_valid() and rows.is_valid():
        errors = _itemised(loss, form, rows.rows(), request)
        if not errors:
            messages.success(request, f"赔案 {case}：{loss} 明细已保存")
            return redirect("cases:lines", case.pk)
        [form.add_error(None, text) for text in errors]
    context = {**beside(request, case), "loss": loss, "form": form, "rows": rows}
    return render(request, "cases/lines_edit.html", context, status=422 if sent is not None else 200)


def _itemised(loss: CaseLoss, form: SheetForm, rows: Any, request: StaffRequest) -> list[str]:
    """What the service refuses it for."""
    try:
        itemising.itemise(loss, form.facts(), rows, by=request.user, seen=seen_version(request))
    except Refused as refused:
        return [objection.text for objection in refused.ruling.objections]
    return []


@require_http_methods(["GET", "POST"])
def lines_import(request: StaffRequest, pk: int, loss: int) -> HttpResponse:
    return case_page(lambda request, case: _import(request, case, _loss(case, loss)))(request, pk)


def _import(request: StaffRequest, case: ClaimCase, loss: CaseLoss) -> HttpResponse:
    """All rows or none: what cannot be read is listed row by row, and nothing is changed."""
    insist_on(may_work(case, Action.ITEMISE, request.user))
    form = PasteForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if form.is_bound and seen_version(request) != case.version:
        raise Stale
    parsed = _read(form) if form.is_bound and form.is_valid() else Parsed()
    if parsed.rows:
        errors = _itemised(loss, _heading(loss), parsed.rows, request)
        if not errors:
            messages.success(request, f"赔案 {case}：{loss} 已导入 {len(parsed.rows)} 行明细")
            return redirect("cases:lines", case.pk)
        [form.add_error(None, text) for text in errors]
    context = {**beside(request, case), "loss": loss, "form": form, "faults": parsed.faults}
    return render(request, "cases/lines_import.html", context, status=422 if form.is_bound else 200)


def _heading(loss: CaseLoss) -> SheetForm:
    """The sheet's heading stays as it was."""
    found = getattr(loss, "sheet", None)
    names = SheetForm.base_fields
    form = SheetForm({name: getattr(found, name) for name in names} if found else {"shop_kind": "general"})
    form.full_clean()
    return form


def _read(form: PasteForm) -> Parsed:
    upload: UploadedFile[bytes] | None = form.cleaned_data["file"]
    try:
        return _from_upload(upload) if upload else from_text(form.cleaned_data["text"])
    except UnreadableFileError as error:
        form.add_error("file" if upload else "text", str(error))
        return Parsed()


def _from_upload(upload: UploadedFile[bytes]) -> Parsed:
    if (upload.size or 0) > MOST_BYTES:
        raise UnreadableFileError(f"文件超过 {MOST_BYTES >> 20} MB。")
    with NamedTemporaryFile(suffix=".xlsx") as file:
        for chunk in upload.chunks():
            file.write(chunk)
        file.flush()
        return from_workbook(Path(file.name))
