from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from authority.approvers import approvers_of
from authority.forms import WhoCanForm
from departments.http import StaffRequest


@require_GET
def who_can(request: StaffRequest) -> HttpResponse:
    """Everybody may ask: knowing whom to turn to gives nobody anything."""
    form = WhoCanForm(request.GET if "item" in request.GET else None)
    found = approvers_of(form.matter()) if form.is_bound and form.is_valid() else None
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "authority/who_can.html", {"form": form, "found": found}, status=status)
