"""A folder into which the core system's nightly job writes its extracts.

`CLAIMS_IMPORT_DROP/<name of the profile>/<file>`; the person named by `CLAIMS_IMPORT_AS` uploads what is
found. Nothing is polled until both are set. Somebody else confirms it on the page. A file is taken
when nobody has written to it for a minute.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import connection

from cases.models import ImportProfile
from departments.models import Staff

QUIET_SECONDS = 60
PICKING_UP = 4218  # our advisory lock: two schedules do not take the same file
SUFFIXES = frozenset({".csv", ".xlsx", ".txt"})


class Found(NamedTuple):
    path: Path
    profile: ImportProfile
    owner: Staff


@contextmanager
def alone() -> Iterator[bool]:
    """Whether nobody else is emptying the folder at this moment."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s)", [PICKING_UP])
        is_alone = bool(cursor.fetchone()[0])
        try:
            yield is_alone
        finally:
            if is_alone:
                cursor.execute("select pg_advisory_unlock(%s)", [PICKING_UP])


def waiting_files() -> Iterator[Found]:
    folder, number = settings.IMPORT_DROP, settings.IMPORT_AS
    owner = Staff.objects.filter(employee_no=number, is_active=True).first() if folder and number else None
    if owner is None:
        return
    for profile in ImportProfile.objects.all():
        for path in sorted((Path(folder) / profile.name).glob("*")):
            if path.suffix.lower() in SUFFIXES and time.time() - path.stat().st_mtime > QUIET_SECONDS:
                yield Found(path, profile, owner)
