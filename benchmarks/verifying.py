"""Sealing and verifying a ledger, ten entries to a chain, in a copy of the database that is thrown away."""

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.db import connection
from django.utils import timezone

from authority.ledger import HASHED_FIELDS, hash_of
from authority.models import LedgerEntry
from authority.seals.sealing import seal_ledger
from authority.seals.verifying import Ledger, verify_everything
from benchmarks.branch import throwaway_copy
from benchmarks.clock import Figure
from cases.models import ClaimCase

PER_CHAIN = 10
_BATCH = 10_000


def measure() -> Iterator[Figure]:
    count = max(ClaimCase.objects.count(), PER_CHAIN)
    with throwaway_copy(), TemporaryDirectory() as folder:
        settings.SEAL_FILE = Path(folder) / "seals.jsonl"
        settings.SEAL_KEY_FILE = Path(folder) / "key"
        settings.SEAL_KEY_FILE.write_text("k" * 40)
        _forget_seals()
        _fill(count)
        yield Figure(f"sealing {count:,} entries for the first time", _timed(seal_ledger), "s")
        verify = _timed(lambda: list(verify_everything(Ledger())))
        yield Figure(f"verifying {count:,} entries and their seals", verify, "s")


def _forget_seals() -> None:
    """Another key signed those that were copied along."""
    with connection.cursor() as cursor:
        for table in ("authority_sealedhead", "authority_ledgerseal"):
            cursor.execute(f"alter table {table} disable trigger user")
            cursor.execute(f"delete from {table}")
            cursor.execute(f"alter table {table} enable trigger user")


def _timed(work: object) -> float:
    start = time.perf_counter()
    work()  # type: ignore[operator]
    return time.perf_counter() - start


def _fill(count: int) -> None:
    for first in range(0, count, _BATCH):
        chains = range(first // PER_CHAIN, min(first + _BATCH, count) // PER_CHAIN)
        LedgerEntry.objects.bulk_create(entry for chain in chains for entry in _chain(chain))


def _chain(number: int) -> Iterator[LedgerEntry]:
    at, before = timezone.now(), ""
    for sequence in range(1, PER_CHAIN + 1):
        entry = LedgerEntry(
            chain=f"bench:{number}",
            sequence=sequence,
            action="decide",
            at=at + timedelta(microseconds=sequence),
            from_state="adjusted",
            to_state="approved",
            details={},
            previous_hash=before,
        )
        entry.hash = before = hash_of({name: getattr(entry, name) for name in HASHED_FIELDS})
        yield entry
