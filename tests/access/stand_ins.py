"""代岗: who sees, arranges, answers and takes back that somebody stands in."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from departments.services import Away, record_absence
from tests.access.rows import get, post
from tests.cast import World
from tests.factories import GrantFactory, StandInFactory

SHANGHAI = ZoneInfo("Asia/Shanghai")
FEBRUARY, MARCH = (datetime(2032, month, 1, 9, tzinfo=SHANGHAI) for month in (2, 3))
A_MONTH_OFF = Away("leave", FEBRUARY, MARCH)


def furnish(world: World) -> None:
    """The clerk's deputy for his month off is asked and has not answered yet."""
    held = world.held["clerk"]
    grant = GrantFactory(appointment=held, unit=world["dy"])
    absence = record_absence(world["clerk"], A_MONTH_OFF, by=world["clerk"])
    world.things["stand_in_absence"] = absence
    world.things["stand_in"] = StandInFactory(
        absence=absence, delegate=world["unit_head"], items=[grant.item.code]
    )


def standing_in(world: World) -> Mapping[str, Any]:
    """For what is handed over already: refused, whoever asks."""
    return {
        "delegate": world["unit_head"].pk,
        "items": ["adjudication"],
        "starts_at": "2032-02-01T09:00",
        "ends_at": "2032-02-02T09:00",
        "lines": ["any"],
        "in_flight": "back",
    }


RECALLED = {"way": "back", "reason": "取消"}

# anonymous outsider clerk unit_head reviewer office_head department_head head_office system security audit
PAGES = {
    "authority:stand_ins": get("302 200 200 200 200 200 200 200 200 200 200"),
    "authority:stand_in_new": [
        get("302 404 200 200 404 403 200 403 403 403 403", "stand_in_absence"),
        post("302 404 403 403 404 403 403 403 403 403 403", "stand_in_absence", data=standing_in),
    ],
    "authority:stand_in": get("302 404 200 200 404 200 200 200 404 200 200", "stand_in"),
    "authority:stand_in_print": get("302 404 200 200 404 200 200 200 404 200 200", "stand_in"),
    "authority:stand_in_accept": post("302 404 403 302 404 403 403 403 404 403 403", "stand_in"),
    "authority:stand_in_decline": post(
        "302 404 403 302 404 403 403 403 404 403 403", "stand_in", data={"note": "另有任务"}
    ),
    "cases:stand_in_recall": [
        get("302 404 200 200 404 403 200 403 404 403 403", "stand_in"),
        post("302 404 302 302 404 403 302 403 404 403 403", "stand_in", data=RECALLED),
    ],
}
STAFF = "302 302 302 200 302 200 200 200 200 200 200"
LISTS = {
    "authority.standinceiling": get(STAFF),
    "authority.substitution": get(STAFF),
    "authority.emergencyrule": get(STAFF),
    "authority.emergencygrant": get(STAFF),
    "authority.ratification": get(STAFF),
}
