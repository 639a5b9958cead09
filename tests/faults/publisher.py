"""A process of its own that plans and makes reports until it is killed: two of them are two schedules."""

import sys
import time
from datetime import date, timedelta

import django
from django.db import connection


def work(database: str, today: date) -> None:
    connection.settings_dict["NAME"] = database
    runs.LEASE = timedelta(seconds=1)
    runs.PAUSE = timedelta(seconds=0)
    while True:
        runs.plan_due_runs(today)
        for _ in runs.build_waiting(5):
            sys.stdout.write(".")
            sys.stdout.flush()
        time.sleep(0.05)


if __name__ == "__main__":
    django.setup()
    from reports import runs

    work(sys.argv[1], date.fromisoformat(sys.argv[2]))
