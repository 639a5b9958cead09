"""伤者, 人伤费用, 人伤跟踪: who handles the case's injured, who reviews, who may look on."""

from collections.abc import Mapping
from typing import Any

from tests.access.rows import get, post
from tests.cases.injuries.factories import (
    AssistancePaperFactory,
    DependantFactory,
    InjuredPersonFactory,
    InjuryCostFactory,
    MediationFactory,
    MediationLineFactory,
)
from tests.cast import World, hold
from tests.factories import CaseFactory, StaffFactory


def furnish(world: World) -> None:
    """A surveyed case of 德阳 with one injured person, one cost and one dependant; another has ended."""
    case = CaseFactory(unit=world["dy"], handler=world["clerk"], stage="surveyed", is_injury=True)
    world.things["injury_case"] = case
    world.things["injured"] = InjuredPersonFactory(case=case, tracker=world["clerk"])
    world.things["dependant"] = DependantFactory(person=world["injured"])
    InjuryCostFactory(person=world["injured"])
    world.things["no_longer_tracked"] = InjuredPersonFactory(
        case=case,
        tracker=world["clerk"],
        next_visit_on=None,
        tracking_ended_on="2026-11-01",
        tracking_ended_why="治疗终结",
    )

    line = MediationLineFactory(mediation__case=case, person=world["injured"])
    world.things["draft_scheme"] = line.mediation
    other = CaseFactory(unit=world["dy"], handler=world["clerk"], stage="surveyed", is_injury=True)
    world.things["without_scheme"] = CaseFactory(
        unit=world["dy"], handler=world["clerk"], stage="surveyed", is_injury=True
    )
    world.things["approved_scheme"] = MediationFactory(case=other, approved=True)
    paper = AssistancePaperFactory(assistance__unit=world["dy"], assistance__recorded_by=world["clerk"])
    world.things |= {"assistance": paper.assistance, "assistance_paper": paper}
    world.things["medical"] = StaffFactory(name="医审员")
    hold(world["medical"], world["inj"], "INJ_REV")


def person(world: World) -> Mapping[str, Any]:
    return {
        "label": "新伤者",
        "name": "周秀英",
        "sex": "female",
        "age": "40",
        "role": "pedestrian",
        "injury_grade": "light",
        "state": "inpatient",
        "region": "四川",
        "tracker": world["clerk"].pk,
    }


def asking(world: World) -> Mapping[str, Any]:
    return {
        "unit": world["dy"].pk,
        "line": "accident",
        "department": "意外险理赔部",
        "asked_by": "何静",
        "asked_at": "2026-11-02T10:00",
        "subject": "审核医疗费",
        "assigned_to": world["medical"].pk,
    }


VISIT = {
    "visited_at": "2026-11-02T10:00",
    "way": "hospital",
    "place": "医院",
    "state": "inpatient",
    "findings": "石膏固定",
}
DEPENDANT = {"name": "周小宝", "relation": "子", "age": "8", "supporters": "2"}
SCHEME = {"basis": "全责"}
EVERYBODY = "302 200 200 200 200 200 200 200 200 200 200"
HANDLING = "302 404 200 200 403 200 200 403 404 404 404"
STALE = "302 404 409 409 403 409 409 403 404 404 404"
SEEN = "302 404 200 200 200 200 200 200 404 404 404"
DONE = "302 404 302 302 403 302 302 403 404 404 404"
WRONG = "302 404 422 422 403 422 422 403 404 404 404"
NOBODY = "302 404 403 403 403 403 403 403 404 404 404"

# anonymous outsider clerk unit_head reviewer office_head department_head head_office system security audit
PAGES = {
    "cases:injured": get(EVERYBODY),
    "cases:injury_tracking": get(EVERYBODY),
    "cases:injured_new": [get(HANDLING, "injury_case"), post(DONE, "injury_case", data=person)],
    "cases:injured_person": get(SEEN, "injured"),
    "cases:injured_change": [get(HANDLING, "injured"), post(DONE, "injured", data=person)],
    "cases:visit_new": [
        get(HANDLING, "injured"),
        post(DONE, "injured", data=VISIT),
        post(WRONG, "injured"),
    ],
    "cases:tracking_end": post(DONE, "injured", data={"why": "治疗终结"}),
    "cases:tracking_resume": post(DONE, "no_longer_tracked"),
    "cases:dependant_new": post(DONE, "injured", data=DEPENDANT),
    "cases:dependant_remove": post(DONE, "dependant"),
    "cases:injury_costs": [get(HANDLING, "injured"), post(STALE, "injured")],
    "cases:injury_costs_import": [get(HANDLING, "injured"), post(STALE, "injured")],
    "cases:injury_costs_file": get(SEEN, "injured"),
    "cases:injury_review": [get(NOBODY, "injured"), post(NOBODY, "injured")],
    "cases:injury_sheet": get(SEEN, "injured"),
    "cases:mediations": get(EVERYBODY),
    "cases:mediation_new": [
        get(HANDLING, "without_scheme"),
        get(NOBODY, "injury_case"),
        post(WRONG, "without_scheme", data=SCHEME),
    ],
    "cases:mediation": [get(SEEN, "draft_scheme"), get(SEEN, "approved_scheme")],
    "cases:mediation_change": [get(HANDLING, "draft_scheme"), post(WRONG, "draft_scheme")],
    "cases:mediation_widen": [get(HANDLING, "approved_scheme"), get(NOBODY, "draft_scheme")],
    "cases:mediation_round": [post(NOBODY, "draft_scheme"), post(NOBODY, "approved_scheme")],
    "cases:mediation_agree": [post(NOBODY, "draft_scheme"), post(NOBODY, "approved_scheme")],
    "cases:mediation_fail": [
        post(DONE, "approved_scheme", data={"note": "对方要求过高"}),
        post(NOBODY, "draft_scheme"),
    ],
    "cases:mediation_reassign": post(WRONG, "draft_scheme"),
    "cases:mediation_sheet": get(SEEN, "draft_scheme"),
    "cases:mediation_agreement": [get(HANDLING, "approved_scheme"), get(NOBODY, "draft_scheme")],
    "cases:assistances": get(EVERYBODY),
    "cases:assistance_new": [
        get("302 403 200 200 200 200 200 200 403 403 403"),
        post("302 403 302 302 302 302 302 302 403 403 403", data=asking),
    ],
    "cases:assistance": get(SEEN, "assistance"),
    "cases:assistance_answer": post(NOBODY, "assistance", data={"text": "同意"}),
    "cases:assistance_withdraw": post(DONE, "assistance", data={"why": "已撤案"}),
    "cases:assistance_reassign": post(WRONG, "assistance"),
    "cases:assistance_sheet": get(SEEN, "assistance"),
    "cases:assistance_file": post(WRONG, "assistance"),
    "cases:assistance_paper": get(SEEN, "assistance_paper"),
    "cases:assistance_paper_view": get(SEEN, "assistance_paper"),
}

ADMINISTRATORS = "302 302 302 403 302 403 403 403 200 200 200"
LISTS = {
    "cases.judicialstandard": get(ADMINISTRATORS),
    "cases.injurycostkind": get(ADMINISTRATORS),
    "cases.disabilitygrade": get(ADMINISTRATORS),
    "cases.cutreason": get(ADMINISTRATORS),
    "cases.followuprule": get(ADMINISTRATORS),
}
