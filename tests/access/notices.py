"""办理时点, 索赔材料清单, 补充材料告知书: who handles the case notes and notifies, who sees it reads."""

from typing import Any

from django.utils import timezone

from cases.models import PapersNotice
from tests.access.cases import EVERYBODY, WHO_SEES, WHO_WORKS
from tests.access.rows import get, post
from tests.cast import World
from tests.factories import CaseFactory


def furnish(world: World) -> None:
    case = CaseFactory(unit=world["dy"], handler=world["clerk"])
    world.things["notice"] = PapersNotice.objects.create(
        number="BC1", case=case, items=["发票"], found_at=timezone.now(), made_by=world["clerk"]
    )


def sending(_world: World) -> dict[str, Any]:
    return {"at": timezone.localtime().strftime("%Y-%m-%dT%H:%M"), "channel": "post"}


ADMINISTRATORS = "302 302 302 403 302 403 403 403 200 200 200"
PAGES = {
    "cases:note_moments": get(WHO_WORKS, "case"),
    "cases:papers_list": get(WHO_SEES, "case"),
    "cases:papers_notices": get(EVERYBODY),
    "cases:papers_notice_new": get(WHO_WORKS, "case"),
    "cases:papers_notice": [
        get(WHO_SEES, "notice"),
        post("302 404 422 422 403 422 422 403 404 404 404", "notice"),
    ],
    "cases:papers_notice_cancel": post(
        "302 404 302 302 403 302 302 403 404 404 404", "notice", data={"reason": "重复"}
    ),
    "cases:papers_notice_print": get(WHO_SEES, "notice"),
}
LISTS = {"cases.requiredpaper": get(ADMINISTRATORS)}
