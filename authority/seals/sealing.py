"""Making a seal. One sealer at a time, however many beats and workers there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from authority.ledger import LedgerFacts, record
from authority.models import LedgerEntry, LedgerSeal, SealedHead
from authority.seals import file
from authority.seals.keys import Keys, SealError, read_keys
from authority.seals.statement import Head, Statement, digest_of, line_of, statement_of

MOST_ENTRIES = 50_000
"""In one seal; a longer backlog takes several."""
QUIET = timedelta(minutes=4)
"""Where nothing happened, so often is that sealed."""
LATE = timedelta(minutes=5)

_LOCK = 0x5EA1
_HEADS_AT_ONCE = 5000
_LINES_AT_ONCE = 500
SEAL_CHAIN = "seals"
Pending = Sequence[Sequence[int | None]]


def seal_ledger() -> int:
    """Seals what was committed since the last time; gives how many seals that took. Safe to run twice.

    Raises SealError where file and database disagree: sealing on would cover up what happened.
    """
    keys = read_keys()
    made = 0
    with _only_sealer() as is_mine:
        if is_mine:
            check_file(_last_seal())
            write_missing(keys)
        while is_mine and _seal_once(keys, made):
            write_missing(keys)
            made += 1
    return made


def last_sealed_at() -> datetime | None:
    """One query."""
    return LedgerSeal.objects.order_by("-sequence").values_list("at", flat=True).first()


def is_late(sealed_at: datetime | None, now: datetime) -> bool:
    """A ledger that was never sealed is late as well."""
    return sealed_at is None or now - sealed_at > LATE


@contextmanager
def _only_sealer() -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s)", [_LOCK])
        (is_mine,) = cursor.fetchone()
    try:
        yield is_mine
    finally:
        if is_mine:
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(%s)", [_LOCK])


@transaction.atomic
def _seal_once(keys: Keys, made: int) -> bool:
    """Whether there was anything to seal."""
    before = _last_statement()
    running = _transactions()
    sealed_to = before.watermark if before else 0
    # Asked for once more even where it will not be waited for any longer: it may have come just now.
    seen = before.pending if before else []
    ids, heads = _grown(sealed_to, seen)
    now = timezone.now()
    if not ids and (made or (before and now - before.at < QUIET)):
        return False
    watermark = max(sealed_to, ids[-1]) if ids else sealed_to
    statement = Statement(
        sequence=before.sequence + 1 if before else 1,
        at=now,
        since=_since(before),
        watermark=watermark,
        pending=without([*aged(seen, *running), [sealed_to + 1, watermark, None]], ids),
        entry_count=len(ids),
        head_count=len(heads),
        digest=digest_of(heads),
        key_name=keys.signing,
        previous_signature=before.signature if before else "",
    )
    _keep(_signed(statement, keys), heads)
    return True


def _signed(statement: Statement, keys: Keys) -> Statement:
    return replace(statement, signature=keys.sign(statement.text, keys.signing))


def _since(before: Statement | None) -> datetime | None:
    """A seal that was full left a backlog: what the next one covers may be as old as that."""
    if before is None:
        return None
    return before.since if before.entry_count >= MOST_ENTRIES else before.at


def _grown(sealed_to: int, waiting: Pending) -> tuple[list[int], list[Head]]:
    """Ids of the entries not sealed yet, ascending, and the last entry of each of their chains."""
    wanted = Q(pk__gt=sealed_to)
    for first, last, _ in waiting:
        wanted |= Q(pk__range=(first, last))
    rows = LedgerEntry.objects.filter(wanted).order_by("pk").values_list("pk", "chain", "sequence", "hash")
    ids: list[int] = []
    heads: dict[str, Head] = {}
    for pk, chain, sequence, digest in rows[:MOST_ENTRIES]:
        ids.append(pk)
        if chain not in heads or heads[chain][1] < sequence:
            heads[chain] = chain, sequence, digest
    return ids, sorted(heads.values())


def _transactions() -> tuple[int, int]:
    """The oldest transaction still running and the next one to begin."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_snapshot_xmin(now.it)::text::bigint, pg_snapshot_xmax(now.it)::text::bigint"
            " from pg_current_snapshot() as now (it)"
        )
        oldest, newest = cursor.fetchone()
    return int(oldest), int(newest)


