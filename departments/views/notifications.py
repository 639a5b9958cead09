"""The notifications of the person logged in."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from departments.http import StaffRequest
from departments.paging import keyset_page


@require_GET
def notifications(request: StaffRequest) -> HttpResponse:
    own = request.user.notifications.all()
    if only_unread := request.GET.get("unread") == "1":
        own = own.filter(read_at=None)
    page = keyset_page(own, ["-id"], request.GET.get("cursor", ""))
    context = {"page": page, "only_unread": only_unread}
    return render(request, "departments/notifications.html", context)


@require_GET
def notification_open(request: StaffRequest, pk: int) -> HttpResponse:
    """Read, and on to what it is about. Opening it again changes nothing."""
    opened = get_object_or_404(request.user.notifications, pk=pk)
    request.user.notifications.filter(pk=pk, read_at=None).update(read_at=timezone.now())
    is_ours = url_has_allowed_host_and_scheme(opened.url, allowed_hosts=None)
    return redirect(opened.url if opened.url and is_ours else "departments:notifications")


@require_POST
def notifications_read(request: StaffRequest) -> HttpResponse:
    request.user.notifications.filter(read_at=None).update(read_at=timezone.now())
    return redirect("departments:notifications")
