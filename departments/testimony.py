"""What must be told outside this app when something here changes: who holds a post, who is away, whose
account is what. The ledger of the app to the right is a witness; without its entry the database refuses.

    register_witness(enter_in_ledger)   # in an AppConfig.ready

`testify` runs in the transaction of the change, after it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Testimony:
    """`chain`: what changed, as `appointment:12`; `by` None: the machine or an installation's first step."""

    chain: str
    act: str
    by: Any = None
    reason: str = ""
    states: tuple[str, str] = ("", "")
    details: Mapping[str, Any] = field(default_factory=dict)


Witness = Callable[[Testimony], object]
_witnesses: list[Witness] = []


def register_witness(witness: Witness) -> None:
    if witness not in _witnesses:
        _witnesses.append(witness)


def testify(told: Testimony) -> None:
    for witness in _witnesses:
        witness(told)
