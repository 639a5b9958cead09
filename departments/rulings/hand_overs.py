"""May this person arrange somebody's hand-over, and sign for it?"""

from __future__ import annotations

from collections.abc import Iterator

from departments.rulings.actors import Actor, oneself
from departments.rulings.ruling import Objection, Ruling, ruling_of


def may_hand_over(giver_id: int, unit_ids: frozenset[int], actor: Actor) -> Ruling:
    """Whoever manages a unit in which the giver holds a post; never the giver alone."""
    return ruling_of(oneself(giver_id, actor, "办理交接："), _not_in_charge(unit_ids, actor))


def _not_in_charge(unit_ids: frozenset[int], actor: Actor) -> Iterator[Objection]:
    if not unit_ids & actor.managed:
        yield Objection("unit_not_managed", "您不管理该人员任岗的机构")


def may_sign(parties: frozenset[int], signed: frozenset[int], staff_id: int) -> Ruling:
    """Giver, receivers and supervisor, each once."""
    return ruling_of(_signing(parties, signed, staff_id))


def _signing(parties: frozenset[int], signed: frozenset[int], staff_id: int) -> Iterator[Objection]:
    if staff_id not in parties:
        yield Objection("no_party", "您不是本次交接的移交人、接收人或监交人")
    if staff_id in signed:
        yield Objection("signed_already", "您已签字")
