"""Reading the seals of the database beside those of the file for what is not as it was made. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from authority.chain_faults import Fault
from authority.seals.keys import Keys
from authority.seals.statement import Statement

SEALS = "封存"
"""Stands where a fault of a chain names the chain."""
FORGED = "forged"
SEAL_MISSING = "seal_missing"
HEADS_CHANGED = "heads_changed"
DISAGREES = "disagrees"
UNREADABLE = "unreadable"

APPENDED_WITHIN = timedelta(minutes=2)
"""So long after its commit a seal may not be in the file yet."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A seal as one side keeps it; `has_its_heads`: the heads beside it are those it was signed for."""

    statement: Statement
    has_its_heads: bool = True


@dataclass(slots=True)
class Verification:
    """What the reading of the seals found out. `false`: seals whose heads in the database prove nothing."""

    keys: Keys
    now: datetime
    last: Statement | None = None
    false: set[int] = field(default_factory=set)
    seals: int = 0

    def is_genuine(self, statement: Statement) -> bool:
        return self.keys.is_signature(statement.signature, statement.text, statement.key_name)

    def trust(self, statement: Statement) -> None:
        if self.last is None or statement.sequence > self.last.sequence:
            self.last = statement

    def faults_of(self, kept: Kept) -> Iterator[Fault]:
        """What is wrong with one seal of the database by itself."""
        seal = kept.statement
        if not self.is_genuine(seal):
            self.false.add(seal.sequence)
            is_known = seal.key_name in self.keys.secrets
            text = (
                "签名不符，封存被改动或伪造" if is_known else f"没有名为 {seal.key_name} 的密钥，或标识被改"
            )
            yield Fault(SEALS, seal.sequence, FORGED, text, seal.since, seal.at)
        elif not kept.has_its_heads:
            self.false.add(seal.sequence)
            yield Fault(SEALS, seal.sequence, HEADS_CHANGED, "其下所记的链首被改动", seal.since, seal.at)
        else:
            self.trust(seal)


def seal_faults(
    inside: Iterable[Kept], outside: Iterable[Kept | None] | None, found: Verification
) -> Iterator[Fault]:
    """`outside`: the lines of the file in its order, None for one that says nothing. None: without file."""
    file = None if outside is None else _File(outside, found)
    before: Statement | None = None
    for kept in inside:
        statement = kept.statement
        found.seals += 1
        yield from _sequence_faults(before, statement, found)
        yield from found.faults_of(kept)
        if file:
            yield from file.up_to(statement)
        before = statement
    if file:
        yield from file.rest()


def _sequence_faults(before: Statement | None, seal: Statement, found: Verification) -> Iterator[Fault]:
    expected = before.sequence + 1 if before else 1
    if seal.sequence != expected:
        found.false.update(range(expected, seal.sequence))
        text = f"第 {expected} 至 {seal.sequence - 1} 次封存不见了"
        yield Fault(SEALS, seal.sequence, SEAL_MISSING, text, before.at if before else None, seal.at)
    elif seal.previous_signature != (before.signature if before else ""):
        yield Fault(
            SEALS, seal.sequence, FORGED, "与前一次封存不相连", before.at if before else None, seal.at
        )


class _File:
    """The lines of the file, read in step with the database."""

    def __init__(self, lines: Iterable[Kept | None], found: Verification) -> None:
        self._lines = enumerate(lines, start=1)
        self._found = found
        self._read = 0
        self._next: Statement | None = None
        self._absent: Statement | None = None
        self._pending: list[Fault] = []
        self._advance()

    def up_to(self, seal: Statement) -> Iterator[Fault]:
        """Faults of the lines up to this seal of the database, which has a line of its own."""
        if self._absent:
            yield self._not_outside(self._absent)
            self._absent = None
        while self._next and self._next.sequence < seal.sequence:
            yield from self._only_outside(self._next)
        yield from self._told()
        if self._next and self._next.sequence == seal.sequence:
            if (self._next.signature, self._next.text) != (seal.signature, seal.text):
                yield Fault(SEALS, seal.sequence, DISAGREES, "数据库与封存文件所记不同", seal.since, seal.at)
                self._trust(self._next)
            self._advance()
            yield from self._told()
        else:
            self._absent = seal

    def rest(self) -> Iterator[Fault]:
        """Only the last seal of all may be on its way."""
        if self._absent and self._found.now - self._absent.at > APPENDED_WITHIN:
            yield self._not_outside(self._absent)
        while self._next:
            yield from self._only_outside(self._next)
        yield from self._told()

    def _not_outside(self, seal: Statement) -> Fault:
        return Fault(SEALS, seal.sequence, DISAGREES, "封存文件里没有这一次", seal.since, seal.at)

    def _only_outside(self, line: Statement) -> Iterator[Fault]:
        yield from self._told()
        self._trust(line)
        self._found.false.add(line.sequence)
        yield Fault(SEALS, line.sequence, DISAGREES, "封存文件里有，数据库里没有", line.since, line.at)
        self._advance()

    def _trust(self, line: Statement) -> None:
        if self._found.is_genuine(line):
            self._found.trust(line)

    def _told(self) -> Iterator[Fault]:
        told, self._pending = self._pending, []
        yield from told

    def _advance(self) -> None:
        """To the next line that says something and stands in order; the others are faults."""
        for number, kept in self._lines:
            if kept is None:
                self._pending.append(Fault(SEALS, number, UNREADABLE, f"封存文件第 {number} 行不是封存记录"))
            elif kept.statement.sequence <= self._read:
                text = f"封存文件第 {number} 行重复或次序不对"
                self._pending.append(Fault(SEALS, kept.statement.sequence, DISAGREES, text))
            else:
                self._take(kept)
                return
        self._next = None

    def _take(self, kept: Kept) -> None:
        line = self._next = kept.statement
        self._read = line.sequence
        if not kept.has_its_heads:
            text = "封存文件里所记的链首被改动"
            self._pending.append(Fault(SEALS, line.sequence, HEADS_CHANGED, text, line.since, line.at))
