"""巡查发现: what the nightly round found, for those concerned, and that they know."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from authority import services
from authority.forms import ReasonForm
from authority.forms.coverage import FindingFilter
from authority.models import CoverageFinding, CoverageNight
from authority.refusals import insist_on
from authority.services import may_acknowledge, may_watch
from departments.http import StaffRequest
from departments.paging import keyset_page

ORDER = ("kind__rank", "-first_seen_on", "pk")


@require_GET
def findings(request: StaffRequest) -> HttpResponse:
    insist_on(may_watch(request.user))
    form = FindingFilter(request.GET)
    rows = form.chosen(CoverageFinding.objects.visible_to(request.user))
    rows = rows.select_related("kind", "unit", "item", "acknowledged_by").prefetch_related("people")
    page = keyset_page(rows, ORDER, request.GET.get("cursor", ""))
    context = {
        "form": form,
        "page": page,
        "rows": [(one, may_acknowledge(one, request.user).allowed) for one in page.rows],
        "night": CoverageNight.objects.order_by("-day").first(),
    }
    return render(request, "authority/findings.html", context)


@require_POST
def finding_acknowledge(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(CoverageFinding.objects.visible_to(request.user), pk=pk)
    form = ReasonForm(request.POST)
    if form.is_valid():
        services.acknowledge_finding(found, by=request.user, note=form.cleaned_data["reason"])
        messages.success(request, "已记下您的处理意见")
    else:
        messages.error(request, "没有记下：请填写处理意见")
    return redirect("authority:findings")
