"""Which prices of parts are beyond what this person may settle himself: seen before he decides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from authority.bounds import rules_for
from authority.holders import holder_for
from authority.models import AuthorityItem
from authority.rulings import may_decide
from cases.items import PRICE_REVIEW
from cases.matters import draft, fen, matter_of
from cases.models import ClaimCase, DamageItem
from departments.models import Staff

_TOO_MUCH = frozenset({"over_limit", "ceiling"})


def beyond_price_limit(case: ClaimCase, items: Iterable[DamageItem], staff: Staff) -> dict[int, str]:
    """By line id why its price goes up: the ruling on a 核价 of just this price. A constant number of
    statements. Empty for who holds no limit for prices here: of him nobody asks a price.
    """
    prices = {one.pk: price_of(one) for one in items if one.kind == DamageItem.Kind.PART}
    if not prices:
        return {}
    item = AuthorityItem.objects.get(code=PRICE_REVIEW)
    matter = matter_of(draft(case, item, staff, list(case.losses.all())))
    holder, rules = holder_for(staff), rules_for(PRICE_REVIEW)

    def why(price: Decimal) -> str:
        amounts = {**matter.amounts, "item": fen(price), "increment": fen(price)}
        ruling = may_decide(replace(matter, amounts=amounts), holder, rules)
        return "；".join(one.text for one in ruling.objections if one.code in _TOO_MUCH)

    reasons = {price: why(price) for price in set(prices.values())}
    return {pk: reasons[price] for pk, price in prices.items() if reasons[price]}


def price_of(item: DamageItem) -> Decimal:
    """Of one piece: as reviewed, until then as claimed."""
    return item.price if item.reviewed_price is None else item.reviewed_price
