"""Re-surveys and leads of fraud: who sees them, who may do what to them."""

from collections.abc import Mapping
from typing import Any

from django.core.files.base import ContentFile

from cases.models import CasePaper, FraudTask
from tests.access.rows import get, post
from tests.cast import World
from tests.factories import CaseFactory
from tests.vehicle_factories import FraudLeadFactory, ResurveyFactory


def furnish(world: World) -> None:
    """Of 德阳: one to be looked at again, one looked at; a lead nobody investigates, and one investigated."""
    for name, fields in (("resurvey", {}), ("resurveyed", {"done": True})):
        case = CaseFactory(unit=world["dy"], handler=world["clerk"])
        world.things[name] = ResurveyFactory(case=case, **fields)
        world.things[f"{name}_case"] = case
    for name, fields in (("lead", {}), ("investigated", _investigated(world))):
        case = CaseFactory(unit=world["dy"], handler=world["clerk"], is_fraud_suspected=True)
        world.things[name] = FraudLeadFactory(case=case, opened_by=world["clerk"], **fields)
        world.things[f"{name}_case"] = case
    lead = world["investigated"]
    task = {"what": "走访", "assignee": world["clerk"], "ordered_by": world["office_head"]}
    world.things["fraud_task"] = FraudTask.objects.create(lead=lead, ordered_at=lead.opened_at, **task)
    world.things["unsuspected"] = CaseFactory(unit=world["dy"], handler=world["clerk"])


def _investigated(world: World) -> dict[str, Any]:
    return {"status": "investigating", "investigator": world["office_head"]}


def seen(name: str, **fields: Any) -> Any:
    def data(world: World) -> Mapping[str, Any]:
        return {"seen": world[name].version, **fields}

    return data


def evidence(world: World) -> Mapping[str, Any]:
    case = world["investigated_case"]
    paper = CasePaper(
        case=case, kind="photo", name="x.png", content_type="image/png", size=8, sha256="1" * 64,
        uploaded_by=world["clerk"],
    )  # fmt: skip
    paper.file.save("evidence.png", ContentFile(b"\x89PNG\r\n\x1a\n"))
    return {"seen": case.version, "paper": paper.pk, "note": "未碰撞"}


EVERYBODY = "302 200 200 200 200 200 200 200 200 200 200"
WHO_SEES = "302 404 200 200 200 200 200 200 404 404 404"
THE_DEPARTMENT = "302 404 403 403 200 200 200 200 404 404 404"
NOBODY = "302 404 403 403 403 403 403 403 404 404 404"
WHO_LEADS = "302 404 403 403 403 200 200 403 404 404 404"
WHO_READS = "302 404 200 200 404 200 200 200 404 404 404"
WITH_THE_RIGHT = "302 404 403 200 404 200 200 200 404 404 404"

# anonymous outsider clerk unit_head reviewer office_head department_head head_office system security audit
PAGES = {
    "cases:resurveys": get(EVERYBODY),
    "cases:resurvey": get(WHO_SEES, "resurvey"),
    "cases:resurvey_new": [get(THE_DEPARTMENT, "plain"), get(NOBODY, "resurvey_case")],
    "cases:resurvey_assign": get(THE_DEPARTMENT, "resurvey"),
    "cases:resurvey_do": get(NOBODY, "resurvey"),
    "cases:resurvey_confirm": [get(WHO_LEADS, "resurveyed"), get(NOBODY, "resurvey")],
    "cases:resurvey_problem": get(NOBODY, "resurveyed"),
    "cases:resurvey_cancel": [
        get(THE_DEPARTMENT, "resurvey"),
        post(
            "302 404 403 403 302 302 302 302 404 404 404",
            "resurvey",
            data=seen("resurvey_case", reason="已出售"),
        ),
    ],
    "cases:fraud_leads": get(EVERYBODY),
    "cases:fraud_lead": get(WHO_READS, "lead"),
    "cases:fraud_print": get(WHO_READS, "lead"),
    "cases:fraud_new": [get(WHO_SEES, "unsuspected"), get(NOBODY, "lead_case")],
    "cases:fraud_assign": get(WITH_THE_RIGHT, "lead"),
    "cases:fraud_task": get(WITH_THE_RIGHT, "lead"),
    "cases:fraud_evidence": [
        get(WITH_THE_RIGHT, "investigated"),
        post("302 404 403 302 404 302 302 302 404 404 404", "investigated", data=evidence),
    ],
    "cases:fraud_report": get("302 404 403 403 404 200 403 403 404 404 404", "investigated"),
    "cases:fraud_conclude": get("302 404 403 200 404 403 200 200 404 404 404", "investigated"),
    "cases:fraud_police": get(WITH_THE_RIGHT, "lead"),
    "cases:fraud_refusal": get(WITH_THE_RIGHT, "lead"),
    "cases:fraud_task_done": get("302 404 200 403 404 403 403 403 404 404 404", "fraud_task"),
}
ADMINISTRATORS = "302 302 302 403 302 403 403 403 200 200 200"
LISTS = {"cases.resurveyrule": get(ADMINISTRATORS), "cases.fraudindicator": get(ADMINISTRATORS)}
