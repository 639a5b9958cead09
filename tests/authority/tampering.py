"""A copy of a ledger in memory, and what somebody who owns its tables can do to it.

He computes hashes as well as anybody; what he lacks is the key and the file.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from operator import itemgetter
from random import Random
from typing import Any

from authority.ledger import HASHED_FIELDS, entries_of, hash_of
from authority.models import LedgerSeal
from authority.seals import file
from authority.seals.faults import Kept
from authority.seals.statement import Head, Statement, digest_of, statement_of
from authority.seals.verifying import Ledger

Row = dict[str, Any]
Sealed = tuple[Statement, list[Head]]
UNSEALED = "case:new"
_PLACE = itemgetter("chain", "sequence")


class Known(Ledger):
    """The ledger as it was written, with the hashes of its rows at hand."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Row] = [dict(row) for row in entries_of()]
        self.sealed: list[Sealed] = [
            (statement_of(seal), list(seal.heads.order_by("chain").values_list("chain", "sequence", "hash")))
            for seal in LedgerSeal.objects.order_by("sequence")
        ]
        self.file_lines = list(file.lines(file.size_of_file()))
        self.hashes = {id(row): row["hash"] for row in self.rows}


@dataclass
class Copy(Ledger):
    """To be tampered with: rows are replaced, never changed in place."""

    known: Known
    rows: list[Row]
    sealed: list[Sealed]
    file_lines: list[tuple[Statement | None, list[Head]]]
    with_file: bool = True

    @classmethod
    def of(cls, known: Known) -> Copy:
        return cls(known, list(known.rows), list(known.sealed), list(known.file_lines))

    def lines(self) -> Iterable[tuple[Statement | None, list[Head]]]:
        return self.file_lines

    def seals(self) -> Iterator[Kept]:
        for seal, heads in self.sealed:
            yield Kept(seal, digest_of(sorted(heads)) == seal.digest)

    def heads(self, without: Collection[int]) -> Iterator[Mapping[str, Any]]:
        kept = [(seal, head) for seal, heads in self.sealed if seal.sequence not in without for head in heads]
        for seal, (chain, sequence, digest) in sorted(kept, key=lambda pair: pair[1]):
            place = {"chain": chain, "sequence": sequence, "hash": digest}
            yield {**place, "seal__at": seal.at, "seal__since": seal.since}

    def entries(self) -> Iterator[Row]:
        return iter(sorted(self.rows, key=_PLACE))

    def hash_of(self, entry: Mapping[str, Any]) -> str:
        return self.known.hashes.get(id(entry)) or hash_of(entry)

    def chain(self, name: str) -> list[Row]:
        return sorted((row for row in self.rows if row["chain"] == name), key=_PLACE)

    def put(self, name: str, rows: Iterable[Row]) -> None:
        """The whole chain anew."""
        self.rows = [row for row in self.rows if row["chain"] != name] + list(rows)


def _any_chain(copy: Copy, chance: Random, longer_than: int = 1) -> list[Row]:
    """A sealed one: what was written since the last seal is protected by nothing but the next."""
    chains = {row["chain"] for row in copy.rows} - {UNSEALED}
    return copy.chain(chance.choice(sorted(c for c in chains if len(copy.chain(c)) > longer_than)))


def other(value: Any, chance: Random) -> Any:
    """Something else of the same kind."""
    if isinstance(value, str):
        return chance.choice("xyz") + value[1:]
    if isinstance(value, dict):
        return {**value, "x": chance.random() < 0.5}
    if isinstance(value, list):
        return [*value, [1, 2, None]]
    if isinstance(value, datetime):
        return value + timedelta(microseconds=chance.randint(1, 10**9))
    return (value or 0) + chance.randint(1, 9)


def edit(copy: Copy, chance: Random) -> None:
    """One field of one entry, the place in the chain as well as the sum or the hash."""
    row = chance.choice(copy.rows)
    name = chance.choice([*HASHED_FIELDS, "hash"])
    changed = {**row, name: other(row[name], chance)}
    copy.rows = [changed if r is row else r for r in copy.rows]


def rehashed(rows: Iterable[Row]) -> Iterator[Row]:
    """Numbered and linked as if they had been written so."""
    before = ""
    for number, row in enumerate(rows, start=1):
        linked = {**row, "sequence": number, "previous_hash": before}
        linked["hash"] = before = hash_of(linked)
        yield linked


def rewrite(copy: Copy, chance: Random) -> None:
    """Another reason or sum, and every hash from there computed anew."""
    rows = _any_chain(copy, chance, 0)
    place = chance.randrange(len(rows))
    rows[place] = {**rows[place], "reason": other(rows[place]["reason"], chance)}
    copy.put(rows[0]["chain"], rehashed(rows))


def insert(copy: Copy, chance: Random) -> None:
    """In between, with or without hiding it; a new row has the next key."""
    rows = _any_chain(copy, chance)
    place = chance.randrange(len(rows))
    forged = {**rows[place], "pk": max(row["pk"] for row in copy.rows) + 1, "reason": "后补"}
    rows.insert(place, forged)
    linked = rehashed(rows) if chance.random() < 0.5 else _renumbered(rows)
    copy.put(rows[0]["chain"], linked)


