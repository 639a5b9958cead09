"""备注 of a case: writing one, striking one's own."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from cases import services
from cases.forms.remarking import RemarkForm
from cases.models import CaseRemark, ClaimCase
from cases.views.case_pages import case_page
from departments.http import StaffRequest


@require_POST
@case_page
def remark(request: StaffRequest, case: ClaimCase) -> HttpResponse:
    form = RemarkForm(request.POST, case=case)
    if form.is_valid():
        services.remark(case, form.note(), by=request.user)
        messages.success(request, "备注已写入")
    else:
        messages.error(
            request,
            "备注没有写入：" + "；".join(str(text) for error in form.errors.values() for text in error),
        )
    return redirect(_remarks(case.pk))


@require_POST
def remark_strike(request: StaffRequest, pk: int) -> HttpResponse:
    visible = ClaimCase.objects.visible_to(request.user)
    found = get_object_or_404(CaseRemark, pk=pk, case__in=visible)
    services.strike_remark(found, by=request.user)
    messages.success(request, "备注已划去")
    return redirect(_remarks(found.case_id))


def _remarks(case_id: int) -> str:
    return f"{reverse('cases:detail', args=[case_id])}?tab=remarks"
