"""疑难会商: the list, convening, one conference with its acts, the minutes."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from cases.models import Conference, ConferenceKind, ConferenceMember, ConferenceOpinion
from tests.access.rows import get, post
from tests.cast import World
from tests.factories import CaseFactory


def furnish(world: World) -> None:
    """The reviewer convened, the office head leads; the unit head sits by name and has written."""
    case = CaseFactory(unit=world["dy"], handler=world["clerk"])
    world.things["hard_case"] = case
    now = timezone.now()
    conference = Conference.objects.create(
        number="HS1", case=case, kind=ConferenceKind.objects.get(code="hard_case"), reason="争议",
        question="是否赔付", convened_by=world["reviewer"], convened_at=now, chair=world["office_head"],
        quorum_present=3, quorum_written=2, pack={"facts": [], "amounts": [], "papers": [], "marks": []},
    )  # fmt: skip
    world.things["conference"] = conference
    named = {"conference": conference, "post_name": "成员"}
    world.things["seat"] = ConferenceMember.objects.create(staff=world["reviewer"], **named)
    sat = ConferenceMember.objects.create(staff=world["unit_head"], **named)
    world.things["written"] = ConferenceOpinion.objects.create(
        member=sat, case=case, stance="pay", text="同意", signed_by=world["unit_head"], signed_at=now
    )


def opinion(world: World) -> Mapping[str, Any]:
    return {"stance": "pay", "text": "同意赔付"}


WHY = {"reason": "情况有变"}
EVERYBODY = "302 200 200 200 200 200 200 200 200 200 200"
WHO_SEES = "302 404 200 200 200 200 200 200 404 404 404"
WHO_LEADS = "302 404 403 403 422 422 403 403 404 404 404"
DONE_BY_WHO_LEADS = "302 404 403 403 302 302 403 403 404 404 404"

# anonymous outsider clerk unit_head reviewer office_head department_head head_office system security audit
PAGES = {
    "cases:conferences": get(EVERYBODY),
    "cases:conference_new": [
        get("302 404 403 200 200 200 200 403 404 404 404", "hard_case"),
        post("302 404 403 422 422 422 422 403 404 404 404", "hard_case"),
    ],
    "cases:conference": get(WHO_SEES, "conference"),
    "cases:conference_minutes": get(WHO_SEES, "conference"),
    "cases:opinion_sign": [
        post("302 404 403 403 302 403 403 403 404 404 404", "seat", data=opinion),
        post("302 404 422 422 422 422 422 422 404 404 404", "seat"),
    ],
    "cases:opinion_withdraw": post("302 404 403 302 403 403 403 403 404 404 404", "written", data=WHY),
    "cases:conference_hold": post(WHO_LEADS, "conference"),
    "cases:conference_conclude": post(WHO_LEADS, "conference"),
    "cases:conference_remind": post(DONE_BY_WHO_LEADS, "conference"),
    "cases:conference_call_off": post(DONE_BY_WHO_LEADS, "conference", data=WHY),
}
LISTS = {"cases.conferencekind": get("302 302 302 403 302 403 403 403 200 200 200")}
