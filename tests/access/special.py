"""特殊案件: who may draft, pay, notify and register; whoever sees the case sees them and their sheets."""

from decimal import Decimal
from typing import Any

from django.utils import timezone

from cases.models import RefusalNotice, SpecialRequest
from tests.access.rows import get
from tests.cast import World
from tests.factories import CaseFactory

AGREED = {"state": "agreed", "decided_at": timezone.now(), "granted": Decimal(8000)}


def furnish(world: World) -> None:
    """A draft, a refusal and an advance agreed to, and a refusal whose notice is out; all of 德阳."""
    world.things["special_draft"] = _made(world, kind="late_registration")
    world.things["special_refusal"] = _made(world, kind="refusal", **AGREED)
    world.things["special_advance"] = _made(
        world,
        kind="rescue_advance",
        police_notice_no="1号",
        police_notice_at=timezone.now(),
        hospital="中心医院",
        ground="drunk",
        debtor="赵五",
        **AGREED,
    )
    told = _made(world, kind="refusal", **{**AGREED, "state": "executed", "executed_at": timezone.now()})
    RefusalNotice.objects.create(
        number="JP-access", case=told.case, request=told, addressee="刘明", way="mail",
        sent_at=timezone.now(), sent_by=world["clerk"],
    )  # fmt: skip
    world.things["special_told"] = told
    world.things["special_grace"] = _made(
        world, kind="ex_gratia", is_sole=True, state="executed", decided_at=timezone.now(),
        executed_at=timezone.now(),
    )  # fmt: skip
    world.things["r07"] = "r07"
    world.things["no_register"] = "r99"


def _made(world: World, **fields: Any) -> SpecialRequest:
    granted = fields.get("granted", 0) if fields["kind"] == "rescue_advance" else 0
    case = CaseFactory(unit=world["dy"], handler=world["clerk"], stage="adjusted", approved=granted)
    number = f"TS-access-{case.pk}"
    common = {"number": number, "statement": "情况", "amount": 8000, "requested_by": world["clerk"]}
    return SpecialRequest.objects.create(case=case, **common, **fields)


EVERYBODY = "302 200 200 200 200 200 200 200 200 200 200"
WHO_SEES = "302 404 200 200 200 200 200 200 404 404 404"
WHO_WORKS = "302 404 200 200 403 200 200 403 404 404 404"
NOBODY = "302 404 403 403 403 403 403 403 404 404 404"
MISSING = "302 404 404 404 404 404 404 404 404 404 404"
ADMINISTRATORS = "302 302 302 403 302 403 403 403 200 200 200"

# anonymous outsider clerk unit_head reviewer office_head department_head head_office system security audit
PAGES = {
    "cases:specials": get(EVERYBODY),
    "cases:special_register": [
        get(EVERYBODY, "r07"),
        get("302 404 404 404 404 404 404 404 404 404 404", "no_register"),
    ],
    "cases:special_new": [
        get(WHO_WORKS, "case", data={"kind": "prepayment"}),
        get(NOBODY, "case", data={"kind": "reopening"}),
        get(MISSING, "case"),
    ],
    "cases:special": [get(WHO_SEES, "special_draft"), get(WHO_SEES, "special_told")],
    "cases:special_edit": [get(WHO_WORKS, "special_draft"), get(NOBODY, "special_refusal")],
    "cases:special_give_up": [get(WHO_WORKS, "special_refusal"), get(NOBODY, "special_told")],
    "cases:special_pay": [get(WHO_WORKS, "special_advance"), get(NOBODY, "special_draft")],
    "cases:special_notice": [get(WHO_WORKS, "special_refusal"), get(NOBODY, "special_draft")],
    "cases:special_close": [get(WHO_WORKS, "special_grace"), get(NOBODY, "special_draft")],
    "cases:special_follow": [get(WHO_WORKS, "special_told"), get(MISSING, "special_refusal")],
    # Only the posts that the kind names; nobody of the cast holds one.
    "cases:special_enter": get(NOBODY, "special_refusal"),
    "cases:special_sheet": get(WHO_SEES, "special_draft"),
    "cases:refusal_notice": [get(WHO_SEES, "special_refusal"), get(MISSING, "special_draft")],
}
LISTS = {
    "cases.specialkind": get(ADMINISTRATORS),
    "cases.specialreason": get(ADMINISTRATORS),
    "cases.specialpaper": get(ADMINISTRATORS),
    "cases.speciallimit": get(ADMINISTRATORS),
    "cases.ctpllimit": get(ADMINISTRATORS),
}
