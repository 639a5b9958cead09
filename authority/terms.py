"""Columns become the frozen values of `authority.rulings`: one table of names for rows and for instances."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from authority.models import PersonalGrant, UnitCeiling
from authority.rulings import Ceiling, HeldLimit

LEVEL_NAMES: Mapping[int, str] = {
    1: "中支人员",
    2: "中支负责人",
    3: "分公司审核岗",
    4: "室主任",
    5: "部门负责人",
    6: "总公司",
}

_SCOPE = ("lines", "loss_classes", "special_kinds", "litigation", "measure", "amount_max")
# Name of the value: lookup from a grant. Of the certificates that the post demands, those not enforced yet
# are taken out where the holder is read.
LIMIT: Mapping[str, str] = {
    "grant_id": "pk",
    "letter_no": "letter__number",
    "item": "item__code",
    "unit_path": "unit__path",
    "level": "appointment__post__post_type__level",
    "post_name": "appointment__post__post_type__name",
    "post_path": "appointment__post__unit__path",
    "required_certificates": "appointment__post__post_type__required_certificates",
    "cosign_post": "cosign_post_type__name",
    **{
        name: name for name in ("version", "clause", "includes_below", "amount_min", "cosign_count", "source")
    },
    **{name: name for name in _SCOPE},
}
CEILING: Mapping[str, str] = {
    "unit_path": "unit__path",
    "unit_name": "unit__short_name",
    "item": "item__code",
    "letter_no": "letter__number",
    **{name: name for name in _SCOPE},
}
_AMOUNTS = frozenset(("amount_max", "amount_min"))


def fen(amount: Decimal) -> int:
    """Yuan with at most two places as integer fen. Raises ValueError for a part of a fen."""
    whole = int(amount * 100)
    if whole != amount * 100:
        raise ValueError(f"{amount} 不是整分")
    return whole


def limit_from(values: Iterable[Any]) -> HeldLimit:
    """From the values of `LIMIT`, in its order."""
    terms = _plain(zip(LIMIT, values, strict=True))
    return HeldLimit(**terms, post_level_name=LEVEL_NAMES.get(terms["level"], ""))


def ceiling_from(values: Mapping[str, Any]) -> Ceiling:
    """From the values of `CEILING` by name; sums may be texts."""
    return Ceiling(**_plain(values.items()))


def limit_terms(grant: PersonalGrant) -> HeldLimit:
    """The limit of a grant; needs the relations that `with_terms` reads."""
    return limit_from([_reach(grant, lookup) for lookup in LIMIT.values()])


def ceiling_terms(row: UnitCeiling) -> Ceiling:
    """Needs `letter`, `item` and `unit` at hand."""
    return ceiling_from({name: _reach(row, lookup) for name, lookup in CEILING.items()})


def _plain(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    return {name: _value(name, value) for name, value in pairs}


def _value(name: str, value: Any) -> Any:
    if name in _AMOUNTS:
        return fen(Decimal(value))
    if isinstance(value, list):
        return frozenset(value)
    return "" if value is None else value


def _reach(row: Any, lookup: str) -> Any:
    """What a lookup finds from an instance; None where nothing is referred to."""
    for name in lookup.split("__"):
        row = None if row is None else getattr(row, name)
    return row
