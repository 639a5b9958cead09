"""What a person holds, kind by kind, and where each can go; said by the apps that know it.

An app registers a kind in its `AppConfig.ready`:

    register_holding(HoldingKind("case", "在办赔案", held=cases_of, give=give_case, work_left=count_cases))

`give` and `end` move one thing through the same service as everywhere else and say what became of it; they
raise `PermissionDenied` with a ruling, and `Changed` where the thing is no longer as it was shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from departments.models import Staff
from departments.rulings import Objection


class Changed(Exception):  # noqa: N818 - it is no error of the program
    """Something moved on since the page was made; `things` says what, in words."""

    def __init__(self, things: Sequence[str]) -> None:
        super().__init__("、".join(things))
        self.things = tuple(things)


@dataclass(frozen=True, slots=True)
class Holding:
    """One thing held. `state` changes whenever the thing does."""

    thing: str
    title: str
    detail: str
    state: str


@dataclass(frozen=True, slots=True)
class Handing:
    """Of which thing, under what circumstances; `giver` holds it."""

    holding: Holding
    giver: Staff
    by: Staff
    reason: str
    last_day: date


@dataclass(frozen=True, slots=True)
class HoldingKind:
    """`give`: to a person; `end`: called `end_name`. `must_go`: nobody leaves with it.

    Kinds of smaller `order` move first. `work_left`: how much of it would be left lying. `hold`: locks what
    moving it will lock, before any person is locked: cases, then letters and grants, as deciding does.
    """

    code: str
    name: str
    held: Callable[[Staff], list[Holding]]
    give: Callable[[Handing, Staff], str] | None = None
    end: Callable[[Handing], str] | None = None
    end_name: str = ""
    must_go: bool = True
    order: int = 50
    work_left: Callable[[Staff], int] | None = None
    hold: Callable[[Staff], object] | None = None

    @property
    def goes_to_people(self) -> bool:
        """For templates, which would call `give`."""
        return self.give is not None

    @property
    def may_end(self) -> bool:
        return self.end is not None


_kinds: dict[str, HoldingKind] = {}


def register_holding(kind: HoldingKind) -> None:
    _kinds[kind.code] = kind


def holding_kinds() -> list[HoldingKind]:
    return sorted(_kinds.values(), key=lambda kind: kind.order)


def work_left(staff: Staff) -> list[Objection]:
    """Open work that would have nobody: a constant number of queries per kind."""
    found = ((kind, kind.work_left(staff)) for kind in holding_kinds() if kind.work_left)
    return [
        Objection("work_left", f"{staff.name}还有 {number} 件{kind.name}，请先办理工作交接")
        for kind, number in found
        if number
    ]


Witness = Callable[[int, str, Staff, str], None]
_witnesses: list[Witness] = []


def register_witness(witness: Witness) -> None:
    """Called with hand-over, act, actor and reason, in the transaction of the act: the ledger is one."""
    if witness not in _witnesses:
        _witnesses.append(witness)


def bear_witness(hand_over_id: int, act: str, by: Staff, reason: str = "") -> None:
    for witness in _witnesses:
        witness(hand_over_id, act, by, reason)
