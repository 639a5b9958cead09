"""The answer to "may they?" about people, posts and units; pages show it like a ruling on a case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

ALLOWED = "allowed"
REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Objection:
    """A reason against: a stable code and a sentence."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Ruling:
    """Allowed, or refused for every reason that holds; `near_misses` say what would help."""

    objections: tuple[Objection, ...] = ()
    near_misses: tuple[str, ...] = ()
    notices: tuple[Objection, ...] = ()
    trace: tuple[str, ...] = ()
    basis: None = None

    @property
    def allowed(self) -> bool:
        return not self.objections

    @property
    def outcome(self) -> str:
        return ALLOWED if self.allowed else REFUSED

    @property
    def may_sign(self) -> bool:
        return self.allowed

    @property
    def may_refer(self) -> bool:
        """Organisational acts are not passed upwards: whoever may do them, does them."""
        return False

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(objection.code for objection in self.objections)


def ruling_of(*objections: Iterable[Objection], near_misses: Iterable[str] = ()) -> Ruling:
    """All objections in the order asked; what would help only where something forbids."""
    found = tuple(chain.from_iterable(objections))
    return Ruling(found, tuple(near_misses) if found else ())
