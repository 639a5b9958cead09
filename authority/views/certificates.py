from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from authority import services
from authority.certificates import (
    ACT_NAMES,
    Clerk,
    Lacking,
    chain_of,
    lacking_today,
    may_confirm,
    may_enforce,
    may_enter,
    may_file,
    may_revoke,
)
from authority.forms import CertificateFilter, CertificateForm, EnforcementForm, ReasonForm
from authority.models import LedgerEntry, PersonalGrant
from authority.refusals import insist_on
from departments.http import StaffRequest
from departments.models import Certificate, CertificateType
from departments.models.people import AdminRole
from departments.paging import keyset_page


@dataclass(frozen=True, slots=True)
class Row:
    certificate: Certificate
    may_confirm: bool
    may_revoke: bool


@require_GET
def certificates(request: StaffRequest) -> HttpResponse:
    form = CertificateFilter(request.GET)
    found = Certificate.objects.visible_to(request.user).filter(form.chosen())
    rows = found.select_related("staff", "type", "entered_by", "confirmed_by", "revoked_by")
    page = keyset_page(rows, ("valid_to", "pk"), request.GET.get("cursor", ""))
    clerk = services.clerk_of(request.user)
    context = {
        "form": form,
        "page": page,
        "rows": [_row(one, clerk) for one in page.rows],
        "may_enter": may_enter(None, clerk).allowed,
    }
    return render(request, "authority/certificates.html", context)


def _row(one: Certificate, clerk: Clerk) -> Row:
    return Row(one, may_confirm(one, clerk).allowed, may_revoke(one, clerk).allowed)


@require_http_methods(["GET", "POST"])
def certificate_new(request: StaffRequest) -> HttpResponse:
    insist_on(may_enter(None, services.clerk_of(request.user)))
    initial = {"staff": request.GET.get("staff")}
    form = CertificateForm(request.POST or None, viewer=request.user, initial=initial)
    if form.is_valid():
        entered = services.enter_certificate(form.cleaned_data["staff"], form.facts, by=request.user)
        messages.success(request, f"{entered.staff.name}的{entered}已录入，待另一人复核后生效")
        return redirect("authority:certificates")
    status = 422 if form.is_bound else 200
    return render(request, "authority/certificate_form.html", {"form": form}, status=status)


@require_GET
def certificate(request: StaffRequest, pk: int) -> HttpResponse:
    """One certificate with its papers and all that was done about it."""
    return render(request, "authority/certificate.html", certificate_page(request, pk))


def certificate_page(request: StaffRequest, pk: int) -> dict[str, Any]:
    people = ("staff", "type", "entered_by", "confirmed_by", "revoked_by")
    found = get_object_or_404(Certificate.objects.visible_to(request.user).select_related(*people), pk=pk)
    clerk = services.clerk_of(request.user, found.staff_id)
    entries = LedgerEntry.objects.filter(chain=chain_of(found)).select_related("actor").order_by("sequence")
    return {
        "one": found,
        "row": _row(found, clerk),
        "scans": found.scans.select_related("filed_by"),
        "filing": may_file(found, clerk),
        "entries": [(entry, ACT_NAMES.get(entry.action, entry.action)) for entry in entries],
    }


@require_POST
def certificate_confirm(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Certificate.objects.visible_to(request.user), pk=pk)
    done = services.confirm_certificate(found, by=request.user)
    messages.success(request, f"{done.staff.name}的{done}已复核")
    return redirect("authority:certificates")


@require_POST
def certificate_revoke(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Certificate.objects.visible_to(request.user), pk=pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, "注销须写明理由。")
        return redirect("authority:certificates")
    done = services.revoke_certificate(found, by=request.user, reason=form.cleaned_data["reason"])
    messages.success(request, f"{done.staff.name}的{done}已注销，以此为条件的权限冻结")
    return redirect("authority:certificates")


@dataclass(frozen=True, slots=True)
class TypeRow:
    kind: CertificateType
    lacking: list[Lacking]
    form: EnforcementForm
    is_enforced: bool


@require_GET
def certificate_types(request: StaffRequest) -> HttpResponse:
    """From when each is demanded, and whose grants that would freeze today."""
    today = timezone.localdate()
    grants = PersonalGrant.objects.visible_to(request.user).effective(today)
    lacking = lacking_today(grants, today)
    rows = [_type_row(kind, lacking) for kind in CertificateType.objects.all()]
    may_set = request.user.admin_role == AdminRole.SECURITY
    return render(request, "authority/certificate_types.html", {"rows": rows, "may_set": may_set})


def _type_row(kind: CertificateType, lacking: list[Lacking]) -> TypeRow:
    starts_on = kind.enforced_from
    form = EnforcementForm(initial={"enforced_from": starts_on}, prefix=str(kind.pk))
    without = [one for one in lacking if kind.code in one.lacks]
    return TypeRow(kind, without, form, starts_on is not None and starts_on <= timezone.localdate())


@require_POST
def certificate_enforce(request: StaffRequest, pk: int) -> HttpResponse:
    is_security = request.user.admin_role == AdminRole.SECURITY
    insist_on(may_enforce(is_security, None, timezone.localdate()))
    kind = get_object_or_404(CertificateType, pk=pk)
    form = EnforcementForm(request.POST, prefix=str(pk))
    if not form.is_valid():
        messages.error(request, "请填写日期。")
        return redirect("authority:certificate_types")
    starts_on = form.cleaned_data["enforced_from"]
    services.enforce_certificates(kind, starts_on, by=request.user)
    said = f"自 {starts_on:%Y-%m-%d} 起强制执行" if starts_on else "不再强制执行"
    messages.success(request, f"{kind.name}{said}")
    return redirect("authority:certificate_types")