def aged(pending: Pending, oldest: int, newest: int) -> list[list[int | None]]:
    """An id not seen yet belongs to a transaction under way or to one that was rolled back.

    Once all that ran a seal after its first sighting have ended, it can only be the latter.
    """
    named = ([first, last, until or newest] for first, last, until in pending)
    return [waiting for waiting in named if waiting[2] is not None and waiting[2] > oldest]


def without(ranges: Iterable[Sequence[int | None]], ids: Sequence[int]) -> list[list[int | None]]:
    """What of the ranges (ascending, apart) is left without these ids (ascending)."""
    left: list[list[int | None]] = []
    position = 0
    for first, last, until in ranges:
        begin = first or 0
        end = last or 0
        while position < len(ids) and ids[position] <= end:
            if ids[position] > begin:
                left.append([begin, ids[position] - 1, until])
            begin = max(begin, ids[position] + 1)
            position += 1
        if begin <= end:
            left.append([begin, end, until])
    return left


def _keep(statement: Statement, heads: Sequence[Head]) -> None:
    values = {name: getattr(statement, name) for name in Statement.__slots__}
    seal = LedgerSeal.objects.create(**values)
    rows = (
        SealedHead(seal=seal, chain=chain, sequence=sequence, hash=digest)
        for chain, sequence, digest in heads
    )
    SealedHead.objects.bulk_create(rows, batch_size=_HEADS_AT_ONCE)


def _last_seal() -> LedgerSeal | None:
    return LedgerSeal.objects.order_by("-sequence").first()


def _last_statement() -> Statement | None:
    last = _last_seal()
    return statement_of(last) if last else None


def check_file(last: LedgerSeal | None) -> None:
    """The file ends with a seal of this database, or begins with it. Raises SealError."""
    try:
        outside = file.last_statement()
    except ValueError as error:
        raise SealError("封存文件的最后一行不是封存记录，请运行 verify_ledger 查明") from error
    if outside is None:
        # The very first line may have been lost to a kill between the commit and the file.
        if last is not None and last.sequence > 1:
            raise SealError(f"封存文件 {file.path_of_file()} 不见了，而数据库已有 {last.sequence} 次封存")
        return
    inside = LedgerSeal.objects.filter(sequence=outside.sequence).first()
    if inside is None:
        raise SealError(f"封存文件已到第 {outside.sequence} 次，数据库没有这一次：库被恢复过，或封存被删")
    if inside.signature != outside.signature:
        raise SealError(f"第 {outside.sequence} 次封存在文件与数据库中不同")


def write_missing(keys: Keys) -> None:
    """What the database has and the file has not: everything since a process was killed in between."""
    while True:
        outside = file.last_statement()
        after = outside.sequence if outside else 0
        seals = LedgerSeal.objects.filter(sequence__gt=after).order_by("sequence")[:_LINES_AT_ONCE]
        texts = [_line(statement_of(seal), seal.pk, keys) for seal in seals]
        if not texts:
            return
        file.append(texts, after)


def _line(statement: Statement, seal_id: int, keys: Keys) -> str:
    if not keys.is_signature(statement.signature, statement.text, statement.key_name):
        raise SealError(f"数据库中第 {statement.sequence} 次封存的签名不符，不写入文件")
    heads = SealedHead.objects.filter(seal=seal_id).order_by("chain")
    return line_of(statement, heads.values_list("chain", "sequence", "hash"))


def begin_file(reason: str) -> Path:
    """Put a file aside that another life of the database wrote, and write the present seals into a new one.

    The ledger keeps who the file was: its last seal, its new name, the reason. Raises SealError.
    """
    keys = read_keys()
    with _only_sealer() as is_mine:
        if not is_mine:
            raise SealError("正在封存，请稍后再试")
        outside, aside = file.last_statement(), file.put_aside(timezone.now())
        details = {
            "file": aside.name if aside else "",
            "sequence": outside.sequence if outside else 0,
            "signature": outside.signature if outside else "",
        }
        record(SEAL_CHAIN, by=None, action="begin_file", facts=LedgerFacts(reason=reason, details=details))
        write_missing(keys)
    return file.path_of_file()
