"""Lines of an assessment and their review; the local prices."""

from collections.abc import Mapping
from typing import Any

from cases.models import DamageItem, DamageSheet
from tests.access.rows import get, post
from tests.cast import World
from tests.factories import CaseFactory, CaseLossFactory


def furnish(world: World) -> None:
    """An assessed case of 德阳 with one line, not sent to review."""
    case = CaseFactory(unit=world["dy"], handler=world["clerk"], stage="assessed")
    loss = CaseLossFactory(case=case, assessed=100, reviewed=0, adjusted=0)
    sheet = DamageSheet.objects.create(
        loss=loss, case=case, entered_by=world["clerk"], entered_at=case.reported_at
    )
    facts = {"kind": "part", "name": "灯", "name_key": "灯", "quantity": 1, "price": 100, "claimed": 100}
    DamageItem.objects.create(sheet=sheet, case=case, number=1, **facts)
    world.things["itemised"], world.things["itemised_loss"] = case, loss


def pasted(world: World) -> Mapping[str, Any]:
    return {"seen": world["itemised"].version, "text": "配件\t\t前杠\t1\t50"}


def quote(world: World) -> Mapping[str, Any]:
    fields = {"name": "灯", "supplier": "店", "price": "1", "priced_on": "2026-11-01"}
    return {"unit": world["dy"].pk, **fields}


EVERYBODY = "302 200 200 200 200 200 200 200 200 200 200"
WHO_SEES = "302 404 200 200 200 200 200 200 404 404 404"
WHO_WORKS = "302 404 200 200 403 200 200 403 404 404 404"
ITEMISED = ("itemised", "itemised_loss")

# anonymous outsider clerk unit_head reviewer office_head department_head head_office system security audit
PAGES = {
    "cases:lines": [
        get(WHO_SEES, "itemised"),
        post("302 404 403 403 403 403 403 403 404 404 404", "itemised"),
    ],
    "cases:lines_print": get(WHO_SEES, "itemised"),
    "cases:lines_template": get(WHO_SEES, "itemised"),
    "cases:lines_edit": get(WHO_WORKS, *ITEMISED),
    "cases:lines_import": [
        get(WHO_WORKS, *ITEMISED),
        post("302 404 302 302 403 302 302 403 404 404 404", *ITEMISED, data=pasted),
    ],
    "cases:prices": get(EVERYBODY),
    "cases:price_new": [
        get("302 403 200 200 403 200 200 403 403 403 403"),
        post("302 403 302 302 403 302 302 403 403 403 403", data=quote),
    ],
}
LISTS = {"cases.reductionreason": get("302 302 302 403 302 403 403 403 200 200 200")}
