from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from departments.http import StaffRequest


def home(request: StaffRequest) -> HttpResponse:
    return render(request, "home.html")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A refusal explains itself: the ruling that `Refused` carries is the page."""
    return render(request, "403.html", {"ruling": getattr(exception, "ruling", None)}, status=403)
