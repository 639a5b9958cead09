"""What a seal states, as one text that is signed: the same from a row and from a line of the file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import Any

from authority.models import LedgerSeal

Head = tuple[str, int, str]
"""Chain, sequence and hash of its last entry."""


@dataclass(frozen=True, slots=True)
class Statement:
    """`since`: up to when everything was sealed before, None for the first. `watermark`: the highest entry id
    sealed; `pending`: ids up to it that were not committed yet, as [first, last, transaction to wait for]."""

    sequence: int
    at: datetime
    since: datetime | None
    watermark: int
    pending: list[list[int | None]]
    entry_count: int
    head_count: int
    digest: str
    key_name: str
    previous_signature: str
    signature: str = ""

    @property
    def text(self) -> str:
        """Canonical JSON of all but the signature."""
        values = asdict(self)
        del values["signature"]
        return dump(values)

    def is_pending(self, entry_id: int) -> bool:
        return any(first <= entry_id <= last for first, last, _ in self.pending)  # type: ignore[operator]


def statement_of(seal: LedgerSeal) -> Statement:
    return Statement(**{field.name: getattr(seal, field.name) for field in fields(Statement)})


def line_of(statement: Statement, heads: Iterable[Head]) -> str:
    """One line of the file, without its end."""
    return dump({**asdict(statement), "heads": [list(head) for head in heads]})


def read_line(line: str) -> tuple[Statement, list[Head]]:
    """Raises ValueError for a line that is none."""
    try:
        values = json.loads(line)
        heads = [(str(chain), int(sequence), str(digest)) for chain, sequence, digest in values.pop("heads")]
        values["at"] = datetime.fromisoformat(values["at"])
        values["since"] = values["since"] and datetime.fromisoformat(values["since"])
        return Statement(**values), heads
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(line[:80]) from error


def digest_of(heads: Iterable[Head]) -> str:
    """SHA-256 over the heads in the order of their chains."""
    found = hashlib.sha256()
    for chain, sequence, digest in heads:
        found.update(f"{chain}\t{sequence}\t{digest}\n".encode())
    return found.hexdigest()


def dump(values: Any) -> str:
    return json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_moment)


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")
