"""What is due next on each open case, kept beside it so that a list can be sorted and filtered by it.

Nothing reads a deadline from here but the list: pages, alerts and rulings compute it. A minute's delay is the
price, and every night all of it is made anew, for rules and calendars change without a case changing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import islice

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from cases.clocks import CaseClock, Clocks, in_order, most_urgent
from cases.lifecycle import Stage
from cases.models import CaseDue, ChainStep, ClaimCase

CHUNK = 500
AT_ONCE = 5000
A_NIGHT = timedelta(hours=20)


def refresh_dues(limit: int | None = AT_ONCE) -> int:
    """Cases that are new or moved on since the last round; how many were read anew."""
    moved = Q(due=None) | ~Q(due__of_version=F("version"))
    return _refresh(ClaimCase.objects.outstanding().filter(moved), limit)


def renew_dues() -> int:
    """Once a night: every open case, and those closed are taken out."""
    CaseDue.objects.filter(case__stage=Stage.CLOSED).delete()
    stale = Q(due=None) | Q(due__computed_at__lt=timezone.now() - A_NIGHT)
    return _refresh(ClaimCase.objects.outstanding().filter(stale), None)


def _refresh(cases: QuerySet[ClaimCase], limit: int | None) -> int:
    clocks, keys = Clocks.today(), iter(list(cases.order_by("-pk").values_list("pk", flat=True)[:limit]))
    count = 0
    while chunk := list(islice(keys, CHUNK)):
        count += len(chunk)
        _write(list(ClaimCase.objects.filter(pk__in=chunk).order_by("pk")), clocks)
    return count


@transaction.atomic
def _write(cases: Iterable[ClaimCase], clocks: Clocks) -> None:
    every = list(cases)
    stations, running = _stations(every, clocks), clocks.of_cases(every)
    rows = [_row(case, [*running[case.pk], *stations.get(case.pk, ())], clocks.now) for case in every]
    fields = ["due_at", "warn_at", "rule_code", "name", "of_version", "computed_at"]
    CaseDue.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["case"], update_fields=fields, batch_size=CHUNK
    )


def _stations(cases: Iterable[ClaimCase], clocks: Clocks) -> dict[int, list[CaseClock]]:
    """The clocks of the stations at which the cases wait; one statement."""
    now = ChainStep.objects.filter(
        submission__case__in=[case.pk for case in cases], status=ChainStep.Status.NOW
    )
    found: dict[int, list[CaseClock]] = {}
    for step in now.select_related("submission__item"):
        reading, case_id = clocks.of_station(step), step.submission.case_id
        if reading is not None and step.arrived_at is not None:
            clock = CaseClock(reading, step.arrived_at, case_id, step.staff_id)
            found.setdefault(case_id, []).append(clock)
    return found


def _row(case: ClaimCase, clocks: Iterable[CaseClock], now: datetime) -> CaseDue:
    due = most_urgent(in_order(clocks))
    return CaseDue(
        case=case,
        due_at=due.reading.due_at if due else None,
        warn_at=due.reading.warn_at if due else None,
        rule_code=due.reading.rule.code if due else "",
        name=due.note[:80] if due else "",
        of_version=case.version,
        computed_at=now,
    )
