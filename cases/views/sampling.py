"""兼办抽查: the pool, what is drawn of it, and what was found."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from cases import services
from cases.forms.sampling import ConcurrentFilter, ConcurrentForm
from cases.models import ConcurrentAct, SupervisionParameter
from cases.services.sampling import SHARE
from departments.http import StaffRequest
from departments.paging import keyset_page


@require_GET
def concurrent(request: StaffRequest) -> HttpResponse:
    form = ConcurrentFilter(request.GET)
    found = ConcurrentAct.objects.visible_to(request.user).filter(form.chosen()).with_decision()
    page = keyset_page(found, ("-entered_at", "-pk"), request.GET.get("cursor", ""))
    rows = [(one, services.may_check_concurrent(one, request.user).allowed) for one in page.rows]
    share = SupervisionParameter.objects.on(timezone.localdate()).filter(code=SHARE).last()
    context = {"form": form, "page": page, "rows": rows, "share": share, "check": ConcurrentForm()}
    return render(request, "cases/concurrent.html", context)


@require_POST
def concurrent_check(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(ConcurrentAct.objects.visible_to(request.user), pk=pk)
    form = ConcurrentForm(request.POST)
    if form.is_valid():
        done = services.check_concurrent(found, **form.cleaned_data, by=request.user)
        messages.success(request, f"{done.decision.case}：{done.get_result_display()}")
    else:
        messages.error(request, "请选择抽查结果。")
    return redirect("cases:concurrent")
