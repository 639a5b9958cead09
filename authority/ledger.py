"""授权行使台账: one entry per change of state, chained per case or letter by the hash of the entry before.

The database refuses to change or remove entries; `verify` finds what somebody did with the triggers off.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NoReturn

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.utils import timezone

from authority.chain_faults import Fault, faults_in
from authority.models import LedgerEntry
from departments.models import Staff
from departments.origin import current_origin

FIRST_PREVIOUS = ""

_CHUNK = 5000
HASHED_FIELDS = (
    "chain", "sequence", "action", "at", "actor_id", "acted_for_id", "from_state", "to_state", "amount",
    "grant_id", "reason", "details", "request_id", "address", "previous_hash",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LedgerFacts:
    """What changed and on what ground. `amount` in yuan; `details` without floats, which have no one text."""

    from_state: str = ""
    to_state: str = ""
    amount: Decimal | None = None
    grant_id: int | None = None
    reason: str = ""
    acted_for: Staff | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


def record(chain: str, *, by: Staff | None, action: str, facts: LedgerFacts | None = None) -> LedgerEntry:
    """Append an entry, inside the transaction of the change and under the lock of the row the chain is about.

    Two writers without that lock: the second gets an IntegrityError, never a fork of the chain.
    """
    facts = facts or LedgerFacts()
    last = LedgerEntry.objects.filter(chain=chain).order_by("-sequence").only("sequence", "hash").first()
    origin = current_origin()
    entry = LedgerEntry(
        chain=chain,
        sequence=last.sequence + 1 if last else 1,
        action=action,
        at=timezone.now(),
        actor=by,
        acted_for=facts.acted_for,
        from_state=facts.from_state,
        to_state=facts.to_state,
        amount=None if facts.amount is None else Decimal(facts.amount),
        grant_id=facts.grant_id,
        reason=facts.reason,
        details=_plain(facts.details),
        request_id=origin.request_id,
        address=origin.address,
        previous_hash=last.hash if last else FIRST_PREVIOUS,
    )
    entry.hash = hash_of({name: getattr(entry, name) for name in HASHED_FIELDS})
    entry.save(force_insert=True)
    return entry


def verify(chains: Collection[str] | None = None) -> list[Fault]:
    """Every fault in these chains (None: in all), in order; one statement, read in chunks.

    A tail cut off whole leaves a shorter chain without a fault: `authority.seals` tells that.
    """
    return list(faults_in(entries_of(chains), hash_of))


def entries_of(chains: Collection[str] | None = None) -> Iterator[dict[str, Any]]:
    """The entries as `faults_in` reads them."""
    rows = LedgerEntry.objects.order_by("chain", "sequence")
    if chains is not None:
        rows = rows.filter(chain__in=chains)
    yield from rows.values("pk", *HASHED_FIELDS, "hash").iterator(chunk_size=_CHUNK)


def told_by(chain: str) -> None:
    """A change of many rows at once: until the transaction ends, one entry of this chain tells all of it.

    Without that entry, or one of each row's own chain, the database refuses the commit.
    """
    with connection.cursor() as cursor:
        cursor.execute("select set_config('claims.told_by', %s, true)", [chain])


@contextmanager
def filling() -> Iterator[None]:
    """Rows made up without a history, for the demo and benchmarks. Only the tables' owner is let past.

    One within another ends with the outer one: a migration fills within the command that migrates.
    """
    with connection.cursor() as cursor:
        cursor.execute("select coalesce(current_setting('claims.filling', true), '')")
        before = cursor.fetchone()[0]
        cursor.execute("select set_config('claims.filling', 'on', false)")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("select set_config('claims.filling', %s, false)", [before])


def hash_of(entry: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical JSON of all fields: sorted keys, moments in UTC, amounts as text."""
    canonical = {name: _text_of(entry[name]) for name in HASHED_FIELDS}
    text = json.dumps(canonical, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _text_of(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return value


def _plain(details: Mapping[str, Any]) -> Any:
    """As the database will give it back, or the hash could not be checked."""
    text = json.dumps(details, cls=DjangoJSONEncoder)
    return json.loads(text, parse_float=_refuse, parse_constant=_refuse)


def _refuse(text: str) -> NoReturn:
    raise TypeError(f"台账详情不接受浮点数 {text}，金额请用 Decimal")
