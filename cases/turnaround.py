"""How long a station usually takes, from what was done lately; shown before anything is sent."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.utils import timezone

# The newest stations only: the answer is about these weeks, and the same work whatever the history.
NEWEST = 5_000
WITHIN = timedelta(days=90)
_USUAL = """
    select kind, level, percentile_cont(0.5) within group (order by left_at - arrived_at)
    from (
        select station.kind, station.level, station.arrived_at, station.left_at, sent.item_id
        from cases_chainstep station join cases_submission sent on sent.id = station.submission_id
        where station.status = 'done' and station.left_at >= %s and station.arrived_at is not null
        order by station.id desc limit %s
    ) lately
    where item_id = (select id from authority_authorityitem where code = %s)
    group by kind, level
"""


def usual_times(item_code: str) -> dict[tuple[str, int], timedelta]:
    """The median from arrival to departure by kind and level of station; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_USUAL, [timezone.now() - WITHIN, NEWEST, item_code])
        return {(kind, level): usual for kind, level, usual in cursor.fetchall()}
