"""Major losses: the lists, one with its acts, the sheet that goes up."""

from collections.abc import Mapping
from typing import Any

from tests.access.rows import get, post
from tests.cast import World
from tests.factories import CaseFactory
from tests.vehicle_factories import MajorLossFactory, MajorReportFactory


def furnish(world: World) -> None:
    """One of 德阳 that nobody reported yet, one that was, recognised by the clerk; a case that is none."""
    for name, reported in (("major", False), ("followed", True)):
        case = CaseFactory(unit=world["dy"], handler=world["clerk"], is_major=True)
        fields = {"recognised_by": world["clerk"], "reported": reported}
        world.things[name] = MajorLossFactory(case=case, **fields)
        world.things[f"{name}_case"] = case
    world.things["major_report"] = MajorReportFactory(
        major=world["followed"], reported_by=world["clerk"], case=world["followed"].case
    )
    world.things["plain"] = CaseFactory(unit=world["dy"], handler=world["clerk"])


def seen(name: str, **fields: Any) -> Any:
    def data(world: World) -> Mapping[str, Any]:
        return {"seen": world[name].version, **fields}

    return data


EVERYBODY = "302 200 200 200 200 200 200 200 200 200 200"
WHO_SEES = "302 404 200 200 200 200 200 200 404 404 404"
WHO_WORKS = "302 404 200 200 403 200 200 403 404 404 404"
WHO_SENDS = "302 404 302 302 403 302 302 403 404 404 404"
NOBODY_YET = "302 404 403 403 403 403 403 403 404 404 404"
SAID = {"ground": "省内媒体报道"}
REPORT = {
    "addressee": "总公司", "deaths": "1", "injured": "0", "liability": "全责", "progress": "追尾",
    "next_step": "跟踪",
}  # fmt: skip

# anonymous outsider clerk unit_head reviewer office_head department_head head_office system security audit
PAGES = {
    "cases:majors": get(EVERYBODY),
    "cases:majors_register": get(EVERYBODY),
    "cases:major": [get(WHO_SEES, "major"), get(WHO_SEES, "followed")],
    "cases:major_report": get(WHO_SEES, "major_report"),
    "cases:major_new": [
        get(WHO_WORKS, "plain"),
        post(WHO_SENDS, "plain", data=seen("plain", **SAID)),
        get(NOBODY_YET, "major_case"),
    ],
    "cases:major_first_report": [
        get(WHO_WORKS, "major"),
        post(WHO_SENDS, "major", data=seen("major_case", **REPORT)),
        get(NOBODY_YET, "followed"),
    ],
    "cases:major_progress": [
        get(WHO_WORKS, "followed"),
        post("302 404 409 409 403 409 409 403 404 404 404", "followed", data=REPORT),
    ],
    "cases:major_visit": get(WHO_WORKS, "major"),
    "cases:major_expert": get(WHO_WORKS, "major"),
    "cases:major_assign": get(WHO_WORKS, "major"),
    "cases:major_close": get(WHO_WORKS, "followed"),
    "cases:major_withdraw": get("302 404 403 200 403 403 200 403 404 404 404", "major"),
}
LISTS = {"cases.majorcriterion": get("302 302 302 403 302 403 403 403 200 200 200")}
