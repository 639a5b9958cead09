"""What must not be lost unawares when somebody leaves a post or an account ends.

An app to the right registers a class in its `AppConfig.ready`. Made before the change with the first day on
which it counts, it says afterwards what was lost, in sentences; empty when nothing. A change that loses
something is refused until whoever makes it gives a reason, which `note` keeps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from departments.models import Staff
from departments.refusals import insist_on
from departments.rulings import Objection, Ruling


@dataclass(frozen=True, slots=True)
class Kept:
    """Done all the same: by whom and why; `subject` names what was changed ("appointment:7")."""

    subject: str
    by: Staff
    despite: str


class Keeper(Protocol):
    def lost(self) -> list[str]: ...

    def note(self, lost: list[str], kept: Kept) -> None: ...


_keepers: list[Callable[[date], Keeper]] = []


def register_keeper(keeper: Callable[[date], Keeper]) -> None:
    if keeper not in _keepers:
        _keepers.append(keeper)


class Keeping:
    """Begun before the change; `insist` once it is written."""

    def __init__(self, on: date) -> None:
        self._watching = [keeper(on) for keeper in _keepers]

    def insist(self, kept: Kept) -> None:
        """Raises NotAllowed when something is lost and no reason is given."""
        for keeper in self._watching:
            lost = keeper.lost()
            if lost and not kept.despite:
                insist_on(Ruling(tuple(Objection("last_holder", text) for text in lost)))
            if lost:
                keeper.note(lost, kept)
