"""Promises made inside a transaction: the row is written with the change, delivery happens afterwards."""

from collections.abc import Mapping

from django.db import transaction

from departments import tasks
from departments.models import OutboxMessage, Staff


def notify(recipient: Staff, *, kind: str, title: str, url: str = "") -> OutboxMessage:
    """Promise `recipient` a notification. Call it inside the transaction of the change it tells about."""
    return promise(
        "notification", {"recipient": recipient.pk, "kind": kind, "title": title[:120], "url": url}
    )


def promise(topic: str, payload: Mapping[str, object]) -> OutboxMessage:
    """Promise a side effect that the topic's handler (`departments.delivery.handles`) brings about."""
    message = OutboxMessage.objects.create(topic=topic, payload=payload)
    # Robust: with the broker away the change stands, and the ten-second tick delivers instead.
    transaction.on_commit(tasks.wake_deliverer, robust=True)
    return message
