"""Bringing an extract in: receive, match columns, check, confirm, cancel."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string

from authority.refusals import insist_on
from authority.rulings import Ruling
from cases.importing import rulings
from cases.importing.errors import UnreadableFileError
from cases.importing.mapping import ColumnMap, fitting, guess
from cases.importing.sniffing import sniff
from cases.models import ImportBatch, ImportProfile
from cases.tasks import wake_importer
from departments.access import IMPORT_CASES
from departments.models import Staff

Status = ImportBatch.Status
LARGEST = 512 << 20


def upload(file: File[bytes], *, name: str, profile: ImportProfile | None, by: Staff) -> ImportBatch:
    """Store the file under a random name and say what it is.

    UnreadableFileError, with nothing stored, when it is not an extract that can be read.
    """
    insist_on(rulings.may_import(units=by.unit_scope.ids(IMPORT_CASES), admin_role=by.admin_role))
    if file.size > LARGEST:
        raise UnreadableFileError(f"文件超过 {LARGEST >> 20} MiB。")
    digest = hashlib.sha256()
    for block in file.chunks():
        digest.update(block)
    batch = ImportBatch(
        file_name=Path(name).name[:200],
        size=file.size,
        sha256=digest.hexdigest(),
        uploaded_by=by,
        profile=profile,
    )
    batch.file.save(f"{get_random_string(24)}.extract", file, save=False)
    try:
        _lay_out(batch)
    except UnreadableFileError:
        batch.file.delete(save=False)
        raise
    batch.save()
    return batch


def receive(path: Path, *, profile: ImportProfile, by: Staff) -> ImportBatch | None:
    """A file of the drop folder: stored, checked, and gone from there. None when it cannot be read."""
    try:
        with path.open("rb") as file:
            batch = upload(File(file, path.name), name=path.name, profile=profile, by=by)
    except UnreadableFileError:
        path.rename(path.with_name(f"{path.name}.unreadable"))
        return None
    path.unlink()
    if not ColumnMap(batch.columns, batch.settings).missing():
        start_check(batch, by=by)
    return batch


def _lay_out(batch: ImportBatch) -> None:
    """Kind, headings, and which column is what: by the profile, else by the headings' names."""
    layout = sniff(Path(batch.file.path))
    batch.layout = layout.as_json()
    guessed = guess(layout.headings)
    if batch.profile is None:
        batch.columns = guessed
    else:
        batch.columns = fitting(batch.profile.columns, layout.headings)
        batch.settings = batch.profile.settings


@transaction.atomic
def match_columns(
    batch: ImportBatch, columns: Mapping[str, str], settings: Mapping[str, Any], *, by: Staff
) -> ImportBatch:
    """Say anew which column is what; what was checked before counts no longer."""
    batch = _lock(batch)
    insist_on(_may_check(batch, by))
    batch.columns, batch.settings = dict(columns), dict(settings)
    batch.status = Status.UPLOADED
    batch.save(update_fields=["columns", "settings", "status"])
    return batch


@transaction.atomic
def save_profile(batch: ImportBatch, name: str, *, by: Staff) -> ImportProfile:
    """Keep how this source writes, under a name; the same name again replaces one's own, nobody else's."""
    insist_on(rulings.may_import(units=by.unit_scope.ids(IMPORT_CASES), admin_role=by.admin_role))
    known = {"columns": batch.columns, "settings": batch.settings}
    profile, is_new = ImportProfile.objects.select_for_update().get_or_create(
        name=name, defaults={**known, "created_by": by}
    )
    if not is_new:
        insist_on(rulings.may_replace_profile(profile, by=by))
        profile.columns, profile.settings = known["columns"], known["settings"]
        profile.save(update_fields=["columns", "settings"])
    ImportBatch.objects.filter(pk=batch.pk).update(profile=profile)
    return profile


@transaction.atomic
def start_check(batch: ImportBatch, *, by: Staff) -> ImportBatch:
    """The dry run, in the background. A batch that was cancelled or had faults may be checked again."""
    batch = _lock(batch)
    insist_on(_may_check(batch, by, missing=ColumnMap(batch.columns, batch.settings).missing()))
    _set_to_work(batch, Status.CHECKING)
    return batch


@transaction.atomic
def confirm(batch: ImportBatch, *, by: Staff) -> ImportBatch:
    """Write it into the books, in the background, whole or not at all. By somebody else than the uploader."""
    batch = _lock(batch)
    units = by.unit_scope.ids(IMPORT_CASES)
    insist_on(rulings.may_confirm(batch, by=by, units=units))
    batch.confirmed_by = by
    _set_to_work(batch, Status.COMMITTING)
    return batch


@transaction.atomic
def cancel(batch: ImportBatch, *, by: Staff) -> ImportBatch:
    """At once where nobody is at work; else the worker stops at its next step and undoes everything."""
    batch = _lock(batch)
    insist_on(rulings.may_import(units=by.unit_scope.ids(IMPORT_CASES), admin_role=by.admin_role))
    insist_on(rulings.may_cancel(batch))
    if batch.is_at_work and batch.lease_until and batch.lease_until > timezone.now():
        batch.is_cancel_asked = True
    else:
        batch.status, batch.message = Status.CANCELLED, "已取消，未导入任何数据"
    batch.save(update_fields=["status", "message", "is_cancel_asked"])
    return batch


def _set_to_work(batch: ImportBatch, status: ImportBatch.Status) -> None:
    batch.status, batch.percent, batch.message = status, 0, "排队中"
    batch.attempts, batch.lease_until, batch.is_cancel_asked = 0, None, False
    batch.save(
        update_fields=[
            "status",
            "percent",
            "message",
            "attempts",
            "lease_until",
            "is_cancel_asked",
            "confirmed_by",
        ]
    )
    transaction.on_commit(partial(wake_importer, batch.pk))


def _may_check(batch: ImportBatch, by: Staff, missing: list[str] | None = None) -> Ruling:
    units = by.unit_scope.ids(IMPORT_CASES)
    return rulings.may_check(batch, units=units, admin_role=by.admin_role, missing=missing or ())


def _lock(batch: ImportBatch) -> ImportBatch:
    return ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
