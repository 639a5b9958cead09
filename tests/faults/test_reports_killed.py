"""Each period is published exactly once though its makers are killed again and again."""

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from datetime import date, timedelta

from django.db import connection

from reports.models import ReportDefinition, Run, RunStatus, Snapshot
from tests.factories import OrgUnitFactory

TODAY = date(2026, 11, 23)
KILLS = int(os.environ.get("REPORT_KILLS", "4"))
SEED = int(os.environ.get("REPORT_SEED", "20261123"))
PERIODS = 20 * KILLS
PATIENCE = 120


def _publisher() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.faults.publisher", connection.settings_dict["NAME"], str(TODAY)]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)


def _kill(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()


def _kill_at_random_moments() -> None:
    """Wait until a publisher works, let it go on for a moment, kill it, start another."""
    chance = random.Random(SEED)
    processes = [_publisher(), _publisher()]
    for _ in range(KILLS):
        victim = processes.pop(0)
        victim.stdout.read(1)
        time.sleep(chance.uniform(0, 0.1))
        _kill(victim)
        processes.append(_publisher())
    _wait_until_all_are_made()
    [_kill(process) for process in processes]


def _wait_until_all_are_made() -> None:
    give_up = time.monotonic() + PATIENCE
    while Run.objects.exclude(status=RunStatus.PUBLISHED).exists() and time.monotonic() < give_up:
        time.sleep(0.2)


def test_killed_publishers_publish_each_period_once(own_database):
    ReportDefinition.objects.exclude(code="R01").update(is_active=False)
    ReportDefinition.objects.filter(code="R01").update(starts_on=TODAY - timedelta(days=PERIODS))
    OrgUnitFactory(parent=OrgUnitFactory(), kind="department")

    _kill_at_random_moments()

    made = Run.objects.filter(status=RunStatus.PUBLISHED)
    assert (made.count(), Run.objects.count(), Snapshot.objects.count()) == (PERIODS,) * 3, f"seed {SEED}"
    assert made.values("period_start").distinct().count() == PERIODS
    for snapshot in Snapshot.objects.all():
        assert hashlib.sha256(bytes(snapshot.file)).hexdigest() == snapshot.sha256
