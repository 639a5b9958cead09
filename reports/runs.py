"""How a report comes to be made exactly once: planned, leased by a worker, published if it is still his.

PostgreSQL owns all of it. Two schedules plan the same row; a killed worker's lease runs out; a worker that
lost its lease finds another attempt number and publishes nothing.
"""

import hashlib
import json
import logging
import zlib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from departments.models import Appointment, OrgUnit, UnitKind
from departments.outbox import notify
from reports.figures import FIGURES, Question, Table
from reports.models import ReportDefinition, Run, RunStatus, Snapshot
from reports.periods import ended_periods, last_ended
from reports.workbook import Cover, render_workbook

LEASE = timedelta(minutes=5)
PAUSE = timedelta(minutes=1)
MAX_ATTEMPTS = 5
STATEMENT_SECONDS = 80
_UNFINISHED = (RunStatus.WAITING, RunStatus.LEASED)

logger = logging.getLogger(__name__)


def plan_due_runs(today: date) -> int:
    """Insert the run of every period that ended before `today` and is not there yet; returns how many."""
    units = list(OrgUnit.objects.filter(kind=UnitKind.DEPARTMENT, closed_on=None))
    wanted = [
        Run(definition=definition, unit=unit, period_start=period.start, period_end=period.end)
        for definition in ReportDefinition.objects.filter(is_active=True)
        for period in ended_periods(definition.frequency, _first_day(definition, today), today)
        for unit in units
    ]
    planned = set(Run.objects.filter(version=1).values_list("definition_id", "unit_id", "period_start"))
    new = [run for run in wanted if (run.definition_id, run.unit_id, run.period_start) not in planned]
    Run.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def _first_day(definition: ReportDefinition, today: date) -> date:
    """A report that has never run begins with the period that ended last, and remembers it."""
    if definition.starts_on is None:
        definition.starts_on = last_ended(definition.frequency, today).start
        definition.save(update_fields=["starts_on"])
    return definition.starts_on


@transaction.atomic
def lease_next(now: datetime) -> Run | None:
    """The oldest run that waits or whose worker was lost, leased to the caller under a new attempt number."""
    free = Q(status=RunStatus.WAITING, lease_until=None) | Q(status__in=_UNFINISHED, lease_until__lt=now)
    run = (
        Run.objects.filter(free)
        .select_related("definition", "unit")
        .select_for_update(of=("self",), skip_locked=True)
        .order_by("period_end", "pk")
        .first()
    )
    if run is None:
        return None
    run.status = RunStatus.LEASED
    run.attempt += 1
    run.lease_until = now + LEASE
    run.save(update_fields=["status", "attempt", "lease_until"])
    return run


def build(run: Run) -> Snapshot:
    """Read one consistent state of the data and make the file; nothing is stored."""
    question = Question(run.unit.path, run.period_start, run.period_end, run.definition.parameters)
    with transaction.atomic():
        _read_one_state()
        as_of = timezone.now()
        table = FIGURES[run.definition.figure](question)
    file = render_workbook(table, _cover(run, as_of))
    return Snapshot(
        run=run,
        rows=zlib.compress(json.dumps(_plain(table), ensure_ascii=False).encode()),
        row_count=len(table.rows),
        parameters={**run.definition.parameters, "figure": run.definition.figure, "unit": run.unit.path},
        definition_version=run.definition.version,
        as_of=as_of,
        file=file,
        sha256=hashlib.sha256(file).hexdigest(),
    )


def _read_one_state() -> None:
    """Only possible at the start of a transaction; inside somebody else's their state is the one."""
    if connection.savepoint_ids:
        return
    with connection.cursor() as cursor:
        cursor.execute("set transaction isolation level repeatable read")
        cursor.execute("select set_config('statement_timeout', %s, true)", [str(STATEMENT_SECONDS * 1000)])


def _cover(run: Run, as_of: datetime) -> Cover:
    local = timezone.localtime(as_of)
    note = f"数据时点：{local:%Y-%m-%d %H:%M}　定义版本：{run.definition.version}　报表版本：{run.version}"
    return Cover(run.definition.name, run.unit.name, run.period_label, local, note)


def _plain(table: Table) -> dict[str, Any]:
    """Cells as texts and numbers, as the preview shows them; dates in ISO form, money with two places."""
    return {
        "columns": [{"title": column.title, "kind": column.kind} for column in table.columns],
        "rows": [[_text(cell) for cell in row] for row in table.rows],
        "totals": [_text(cell) for cell in table.totals],
    }


def _text(cell: object) -> str | int | None:
    if cell is None or isinstance(cell, int | str):
        return cell
    return f"{cell:.2f}" if isinstance(cell, Decimal) else str(cell)


@transaction.atomic
def publish(run: Run, snapshot: Snapshot) -> bool:
    """Make the run's snapshot the published one, if the lease is still this worker's; False if it is not."""
    mine = Run.objects.filter(pk=run.pk, status=RunStatus.LEASED, attempt=run.attempt)
    if not mine.update(
        status=RunStatus.PUBLISHED, published_at=timezone.now(), lease_until=None, last_error=""
    ):
        return False
    snapshot.save(force_insert=True)
    _tell_makers(run, f"{run.definition.name}（{run.period_label}）已生成，请复核报送")
    return True


@transaction.atomic
def give_up(run: Run, error: str) -> None:
    """Free the run for another try after a pause, or stop it after too many and say so."""
    is_over = run.attempt >= MAX_ATTEMPTS
    status = RunStatus.FAILED if is_over else RunStatus.WAITING
    mine = Run.objects.filter(pk=run.pk, status=RunStatus.LEASED, attempt=run.attempt)
    pause = None if is_over else timezone.now() + run.attempt * PAUSE
    if mine.update(status=status, lease_until=pause, last_error=error[:2000]) and is_over:
        _tell_makers(run, f"{run.definition.name}（{run.period_label}）连续 {run.attempt} 次生成失败，请处理")


def _tell_makers(run: Run, title: str) -> None:
    posts = Appointment.objects.on(timezone.localdate()).filter(
        post__post_type__code__in=run.definition.maker_posts, post__unit__path__startswith=run.unit.path
    )
    for appointment in posts.select_related("staff").distinct("staff").order_by("staff"):
        notify(appointment.staff, kind="report", title=title, url=run.get_absolute_url())


def build_waiting(limit: int) -> Iterator[Run]:
    """Make waiting runs one after the other, oldest period first; yields those that this call published."""
    for _ in range(limit):
        run = lease_next(timezone.now())
        if run is None:
            return
        if _make(run):
            yield run


def _make(run: Run) -> bool:
    """One poisoned report must not keep the others waiting, whatever is wrong with it."""
    try:
        return publish(run, build(run))
    except Exception as error:
        logger.exception("report run %s failed", run.pk)
        give_up(run, f"{type(error).__name__}: {error}")
        return False


def next_version(run: Run) -> int:
    newest = Run.objects.filter(
        definition=run.definition_id, unit=run.unit_id, period_start=run.period_start
    ).order_by(F("version").desc())
    return newest.values_list("version", flat=True)[0] + 1
