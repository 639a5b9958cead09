"""Promises made inside a transaction: the row is written with the change, delivery happens afterwards."""

from departments.models import OutboxMessage, Staff


def notify(recipient: Staff, *, kind: str, title: str, url: str = "") -> OutboxMessage:
    """Promise `recipient` a notification. Call it inside the transaction of the change it tells about."""
    payload = {"recipient": recipient.pk, "kind": kind, "title": title[:120], "url": url}
    return OutboxMessage.objects.create(topic="notification", payload=payload)
