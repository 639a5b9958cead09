"""Numbers the system gives out: never twice, gaps allowed (a refused transaction keeps its number)."""

from django.db import connection
from django.utils import timezone


def next_number(prefix: str) -> str:
    """R20261123000042: prefix, day, a running number from the database's sequence."""
    with connection.cursor() as cursor:
        cursor.execute("select nextval('cases_number')")
        (number,) = cursor.fetchone()
    return f"{prefix}{timezone.localdate():%Y%m%d}{number:06d}"
