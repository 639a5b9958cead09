"""For whoever watches the servers: `/livez` the process answers, `/readyz` what it needs answers too."""

from collections.abc import Callable

import structlog
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from kombu.connection import Connection

from authority.seals.sealing import is_late, last_sealed_at

log = structlog.get_logger(__name__)


@login_not_required
def livez(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


@login_not_required
def readyz(request: HttpRequest) -> JsonResponse:
    """503 as long as a part does not answer; which one, but not why: that is in the log.

    A ledger that nobody seals is said, too, but does not take the pages away from the people.
    """
    parts = {"database": _answers(_ask_database), "broker": _answers(_ask_broker)}
    status = 200 if all(parts.values()) else 503
    words = {name: "ok" if is_up else "down" for name, is_up in parts.items()}
    return JsonResponse({**words, "ledger_seal": _seal() if parts["database"] else "unknown"}, status=status)


def _seal() -> str:
    sealed_at, now = last_sealed_at(), timezone.now()
    if not is_late(sealed_at, now):
        return "ok"
    log.error("ledger_seal_late", sealed_at=sealed_at and sealed_at.isoformat())
    return "late"


def _answers(ask: Callable[[], None]) -> bool:
    try:
        ask()
    except Exception:  # whatever the driver raises means the same here
        log.exception("not_ready", part=ask.__name__)
        return False
    return True


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _ask_broker() -> None:
    with Connection(  # type: ignore[no-untyped-call]
        settings.CELERY_BROKER_URL, transport_options=settings.CELERY_BROKER_TRANSPORT_OPTIONS
    ) as broker:
        broker.ensure_connection(max_retries=1, timeout=2)
