"""未决清理: the department's campaign with a case of 德阳 in its base list, one round under way."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from cases.services import clearing
from cases.services.clearing import Plan
from tests.access.rows import get, post
from tests.cast import World
from tests.factories import CaseFactory


def furnish(world: World) -> None:
    now = timezone.now()
    CaseFactory(unit=world["dy"], handler=world["clerk"], reported_at=now - timedelta(days=9))
    plan = Plan("清理", world["motor"], "special", base_on(), base_on() + timedelta(days=60), "regulator")
    campaign = clearing.start_campaign(plan, by=world["department_head"])
    world.things |= {
        "campaign": campaign,
        "row": campaign.rows.order_by("pk").last(),
        "round": clearing.take_round(campaign, by=world["department_head"]),
        **{f"act_{act}": act for act in ("fill", "assign", "confirm", "dance")},
    }


def base_on() -> Any:
    return timezone.localdate() - timedelta(days=3)


def filled(world: World) -> Mapping[str, Any]:
    day = timezone.localdate() + timedelta(days=9)
    return {"row": [world["row"].pk], "reasons": ["N"], "expected_close_on": f"{day:%Y-%m-%d}"}


# anonymous outsider clerk unit_head reviewer office_head department_head head_office system security audit
EVERYBODY = "302 200 200 200 200 200 200 200 200 200 200"
WHO_SEES = "302 404 200 200 200 200 200 200 404 404 404"
WHO_STARTS = "302 403 403 200 403 403 200 403 403 403 403"
WHO_MANAGES = "302 404 403 403 403 403 200 403 404 404 404"
WHO_FILLS = "302 404 302 302 403 403 302 403 404 404 404"
SENDS_BACK = "302 404 302 302 302 302 302 302 404 404 404"
ANSWERS = "302 404 200 200 200 200 200 200 404 404 404"
PAGES = {
    "cases:campaigns": get(EVERYBODY),
    "cases:campaign_mine": get(EVERYBODY),
    "cases:campaign_new": [get(WHO_STARTS), post(WHO_STARTS.replace("200", "422"))],
    "cases:campaign": get(WHO_SEES, "campaign"),
    "cases:campaign_unit": get(WHO_SEES, "campaign", "dy"),
    "cases:campaign_targets": [
        get(WHO_MANAGES, "campaign"),
        post(WHO_MANAGES.replace("200", "422"), "campaign"),
    ],
    "cases:campaign_ranking": get(WHO_SEES, "campaign"),
    "cases:campaign_run_off": get(WHO_SEES, "campaign"),
    "cases:campaign_end": post(WHO_MANAGES.replace("200", "302"), "campaign"),
    "cases:campaign_report": post("302 404 403 403 403 403 403 403 404 404 404", "campaign"),
    "cases:campaign_rows": get(WHO_SEES, "campaign"),
    "cases:campaign_sheet": get(WHO_SEES, "campaign"),
    "cases:campaign_sheet_in": [get(WHO_SEES, "campaign"), post(WHO_SEES.replace("200", "422"), "campaign")],
    "cases:campaign_bulk": [
        post(ANSWERS, "campaign", "act_fill", data=filled),
        post(SENDS_BACK, "campaign", "act_confirm"),
        post(SENDS_BACK, "campaign", "act_dance"),
    ],
    "cases:campaign_take_round": post("302 404 403 403 403 403 403 403 404 404 404", "campaign"),
    "cases:campaign_round": [
        get(WHO_SEES, "round"),
        post("302 404 422 422 422 422 422 422 404 404 404", "round"),
        post("302 404 403 403 403 403 403 403 404 404 404", "round", data={"summary": "完成"}),
    ],
    "cases:campaign_row": [
        get(WHO_SEES, "row"),
        post("302 404 422 422 403 403 422 403 404 404 404", "row"),
    ],
    "cases:campaign_row_confirm": post(WHO_FILLS, "row", data={"why": "已核对"}),
}
ADMINISTRATORS = "302 302 302 403 302 403 403 403 200 200 200"
LISTS = {
    f"cases.{model}": get(ADMINISTRATORS)
    for model in ("ageband", "unclearedreason", "reasonrule", "clearingparameter")
}
