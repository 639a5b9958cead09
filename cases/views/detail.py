"""One case on one screen."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from cases.models import ClaimCase
from departments.http import StaffRequest


@require_GET
def detail(request: StaffRequest, pk: int) -> HttpResponse:
    case = get_object_or_404(ClaimCase.objects.visible_to(request.user).for_list(), pk=pk)
    return render(request, "cases/detail.html", {"case": case})
