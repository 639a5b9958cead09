"""市场询价: the price reviewers keep the local prices alive between reviews."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from authority.refusals import insist_on
from authority.rulings import Objection, Ruling
from cases.damage.arithmetic import name_key
from cases.models import PartPrice
from cases.rulings import refused_for
from departments.access import HANDLE_CASES, SEE_CASES
from departments.authorship import save_as
from departments.models import OrgUnit, Staff

KEEPER = "PPR"


@dataclass(frozen=True, slots=True)
class Quote:
    """`price` in yuan per piece."""

    unit: OrgUnit
    name: str
    supplier: str
    price: Decimal
    priced_on: date
    code: str = ""
    brand: str = ""
    series: str = ""
    note: str = ""


def quoting_units(staff: Staff) -> frozenset[int]:
    """Where he handles cases; of the post that keeps the local prices (核价岗), wherever he sees them."""
    handled = staff.unit_scope.ids(HANDLE_CASES)
    keeps_prices = any(held.post.post_type.code == KEEPER for held in staff.posts_today)
    return handled | staff.unit_scope.ids(SEE_CASES) if keeps_prices else handled


def may_quote(staff: Staff) -> Ruling:
    if staff.admin_role or not quoting_units(staff):
        return refused_for([Objection("not_handling", "登记询价须为核价岗，或有赔案处理权限")])
    return refused_for([])


def note_quote(quote: Quote, *, by: Staff) -> PartPrice:
    objections = list(may_quote(by).objections)
    if quote.unit.pk not in quoting_units(by):
        objections.append(Objection("foreign_unit", "没有该机构的赔案处理权限，也不是其核价岗"))
    insist_on(refused_for(objections))
    price = PartPrice(
        code=quote.code.strip().upper(),
        name=quote.name.strip(),
        name_key=name_key(quote.name),
        brand=quote.brand.strip(),
        series=quote.series.strip(),
        unit=quote.unit,
        supplier=quote.supplier.strip(),
        price=quote.price,
        priced_on=quote.priced_on,
        origin=PartPrice.Origin.QUOTE,
        entered_by=by,
        note=quote.note,
    )
    return save_as(price, by)
