"""The rows of the access table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.cast import ROLES, World

Data = Mapping[str, Any] | Callable[[World], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Row:
    """One request: what each of ROLES gets, in their order."""

    method: str
    statuses: tuple[int, ...]
    names: tuple[str, ...] = ()
    data: Data = field(default_factory=dict)

    def expected(self, role: str) -> int:
        return dict(zip(ROLES, self.statuses, strict=True))[role]

    def sent(self, world: World) -> Mapping[str, Any]:
        return self.data(world) if callable(self.data) else self.data


def get(statuses: str, *names: str, data: Data | None = None) -> Row:
    """`statuses`: one per role. `names`: things of the world whose keys go into the address."""
    return Row("get", tuple(map(int, statuses.split())), names, data or {})


def post(statuses: str, *names: str, data: Data | None = None) -> Row:
    return Row("post", tuple(map(int, statuses.split())), names, data or {})
