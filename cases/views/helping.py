"""协办: who works on a case beside its handler, since when and why; taking him off; one's own list."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from cases import services
from cases.forms.helping import DismissForm
from cases.models import ClaimCase, CoHandler
from cases.views.case_pages import case_page
from departments.http import StaffRequest
from departments.listings import Column, Empty, Listing, show
from departments.models import Staff


def _columns(_viewer: Staff) -> Sequence[Column]:
    return (
        Column("案件号", lambda row: str(row.case), url=lambda row: row.case.get_absolute_url()),
        Column("机构", lambda row: row.case.unit.short_name),
        Column(
            "状态", lambda row: str(row.case.get_stage_display()), "status", code=lambda row: row.case.stage
        ),
        Column("责任人", lambda row: row.case.handler.name if row.case.handler else ""),
        Column("协办人", lambda row: row.staff.name),
        Column("原因", lambda row: row.reason, "wrap"),
        Column("自", lambda row: row.since, "moment"),
        Column("估损(元)", lambda row: row.case.estimate, "money"),
    )


ASSISTED = Listing(
    "协办赔案",
    "co-handled",
    _columns,
    ("since", "id"),
    Empty("没有协办赔案", "时限严重超时、规则要求协办时，上级被加为协办人。"),
)


@require_GET
def co_handled(request: StaffRequest) -> HttpResponse:
    """Cases that one may see with somebody beside the handler; `?mine=1`: beside whom one works oneself."""
    seen = ClaimCase.objects.visible_to(request.user).outstanding()
    rows = CoHandler.objects.filter(removed_at=None, case__in=seen)
    if request.GET.get("mine"):
        rows = rows.filter(staff=request.user)
    return show(request, ASSISTED, rows.select_related("case__unit", "case__handler", "staff"), None)


@require_GET
@case_page
def co_handlers(request: StaffRequest, case: ClaimCase) -> HttpResponse:
    return _shown(request, case)


def _shown(request: StaffRequest, case: ClaimCase, form: DismissForm | None = None) -> HttpResponse:
    rows = [
        (one, services.dismissing(one, request.user))
        for one in case.co_handlers.select_related("staff", "removed_by", "case").order_by("-since", "-pk")
    ]
    context = {"case": case, "rows": rows, "form": form or DismissForm()}
    return render(request, "cases/co_handlers.html", context, status=422 if form else 200)


@require_POST
def co_handler_dismiss(request: StaffRequest, pk: int) -> HttpResponse:
    seen = CoHandler.objects.filter(case__in=ClaimCase.objects.visible_to(request.user))
    one = get_object_or_404(seen.select_related("case__unit", "case__handler", "staff"), pk=pk)
    form = DismissForm(request.POST)
    if not form.is_valid():
        return _shown(request, one.case, form)
    services.dismiss(one, form.cleaned_data["reason"], by=request.user)
    messages.success(request, f"{one.staff.name}已不再协办")
    return redirect("cases:co_handlers", one.case_id)
