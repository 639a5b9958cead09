"""时限: what this person owes on records and will owe next, and what he was told of and is still open."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from cases.clocks import Clocks, overdue_of
from cases.courses import areas
from departments.http import StaffRequest
from departments.paging import keyset_page


@require_GET
def overdue(request: StaffRequest) -> HttpResponse:
    alerts = overdue_of(request.user).select_related(
        "case__unit", "case__handler", "station__staff", "station__submission__item"
    )
    clocks = Clocks.today()
    context = {
        "timed": clocks.owed_by(request.user),
        "areas": {area.key: area.name for area in areas()},
        "page": keyset_page(alerts, ("due_at", "id"), request.GET.get("cursor", "")),
        "rules": clocks.rules,
    }
    return render(request, "cases/overdue.html", context)
