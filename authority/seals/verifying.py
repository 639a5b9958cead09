"""Checking the ledger: seals against keys and file, then chains against seals. Streaming: memory holds one
place in one chain, and what of the file must stand in for seals that proved false."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from authority.chain_faults import Fault, faults_in
from authority.ledger import entries_of, hash_of
from authority.models import LedgerSeal, SealedHead
from authority.seals import file
from authority.seals.faults import Kept, Verification, seal_faults
from authority.seals.keys import read_keys
from authority.seals.statement import Head, Statement, digest_of, statement_of

_CHUNK = 5000
_PLACE = itemgetter("chain", "sequence")


class Ledger:
    """Where the parts of the ledger are read from."""

    def __init__(self, *, with_file: bool = True) -> None:
        self.with_file = with_file
        # Measured before the database is asked: what is in the file then is in the database, too.
        self._size = file.size_of_file() if with_file else 0

    def lines(self) -> Iterable[tuple[Statement | None, list[Head]]]:
        return file.lines(self._size)

    def seals(self) -> Iterator[Kept]:
        return _inside()

    def heads(self, without: Collection[int]) -> Iterator[Mapping[str, Any]]:
        """By chain and sequence, but for those of the seals of these numbers."""
        return _heads(SealedHead.objects.exclude(seal__sequence__in=without))

    def entries(self) -> Iterator[Mapping[str, Any]]:
        return entries_of()

    def hash_of(self, entry: Mapping[str, Any]) -> str:
        return hash_of(entry)


def verify_everything(ledger: Ledger) -> Iterator[Fault]:
    """Every fault, one by one. Raises SealError without keys."""
    found = Verification(read_keys(), timezone.now())
    outside = map(_kept_outside, ledger.lines()) if ledger.with_file else None
    yield from seal_faults(ledger.seals(), outside, found)
    instead = _heads_outside(found, ledger.lines()) if found.false else []
    heads = merge(ledger.heads(found.false), sorted(instead, key=_PLACE), key=_PLACE)
    yield from faults_in(ledger.entries(), ledger.hash_of, heads, found.last)


def verify_chains(chains: Collection[str]) -> list[Fault]:
    """Every fault of some chains, and of the seals that bear on them. Raises SealError without keys."""
    found = Verification(read_keys(), timezone.now())
    false = [fault for seal in _seals_over(chains) for fault in found.faults_of(seal)]
    last = LedgerSeal.objects.order_by("-sequence").first()
    heads = _heads(SealedHead.objects.filter(chain__in=chains))
    up_to = statement_of(last) if last else None
    return [*false, *faults_in(entries_of(chains), hash_of, heads, up_to)]


def _seals_over(chains: Collection[str]) -> Iterator[Kept]:
    """The seals that hold a head of these chains, and the last of all."""
    heads = SealedHead.objects.filter(chain__in=chains).values("seal")
    last = LedgerSeal.objects.order_by("-sequence").values("pk")[:1]
    rows = SealedHead.objects.filter(seal__in=heads).order_by("seal", "chain")
    digests = _digests(rows.values_list("seal_id", "chain", "sequence", "hash"))
    seals = LedgerSeal.objects.filter(pk__in=heads) | LedgerSeal.objects.filter(pk__in=last)
    by_seal = dict(digests)
    for seal in seals.order_by("sequence"):
        digest = by_seal.get(seal.pk)
        yield Kept(statement_of(seal), digest in (None, seal.digest))


def _inside() -> Iterator[Kept]:
    """The seals of the database in order, their heads read beside them: two statements."""
    rows = SealedHead.objects.order_by("seal", "chain").values_list("seal_id", "chain", "sequence", "hash")
    reading = _digests(rows.iterator(chunk_size=_CHUNK))
    ahead = next(reading, None)
    for seal in LedgerSeal.objects.order_by("pk").iterator(chunk_size=_CHUNK):
        digest = digest_of(())
        if ahead and ahead[0] == seal.pk:
            digest = ahead[1]
            ahead = next(reading, None)
        yield Kept(statement_of(seal), digest == seal.digest)


def _digests(rows: Iterable[tuple[int, str, int, str]]) -> Iterator[tuple[int, str]]:
    for seal_id, heads in groupby(rows, key=itemgetter(0)):
        yield seal_id, digest_of(head[1:] for head in heads)


def _kept_outside(line: tuple[Statement | None, list[Head]]) -> Kept | None:
    statement, heads = line
    return None if statement is None else Kept(statement, digest_of(heads) == statement.digest)


def _heads(rows: QuerySet[SealedHead]) -> Iterator[Mapping[str, Any]]:
    values = rows.order_by("chain", "sequence").values("chain", "sequence", "hash", "seal__at", "seal__since")
    yield from values.iterator(chunk_size=_CHUNK)


def _heads_outside(
    found: Verification, lines: Iterable[tuple[Statement | None, list[Head]]]
) -> list[dict[str, Any]]:
    """The heads that the file keeps of the seals that are false in the database."""
    return [
        {"chain": chain, "sequence": sequence, "hash": digest, "seal__at": seal.at, "seal__since": seal.since}
        for seal, heads in lines
        if seal and seal.sequence in found.false
        if found.is_genuine(seal) and digest_of(heads) == seal.digest
        for chain, sequence, digest in heads
    ]
