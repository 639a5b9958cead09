"""授权行使台账 for the audit administrator."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from authority.forms import LedgerFilter
from authority.ledger_page import (
    HEADINGS,
    exported,
    ledger_page,
    may_read_ledger,
    read_chain,
    sealing_now,
)
from departments.access_log import record_export
from departments.http import StaffRequest
from departments.refusals import insist_on
from departments.sheets import XLSX, sheet


@require_GET
def ledger(request: StaffRequest) -> HttpResponse:
    insist_on(may_read_ledger(request.user.admin_role))
    form = LedgerFilter(request.GET)
    lines, page = ledger_page(form.chosen(), request.GET.get("cursor", ""), request.user)
    context = {"form": form, "lines": lines, "page": page, "sealing": sealing_now()}
    return render(request, "authority/ledger.html", context)


@require_GET
def ledger_chain(request: StaffRequest, chain: str) -> HttpResponse:
    """Opening a chain checks it."""
    insist_on(may_read_ledger(request.user.admin_role))
    reading = read_chain(chain, request.user)
    if not (reading.lines or reading.faults):
        raise Http404
    return render(request, "authority/ledger_chain.html", {"reading": reading})


@require_GET
def ledger_export(request: StaffRequest) -> HttpResponse:
    """The newest of what the list shows; leaving the system is recorded."""
    insist_on(may_read_ledger(request.user.admin_role))
    rows = list(exported(LedgerFilter(request.GET).chosen(), request.user))
    record_export(request.user, "授权行使台账", len(rows))
    name = f"ledger-{timezone.localdate():%Y%m%d}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(sheet("授权行使台账", HEADINGS, rows), content_type=XLSX, headers=headers)
