"""What is odd about who holds what, whichever case comes: inversions and grants without a use. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from authority.rulings import ANY, HeldLimit, Holder

Held = tuple[Holder, HeldLimit]


@dataclass(frozen=True, slots=True)
class Inversion:
    """A subordinate may decide more than the superior whose post stands above his."""

    superior: Holder
    superior_limit: HeldLimit
    subordinate: Holder
    limit: HeldLimit


def inversions(held: Sequence[Held]) -> Iterator[Inversion]:
    """Among the limits of one item: per pair of people the largest excess. Only own limits are compared,
    and only with a superior who holds the item at all for some of the same matters.
    """
    own = [(who, limit) for who, limit in held if limit.via_id is None]
    for superior in _people(own):
        below: dict[int, Inversion] = {}
        for who, limit in own:
            best = _best_above(own, superior, who, limit)
            if best is not None and limit.amount_max > best.amount_max:
                found = Inversion(superior, best, who, limit)
                known = below.get(who.person_id)
                if known is None or known.limit.amount_max < limit.amount_max:
                    below[who.person_id] = found
        yield from below.values()


def _people(held: Iterable[Held]) -> list[Holder]:
    return list({who.person_id: who for who, _ in held}.values())


def _best_above(own: Sequence[Held], superior: Holder, who: Holder, limit: HeldLimit) -> HeldLimit | None:
    """The most that the superior holds of the same matters, if his post stands above this one."""
    above = [
        one
        for holder, one in own
        if holder.person_id == superior.person_id != who.person_id
        and one.level > limit.level
        and limit.post_path.startswith(one.post_path)
        and meet(one, limit)
    ]
    return max(above, key=lambda one: one.amount_max, default=None)


def shadowed(limits: Iterable[HeldLimit]) -> Iterator[tuple[HeldLimit, HeldLimit]]:
    """(needless, the one that contains it) among the own limits of one person: taking the needless one away
    changes no answer whether this person may sign. Of two equal ones the later is needless.
    """
    own = sorted((one for one in limits if one.via_id is None), key=lambda one: one.grant_id)
    for one in own:
        wider = [other for other in own if other is not one and contains(other, one)]
        larger = [other for other in wider if not contains(one, other) or other.grant_id < one.grant_id]
        if larger:
            yield one, larger[0]


def meet(one: HeldLimit, other: HeldLimit) -> bool:
    """Is there a matter, but for the amount, that both are about?"""
    return (
        one.item == other.item
        and one.measure == other.measure
        and _units_meet(one, other)
        and all(_sets_meet(a, b) for a, b in zip(_sets(one), _sets(other), strict=True))
        and (ANY in (one.litigation, other.litigation) or one.litigation == other.litigation)
    )


def contains(wide: HeldLimit, narrow: HeldLimit) -> bool:
    """Does `wide` decide all that `narrow` decides? The same post's ceilings bind both."""
    return (
        wide.item == narrow.item
        and wide.measure == narrow.measure
        and (wide.post_path or wide.unit_path) == (narrow.post_path or narrow.unit_path)
        and _unit_contains(wide, narrow)
        and all(_set_contains(a, b) for a, b in zip(_sets(wide), _sets(narrow), strict=True))
        and wide.litigation in (ANY, narrow.litigation)
        and wide.amount_min <= narrow.amount_min
        and narrow.amount_max <= wide.amount_max
        and narrow.level <= wide.level
        and _asks_no_more(wide, narrow)
    )


def _asks_no_more(wide: HeldLimit, narrow: HeldLimit) -> bool:
    same_cosign = (wide.cosign_count, wide.cosign_post) == (narrow.cosign_count, narrow.cosign_post)
    return (
        wide.cosign_count == 0 or same_cosign
    ) and wide.required_certificates <= narrow.required_certificates


def _sets(limit: HeldLimit) -> tuple[frozenset[str], ...]:
    return (limit.lines, limit.loss_classes, limit.special_kinds)


def _sets_meet(one: frozenset[str], other: frozenset[str]) -> bool:
    if ANY in one or ANY in other:
        return bool(one and other)
    return not one.isdisjoint(other)


def _set_contains(wide: frozenset[str], narrow: frozenset[str]) -> bool:
    return ANY in wide or (ANY not in narrow and narrow <= wide)


def _units_meet(one: HeldLimit, other: HeldLimit) -> bool:
    deep, high = (one, other) if len(one.unit_path) >= len(other.unit_path) else (other, one)
    if deep.unit_path == high.unit_path:
        return True
    return high.includes_below and deep.unit_path.startswith(high.unit_path)


def _unit_contains(wide: HeldLimit, narrow: HeldLimit) -> bool:
    if wide.includes_below:
        return narrow.unit_path.startswith(wide.unit_path)
    return wide.unit_path == narrow.unit_path and not narrow.includes_below
