"""文件投递: the outbox writes each promised pack into the drop folder, once, whoever is killed meanwhile.

A file is written beside its name and renamed when it is whole. One that lies there under its name was
finished before the deliverer was killed: it is taken as it is. What a killed one left half-written goes.
"""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from django.conf import settings

from cases.escalation.files import zip_of
from cases.models import Transmission
from cases.services.transmitting import DROP
from departments.delivery import MOST_ATTEMPTS, handles
from departments.models import OutboxMessage


class NoFolder(Exception):  # noqa: N818
    """The folder is not named; the pack waits and the page says so."""


@handles(DROP, acts_outside=True)
def deliver(message: OutboxMessage) -> None:
    rows = Transmission.objects.select_related(
        "escalation__case__unit", "escalation__submission__item", "escalation__sent_by"
    )
    transmission = rows.get(outbox=message)
    target = folder() / transmission.file_name
    if not target.exists():
        write(target, zip_of(transmission))
    transmission.sha256 = sha256(target.read_bytes()).hexdigest()
    transmission.save(update_fields=["sha256"])


def folder() -> Path:
    if not settings.ESCALATION_DROP:
        raise NoFolder("CLAIMS_ESCALATION_DROP is not set")
    found = Path(settings.ESCALATION_DROP)
    found.mkdir(parents=True, exist_ok=True)
    return found


def write(target: Path, content: bytes) -> None:
    """Whole or not at all, also when the power fails."""
    for left in target.parent.glob(f".{target.name}.*"):
        left.unlink(missing_ok=True)
    beside = target.with_name(f".{target.name}.{uuid4().hex}")
    try:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(target)
        _keep_names(target.parent)
    finally:
        beside.unlink(missing_ok=True)


def _keep_names(folder: Path) -> None:
    """The renaming itself on the disk, before the database says that it happened."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def state_of(transmission: Transmission) -> tuple[str, str]:
    """In words, with the code that gives the badge its colour."""
    message = transmission.outbox
    if message is None or message.delivered_at:
        return ("已投递", "done") if message else ("已报送", "done")
    if message.attempts >= MOST_ATTEMPTS:
        return f"投递失败：{message.last_error[:80]}", "failed"
    if message.attempts:
        return f"重试中（第 {message.attempts} 次失败）", "altered"
    return "待投递", "waiting"
