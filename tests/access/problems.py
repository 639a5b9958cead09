"""问题件: one of the sub-branch, found by the quality officer; letters about it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

from cases import services
from cases.services import Problem, feedback
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
    letters(world, finder)
    world.things |= {act: act for act in ("reply", "confirm", "look", "dance")}


def found(world: World, finder: Staff) -> Any:
    case = CaseFactory(unit=world["dy"], handler=world["clerk"])
    return services.find_problem(case, Problem("P2", "survey", "无第一现场照片"), by=finder)


def letters(world: World, finder: Staff) -> None:
    """A draft of one month, a signed letter of another."""
    month = timezone.localdate().replace(day=1)
    accepted = services.reply_to_problem(found(world, finder), "accepts", "属实", by=world["unit_head"])
    services.confirm_problem(accepted, by=finder)
    signed = feedback.draft_letter(world["dy"], month, by=finder)
    world.things["signed_letter"] = feedback.sign_letter(signed, by=world["office_head"])
    world.things["draft_letter"] = feedback.draft_letter(world["dy"], date(2025, 1, 1), by=finder)


# anonymous outsider clerk unit_head reviewer office_head department_head head_office system security audit
EVERYBODY = "302 200 200 200 200 200 200 200 200 200 200"
WHO_SEES = "302 404 200 200 200 200 200 200 404 404 404"
DEPARTMENT = "302 404 404 404 200 200 200 200 404 404 404"
OPENS = "302 403 403 403 200 200 200 200 403 403 403"
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
    "cases:problem_matrix": get(EVERYBODY),
    "cases:feedback_letters": get(EVERYBODY),
    "cases:feedback_letter_new": [get(OPENS), post(OPENS.replace("200", "422"))],
    "cases:feedback_letter": [
        get(WHO_SEES, "signed_letter"),
        get(DEPARTMENT, "draft_letter"),
        post(DEPARTMENT.replace("200", "302"), "draft_letter", data={"summary": "无"}),
        post("302 404 403 403 403 403 403 403 404 404 404", "signed_letter", data={"summary": "无"}),
    ],
    "cases:feedback_letter_refresh": post(DEPARTMENT.replace("200", "302"), "draft_letter"),
    "cases:feedback_letter_sign": post("302 404 404 404 403 403 403 403 404 404 404", "draft_letter"),
    "cases:feedback_letter_receive": post("302 404 403 302 403 403 403 403 404 404 404", "signed_letter"),
    "cases:feedback_letter_correct": post(
        "302 404 403 403 302 302 302 302 404 404 404", "signed_letter", data={"reason": "更正"}
    ),
    "cases:feedback_letter_print": get(WHO_SEES, "signed_letter"),
    "cases:feedback_letter_export": get(WHO_SEES, "signed_letter"),
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
