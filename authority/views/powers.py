"""某日某人权限: on the page, on paper, as a file."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from authority.export import powers_workbook
from authority.forms import PowersForm
from authority.powers import Powers, powers_of
from departments.access_log import record_export
from departments.http import StaffRequest
from departments.sheets import XLSX


@require_GET
def powers(request: StaffRequest) -> HttpResponse:
    """Without a question the form is ready to ask about oneself."""
    form, found = _asked(request)
    status = 422 if form.is_bound and found is None else 200
    return render(request, "authority/powers.html", {"form": form, "found": found}, status=status)


@require_GET
def powers_print(request: StaffRequest) -> HttpResponse:
    form, found = _asked(request)
    template = "authority/powers_print.html" if found else "authority/powers.html"
    context = {"form": form, "found": found, "printed_at": timezone.now()}
    return render(request, template, context, status=200 if found else 422)


@require_GET
def powers_export(request: StaffRequest) -> HttpResponse:
    form, found = _asked(request)
    if found is None:
        return render(request, "authority/powers.html", {"form": form, "found": None}, status=422)
    record_export(request.user, f"某日某人权限：{found.person.name}", len(found.then.lines))
    name = f"powers-{found.person.employee_no}-{found.then.moment.day:%Y%m%d}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(powers_workbook(found), content_type=XLSX, headers=headers)


def _asked(request: StaffRequest) -> tuple[PowersForm, Powers | None]:
    asked = request.GET if "person" in request.GET else None
    form = PowersForm(asked, staff=request.user, initial={"person": request.user.pk})
    return form, powers_of(*form.question()) if form.is_valid() else None
