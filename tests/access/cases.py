"""The case list, the workbench, one case with its work, papers, escalations."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from authority.models import AuthorityItem
from cases.lifecycle import Stage
from cases.models import CasePaper, Consultation, Escalation, SavedFilter
from cases.services import Loan, lend_case
from tests.access.rows import get, post
from tests.cast import World
from tests.factories import CaseFactory, CaseLossFactory, ChainStepFactory, GrantFactory, SubmissionFactory


def furnish(world: World) -> None:
    """An adjusted case of 德阳, one that waits for the reviewer, one that went to head office."""
    adjudication = AuthorityItem.objects.get(code="adjudication")
    GrantFactory(appointment=world.held["reviewer"], unit=world["motor"], item=adjudication)
    for name, stage in (
        ("case", Stage.ADJUSTED),
        ("asked", Stage.ADJUDICATING),
        ("sent_up", "over_authority"),
    ):
        world.things[name] = CaseFactory(unit=world["dy"], handler=world["clerk"], stage=stage)
        CaseLossFactory(case=world[name])
    for name in ("asked", "sent_up"):
        world.things[f"{name}_request"] = SubmissionFactory(case=world[name], item=adjudication)
    ChainStepFactory(submission=world["sent_up_request"], kind="head_office", staff=None)
    world.things["station"] = ChainStepFactory(submission=world["asked_request"], staff=world["reviewer"])
    world.things["consultation"] = _consultation(world)
    world.things["paper"] = _paper(world)
    world.things["loan"] = lend_case(
        world["case"], Loan(world["stranger"], timezone.localdate(), "会商"), by=world["clerk"]
    )
    world.things["saved"] = SavedFilter.objects.create(owner=world["clerk"], name="我的", query="group=open")
    world.things["escalation"] = Escalation.objects.create(
        number="SB1", case=world["sent_up"], submission=world["sent_up_request"], proposal="建议同意",
        amount=8000, pack={"items": [], "is_complete": True, "missing_papers": ""},
        sent_by=world["department_head"], sent_at=timezone.now(),
    )  # fmt: skip


def _consultation(world: World) -> Consultation:
    asked = {"rule_code": "X", "text": "x", "post": "OFFICE_HEAD", "post_name": "室主任"}
    return Consultation.objects.create(**asked, submission=world["asked_request"], asked_by=world["clerk"])


def _paper(world: World) -> CasePaper:
    paper = CasePaper(
        case=world["case"], kind="photo", name="照片.png", content_type="image/png", size=8, sha256="0" * 64,
        uploaded_by=world["clerk"],
    )  # fmt: skip
    paper.file.save("access.png", ContentFile(b"\x89PNG\r\n\x1a\n"))
    return paper


def deciding(world: World) -> Mapping[str, Any]:
    step, case = world["station"], world["asked"]
    return {"step": step.pk, "seen": case.version, "key": str(uuid4()), "outcome": "agree"}


def photo(world: World) -> Mapping[str, Any]:
    return {"kind": "photo", "file": SimpleUploadedFile("照片.png", b"\x89PNG\r\n\x1a\n" + uuid4().bytes)}


EVERYBODY = "302 200 200 200 200 200 200 200 200 200 200"
WHO_SEES = "302 404 200 200 200 200 200 200 404 404 404"
WHO_WORKS = "302 404 200 200 403 200 200 403 404 404 404"
NOT_AT_THIS_STAGE = "302 404 403 403 403 403 403 403 404 404 404"

# anonymous outsider clerk unit_head reviewer office_head department_head head_office system security audit
PAGES = {
    "cases:concurrent": get("302 200 200 200 200 200 200 200 200 200 200"),
    "cases:concurrent_check": post(
        "302 404 404 404 404 404 404 404 404 404 404", "station", data={"result": "defect"}
    ),
    "cases:consultations": get("302 200 200 200 200 200 200 200 200 200 200"),
    "cases:opine": post(
        "302 404 403 403 403 302 403 403 404 404 404", "consultation", data={"opinion": "同意"}
    ),
    "cases:consult": post("302 404 403 403 403 403 403 403 404 404 404", "asked_request"),
    "cases:workbench": get(EVERYBODY),
    "cases:overdue": get(EVERYBODY),
    "cases:index": get(EVERYBODY),
    "cases:count": get(EVERYBODY),
    "cases:export": get(EVERYBODY),
    "cases:index_print": get(EVERYBODY),
    "cases:saved_filter_new": post("302 422 422 422 422 422 422 422 422 422 422"),
    "cases:saved_filter_delete": post("302 404 302 404 404 404 404 404 404 404 404", "saved"),
    "cases:hand_over_many": post("302 302 302 302 302 302 302 302 302 302 302"),
    "cases:bulk_decide": post("302 302 302 302 302 302 302 302 302 302 302"),
    "cases:new": get("302 403 200 200 403 200 200 403 403 403 403"),
    "cases:detail": [get(WHO_SEES, "case"), get(WHO_SEES, "asked"), get(WHO_SEES, "sent_up")],
    "cases:history": get(WHO_SEES, "case"),
    "cases:approval_sheet": get(WHO_SEES, "case"),
    # The office head may decide at a lower station: he holds a grant of his own (emergencies.py).
    "cases:decide": post("302 404 403 403 302 302 403 403 404 404 404", "asked", data=deciding),
    "cases:paper_upload": [
        post("302 404 422 422 422 422 422 422 404 404 404", "case"),
        post("302 404 302 302 403 302 302 403 404 404 404", "case", data=photo),
        post("302 404 302 302 302 302 302 403 404 404 404", "asked", data=photo),
    ],
    "cases:paper": get(WHO_SEES, "paper"),
    "cases:submit": [get(WHO_WORKS, "case"), get(NOT_AT_THIS_STAGE, "sent_up")],
    "cases:register": get(NOT_AT_THIS_STAGE, "case"),
    "cases:survey": get(NOT_AT_THIS_STAGE, "case"),
    "cases:assess": get(NOT_AT_THIS_STAGE, "case"),
    "cases:adjust": get(NOT_AT_THIS_STAGE, "case"),
    "cases:pay": get(NOT_AT_THIS_STAGE, "case"),
    "cases:close": get(NOT_AT_THIS_STAGE, "case"),
    "cases:withdraw": [get(WHO_WORKS, "asked"), get(NOT_AT_THIS_STAGE, "case")],
    "cases:amend": [get(WHO_WORKS, "asked"), get(NOT_AT_THIS_STAGE, "case")],
    "cases:change_estimate": get(WHO_WORKS, "case"),
    "cases:hand_over": get(WHO_WORKS, "case"),
    "cases:suspend": get(WHO_WORKS, "case"),
    "cases:resume": get(NOT_AT_THIS_STAGE, "case"),
    "cases:note_papers": get(WHO_WORKS, "case"),
    "cases:loans": [
        get(WHO_SEES, "case"),
        post("302 404 422 422 403 422 422 403 404 404 404", "case"),
    ],
    "cases:loan_return": post("302 404 302 302 403 302 302 403 404 404 404", "loan"),
    "cases:reroutes": get("302 403 403 200 403 403 200 403 403 403 403"),
    "cases:reroutes_apply": post("302 403 403 302 403 403 302 403 403 403 403"),
    "cases:escalations": get(EVERYBODY),
    "cases:escalation": get(WHO_SEES, "escalation"),
    "cases:escalation_answer": post("302 404 403 403 403 403 403 422 404 404 404", "escalation"),
    "cases:escalation_confirm": post(NOT_AT_THIS_STAGE, "escalation"),
    "cases:escalation_scan": get("302 404 404 404 404 404 404 404 404 404 404", "escalation"),
}
BUSINESS_IN_ADMIN = "302 302 302 200 302 200 200 200 403 403 403"
ADMINISTRATORS = "302 302 302 403 302 403 403 403 200 200 200"
LISTS = {
    "cases.packitem": get(ADMINISTRATORS),
    "cases.dataqualityrule": get(ADMINISTRATORS),
    "cases.samplerule": get(ADMINISTRATORS),
    "cases.scoreitem": get(ADMINISTRATORS),
    "cases.scoresheet": get(ADMINISTRATORS),
    "cases.signingrule": get(ADMINISTRATORS),
    "cases.answerterm": get(ADMINISTRATORS),
    "cases.supervisionparameter": get(ADMINISTRATORS),
    "cases.claimcase": get(BUSINESS_IN_ADMIN),
    "cases.overauthoritycase": get(BUSINESS_IN_ADMIN),
}
