"""覆盖图: who covers which unit, item, kind and amount; the people of one cell; the whole as a file."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from authority.approvers import address_of
from authority.coverage.map import STATE_NAMES, CoverageMap, band_name, people_of, survey_at
from authority.export import coverage_workbook
from authority.forms.coverage import CellForm, CoverageForm, units_shown
from authority.models import AuthorityItem, LossCode
from authority.services import may_watch
from departments.access_log import record_export
from departments.http import StaffRequest
from departments.sheets import XLSX


@require_GET
def coverage(request: StaffRequest) -> HttpResponse:
    form = CoverageForm(request.GET)
    found = _map(request, form)
    tallies = found.tallies() if found.units else []
    item = form.chosen_item or next((tally.item for tally in tallies if tally.is_held), None)
    shown = found.item_map(item) if item and found.units else None
    context = {"form": form, "tallies": tallies, "shown": shown, "states": STATE_NAMES}
    context["may_watch"] = may_watch(request.user).allowed
    return render(request, "authority/coverage.html", {**context, "question": found.question})


@require_GET
def coverage_cell(request: StaffRequest) -> HttpResponse:
    form = CellForm(request.GET, staff=request.user)
    if not form.is_valid():
        return render(request, "authority/coverage_cell.html", {"form": form}, status=422)
    matter = form.matter()
    cell, people = people_of(survey_at(form.question().moment), matter)
    context = {"cell": cell, "people": people, "band": band_name(cell), "state": STATE_NAMES[cell.state]}
    context["loss_name"] = LossCode(min(matter.loss_classes)).label
    return render(
        request,
        "authority/coverage_cell.html",
        {**context, "form": form, "asked": form.cleaned_data, "who_can": address_of(matter)},
    )


@require_GET
def coverage_export(request: StaffRequest) -> HttpResponse:
    """Every cell of every item, with its people."""
    found = _map(request, CoverageForm(request.GET))
    file, count = coverage_workbook(found)
    record_export(request.user, f"权限覆盖图 {found.question.on:%Y-%m-%d}", count)
    name = f"coverage-{found.question.on:%Y%m%d}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(file, content_type=XLSX, headers=headers)


def _map(request: StaffRequest, form: CoverageForm) -> CoverageMap:
    return CoverageMap(form.question(), units_shown(request.user, form), list(AuthorityItem.objects.all()))
