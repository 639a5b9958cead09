"""代岗 as part of a holder: what somebody holds of another's limits, read with the statement for holders.

Each stand-in in force is the delegator's own limits, narrowed by what was handed over and by the most that
the delegate's post may hold for another. Only own limits are read, so what is held for somebody is never
handed on; the delegator being away, back or gone is part of the statement: nothing has to be ended by hand.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast, JSONObject

from authority.certificates import held_certificates, with_demands
from authority.interests import declared_interests
from authority.models import PersonalGrant, StandInCeiling, Substitution
from authority.models.stand_ins import SubstitutionQuerySet
from authority.moments import Moment
from authority.rulings import ANY, HeldLimit, Holder, Scope, stand_in_limits
from authority.terms import LIMIT, fen, limit_from
from departments.models import Appointment

_DELEGATOR = {
    "person_id": "delegator_id",
    "name": "delegator__name",
    "is_active": "delegator__is_active",
    "admin_role": "delegator__admin_role",
    "is_employee": "delegator__is_employee",
}


def in_force(moment: Moment) -> SubstitutionQuerySet:
    rows: SubstitutionQuerySet = moment.rows(Substitution)
    return rows.in_force_at(moment.at) if moment.at else rows.in_force(moment.moment)


def stood_in_for(person: str, moment: Moment, grants: QuerySet[PersonalGrant]) -> ArraySubquery:
    """Everybody the person stands in for: scope, own limits among `grants`, ceilings of the person's post."""
    posts = moment.rows(Appointment).on(moment.day).filter(staff=OuterRef("delegate"))
    level = posts.order_by("-post__post_type__level").values("post__post_type__level")[:1]
    ceilings = moment.rows(StandInCeiling).on(moment.day).filter(level=OuterRef("post_level"))
    newest_last = ceilings.order_by("valid_from", "id")
    limits = grants.filter(holder=OuterRef("delegator")).order_by("pk")
    rows = in_force(moment).filter(delegate=OuterRef(person)).annotate(post_level=Subquery(level))
    return ArraySubquery(
        rows.order_by("pk").values(
            stood=JSONObject(
                delegator=_delegator(moment),
                items=F("items"),
                lines=F("lines"),
                unit_path=F("unit__path"),
                amount_max=Cast("amount_max", TextField()),
                limits=ArraySubquery(limits.values(limit=limit_json())),
                ceilings=ArraySubquery(newest_last.values(ceiling=_CEILING)),
            )
        )
    )


def _delegator(moment: Moment) -> JSONObject:
    """Himself as a holder, for what he may not decide nobody decides in his place."""
    return JSONObject(
        **{name: F(field) for name, field in _DELEGATOR.items()},
        certificates=held_certificates("delegator", moment),
        interests=declared_interests("delegator", moment),
    )


_CEILING = JSONObject(item=F("item__code"), amount_max=Cast("amount_max", TextField()))


def limit_json(prefix: str = "") -> JSONObject:
    """A limit from a row that reaches the grant by `prefix`; sums as text: JSON would make floats."""
    terms = {
        name: Cast(prefix + lookup, TextField()) if name.startswith("amount_") else F(prefix + lookup)
        for name, lookup in LIMIT.items()
    }
    return JSONObject(**terms)


def limit_of(values: Mapping[str, Any]) -> HeldLimit:
    """The inverse of `limit_json`."""
    return limit_from([values[name] for name in LIMIT])


def held_for_others(stood_in: list[Mapping[str, Any]], enforced: Collection[str]) -> Iterator[HeldLimit]:
    """The limits that the rows of `stood_in_for` come to; `enforced`: certificates demanded today."""
    for row in stood_in:
        limits = tuple(with_demands(limit_of(limit), enforced) for limit in row["limits"])
        facts = dict(row["delegator"])
        sets: dict[str, Any] = {name: frozenset(facts.pop(name)) for name in ("certificates", "interests")}
        delegator = Holder(**facts, **sets, limits=limits)
        ceilings = {one["item"]: fen(Decimal(one["amount_max"])) for one in row["ceilings"]}
        handed_over = _scope(row)
        for item in sorted(handed_over.items):
            most = ceilings.get(item, ceilings.get(None))
            if most:
                post = Scope(items=frozenset({item}), amount_max=most)
                yield from stand_in_limits(delegator, handed_over, post)


def _scope(row: Mapping[str, Any]) -> Scope:
    amount = row["amount_max"]
    return Scope(
        items=frozenset(row["items"]),
        unit_path=row["unit_path"] or ANY,
        lines=frozenset(row["lines"]),
        amount_max=None if amount is None else fen(Decimal(amount)),
    )


def delegates_for(item_code: str, moment: Moment) -> Q:
    """People who stand in for somebody in this item (in any item); a condition on people."""
    rows = in_force(moment)
    if item_code:
        rows = rows.filter(items__contains=[item_code])
    return Q(pk__in=rows.values("delegate"))
