"""人伤费用: entered row by row or from a sheet, reviewed item by item, printed to be signed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from authority.refusals import Refused, insist_on
from cases.casefile.approval import submissions_of
from cases.conflicts import Stale
from cases.forms.injuries import CostSheetForm, CutForm, cost_formset
from cases.injuries import sheet
from cases.injuries.measures import CostRow, kinds_in_force
from cases.injuries.page import costs_of, facts_of, file_of, standards_of, sums_of
from cases.injuries.rulings import may_enter_costs, may_review_costs
from cases.items import INJURY_REVIEW
from cases.models import CutReason, InjuredPerson
from cases.services import injury_costs
from cases.views.case_pages import seen_version
from cases.views.injuries import person_page
from departments.access_log import record_export
from departments.http import StaffRequest
from departments.sheets import XLSX
from departments.workbooks.errors import UnreadableFileError


def _kinds(person: InjuredPerson) -> Any:
    return kinds_in_force(person.measured_on or timezone.localdate())


def _insist_current(request: StaffRequest, person: InjuredPerson) -> None:
    if seen_version(request) != person.case.version:
        raise Stale


@require_http_methods(["GET", "POST"])
@person_page
def costs_edit(request: StaffRequest, person: InjuredPerson) -> HttpResponse:
    insist_on(may_enter_costs(person, request.user))
    costs, sent = costs_of(person), request.POST if request.method == "POST" else None
    formset = cost_formset(sent, costs, _kinds(person))
    if sent is not None:
        _insist_current(request, person)
        if formset.is_valid() and _saved(request, person, formset.rows(), formset.non_form_errors()):
            return redirect(person)
    context = {"formset": formset, "standards": standards_of(person), **_beside(request, person)}
    return render(request, "cases/injury_costs.html", context, status=200 if sent is None else 422)


def _beside(request: StaffRequest, person: InjuredPerson) -> dict[str, Any]:
    return {"person": person, "case": person.case, "facts": facts_of(person, request.user)}


def _saved(request: StaffRequest, person: InjuredPerson, rows: Sequence[CostRow], errors: Any) -> bool:
    """Saved, or every reason why not among the errors of the page."""
    try:
        costs = injury_costs.save_costs(person, rows, by=request.user, seen=seen_version(request))
    except Refused as refused:
        errors.extend(one.text for one in refused.ruling.objections)
        return False
    messages.success(request, f"已保存 {len(costs)} 项费用，定损合计 {sums_of(costs).assessed:,.2f} 元")
    return True


@require_http_methods(["GET", "POST"])
@person_page
def costs_import(request: StaffRequest, person: InjuredPerson) -> HttpResponse:
    """All rows or none: each fault is named with its row and column."""
    insist_on(may_enter_costs(person, request.user))
    form = CostSheetForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form, "errors": (), **_beside(request, person)}
    if request.method == "POST":
        _insist_current(request, person)
        if form.is_valid() and _imported(request, person, form, context):
            return redirect("cases:injury_costs", person.pk)
    context["headings"] = sheet.HEADINGS
    return render(request, "cases/injury_costs_import.html", context, status=422 if form.is_bound else 200)


def _imported(
    request: StaffRequest, person: InjuredPerson, form: CostSheetForm, context: dict[str, Any]
) -> bool:
    read = _read(form, person)
    if read is None or read.errors:
        context["errors"] = read.errors if read else ()
        return False
    refused: list[str] = [] if read.rows else ["没有填写索赔金额的行。"]
    is_saved = not refused and _saved(request, person, read.rows, refused)
    for text in refused:
        form.add_error(None, text)
    return is_saved


def _read(form: CostSheetForm, person: InjuredPerson) -> sheet.Read | None:
    """None where the file cannot be read; the form says why."""
    upload = form.cleaned_data.get("workbook")
    try:
        lines = sheet.uploaded(upload) if upload else sheet.pasted(form.cleaned_data["pasted"])
        return sheet.read(lines, _kinds(person))
    except UnreadableFileError as error:
        form.add_error("workbook", str(error))
        return None


@require_GET
@person_page
def costs_file(request: StaffRequest, person: InjuredPerson) -> HttpResponse:
    """The very columns that the import reads back."""
    costs = costs_of(person)
    record_export(request.user, f"人伤费用 {person}", len(costs))
    name = f"attachment; filename=injury-costs-{person.pk}.xlsx"
    content = sheet.workbook_of(costs, person.label)
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": name})


@require_http_methods(["GET", "POST"])
@person_page
def costs_review(request: StaffRequest, person: InjuredPerson) -> HttpResponse:
    insist_on(may_review_costs(person.case, request.user))
    costs, sent = costs_of(person), request.POST if request.method == "POST" else None
    reasons = CutReason.objects.on(timezone.localdate()).order_by("pk")
    cut_forms = [CutForm(sent, cost=cost, reasons=reasons) for cost in costs]
    errors: list[str] = []
    if sent is not None:
        _insist_current(request, person)
        if False not in [form.is_valid() for form in cut_forms] and _reviewed(
            request, person, cut_forms, errors
        ):
            return redirect(_next_of(person) or person.case)
    context = {"forms": cut_forms, "errors": errors, "sums": sums_of(costs), **_beside(request, person)}
    return render(request, "cases/injury_review.html", context, status=200 if sent is None else 422)


def _reviewed(
    request: StaffRequest, person: InjuredPerson, cut_forms: Sequence[CutForm], errors: list[str]
) -> bool:
    cuts = {form.cost.pk: form.cut() for form in cut_forms}
    try:
        injury_costs.review_costs(person, cuts, by=request.user, seen=seen_version(request))
    except Refused as refused:
        errors.extend(one.text for one in refused.ruling.objections)
        return False
    messages.success(request, f"{person.label}费用已核定；核定合计将随人伤审核意见生效")
    return True


def _next_of(person: InjuredPerson) -> str | None:
    """The review of the next person of the case whose costs nobody has looked at."""
    others = person.case.injured.filter(costs__isnull=False, costs__reviewed=None).exclude(pk=person.pk)
    following = others.order_by("pk").first()
    return reverse("cases:injury_review", args=[following.pk]) if following else None


@require_GET
@person_page
def costs_sheet(request: StaffRequest, person: InjuredPerson) -> HttpResponse:
    """人伤费用审核表, with the decisions of the injury review."""
    steps = [
        step
        for review in submissions_of(person.case)
        for step in review.chain.all()
        if review.item.code == INJURY_REVIEW
    ]
    acts = [step.decision for step in steps if getattr(step, "decision", None) is not None]
    context = {**file_of(person, request.user), "acts": acts}
    return render(request, "cases/injury_sheet.html", context)
