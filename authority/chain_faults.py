"""Reading chains of ledger entries for what is not as it was written. Pure: rows in, faults out, one by one.

However long the ledger is, only the place in one chain is remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import merge
from typing import Any, Protocol

from django.utils import timezone

EDITED = "edited"
MISSING = "missing"
UNLINKED = "unlinked"
CUT = "cut"
REMOVED = "removed"
REWRITTEN = "rewritten"
UNSEALED = "unsealed"
BACKDATED = "backdated"

LONGEST_IN_FLIGHT = timedelta(hours=1)
"""No transaction that writes an entry runs longer than this before it commits."""
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """A place where the ledger is not what was written: entry `sequence` of `chain`.

    `after` and `before`: between which moments the act lies that is told wrongly or no longer.
    """

    chain: str
    sequence: int
    kind: str
    text: str
    after: datetime | None = None
    before: datetime | None = None

    def __str__(self) -> str:
        return f"{self.chain} 第 {self.sequence} 项：{self.text}{self._span}"

    @property
    def _span(self) -> str:
        since = f"{_clock(self.after)} 之后" if self.after else ""
        until = f"{_clock(self.before)} 之前" if self.before else ""
        span = "、".join(filter(None, (since, until)))
        return f"（{span}）" if span else ""


class LastSeal(Protocol):
    """Up to where the ledger is sealed."""

    @property
    def at(self) -> datetime: ...

    @property
    def watermark(self) -> int: ...

    def is_pending(self, entry_id: int) -> bool: ...


def faults_in(
    entries: Iterable[Row],
    hash_of: Callable[[Row], str],
    heads: Iterable[Row] = (),
    last_seal: LastSeal | None = None,
) -> Iterator[Fault]:
    """`entries` and sealed `heads`, both by chain and sequence. Heads carry `seal__at` and `seal__since`."""
    reading = _Reading("", hash_of, last_seal)
    for row in merge(entries, heads, key=_place):
        if row["chain"] != reading.chain:
            yield from reading.end()
            reading = _Reading(row["chain"], hash_of, last_seal)
        yield from reading.head(row) if "seal__at" in row else reading.entry(row)
    yield from reading.end()


def _place(row: Row) -> tuple[str, int]:
    return row["chain"], row["sequence"]


class _Reading:
    """How far the reading of one chain has come."""

    __slots__ = (
        "_hash_of", "_last_seal", "at", "chain", "hash", "loose", "oldest", "sealed_at", "sequence", "unmet",
    )  # fmt: skip

    def __init__(self, chain: str, hash_of: Callable[[Row], str], last_seal: LastSeal | None) -> None:
        self.chain = chain
        self._hash_of = hash_of
        self._last_seal = last_seal
        self.sequence = 0
        self.hash = ""
        self.at: datetime | None = None
        self.unmet: Row | None = None
        self.loose: Row | None = None
        self.oldest: Row | None = None
        self.sealed_at: datetime | None = None

    def entry(self, entry: Row) -> Iterator[Fault]:
        if entry["sequence"] != self.sequence + 1:
            yield self._fault(entry, MISSING, f"序号不连续，前一项是第 {self.sequence} 项")
        if entry["previous_hash"] != self.hash:
            yield self._fault(entry, UNLINKED, "与前一项的摘要不相连")
        if entry["hash"] != self._hash_of(entry):
            yield self._fault(entry, EDITED, "内容与摘要不符")
        self.sequence, self.hash, self.at = entry["sequence"], entry["hash"], entry["at"]
        if self.oldest is None or entry["at"] < self.oldest["at"]:
            self.oldest = entry
        if self.loose is None and self._is_loose(entry):
            self.loose = entry

    def _is_loose(self, entry: Row) -> bool:
        """Should a seal have covered it?"""
        seal = self._last_seal
        if seal is None:
            return False
        passed = entry["pk"] <= seal.watermark and not seal.is_pending(entry["pk"])
        return passed or bool(entry["at"] < seal.at - LONGEST_IN_FLIGHT)

    def head(self, head: Row) -> Iterator[Fault]:
        if head["sequence"] != self.sequence:
            self.unmet = head
            return
        if head["hash"] != self.hash:
            text = f"与 {_clock(head['seal__at'])} 的封存不符：此处或此前的内容被改写"
            yield Fault(self.chain, self.sequence, REWRITTEN, text, self.sealed_at, head["seal__at"])
        since = head["seal__since"]
        if self.oldest and since and self.oldest["at"] < since - LONGEST_IN_FLIGHT:
            text = f"所记时间早于上一次封存（{_clock(since)}），却在其后才写入"
            yield Fault(self.chain, self.oldest["sequence"], BACKDATED, text, since, head["seal__at"])
        self.loose = self.oldest = None
        self.sealed_at = head["seal__at"]

    def end(self) -> Iterator[Fault]:
        if self.unmet and self.unmet["sequence"] > self.sequence:
            yield self._lost(self.unmet)
        elif self.loose:
            yield self._fault(self.loose, UNSEALED, "早该封存而未封存：是事后插入的，或封存一直没有进行")

    def _lost(self, head: Row) -> Fault:
        sealed = f"{_clock(head['seal__at'])} 封存时有 {head['sequence']} 项"
        if not self.sequence:
            return Fault(self.chain, 1, REMOVED, f"整条链不见了，{sealed}", None, head["seal__at"])
        text = f"链尾被截去，{sealed}，现止于第 {self.sequence} 项"
        return Fault(self.chain, self.sequence + 1, CUT, text, self.at, head["seal__at"])

    def _fault(self, entry: Row, kind: str, text: str) -> Fault:
        return Fault(self.chain, entry["sequence"], kind, text, self.at, entry["at"])


def _clock(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M:%S}"