def append_backdated(copy: Copy, chance: Random) -> None:
    """At the end of a chain, or as a chain of its own, with an old time."""
    rows = _any_chain(copy, chance)
    old = rows[-1]["at"] - timedelta(days=chance.randint(1, 900))
    forged = {**rows[-1], "pk": max(row["pk"] for row in copy.rows) + 1, "at": old}
    name = chance.choice([rows[0]["chain"], "case:999"])
    copy.put(name, rehashed([*copy.chain(name), {**forged, "chain": name}]))


def _renumbered(rows: Iterable[Row]) -> Iterator[Row]:
    return ({**row, "sequence": number} for number, row in enumerate(rows, start=1))


def delete(copy: Copy, chance: Random) -> None:
    rows = _any_chain(copy, chance)
    name = rows[0]["chain"]
    rows.pop(chance.randrange(len(rows)))
    copy.put(name, chance.choice([list, _renumbered, rehashed])(rows))


def reorder(copy: Copy, chance: Random) -> None:
    rows = _any_chain(copy, chance, 2)
    moved = rows.pop(chance.randrange(len(rows) - 1))
    rows.append(moved)
    copy.put(moved["chain"], chance.choice([_renumbered, rehashed])(rows))


def swap(copy: Copy, chance: Random) -> None:
    """What two entries say, each in the other's place."""
    one, two = chance.sample(copy.rows, 2)
    while one["chain"] == two["chain"]:
        one, two = chance.sample(copy.rows, 2)
    places = {id(one): (two, one), id(two): (one, two)}
    copy.rows = [
        {**places[id(r)][0], "pk": r["pk"], "chain": r["chain"], "sequence": r["sequence"]}
        if id(r) in places
        else r
        for r in copy.rows
    ]


def cut_tail(copy: Copy, chance: Random) -> None:
    rows = _any_chain(copy, chance)
    copy.put(rows[0]["chain"], rows[: chance.randint(1, len(rows) - 1)])


def remove_chain(copy: Copy, chance: Random) -> None:
    """With or without what the seals of the database say of it."""
    name = _any_chain(copy, chance)[0]["chain"]
    copy.put(name, [])
    if chance.random() < 0.5:
        copy.sealed = [(seal, [head for head in heads if head[0] != name]) for seal, heads in copy.sealed]


def cut_everything(copy: Copy, chance: Random) -> None:
    """Seals and entries from some moment on, so that the database agrees with itself."""
    keep = chance.randrange(len(copy.sealed))
    copy.sealed = copy.sealed[:keep]
    watermark = copy.sealed[-1][0].watermark if keep else 0
    copy.rows = [row for row in copy.rows if row["pk"] <= watermark]


def alter_seal(copy: Copy, chance: Random) -> None:
    place = chance.randrange(len(copy.sealed))
    seal, heads = copy.sealed[place]
    name = chance.choice([field.name for field in fields(Statement) if field.name != "since"])
    copy.sealed[place] = replace(seal, **{name: other(getattr(seal, name), chance)}), heads


def alter_head(copy: Copy, chance: Random) -> None:
    """A sealed head to fit a rewritten chain, or just another number."""
    place = chance.randrange(len(copy.sealed))
    seal, heads = copy.sealed[place]
    which = chance.randrange(len(heads))
    chain, sequence, digest = heads[which]
    changed = chance.choice([(chain, sequence + 1, digest), (chain, sequence, digest[::-1]), None])
    rest = [*heads[:which], *([changed] if changed else []), *heads[which + 1 :]]
    is_hidden = chance.random() < 0.5
    if is_hidden:
        seal = replace(seal, digest=digest_of(sorted(rest)), head_count=len(rest))
    copy.sealed[place] = seal, rest


def remove_seal(copy: Copy, chance: Random) -> None:
    copy.sealed.pop(chance.randrange(len(copy.sealed)))


def alter_file(copy: Copy, chance: Random) -> None:
    """Another machine's file, a lost line, two lines exchanged, a line that says something else."""
    place = chance.randrange(len(copy.file_lines) - 1)
    lines = copy.file_lines
    seal, heads = lines[place]
    assert seal is not None
    deed = chance.choice(["lose", "swap", "garble", "change", "heads"])
    if deed == "lose":
        lines.pop(place)
    elif deed == "swap":
        lines[place], lines[place + 1] = lines[place + 1], lines[place]
    elif deed == "garble":
        lines[place] = None, []
    elif deed == "change":
        lines[place] = replace(seal, watermark=seal.watermark + 1), heads
    else:
        lines[place] = seal, heads[1:]


Kind = Callable[[Copy, Random], None]
KINDS: tuple[Kind, ...] = (
    edit, rewrite, insert, append_backdated, delete, reorder, swap, cut_tail, remove_chain, cut_everything,
    alter_seal, alter_head, remove_seal, alter_file,
)  # fmt: skip
