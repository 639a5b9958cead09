"""A batch's turn: claimed under a lease, worked on, finished. A killed worker's batch is claimed again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from authority import ledger
from authority.ledger import LedgerFacts
from cases.importing.checking import Check
from cases.importing.errors import StoppedError, UnreadableFileError
from cases.importing.lease import LEASE, pulse
from cases.importing.matching import Tally
from cases.importing.merging import merge
from cases.models import DataQualityIssue, ImportBatch
from departments.outbox import notify

Status = ImportBatch.Status
MOST_ATTEMPTS = 3
GAVE_UP = "处理多次中断，已停止；请重新校验或联系系统管理员"


def work(batch_id: int) -> None:
    """Check or merge, whichever the batch waits for. Safe to call twice, late, or from two workers."""
    batch = _claim(batch_id)
    if batch is None:
        return
    try:
        check(batch) if batch.status == Status.CHECKING else commit(batch)
    except UnreadableFileError as error:
        _finish(batch, status=Status.FAILED, message=str(error))
    except StoppedError as stop:
        _stop(batch, str(stop))


def check(batch: ImportBatch) -> None:
    batch.faults.all().delete()
    with pulse(batch.pk, Status.CHECKING, beside=False) as beat:
        run = Check(batch, beat)
        result = run.run()
    batch.unit_ids = sorted(run.unit_ids)
    counts: dict[str, Any] = _counts(result) if result else {}
    if run.rejected:
        message = f"{run.rejected:,} 行有错误，未导入任何数据；请下载错误清单，改正后重新上传"
    else:
        message = "校验通过，请由上传人以外的同事核对后确认导入"
    _finish(
        batch,
        status=Status.FAULTY if run.rejected else Status.CHECKED,
        message=message,
        rows_read=run.rows_read,
        rows_rejected=run.rejected,
        staged=batch.staged.name,
        staged_sha256=batch.staged_sha256,
        unit_ids=batch.unit_ids,
        checked_at=timezone.now(),
        **counts,
    )


def commit(batch: ImportBatch) -> None:
    """All or nothing: cases, history, ledger entry and the batch's own end are one transaction."""
    with pulse(batch.pk, Status.COMMITTING, beside=True) as beat, transaction.atomic():
        ledger.told_by(f"import:{batch.pk}")
        result = merge(batch, beat)
        issues = DataQualityIssue.objects.filter(batch=batch).count()
        details = {**asdict(result), "file": batch.file_name, "sha256": batch.sha256}
        facts = LedgerFacts(Status.CHECKED, Status.DONE, amount=result.estimate_sum, details=details)
        ledger.record(f"import:{batch.pk}", by=batch.confirmed_by, action="import_committed", facts=facts)
        counts = _counts(result) | {"issues_found": issues}
        _finish(batch, status=Status.DONE, message="已导入", finished_at=timezone.now(), **counts)
        transaction.on_commit(partial(batch.staged.delete, save=False))


def _counts(result: Tally) -> dict[str, Any]:
    return {
        "rows_created": result.created,
        "rows_updated": result.updated,
        "rows_unchanged": result.unchanged,
        "rows_held": result.held,
        "estimate_sum": result.estimate_sum,
        "paid_sum": result.paid_sum,
        "held_estimate": result.held_estimate,
        "held_paid": result.held_paid,
        "booked_estimate_sum": result.estimate_sum - result.held_estimate,
        "booked_paid_sum": result.paid_sum - result.held_paid,
    }


@transaction.atomic
def _claim(batch_id: int) -> ImportBatch | None:
    """The batch, if it waits for work and nobody is at it."""
    free = Q(lease_until=None) | Q(lease_until__lt=timezone.now())
    batch = (
        ImportBatch.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("uploaded_by", "confirmed_by")
        .filter(free, pk=batch_id, status__in=[Status.CHECKING, Status.COMMITTING])
        .first()
    )
    if batch is None:
        return None
    if batch.attempts >= MOST_ATTEMPTS:
        ImportBatch.objects.filter(pk=batch.pk).update(status=Status.FAILED, message=GAVE_UP)
        return None
    batch.attempts += 1
    batch.lease_until = timezone.now() + LEASE
    batch.save(update_fields=["attempts", "lease_until"])
    return batch


@transaction.atomic
def _finish(batch: ImportBatch, **changes: Any) -> None:
    """Only the worker whose attempt it still is may end it; the uploader is told."""
    done: Mapping[str, Any] = {**changes, "lease_until": None, "percent": 100, "is_cancel_asked": False}
    mine = ImportBatch.objects.filter(pk=batch.pk, status=batch.status, attempts=batch.attempts)
    if not mine.update(**done):
        raise StoppedError("这一批已由另一个进程处理")
    title = f"导入「{batch.file_name}」：{Status(changes['status']).label}"
    notify(batch.uploaded_by, kind="import", title=title, url=batch.get_absolute_url())


def _stop(batch: ImportBatch, reason: str) -> None:
    """Cancelled when somebody asked; else back to where a person decides. Not ours any more: nothing."""
    asked = ImportBatch.objects.filter(pk=batch.pk, is_cancel_asked=True).exists()
    if asked:
        _finish(batch, status=Status.CANCELLED, message="已取消，未导入任何数据")
    elif ImportBatch.objects.filter(pk=batch.pk, status=batch.status, attempts=batch.attempts).exists():
        _finish(batch, status=Status.FAILED, message=reason)
