"""The notifications of the person logged in, and what he wants of them by mail."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from departments import services
from departments.digests import OTHER, mailed_kinds
from departments.forms import MailSettingsForm, NotificationFilter
from departments.http import StaffRequest
from departments.models import MailSettings, NotificationKind
from departments.paging import keyset_page


@require_GET
def notifications(request: StaffRequest) -> HttpResponse:
    form = NotificationFilter(request.GET)
    own = form.narrow(request.user.notifications.all())
    page = keyset_page(own, ["-id"], request.GET.get("cursor", ""))
    kinds = {kind.code: kind for kind in NotificationKind.objects.all()}
    rows = [(one, kinds.get(one.kind, kinds[OTHER])) for one in page.rows]
    days = groupby(rows, key=lambda row: timezone.localdate(row[0].created_at))
    context = {"page": page, "form": form, "days": [(day, list(rows)) for day, rows in days]}
    return render(request, "departments/notifications.html", {**context, "groups": _groups(request, kinds)})


def _groups(request: StaffRequest, kinds: dict[str, NotificationKind]) -> list[tuple[str, int, bool]]:
    """Name, number of unread ones, is it chosen; of the groups that this person has anything in."""
    unread = Count("pk", filter=Q(read_at=None))
    found: dict[str, int] = {}
    for row in request.user.notifications.order_by().values("kind").annotate(unread=unread):
        group = kinds.get(row["kind"], kinds[OTHER]).group
        found[group] = found.get(group, 0) + row["unread"]
    return [(name, count, name == request.GET.get("group")) for name, count in sorted(found.items())]


@require_GET
def notification_open(request: StaffRequest, pk: int) -> HttpResponse:
    """Read, and on to what it is about. Opening it again changes nothing."""
    opened = get_object_or_404(request.user.notifications, pk=pk)
    request.user.notifications.filter(pk=pk, read_at=None).update(read_at=timezone.now())
    is_ours = url_has_allowed_host_and_scheme(opened.url, allowed_hosts=None)
    return redirect(opened.url if opened.url and is_ours else "departments:notifications")


@require_POST
def notifications_read(request: StaffRequest) -> HttpResponse:
    """One, or all that the filters show."""
    own = NotificationFilter(request.POST).narrow(request.user.notifications.all())
    if request.POST.get("one", "").isdecimal():
        own = own.filter(pk=request.POST["one"])
    own.filter(read_at=None).update(read_at=timezone.now())
    asked = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return redirect(asked if asked and is_ours else "departments:notifications")


@require_http_methods(["GET", "POST"])
def mail_settings(request: StaffRequest) -> HttpResponse:
    settings = MailSettings.objects.filter(staff=request.user).first()
    form = MailSettingsForm(request.POST if request.method == "POST" else None, initial=_kept(settings))
    if form.is_bound and form.is_valid():
        chosen = [int(pk) for pk in request.POST.getlist("kind") if pk.isdecimal()]
        services.keep_mail_settings(form.cleaned_data, chosen, by=request.user)
        messages.success(request, "设置已保存")
        return redirect("departments:mail_settings")
    context = {"form": form, "kinds": _kinds(request), "last": request.user.digests.first()}
    return render(request, "departments/mail_settings.html", context, status=422 if form.errors else 200)


def _kept(settings: MailSettings | None) -> dict[str, Any]:
    kept = settings or MailSettings()
    return {name: getattr(kept, name) for name in ("hours", "quiet_from", "quiet_until")}


def _kinds(request: StaffRequest) -> list[tuple[NotificationKind, bool]]:
    mailed: Any = mailed_kinds(request.user)
    return [(kind, kind.code in mailed) for kind in NotificationKind.objects.order_by("group", "rank")]
