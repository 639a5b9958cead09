"""借阅: one case shown to somebody outside its unit until a day; who has it, and taking it back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from authority.refusals import Refused, insist_on
from cases import services
from cases.forms.lending import LoanForm
from cases.lifecycle import Action
from cases.models import CaseUserPermission, ClaimCase
from cases.rulings import may_work
from cases.views.case_pages import case_page
from departments.http import StaffRequest


@require_http_methods(["GET", "POST"])
@case_page
def loans(request: StaffRequest, case: ClaimCase) -> HttpResponse:
    lending = may_work(case, Action.HAND_OVER, request.user)
    form = LoanForm(request.POST if request.method == "POST" else None)
    if form.is_bound:
        insist_on(lending)
        if form.is_valid() and _lent(request, case, form):
            return redirect("cases:loans", case.pk)
    rows = case.loans.select_related("user", "lent_by").order_by("until", "pk")
    context = {"case": case, "form": form, "lending": lending, "loans": rows, "today": timezone.localdate()}
    return render(request, "cases/loans.html", context, status=422 if form.is_bound else 200)


def _lent(request: StaffRequest, case: ClaimCase, form: LoanForm) -> bool:
    try:
        loan = services.lend_case(case, form.loan(), by=request.user)
    except Refused as refused:
        for objection in refused.ruling.objections:
            form.add_error(None, objection.text)
        return False
    messages.success(request, f"赔案 {case} 已借给 {loan.user}，至 {loan.until:%Y-%m-%d}")
    return True


@require_POST
def loan_return(request: StaffRequest, pk: int) -> HttpResponse:
    visible = ClaimCase.objects.visible_to(request.user)
    loan = get_object_or_404(
        CaseUserPermission.objects.select_related("user"), pk=pk, content_object__in=visible
    )
    services.return_case(loan, by=request.user)
    messages.success(request, f"{loan.user} 的借阅已收回")
    still = ClaimCase.objects.visible_to(request.user).filter(pk=loan.content_object_id).exists()
    return redirect("cases:loans", loan.content_object_id) if still else redirect("cases:index")
