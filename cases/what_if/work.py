"""A run's turn: claimed under a lease, read and judged, published whole. A killed worker's is taken anew."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q
from django.utils import timezone

from authority.models import AuthorityItem, LedgerEntry
from authority.what_if import ground_in_force, ground_with, replaced_by
from cases.models import WhatIfLine, WhatIfLoad, WhatIfRun
from cases.what_if.judging import Court
from cases.what_if.reading import Period, count, read
from cases.what_if.tally import Load, Move, Sum, Tally
from departments.models import OrgUnit
from departments.outbox import notify

LEASE = timedelta(seconds=45)
MOST_ATTEMPTS = 3
GAVE_UP = "试算多次中断，已停止；请重新发起或联系系统管理员"
NOTHING = "该期间没有已终结的报批"
_PULSE = """
    update cases_whatifrun set lease_until = %s, percent = %s, message = %s
    where id = %s and status = 'running' and attempt = %s returning is_cancel_asked
"""
Status = WhatIfRun.Status
logger = logging.getLogger(__name__)


class StoppedError(Exception):
    """Somebody asked for it, or another worker has the run: nothing is published."""


def work(run_id: int) -> None:
    """Make the run if it waits for work. Safe to call twice, late, or from two workers."""
    run = _claim(run_id)
    if run is None:
        return
    try:
        with _side_connection() as side:
            _make(run, side)
    except StoppedError:
        _end(run, Status.CANCELLED, "已取消，没有保留任何结果")
    except Exception as error:
        logger.exception("what-if run %s failed", run.pk)
        _end(run, Status.FAILED, f"{type(error).__name__}: {error}"[:300])


@transaction.atomic
def _claim(run_id: int) -> WhatIfRun | None:
    free = Q(lease_until=None) | Q(lease_until__lt=timezone.now())
    run = (
        WhatIfRun.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("letter__issuing_unit", "letter__scope_unit", "unit", "requested_by")
        .filter(free, pk=run_id, status__in=[Status.WAITING, Status.RUNNING])
        .first()
    )
    if run is None:
        return None
    if run.attempt >= MOST_ATTEMPTS:
        WhatIfRun.objects.filter(pk=run.pk).update(status=Status.FAILED, message=GAVE_UP, lease_until=None)
        return None
    run.status, run.attempt, run.lease_until = Status.RUNNING, run.attempt + 1, timezone.now() + LEASE
    run.save(update_fields=["status", "attempt", "lease_until"])
    return run


def _make(run: WhatIfRun, side: BaseDatabaseWrapper) -> None:
    started = time.monotonic()
    with transaction.atomic():
        _read_one_state()
        version = LedgerEntry.objects.filter(chain=f"letter:{run.letter_id}").count()
        replaces = replaced_by(run.letter)
        tally, rebuilt = replay(run, lambda done, total: _beat(run, side, done, total))
    run.letter_version, run.replaces = version, replaces
    run.read, run.rebuilt, run.classes = tally.read, rebuilt, tally.classes
    run.seconds = Decimal(f"{time.monotonic() - started:.1f}")
    _publish(run, tally)


def replay(run: WhatIfRun, beat: Callable[[int, int], None]) -> tuple[Tally, int]:
    """Judge everything decided in the run's period; how many matters had to be rebuilt. Writes nothing.

    Inside a transaction. `beat(done, total)` is called between batches and may raise to stop.
    """
    period = Period(run.period_start, run.period_end, run.unit.path)
    total, codes = count(period)
    courts = {item.code: _court(run, item) for item in AuthorityItem.objects.filter(code__in=codes)}
    tally, rebuilt = Tally(courts), 0
    with_parties = any(court.sieve.parties for court in courts.values())
    for batch in read(period, with_parties=with_parties):
        for one in batch:
            tally.add(one.pk, one.item_code, one.facts, one.parties)
        rebuilt += sum(one.is_rebuilt for one in batch)
        beat(tally.read, total)
    tally.close()
    return tally, rebuilt


def _court(run: WhatIfRun, item: AuthorityItem) -> Court:
    in_force = ground_in_force(item.code)
    return Court(item, (in_force, ground_with(run.letter, in_force, item.code)))


def _read_one_state() -> None:
    """Only possible at the start of a transaction; inside somebody else's their state is the one."""
    if not connection.savepoint_ids:
        with connection.cursor() as cursor:
            cursor.execute("set transaction isolation level repeatable read")
            cursor.execute("select set_config('statement_timeout', '0', true)")


