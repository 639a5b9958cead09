"""A process of its own that works on one batch until it is killed."""

import sys
import time
from datetime import timedelta

import django
from django.conf import settings
from django.db import connection

SOON = timedelta(seconds=4)


def run(database: str, media: str, batch_id: int) -> None:
    """With leases that end soon, so that a test need not wait, and no end of attempts."""
    connection.settings_dict["NAME"], settings.MEDIA_ROOT = database, media
    lease.LEASE = lease.LONG_LEASE = work.LEASE = SOON
    work.MOST_ATTEMPTS = sys.maxsize
    while True:
        work.work(batch_id)
        time.sleep(0.05)


if __name__ == "__main__":
    django.setup()
    from cases.importing import lease, work

    run(sys.argv[1], sys.argv[2], int(sys.argv[3]))
