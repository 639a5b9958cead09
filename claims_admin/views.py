from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from cases import queue
from departments.http import StaffRequest


def home(request: StaffRequest) -> HttpResponse:
    """Everybody's day begins with what waits for them: head office's with what was sent up to it."""
    staff = request.user
    if staff.admin_role and staff.is_staff:
        return redirect("admin:index")
    if queue.unanswered(staff).exists():
        return redirect(f"{reverse('cases:escalations')}?state=waiting")
    return redirect("cases:workbench")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A refusal explains itself: the ruling that `Refused` carries is the page."""
    context = {"ruling": getattr(exception, "ruling", None), "back_url": _page_before(request)}
    return render(request, "403.html", context, status=403)


def _page_before(request: HttpRequest) -> str:
    """The page of ours that the person came from; none for a refused page opened again."""
    before = urlsplit(request.headers.get("referer", ""))
    is_ours = before.netloc == request.get_host() and before.path.startswith("/")
    if not is_ours or before.path.startswith("//") or before.path == request.path:
        return ""
    return f"{before.path}?{before.query}" if before.query else before.path
