"""A whole authority matrix in and out: template, dry run, draft; and the lines of one letter as a file."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from authority import services
from authority.comparison.changes import compare
from authority.comparison.clauses import as_clauses, clauses_of
from authority.comparison.sheet import Comparison, baseline_of
from authority.forms import MatrixUploadForm
from authority.letters import ceilings_of, grants_of
from authority.matrix import uses_of
from authority.models import AuthorityLetter, LetterImport, LetterMode
from authority.refusals import insist_on
from authority.sheets.faults import file_of
from authority.sheets.writing import ceilings_workbook, grants_workbook, template_workbook
from authority.views.drafting import heading_like, like_asked
from authority.views.letters import beginning, visible_letter
from departments.access_log import record_export
from departments.http import StaffRequest
from departments.models import OrgUnit
from departments.sheets import CONTENT_TYPES, XLSX
from departments.workbooks.errors import UnreadableFileError

RECENT = 10
Line = services.GrantLine | services.CeilingLine


@require_http_methods(["GET", "POST"])
def letter_import_new(request: StaffRequest) -> HttpResponse:
    insist_on(beginning(request.user))
    data = (request.POST, request.FILES) if request.method == "POST" else ()
    form = MatrixUploadForm(*data, staff=request.user, initial=heading_like(like_asked(request)))
    if form.is_bound and form.is_valid():
        try:
            return redirect(services.read_matrix(form.cleaned_data["file"], form.draft(), by=request.user))
        except UnreadableFileError as error:
            form.add_error("file", str(error))
    recent = LetterImport.objects.visible_to(request.user).select_related("letter")[:RECENT]
    context = {"form": form, "recent": recent}
    return render(request, "authority/letter_import_new.html", context, status=422 if form.is_bound else 200)


@require_GET
def letter_import(request: StaffRequest, pk: int) -> HttpResponse:
    """The dry run: what is wrong row by row, and what the draft would change."""
    batch = get_object_or_404(LetterImport.objects.visible_to(request.user).select_related("letter"), pk=pk)
    found, heading = services.resolved(batch), services.heading_of(batch)
    letter = services.letter_to_be(heading, request.user)
    context = {"batch": batch, "found": found, "heading": letter, "total": len(batch.rows)}
    if not found.faults:
        context["comparison"] = comparison = _comparison(letter, found.lines, request)
        context["groups"] = comparison.groups()
    return render(request, "authority/letter_import.html", context)


@require_GET
def letter_import_faults(request: StaffRequest, pk: int) -> HttpResponse:
    """Every fault of the dry run, as CSV or with ?format=xlsx as a workbook."""
    batch = get_object_or_404(LetterImport.objects.visible_to(request.user), pk=pk)
    kind = "xlsx" if request.GET.get("format") == "xlsx" else "csv"
    faults = services.resolved(batch).faults
    record_export(request.user, f"授权矩阵错误清单 {batch}", len(faults))
    response = HttpResponse(file_of(faults, kind), content_type=CONTENT_TYPES[kind])
    name = f"授权矩阵错误_{batch.pk}.{kind}"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return response


@require_POST
def letter_import_draft(request: StaffRequest, pk: int) -> HttpResponse:
    batch = get_object_or_404(LetterImport.objects.visible_to(request.user), pk=pk)
    letter = services.draft_from_import(batch, by=request.user)
    messages.success(request, "草稿已建立，请核对条款后提交")
    return redirect(letter)


@require_GET
def letter_import_template(request: StaffRequest) -> HttpResponse:
    mode = request.GET.get("mode", "")
    mode = mode if mode in LetterMode.values else str(LetterMode.BY_PERSON)
    units = OrgUnit.objects.open_on(timezone.localdate()).in_order()
    return _file(template_workbook(mode, units), f"authority-template-{mode}")


@require_GET
def letter_export(request: StaffRequest, pk: int) -> HttpResponse:
    """The lines of one letter in the form that the import reads."""
    letter = visible_letter(request.user, pk)
    if letter.mode == LetterMode.BY_INSTITUTION:
        ceilings = list(ceilings_of(letter).visible_to(request.user))
        content, count = ceilings_workbook(ceilings), len(ceilings)
    else:
        grants = list(grants_of(letter).visible_to(request.user))
        content, count = grants_workbook(grants, uses_of(grants)), len(grants)
    record_export(request.user, f"授权书 {letter} 条款", count)
    return _file(content, f"letter-{letter.pk}")


def _comparison(letter: AuthorityLetter, lines: Sequence[Line], request: StaffRequest) -> Comparison:
    before = baseline_of(letter)
    olds = clauses_of(before, request.user) if before else ()
    return Comparison(before, letter, compare(olds, as_clauses(services.rows_from(letter, lines))))


def _file(content: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}-{timezone.localdate():%Y%m%d}.xlsx"'}
    return HttpResponse(content, content_type=XLSX, headers=headers)
