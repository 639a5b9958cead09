"""An extract enters the books once and whole though its workers are killed again and again."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest
from celery import current_app
from django.db import connection

from authority.ledger import verify
from authority.models import LedgerEntry
from cases.models import CaseLoss, ClaimCase, DataQualityIssue, ImportBatch
from cases.services import importing
from tests import extracts
from tests.cases import imports

KILLS = int(os.environ.get("IMPORT_KILLS", "3"))
SEED = int(os.environ.get("IMPORT_SEED", "20261123"))
ROWS = 6_000
LONGEST = 2.0  # seconds of work before the kill: within reading, and within the merge
PATIENCE = 120


def _worker(batch: ImportBatch, media: str) -> subprocess.Popen[bytes]:
    database = connection.settings_dict["NAME"]
    command = [sys.executable, "-m", "tests.faults.importer", database, media, str(batch.pk)]
    return subprocess.Popen(command, env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"})


def _kill(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()


def _wait(batch: ImportBatch, is_so) -> None:
    give_up = time.monotonic() + PATIENCE
    while not is_so(batch) and time.monotonic() < give_up:
        time.sleep(0.02)
        batch.refresh_from_db()


def _through(batch: ImportBatch, media: str, wanted: str) -> None:
    """Every worker but the last is killed at a random moment after it has taken the batch."""
    chance = random.Random(SEED)
    batch.refresh_from_db()
    for number in range(1, KILLS + 1):
        worker = _worker(batch, media)
        _wait(batch, lambda one, number=number: one.attempts >= number or one.status == wanted)
        time.sleep(chance.uniform(0, LONGEST))
        _kill(worker)
    last = _worker(batch, media)
    _wait(batch, lambda one: one.status == wanted or not one.is_at_work)
    _kill(last)
    assert batch.status == wanted, f"{batch.message}, seed {SEED}"


@pytest.fixture
def no_messages():
    current_app.conf.task_always_eager = False
    yield
    current_app.conf.task_always_eager = True


@pytest.fixture
def batch(own_database, settings, no_messages, tmp_path):
    """Uploaded; nobody works on it but the processes of this test."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    department = imports.make_department()
    path = extracts.write_csv(tmp_path / "extract.csv", extracts.rows(ROWS))
    return imports.stored(path, by=department.manager)


def test_killed_workers_import_an_extract_once(batch, settings):
    importing.start_check(batch, by=batch.uploaded_by)
    _through(batch, settings.MEDIA_ROOT, "checked")
    assert not ClaimCase.objects.exists()

    importing.confirm(batch, by=imports.colleague_of(batch.uploaded_by))
    _through(batch, settings.MEDIA_ROOT, "done")

    assert (ClaimCase.objects.count(), ClaimCase.history.count(), batch.rows_created) == (ROWS,) * 3
    assert LedgerEntry.objects.filter(chain=f"import:{batch.pk}").count() == 1
    assert CaseLoss.objects.values("case").distinct().count() == ROWS
    assert DataQualityIssue.objects.filter(batch=batch).count() == batch.issues_found
    assert (batch.is_reconciled, verify()) == (True, [])
