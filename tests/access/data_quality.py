"""数据质量: a doubt about the sub-branch's case and a correction that its clerk asked for."""

from datetime import timedelta

from django.utils import timezone

from cases.models import DataCorrection, DataQualityIssue
from tests.access.rows import get, post
from tests.cast import World
from tests.factories import CaseFactory


def furnish(world: World) -> None:
    case = CaseFactory(unit=world["dy"], handler=world["clerk"], vin="ABC")
    world.things["doubted_case"] = case
    world.things["doubt"] = DataQualityIssue.objects.create(
        case=case, rule="vin_malformed", due_on=timezone.localdate() - timedelta(days=1)
    )
    world.things["correction"] = DataCorrection.objects.create(
        case=case, issue=world["doubt"], field="vin", before="ABC", after="LSVAA4182E2184847",
        reason="行驶证", requested_by=world["clerk"],
    )  # fmt: skip


# anonymous outsider clerk unit_head reviewer office_head department_head head_office system security audit
EVERYBODY = "302 200 200 200 200 200 200 200 200 200 200"
SHOWN = "302 404 200 200 200 200 200 200 404 404 404"
WISH = {"field": "vehicle_class", "after": "客车", "reason": "行驶证", "seen": "1"}
PAGES = {
    "cases:data_issues": get(EVERYBODY),
    "cases:data_corrections": get(EVERYBODY),
    "cases:data_quality_report": get(EVERYBODY),
    "cases:data_issue": [
        get(SHOWN, "doubt"),
        post("302 404 403 302 403 403 302 302 404 404 404", "doubt", data={"reason": "车架号原件如此"}),
    ],
    "cases:data_correction_new": [
        get(SHOWN, "doubted_case"),
        post("302 404 302 302 403 302 302 302 404 404 404", "doubted_case", data=WISH),
        post("302 404 422 422 422 422 422 422 404 404 404", "doubted_case", data={"field": "vin"}),
    ],
    "cases:data_correction": get(SHOWN, "correction"),
    "cases:data_correction_decide": [
        post("302 404 403 302 403 403 302 302 404 404 404", "correction", data={"answer": "apply"}),
        post("302 404 422 422 422 422 422 422 404 404 404", "correction", data={"answer": "refuse"}),
        post("302 404 302 403 403 403 403 403 404 404 404", "correction", data={"answer": "withdraw"}),
    ],
}