@contextmanager
def _side_connection() -> Iterator[BaseDatabaseWrapper]:
    """One whose writes are seen while the reading goes on; inside somebody else's transaction that one."""
    if connection.in_atomic_block:
        yield connection
        return
    side = connection.copy()
    try:
        yield side
    finally:
        side.close()


def _beat(run: WhatIfRun, side: BaseDatabaseWrapper, done: int, total: int) -> None:
    """Through a connection of its own, so that progress is seen and a wish to stop is heard."""
    percent = min(99, done * 100 // max(total, 1))
    until = timezone.now() + LEASE
    with side.cursor() as cursor:
        message = f"已试算 {done:,} 件，共 {total:,} 件"
        cursor.execute(_PULSE, [until, percent, message, run.pk, run.attempt])
        row = cursor.fetchone()
    if row is None or row[0]:
        raise StoppedError


@transaction.atomic
def _publish(run: WhatIfRun, tally: Tally) -> None:
    """The result and the end of the run, if it is still this worker's."""
    mine = WhatIfRun.objects.filter(pk=run.pk, status=Status.RUNNING, attempt=run.attempt)
    done = mine.filter(is_cancel_asked=False).update(
        status=Status.DONE, percent=100, lease_until=None, finished_at=timezone.now(),
        message="" if tally.read else NOTHING, letter_version=run.letter_version, replaces=run.replaces,
        read=run.read, rebuilt=run.rebuilt, classes=run.classes, seconds=run.seconds,
    )  # fmt: skip
    if not done:
        raise StoppedError
    names = dict(OrgUnit.objects.values_list("path", "short_name"))
    WhatIfLine.objects.bulk_create(_line(run, move, total, names) for move, total in tally.moves.items())
    WhatIfLoad.objects.bulk_create(_load(run, person, load) for person, load in tally.loads().items())
    title = f"授权书 {run.letter.number} 试算完成：{run.read:,} 件"
    notify(run.requested_by, kind="authority", title=title, url=run.get_absolute_url())


def _line(run: WhatIfRun, move: Move, total: Sum, names: dict[str, str]) -> WhatIfLine:
    return WhatIfLine(
        run=run, unit_path=move.unit, unit_name=names.get(move.unit, move.unit), item_id=move.item_id,
        before=move.before, after=move.after, gap_before=move.gap_before, gap_after=move.gap_after,
        is_other_people=move.is_other_people, count=total.count, amount=Decimal(total.fen) / 100,
        submissions=sorted(total.ids),
    )  # fmt: skip


def _load(run: WhatIfRun, person_id: int, load: Load) -> WhatIfLoad:
    (before, after), (fen_before, fen_after) = load.count, load.fen
    return WhatIfLoad(
        run=run, person_id=person_id, before=_rounded(before, "0.1"), after=_rounded(after, "0.1"),
        amount_before=_rounded(fen_before / 100, "0.01"), amount_after=_rounded(fen_after / 100, "0.01"),
    )  # fmt: skip


def _rounded(value: Fraction, places: str) -> Decimal:
    return (Decimal(value.numerator) / value.denominator).quantize(Decimal(places), ROUND_HALF_UP)


def _end(run: WhatIfRun, status: str, message: str) -> None:
    """Only by the worker whose attempt it still is."""
    mine = WhatIfRun.objects.filter(pk=run.pk, status=Status.RUNNING, attempt=run.attempt)
    mine.update(status=status, message=message, lease_until=None)
