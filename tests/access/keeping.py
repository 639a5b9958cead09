"""Remarks, opinion phrases, saved filters, papers looked at."""

from collections.abc import Mapping
from typing import Any

from cases.models import CaseRemark, OpinionPhrase
from tests.access.rows import get, post
from tests.cast import World


def furnish(world: World) -> None:
    """A remark of the clerk on his case, a phrase of his own, one of the department."""
    world.things["remark"] = CaseRemark.objects.create(
        case=world["case"], text="客户急", author=world["clerk"]
    )
    world.things["phrase"] = OpinionPhrase.objects.create(text="同意，请尽快支付。", owner=world["clerk"])
    world.things["shared_phrase"] = OpinionPhrase.objects.create(text="照此办理。")


def note(world: World) -> Mapping[str, Any]:
    return {"text": "已电话联系"}


def wording(world: World) -> Mapping[str, Any]:
    return {"text": "按意见办理。", "rank": 5}


EVERYBODY = "302 200 200 200 200 200 200 200 200 200 200"
WHO_SEES = "302 404 200 200 200 200 200 200 404 404 404"
PAGES = {
    "cases:saved_filters": get(EVERYBODY),
    "cases:saved_filter_edit": get("302 404 200 404 404 404 404 404 404 404 404", "saved"),
    "cases:phrases": get(EVERYBODY),
    "cases:phrase_new": post("302 302 302 302 302 302 302 302 403 403 403", data=wording),
    "cases:phrase_edit": [
        get("302 404 200 404 404 404 404 404 404 404 404", "phrase"),
        post("302 403 403 302 403 403 302 403 403 403 403", "shared_phrase", data=wording),
    ],
    "cases:phrase_delete": post("302 404 302 404 404 404 404 404 404 404 404", "phrase"),
    "cases:remark": post("302 404 302 302 302 302 302 302 404 404 404", "case", data=note),
    "cases:remark_strike": post("302 404 302 403 403 403 403 403 404 404 404", "remark"),
    "cases:paper_view": get(WHO_SEES, "paper"),
    "cases:paper_inline": get(WHO_SEES, "paper"),
}
