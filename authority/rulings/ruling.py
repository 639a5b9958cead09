"""The answer to "may this person decide this, now?", with its reasons, and its form for storage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import Any

ALLOWED = "allowed"
NEEDS_COSIGN = "needs_cosign"
REFER = "refer"
REFUSED = "refused"


@lru_cache(maxsize=4096)
def yuan(fen: int) -> str:
    """Fen as yuan with thousands separators: 2000050 -> "20,000.50". Exact for any size."""
    if fen < 0:
        return f"-{yuan(-fen)}"
    return f"{fen // 100:,}.{fen % 100:02d}"


@dataclass(frozen=True, slots=True)
class Objection:
    """A reason against (or, among the notices, something to heed): a stable code and a sentence."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Basis:
    """The grant a decision rests on. `limit` is in fen, after every ceiling."""

    grant_id: int
    version: int
    letter_no: str
    clause: str
    limit: int
    measure: str
    post_name: str = ""
    level: int = 0
    via_id: int | None = None
    via_name: str = ""
    cosign_count: int = 0
    cosign_post: str = ""
    ceiling_letter_no: str = ""
    unit_path: str = ""
    source: str = "base"

    def __str__(self) -> str:
        via = f"（代{self.via_name}）" if self.via_id is not None else ""
        return f"{self.letter_no} {self.clause}{via}，限额 {yuan(self.limit)} 元"


@dataclass(frozen=True, slots=True)
class Ruling:
    """Allowed, allowed with co-signatures, to be referred upwards, or refused for every reason that holds.

    The basis is None exactly when the outcome is `refused`. For `refer` it is the nearest grant, on which a
    preliminary opinion rests. `objections` is empty exactly when the person may sign.
    """

    outcome: str
    basis: Basis | None = None
    objections: tuple[Objection, ...] = ()
    refer_to_level: int | None = None
    near_misses: tuple[str, ...] = ()
    notices: tuple[Objection, ...] = ()
    trace: tuple[str, ...] = ()

    @property
    def allowed(self) -> bool:
        return self.outcome == ALLOWED

    @property
    def may_sign(self) -> bool:
        """May put a name under it: alone, or with the co-signatures that the basis asks for."""
        return self.outcome in (ALLOWED, NEEDS_COSIGN)

    @property
    def may_refer(self) -> bool:
        """May not decide, but may give a preliminary opinion and send the matter up."""
        return self.outcome == REFER

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(objection.code for objection in self.objections)

    def with_objection(self, objection: Objection) -> Ruling:
        """The same ruling, refused for one more reason (a wrong status, a stale version)."""
        objections = (objection, *self.objections)
        return replace(self, outcome=REFUSED, basis=None, refer_to_level=None, objections=objections)

    def as_json(self) -> dict[str, Any]:
        """Plain dicts, lists, strings and ints, as stored with the decision."""
        return {
            "outcome": self.outcome,
            "basis": asdict(self.basis) if self.basis else None,
            "objections": [asdict(objection) for objection in self.objections],
            "refer_to_level": self.refer_to_level,
            "near_misses": list(self.near_misses),
            "notices": [asdict(notice) for notice in self.notices],
            "trace": list(self.trace),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Ruling:
        """The inverse of `as_json`. Raises KeyError or TypeError for anything else."""
        return cls(
            outcome=data["outcome"],
            basis=Basis(**data["basis"]) if data["basis"] else None,
            objections=_objections(data["objections"]),
            refer_to_level=data["refer_to_level"],
            near_misses=tuple(data["near_misses"]),
            notices=_objections(data["notices"]),
            trace=tuple(data["trace"]),
        )


def _objections(rows: Iterable[Mapping[str, str]]) -> tuple[Objection, ...]:
    return tuple(Objection(**row) for row in rows)
