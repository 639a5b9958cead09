"""What leaves the database arrives though its deliverers are killed: packs once, mails with the id they had.

A mail server that has taken a mail cannot be asked to forget it. So a kill between its answer and our commit
sends that one mail again, under the same Message-ID, by which any mailbox knows it: at least once, never
lost, at most one repeated per kill. A file that lies whole under its name is never written again.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

import pytest
from celery import current_app
from django.db import connection

from cases.models import Transmission
from departments.models import Digest, MailSettings, Notification, OutboxMessage
from tests.cases.branch import make_branch
from tests.cases.test_head_office import sent_up
from tests.factories import StaffFactory
from tests.faults.mail_sink import MailSink, mail_sink

KILLS = int(os.environ.get("DELIVERY_KILLS", "3"))
SEED = int(os.environ.get("DELIVERY_SEED", "20261129"))
MAILS, PACKS = 10 * KILLS, 3 * KILLS
PATIENCE = 120


@pytest.fixture
def no_messages() -> Iterator[None]:
    """Nobody delivers but the processes of the test."""
    current_app.conf.task_always_eager = False
    yield
    current_app.conf.task_always_eager = True


@pytest.fixture
def places(own_database, no_messages, settings, tmp_path: Path) -> tuple[Path, Path]:
    settings.MEDIA_ROOT, settings.ESCALATION_DROP = str(tmp_path / "media"), str(tmp_path / "up")
    return tmp_path / "media", tmp_path / "up"


@pytest.fixture
def sink() -> Iterator[MailSink]:
    with mail_sink() as server:
        yield server


def deliverer(places: tuple[Path, Path], port: int) -> subprocess.Popen[bytes]:
    database = connection.settings_dict["NAME"]
    command = [sys.executable, "-m", "tests.faults.deliverer", database, *map(str, places), str(port)]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)


def kill(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()


def wait(is_so: Callable[[], bool]) -> None:
    give_up = time.monotonic() + PATIENCE
    while not is_so() and time.monotonic() < give_up:
        time.sleep(0.002)


def is_over(topic: str, promised: int) -> bool:
    return OutboxMessage.objects.filter(topic=topic, delivered_at__isnull=False).count() == promised


def kill_on_the_way(
    start: Callable[[], subprocess.Popen[bytes]], done: Callable[[], int], until: Callable[[], bool]
) -> None:
    """Each deliverer but the last is killed a random moment after it has done a little more."""
    chance = random.Random(SEED)
    for _ in range(KILLS):
        process, goal = start(), done() + chance.randint(1, 3)
        wait(lambda goal=goal: done() >= goal)
        time.sleep(chance.uniform(0, 0.03))
        kill(process)
    last = start()
    wait(until)
    kill(last)


def readers(number: int) -> None:
    """Each has one unread line, and wants his mail at any hour."""
    for place in range(number):
        person = StaffFactory(email=f"reader{place}@example.com")
        MailSettings.objects.create(staff=person, hours=[0])
        promised = OutboxMessage.objects.create(topic="notification", payload={})
        Notification.objects.create(recipient=person, outbox=promised, kind="to_decide", title="待您审批")
    OutboxMessage.objects.update(delivered_at="2026-01-01T00:00:00Z")


def test_killed_deliverers_lose_no_mail_and_repeat_none_unmarked(places, sink: MailSink):
    readers(MAILS)

    start = partial(deliverer, places, sink.port)
    kill_on_the_way(start, lambda: len(sink.received), lambda: is_over("digest", MAILS))

    promised = set(Digest.objects.values_list("message_id", flat=True))
    arrived = Counter(sink.ids())
    assert len(promised) == MAILS
    assert set(arrived) == promised, f"seed {SEED}"
    assert is_over("digest", MAILS)
    repeated = sum(arrived.values()) - len(promised)
    assert repeated <= KILLS, f"{repeated} repeated, seed {SEED}"
    assert {str(mail["To"]) for mail in sink.received} == {f"reader{one}@example.com" for one in range(MAILS)}


def whole(folder: Path) -> dict[str, str]:
    """The digest of every pack that lies there under its name."""
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in folder.glob("[!.]*.zip")}


def test_killed_deliverers_drop_each_pack_once_and_whole(places, sink: MailSink):
    branch, folder = make_branch(), places[1]
    for _ in range(PACKS):
        sent_up(branch)
    first_seen: dict[str, str] = {}

    def done() -> int:
        for name, digest in whole(folder).items():
            first_seen.setdefault(name, digest)
        return len(first_seen)

    kill_on_the_way(partial(deliverer, places, sink.port), done, lambda: is_over("escalation_drop", PACKS))

    rows = Transmission.objects.filter(kind="file").select_related("outbox")
    assert {row.file_name: row.sha256 for row in rows} == whole(folder), f"seed {SEED}"
    assert len(whole(folder)) == PACKS
    assert first_seen.items() <= whole(folder).items()
    assert {path.name for path in folder.iterdir()} == set(whole(folder))
    assert [ZipFile(folder / name).testzip() for name in whole(folder)] == [None] * PACKS
