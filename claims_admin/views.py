from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from departments.http import StaffRequest


def home(request: StaffRequest) -> HttpResponse:
    """Everybody's day begins with what waits for them."""
    return redirect("cases:workbench")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A refusal explains itself: the ruling that `Refused` carries is the page."""
    return render(request, "403.html", {"ruling": getattr(exception, "ruling", None)}, status=403)
