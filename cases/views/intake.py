"""A loss reported by hand becomes a case."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from authority.refusals import insist_on
from authority.rulings import REFUSED, Objection, Ruling
from cases import services
from cases.forms.work import NewCaseForm
from departments.access import HANDLE_CASES
from departments.http import StaffRequest
from departments.models import OrgUnit

_NOWHERE = Ruling(
    REFUSED, objections=(Objection("not_handling", "没有任何机构的赔案处理权限，不能登记报案"),)
)


@require_http_methods(["GET", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    units = OrgUnit.objects.filter(pk__in=request.user.unit_scope.ids(HANDLE_CASES)).in_order()
    if not request.user.unit_scope.ids(HANDLE_CASES):
        insist_on(_NOWHERE)
    form = NewCaseForm(request.POST or None, units=units, initial={"reported_at": timezone.localtime()})
    if request.method == "POST" and form.is_valid():
        case = services.register_case(form.save(commit=False), by=request.user)
        messages.success(request, f"已登记报案 {case}")
        return redirect(case)
    return render(request, "cases/new.html", {"form": form}, status=422 if form.is_bound else 200)
