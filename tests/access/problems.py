"""问题件: one of the sub-branch, found by the quality officer; letters about it."""

from __future__ import annotations

from typing import Any

from cases import services
from cases.services import Problem
from departments.models import Staff
from tests.access.rows import get, post
from tests.cast import World, hold
from tests.factories import CaseFactory, StaffFactory


def furnish(world: World) -> None:
    finder = StaffFactory(name="品质岗")
    hold(finder, world["adj"], "QM")
    world.things["finder"] = finder
    world.things["problem"] = found(world, finder)
    answered = services.reply_to_problem(found(world, finder), "accepts", "属实", by=world["unit_head"])
    world.things["answered_problem"] = answered
    appealed = services.appeal_problem(found(world, finder), "请复核", by=world["unit_head"])
    world.things["appealed_problem"] = appealed
    world.things |= {act: act for act in ("reply", "confirm", "look", "dance")}


def found(world: World, finder: Staff) -> Any:
    case = CaseFactory(unit=world["dy"], handler=world["clerk"])
    return services.find_problem(case, Problem("P2", "survey", "无第一现场照片"), by=finder)


# anonymous outsider clerk unit_head reviewer office_head department_head head_office system security audit
EVERYBODY = "302 200 200 200 200 200 200 200 200 200 200"
WHO_SEES = "302 404 200 200 200 200 200 200 404 404 404"
LOOKED = {"look": "upheld", "opinion": "维持"}
PAGES = {
    "cases:problems": get(EVERYBODY),
    "cases:problems_to_confirm": [
        get(EVERYBODY),
        post("302 302 302 302 302 302 302 302 302 302 302"),
    ],
    "cases:problem": get(WHO_SEES, "problem"),
    "cases:problem_act": [
        post(
            "302 404 302 302 403 403 403 403 404 404 404",
            "problem",
            "reply",
            data={"kind": "accepts", "text": "是"},
        ),
        post("302 404 403 403 302 302 302 302 404 404 404", "answered_problem", "confirm"),
        post("302 404 403 403 403 302 302 403 404 404 404", "appealed_problem", "look", data=LOOKED),
        post("302 404 404 404 404 404 404 404 404 404 404", "problem", "dance"),
    ],
    "cases:problem_new": [
        get("302 404 403 403 200 200 200 200 404 404 404", "case"),
        post("302 404 403 403 422 422 422 422 404 404 404", "case"),
    ],
}
ADMINISTRATORS = "302 302 302 403 302 403 403 403 200 200 200"
LISTS = {
    "cases.problemclass": get(ADMINISTRATORS),
    "cases.problempoints": get(ADMINISTRATORS),
}
