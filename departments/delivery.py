"""Bringing about what transactions promised: each message once, whoever is killed meanwhile.

Message and effect are committed together, so a killed deliverer leaves the message waiting and nothing done.
Several deliverers share the work: a message that one of them holds is skipped by the others.

What leaves the database (a mail, a file) cannot be taken back by its rollback. Such a message is alone in its
transaction, so a kill repeats one of them at most: a file is found finished and left, a mail carries the id
that it carried before.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import takewhile

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from departments.models import Notification, OutboxMessage

MOST_ATTEMPTS = 5
BACKOFF = {"digest": timedelta(minutes=2)}
"""How long a topic waits after its first failure, and twice as long after each further one."""
BATCH = 100

Handler = Callable[[OutboxMessage], object]
_handlers: dict[str, Handler] = {}
_outside: set[str] = set()
log = structlog.get_logger(__name__)


def handles(topic: str, *, acts_outside: bool = False) -> Callable[[Handler], Handler]:
    """Names the function that brings about the messages of one topic; call it inside an app's own module.

    `acts_outside`: what it does is not undone with the transaction.
    """

    def enter(handler: Handler) -> Handler:
        _handlers[topic] = handler
        if acts_outside:
            _outside.add(topic)
        return handler

    return enter


@handles("notification")
def _deliver_notification(message: OutboxMessage) -> None:
    payload = message.payload
    Notification.objects.create(
        outbox=message,
        recipient_id=payload["recipient"],
        kind=payload["kind"],
        title=payload["title"],
        url=payload["url"],
    )


def deliver_waiting() -> int:
    """Try every waiting message once; gives how many were delivered."""
    delivered, last_id = 0, 0
    while ids := _deliver_batch(after=last_id):
        delivered += sum(ids.values())
        last_id = max(ids)
    return delivered


@dataclass(frozen=True, slots=True)
class Undelivered:
    """Of one topic: how many still wait for their turn, and how many were given up."""

    waiting: int
    failed: int


def undelivered(topic: str) -> Undelivered:
    rows = OutboxMessage.objects.filter(topic=topic, delivered_at=None)
    failed = rows.filter(attempts__gte=MOST_ATTEMPTS).count()
    return Undelivered(rows.filter(attempts__lt=MOST_ATTEMPTS).count(), failed)


@transaction.atomic
def _deliver_batch(*, after: int) -> dict[int, bool]:
    """Was it delivered?, by message id; the messages stay locked until the commit."""
    is_due = Q(next_try_at=None) | Q(next_try_at__lte=timezone.now())
    waiting = OutboxMessage.objects.filter(
        is_due, delivered_at=None, attempts__lt=MOST_ATTEMPTS, id__gt=after
    ).order_by("id")
    messages = list(waiting.select_for_update(skip_locked=True)[:BATCH])
    return {message.pk: _delivered(message) for message in _together(messages)}


def _together(messages: Sequence[OutboxMessage]) -> Sequence[OutboxMessage]:
    """Those at the head that one transaction may deliver."""
    inside = list(takewhile(lambda message: message.topic not in _outside, messages))
    return inside or messages[:1]


def _delivered(message: OutboxMessage) -> bool:
    """One attempt in its own savepoint: a poisoned message takes nothing else down."""
    try:
        with transaction.atomic():
            _handlers[message.topic](message)
    except Exception as error:
        message.attempts += 1
        message.last_error = f"{type(error).__name__}: {error}"[:2000]
        message.next_try_at = timezone.now() + patience_of(message)
        message.save(update_fields=["attempts", "last_error", "next_try_at"])
        _tell(message)
        return False
    message.delivered_at = timezone.now()
    message.save(update_fields=["delivered_at"])
    return True


def patience_of(message: OutboxMessage) -> timedelta:
    """What fails here fails at once again or never; a mail server may be away for an hour."""
    first = BACKOFF.get(message.topic)
    return first * 2 ** (message.attempts - 1) if first else timedelta(0)


def _tell(message: OutboxMessage) -> None:
    """Giving up is an error that alarms; a failure that will be tried again is a warning."""
    tell = log.error if message.attempts >= MOST_ATTEMPTS else log.warning
    tell("outbox_failed", message=message.pk, topic=message.topic, attempts=message.attempts)
