"""抽检结果: per unit, person and class of problem; on paper and as a file."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from cases.forms.quality import ResultsFilter
from cases.models import QualitySample
from cases.quality import rulings
from cases.quality.export import workbook
from cases.quality.results import results_of
from departments.access_log import record_export
from departments.http import StaffRequest
from departments.sheets import XLSX


@require_GET
def results(request: StaffRequest) -> HttpResponse:
    form = ResultsFilter({"since": "", "until": "", **request.GET.dict()})
    first, last = form.months()
    visible = QualitySample.objects.visible_to(request.user, rulings.inspector(request.user).inspects)
    samples = visible.filter(draw__since__gte=first, draw__until__lte=last)
    found = results_of(samples, {"since": f"{first:%Y-%m}", "until": f"{last:%Y-%m}"})
    context = {"form": form, "results": found, "first": first, "last": last}
    if request.GET.get("as") == "xlsx":
        return _file(request, context)
    name = "results_print" if request.GET.get("as") == "print" else "results"
    return render(request, f"cases/quality_{name}.html", context)


def _file(request: StaffRequest, context: dict[str, Any]) -> HttpResponse:
    found = context["results"]
    record_export(request.user, f"案卷抽检结果 {context['first']:%Y-%m}", found.drawn)
    name = f"attachment; filename=quality-results-{timezone.localdate():%Y%m%d}.xlsx"
    return HttpResponse(workbook(found), content_type=XLSX, headers={"Content-Disposition": name})
