"""Middleware: what every answer carries, where every act came from, how long a session lasts."""

import re
import time
import uuid
from collections.abc import Callable
from http import HTTPStatus

import structlog
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from claims_admin import passwords
from departments.origin import Origin, set_origin

GetResponse = Callable[[HttpRequest], HttpResponse]

REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,40}")
"""As long as the ledger and the access records keep."""
PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in ("camera", "display-capture", "geolocation", "microphone", "payment", "serial", "usb")
)
SECONDS_BETWEEN_MARKS = 30
"""The session notes when it was last used no more often than this: a page of fragments is one use."""

log = structlog.get_logger(__name__)


class OriginMiddleware:
    """Gives each request an id that log lines, ledger entries, tasks and the error page share."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        set_origin(Origin(request_id=request_id, address=client_address(request)))
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started = time.perf_counter()
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = request_id
            _tell(request, response, time.perf_counter() - started)
        finally:
            set_origin(Origin())
            structlog.contextvars.clear_contextvars()
        return response


def client_address(request: HttpRequest) -> str:
    """The address next to the last proxy we trust; what stands before it, anybody can write."""
    if not settings.TRUSTED_PROXIES:
        return str(request.META.get("REMOTE_ADDR", ""))
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
    return hops[-settings.TRUSTED_PROXIES] if len(hops) >= settings.TRUSTED_PROXIES else ""


def _tell(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    """One line per request. The path without its query: searches contain names and plates."""
    if request.path in {"/livez", "/readyz"}:
        return
    log.info(
        "request",
        method=request.method,
        path=request.path,
        status=response.status_code,
        milliseconds=round(seconds * 1000, 1),
        staff=getattr(request.user, "pk", None) if hasattr(request, "user") else None,
    )


class HeadersMiddleware:
    """On every answer: no device access, and no page stays in the cache of a shared computer."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response["Permissions-Policy"] = PERMISSIONS
        if hasattr(request, "user") and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"
        return response


class SessionLimitMiddleware:
    """Ends a session after 15 minutes without use, and 12 hours after login whatever happens."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and self._is_over(request):
            logout(request)
            messages.info(request, "登录已超时，请重新登录。")
            return _for_htmx(request, redirect("login"))
        return _for_htmx(request, self.get_response(request))

    def _is_over(self, request: HttpRequest) -> bool:
        now = timezone.now().timestamp()
        session = request.session
        started = session.setdefault("started_at", now)
        seen = session.get("seen_at", now)
        if now - seen > settings.SESSION_IDLE_SECONDS or now - started > settings.SESSION_COOKIE_AGE:
            return True
        if now - seen > SECONDS_BETWEEN_MARKS or "seen_at" not in session:
            session["seen_at"] = now
        return False


class PasswordAgeMiddleware:
    """Whose password is too old, or was set by somebody else, chooses a new one before anything else."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_elsewhere = request.path not in {reverse("password_change"), reverse("logout")}
        if request.user.is_authenticated and is_elsewhere and passwords.is_due(request.user):
            messages.info(request, f"密码需要更换（每 {settings.PASSWORD_DAYS} 天，或由他人设置之后）。")
            return _for_htmx(request, redirect("password_change"))
        return self.get_response(request)


def _for_htmx(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A fragment must not be replaced by a page of its own: htmx is told to load that as a page."""
    pages = (reverse("login"), reverse("password_change"))
    leads_away = response.status_code == HTTPStatus.FOUND and response["Location"].startswith(pages)
    if leads_away and request.headers.get("HX-Request"):
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"HX-Redirect": response["Location"]})
    return response
