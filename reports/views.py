from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from departments.access import SEE_CASES
from departments.access_log import record_download
from departments.http import StaffRequest
from departments.models import OrgUnit
from departments.paging import keyset_page
from reports import dashboards, services
from reports.forms import RunAgainForm, RunFilterForm
from reports.models import Run, RunStatus
from reports.previews import preview_of

PREVIEW_ROWS = 200
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def dashboard(request: StaffRequest) -> HttpResponse:
    scope = request.user.unit_scope.ids(SEE_CASES)
    wanted = request.GET.get("unit", "")
    context = {
        "cards": dashboards.cards(dashboards.narrowed(scope, wanted), timezone.localdate()),
        "units": OrgUnit.objects.filter(pk__in=scope).in_order(),
        "wanted": wanted,
    }
    return render(request, "reports/dashboard.html", context)


def dashboard_data(request: StaffRequest, chart: str) -> JsonResponse:
    if chart not in dashboards.CHARTS:
        raise Http404
    scope = request.user.unit_scope.ids(SEE_CASES)
    units = dashboards.narrowed(scope, request.GET.get("unit", ""))
    return JsonResponse(dashboards.CHARTS[chart](units, timezone.localdate()))


def runs(request: StaffRequest) -> HttpResponse:
    form = RunFilterForm(request.GET)
    chosen = {name: value for name, value in form.cleaned_data.items() if value} if form.is_valid() else {}
    found = Run.objects.visible_to(request.user).for_list().filter(**chosen)
    page = keyset_page(found, ["-period_end", "-id"], request.GET.get("cursor", ""))
    return render(request, "reports/runs.html", {"form": form, "page": page})


def _visible_run(request: StaffRequest, pk: int) -> Run:
    return get_object_or_404(Run.objects.visible_to(request.user).select_related("definition", "unit"), pk=pk)


def run(request: StaffRequest, pk: int) -> HttpResponse:
    found = _visible_run(request, pk)
    return render(request, "reports/run.html", _run_context(request, found, RunAgainForm()))


def _run_context(request: StaffRequest, found: Run, form: RunAgainForm) -> dict[str, object]:
    is_published = found.status == RunStatus.PUBLISHED
    table = found.snapshot.table() if is_published else None
    versions = Run.objects.visible_to(request.user).filter(
        definition=found.definition_id, unit=found.unit_id, period_start=found.period_start
    )
    return {
        "run": found,
        "table": table,
        "preview": preview_of(table, PREVIEW_ROWS) if table else None,
        "versions": versions.for_list().order_by("-version"),
        "again": services.may_run_again(found, request.user),
        "form": form,
    }


def run_download(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Run.objects.visible_to(request.user), pk=pk, status=RunStatus.PUBLISHED)
    name = f"{found.definition.name}_{found.period_label}_v{found.version}.xlsx"
    record_download(request.user, name, found.snapshot.row_count)
    response = HttpResponse(bytes(found.snapshot.file), content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    return response


@require_POST
def run_again(request: StaffRequest, pk: int) -> HttpResponse:
    found = _visible_run(request, pk)
    form = RunAgainForm(request.POST)
    if not form.is_valid():
        return render(request, "reports/run.html", _run_context(request, found, form), status=422)
    ordered = services.run_again(found, by=request.user, reason=form.cleaned_data["reason"])
    messages.success(request, f"已安排生成第 {ordered.version} 版")
    return redirect(ordered)
