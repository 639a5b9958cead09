"""诉讼: the list, the register, the hearings; one suit with its acts and its sheets."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from cases.models import Counsel, Hearing, Judgment, Lawsuit
from departments.models import Staff
from tests.access.rows import get, post
from tests.cast import World
from tests.factories import CaseFactory


def furnish(world: World) -> None:
    """A suit on a case of 德阳: received, with a hearing ahead, a first judgment, and a lawyer asked for."""
    now = timezone.now()
    clerk = world["clerk"]
    case = CaseFactory(unit=world["dy"], handler=clerk)
    world.things["sued"] = case
    suit = Lawsuit.objects.create(
        case=case, number="SS1", court="德阳法院", papers="传票", received_at=now - timedelta(days=1),
        received_by=clerk, claimed=1000, estimate=500, registered_by=clerk, registered_at=now,
    )  # fmt: skip
    judged = Lawsuit.objects.create(
        case=case, number="SS2", court="德阳法院", papers="传票", received_at=now - timedelta(days=9),
        received_by=clerk, claimed=1000, estimate=500, registered_by=clerk, registered_at=now, stage="judged",
    )  # fmt: skip
    world.things["suit"], world.things["judged_suit"] = suit, judged
    world.things["hearing"] = Hearing.objects.create(
        lawsuit=suit, court_level="first", at=now + timedelta(days=3), court_room="三庭", attendee=clerk
    )
    world.things["judgment"] = Judgment.objects.create(
        lawsuit=judged, case=case, court_level="first", docket_no="1", judged_on=timezone.localdate(),
        received_at=now, amount=1, noted_by=clerk, noted_at=now,
    )  # fmt: skip
    world.things["counsel"] = _asked_for(suit, clerk)
    for slug in ("report", "enter", "close"):
        world.things[f"slug_{slug}"] = slug


def _asked_for(suit: Lawsuit, clerk: Staff) -> Counsel:
    return Counsel.objects.create(
        lawsuit=suit,
        court_level="first",
        name="何律师",
        firm="蜀都所",
        fee=10,
        reason="跨省",
        status="asked",
        asked_by=clerk,
        asked_at=timezone.now(),
    )


def defending(world: World) -> Mapping[str, Any]:
    return {"seen": world["suit"].version, "proposal": ""}


EVERYBODY = "302 200 200 200 200 200 200 200 200 200 200"
WHO_SEES = "302 404 200 200 200 200 200 200 404 404 404"
WHO_HANDLES = "302 404 200 200 403 200 200 403 404 404 404"
WRONGLY = "302 404 422 422 403 422 422 403 404 404 404"
NOT_AT_THIS_STAGE = "302 404 403 403 403 403 403 403 404 404 404"

# anonymous outsider clerk unit_head reviewer office_head department_head head_office system security audit
PAGES = {
    "cases:lawsuits": get(EVERYBODY),
    "cases:lawsuit_register": get(EVERYBODY),
    "cases:hearings": get(EVERYBODY),
    "cases:lawsuit": get(WHO_SEES, "suit"),
    "cases:lawsuit_new": [get(WHO_HANDLES, "sued"), post(WRONGLY, "sued")],
    "cases:lawsuit_correct": [get(WHO_HANDLES, "suit")],
    "cases:lawsuit_act": [
        get(WHO_HANDLES, "suit", "slug_report"),
        post(WRONGLY, "suit", "slug_report", data=defending),
        get(NOT_AT_THIS_STAGE, "suit", "slug_enter"),
        get(NOT_AT_THIS_STAGE, "suit", "slug_close"),
    ],
    "cases:hearing_note": get(WHO_HANDLES, "hearing"),
    "cases:judgment_opinion": get(WHO_HANDLES, "judgment"),
    "cases:judgment_sheet": get(WHO_SEES, "judgment"),
    "cases:lawsuit_sheet": get(WHO_SEES, "suit"),
    "cases:counsel_answer": post(
        "302 404 403 403 403 403 302 403 404 404 404", "counsel", data={"say": "consent"}
    ),
}
