"""超时限: what this person was told of because a clock ran over, and which is still open."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from cases.clocks import Clocks, overdue_of
from departments.http import StaffRequest
from departments.paging import keyset_page


@require_GET
def overdue(request: StaffRequest) -> HttpResponse:
    alerts = overdue_of(request.user).select_related(
        "case__unit", "case__handler", "station__staff", "station__submission__item"
    )
    context = {
        "page": keyset_page(alerts, ("due_at", "id"), request.GET.get("cursor", "")),
        "rules": Clocks.today().rules,
    }
    return render(request, "cases/overdue.html", context)
