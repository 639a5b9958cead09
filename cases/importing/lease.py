"""Whose turn it is to work on a batch, how far the work is, and whether somebody wants it stopped.

Written through a connection of its own, so that progress is seen while the merge's transaction is open.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from cases.importing.errors import StoppedError

LEASE = timedelta(seconds=45)
LONG_LEASE = timedelta(minutes=10)  # one statement over a million rows on a slow disk
_PULSE = """
    update cases_importbatch set lease_until = %s, percent = %s, message = %s
    where id = %s and status = %s returning is_cancel_asked
"""


class Pulse:
    """Says how far the work is; raises StoppedError when it shall not go on."""

    def __init__(self, batch_id: int, status: str, side: BaseDatabaseWrapper | None) -> None:
        self._batch_id = batch_id
        self._status = status
        self._side = side

    def beat(self, percent: float, message: str, *, is_long: bool = False) -> None:
        """`is_long`: the next step is one statement that cannot report meanwhile."""
        until = timezone.now() + (LONG_LEASE if is_long else LEASE)
        side = self._side or connection
        with side.cursor() as cursor:
            cursor.execute(_PULSE, [until, min(int(percent), 99), message, self._batch_id, self._status])
            row = cursor.fetchone()
        if row is not None and row[0]:
            raise StoppedError("已按要求取消")


@contextmanager
def pulse(batch_id: int, status: str, *, beside: bool) -> Iterator[Pulse]:
    """`beside`: through a connection of its own, for work inside one long transaction."""
    side = connection.copy() if beside else None
    try:
        yield Pulse(batch_id, status, side)
    finally:
        if side is not None:
            side.close()
