"""临时授权: given by one person at once, looked at by those who were alerted, ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from authority import services
from authority.emergencies import may_end
from authority.forms import EmergencyForm, ReasonForm
from authority.models import EmergencyGrant, LedgerEntry, LineCode
from authority.refusals import insist_on
from authority.rulings import ALLOWED, REFUSED, Objection, Ruling
from authority.urgent import chain_of, giver_of, own_grants_of, rule_today
from departments.http import StaffRequest
from departments.models import Staff
from departments.paging import keyset_page

ORDER = ("-starts_at", "-pk")
_ACTS = {
    "give": ("授予", "attention"),
    "end": ("终止", "idle"),
    "expire": ("到期", "idle"),
    "ratified": ("追认", "good"),
    "refused": ("不予追认", "bad"),
}


@dataclass(frozen=True, slots=True)
class Event:
    at: datetime
    title: str
    who: str
    text: str
    tone: str


@require_GET
def emergencies(request: StaffRequest) -> HttpResponse:
    found = EmergencyGrant.objects.visible_to(request.user).with_people()
    page = keyset_page(found, ORDER, request.GET.get("cursor", ""))
    context = {"page": page, "may_give": _may_begin(request.user).allowed, "rule": rule_today()}
    return render(request, "authority/emergencies.html", context)


def _may_begin(staff: Staff) -> Ruling:
    """Whoever holds a grant of his own may give from it; to whom is another question."""
    if own_grants_of(staff):
        return Ruling(ALLOWED)
    return Ruling(REFUSED, objections=(Objection("not_own_grant", "本人没有生效的权限，不能临时授权"),))


@require_http_methods(["GET", "POST"])
def emergency_new(request: StaffRequest) -> HttpResponse:
    insist_on(_may_begin(request.user))
    rule = rule_today()
    form = EmergencyForm(request.POST if request.method == "POST" else None, giver=request.user, rule=rule)
    if form.is_bound and form.is_valid():
        given = services.give_emergency(form.terms, by=request.user)
        messages.success(request, f"{given} 已生效，安全管理员和部门负责人已收到提醒")
        return redirect(given)
    context = {"form": form, "rule": rule}
    return render(request, "authority/emergency_new.html", context, status=422 if form.is_bound else 200)


@require_GET
def emergency(request: StaffRequest, pk: int) -> HttpResponse:
    found = _visible(request.user, pk)
    is_open = found.state == "in_force"
    lines = [LineCode(line).label for line in found.lines if line in LineCode.values]
    context = {
        "emergency": found,
        "lines": lines,
        "acts": found.ratifications.with_people(),
        "ending": may_end(found.giver_id, is_open, giver_of(request.user, None, found.holder)),
        "form": ReasonForm(),
        "events": list(map(_event, _entries(found))),
    }
    return render(request, "authority/emergency.html", context)


@require_POST
def emergency_end(request: StaffRequest, pk: int) -> HttpResponse:
    found, form = _visible(request.user, pk), ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, "没有办理：请填写理由。")
        return redirect(found)
    services.end_emergency(found, by=request.user, reason=form.cleaned_data["reason"])
    messages.success(request, f"{found} 已终止")
    return redirect(found)


def _visible(staff: Staff, pk: int) -> EmergencyGrant:
    return get_object_or_404(EmergencyGrant.objects.visible_to(staff).with_people(), pk=pk)


def _entries(emergency: EmergencyGrant) -> list[LedgerEntry]:
    entries = LedgerEntry.objects.filter(chain=chain_of(emergency)).select_related("actor")
    return list(entries.order_by("-sequence"))


def _event(entry: LedgerEntry) -> Event:
    title, tone = _ACTS.get(entry.action, (entry.action, "idle"))
    who = entry.actor.name if entry.actor else "系统"
    return Event(entry.at, title, who, entry.reason, tone)
