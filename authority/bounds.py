"""What limits everybody, whoever holds which grant: ceilings, referral rules, incompatible duties."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, JSONObject

from authority.models import ReferralRule, UnitCeiling
from authority.models.limits import CeilingQuerySet
from authority.moments import Moment, Now
from authority.rulings import IncompatibleDuty as IncompatibleDutyTerms
from authority.rulings import ReferralRule as ReferralTerms
from authority.rulings import Rules
from authority.terms import CEILING, LEVEL_NAMES, ceiling_from, fen
from departments.models import IncompatibleDuty
from departments.prepared import Prepared

_REFERRAL = {
    name: name
    for name in ("code", "name", "kind", "items", "flags", "figures_over", "to_level", "text", "post")
}
_INCOMPATIBLE = {
    **{name: name for name in ("code", "steps", "items", "concurrent_limit")},
    "text": "statement",
}
# Sums travel as text: JSON would make floats of them.
_SUMS = frozenset(("amount_max", "concurrent_limit"))


def rules_for(item_code: str = "", *, at: datetime | None = None, known_at: datetime | None = None) -> Rules:
    """All rules in force `at`, as the rows said it at `known_at`; one query on three small tables.

    `item_code`: with the ceilings for this item alone, which is all that a matter of it is judged by.
    """
    moment = Moment(at, known_at)
    if item_code and moment.is_now:
        rows = FOR_ITEM(item_code=item_code, now=moment.moment, today=moment.day)
    else:
        rows = list(_rows(item_code, moment))
    found: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for table, values in rows:
        found[table].append(values)
    return Rules(
        ceilings=tuple([ceiling_from(values) for values in found["ceiling"]]),
        referrals=tuple([_referral(values) for values in _by_code(found["referral"])]),
        incompatible=tuple([_duty(values) for values in _by_code(found["incompatible"])]),
        level_names=LEVEL_NAMES,
    )


def _rows(item_code: str, moment: Moment) -> QuerySet[Any, Any]:
    """(table, {name: value}); the ceilings of one item, or of all."""
    ceilings = _ceilings(moment)
    if item_code:
        ceilings = ceilings.filter(item__code=item_code)
    return _as_values("ceiling", ceilings, CEILING).union(
        _as_values("referral", moment.rows(ReferralRule).on(moment.day), _REFERRAL),
        _as_values("incompatible", _incompatible(moment), _INCOMPATIBLE),
        all=True,
    )


def _ceilings(moment: Moment) -> QuerySet[UnitCeiling]:
    ceilings: CeilingQuerySet = moment.rows(UnitCeiling)
    return ceilings.in_force_at(moment.at) if moment.at else ceilings.in_force(moment.day, now=moment.moment)


def _incompatible(moment: Moment) -> QuerySet[IncompatibleDuty]:
    in_time = Q(valid_from__lte=moment.day) & (Q(valid_to=None) | Q(valid_to__gte=moment.day))
    duties: QuerySet[IncompatibleDuty] = moment.rows(IncompatibleDuty)
    return duties.filter(in_time, kind__in=["dynamic", "both"])


def _as_values(table: str, rows: QuerySet[Any], lookups: Mapping[str, str]) -> QuerySet[Any, Any]:
    """(table, {name: value}) per row, so that one query reads tables of different columns."""
    values = {
        name: Cast(lookup, TextField()) if lookup in _SUMS else F(lookup) for name, lookup in lookups.items()
    }
    return rows.order_by().values_list(Value(table), JSONObject(**values))


FOR_ITEM = Prepared(
    lambda item_code, now, today: _rows(item_code, Now(clock=now, today=today)),
    item_code=str,
    now=datetime,
    today=date,
)


def _by_code(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: row["code"])


def _referral(row: dict[str, Any]) -> ReferralTerms:
    over = {name: fen(Decimal(str(sum_over))) for name, sum_over in row["figures_over"].items()}
    items, flags = frozenset(row["items"]), frozenset(row["flags"])
    return ReferralTerms(**{**row, "items": items, "flags": flags, "figures_over": over})


def _duty(row: dict[str, Any]) -> IncompatibleDutyTerms:
    steps, items = frozenset(row["steps"]), frozenset(row["items"])
    limit = fen(Decimal(row["concurrent_limit"]))
    return IncompatibleDutyTerms(**{**row, "steps": steps, "items": items, "concurrent_limit": limit})
