"""权限履行监督: a month of the department with a finding about the reviewer and one sampled decision."""

from datetime import date

from authority import ledger
from cases.models import (
    Decision,
    FindingCase,
    PersonFigures,
    SampledDecision,
    SupervisionFinding,
    SupervisionMonth,
)
from tests.access.rows import get, post
from tests.cast import World
from tests.factories import CaseFactory, ChainStepFactory, StaffFactory, SubmissionFactory


def furnish(world: World) -> None:
    month = SupervisionMonth.objects.create(unit=world["motor"], month=date(2026, 10, 1), seed="ab")
    signed = SupervisionMonth.objects.create(
        unit=world["motor"], month=date(2026, 9, 1), seed="cd", status="signed", signed_by=StaffFactory()
    )
    reviewer, decision = world["reviewer"], _decision(world)
    finding = SupervisionFinding.objects.create(
        month=month, kind="fast", person=reviewer, people=[reviewer.pk], title="快", count=1
    )
    FindingCase.objects.create(finding=finding, decision=decision, case=decision.case)
    PersonFigures.objects.create(month=month, person=reviewer, decided=1)
    world.things |= {
        "supervised": month,
        "signed_month": signed,
        "finding": finding,
        "sampled": SampledDecision.objects.create(month=month, number=1, decision=decision, way="random"),
    }


def _decision(world: World) -> Decision:
    case = CaseFactory(unit=world["dy"], handler=world["clerk"])
    step = ChainStepFactory(submission=SubmissionFactory(case=case), staff=world["reviewer"])
    entry = ledger.record(f"case:{case.pk}", by=world["reviewer"], action="approve")
    return Decision.objects.create(
        case=case, submission=step.submission, chain_step=step, outcome="agree", amount=8000, ruling={},
        decided_by=world["reviewer"], case_version=1, ledger_entry=entry, decided_at=entry.at,
    )  # fmt: skip


# anonymous outsider clerk unit_head reviewer office_head department_head head_office system security audit
SUPERVISORS = "302 404 404 404 404 404 200 200 404 404 200"
SAID = {"conclusion": "explained", "opinion": "已核对"}
CHECKED = {"result": "in_order"}
PAGES = {
    "cases:supervision": get("302 403 403 200 403 403 200 200 403 403 200"),
    "cases:supervision_month": [get(SUPERVISORS, "supervised"), get(SUPERVISORS, "signed_month")],
    "cases:supervision_person": get(SUPERVISORS, "supervised", "reviewer"),
    "cases:supervision_finding": [
        get(SUPERVISORS, "finding"),
        post("302 404 404 404 404 404 302 302 404 404 403", "finding", data=SAID),
    ],
    "cases:supervision_sample": get(SUPERVISORS, "supervised"),
    "cases:supervision_check": post("302 404 404 404 404 404 302 302 404 404 403", "sampled", data=CHECKED),
    "cases:supervision_sign": post(
        "302 404 404 404 404 404 403 403 404 404 403", "supervised", data={"summary": "好"}
    ),
    "cases:supervision_countersign": post("302 404 404 404 404 404 302 302 404 404 403", "signed_month"),
    "cases:supervision_export": get(SUPERVISORS, "supervised"),
    "cases:supervision_print": get(SUPERVISORS, "supervised"),
}
