"""临时授权, 追认, 撤销任务: who gives, answers, undoes, and who may look on."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from authority.ledger import record
from authority.models import Ratification
from cases.models import Decision, ReversalTask
from tests.access.rows import get, post
from tests.cast import World
from tests.factories import CaseFactory, ChainStepFactory, EmergencyFactory, GrantFactory, SubmissionFactory


def furnish(world: World) -> None:
    """The office head gave the clerk an emergency grant; one act waits, another is to be undone."""
    held = world.held["office_head"]
    own = GrantFactory(appointment=held, unit=world["motor"])
    given = EmergencyFactory(holder=world["clerk"], based_on=own)
    world.things["emergency"] = given
    world.things["ratification"] = ratification(world, given)
    other = ratification(world, given)
    decision = Decision.objects.get(ledger_entry=other.ledger_entry)
    world.things["reversal"] = ReversalTask.objects.create(
        case=decision.case,
        decision=decision,
        ratification=other,
        responsible=world["unit_head"],
        to_undo="退回重新审批",
        opened_by=world["office_head"],
        opened_at=timezone.now(),
    )


def ratification(world: World, given: Any) -> Ratification:
    case, now = CaseFactory(unit=world["dy"], stage="adjudicating"), timezone.now()
    step = ChainStepFactory(submission=SubmissionFactory(case=case), staff=world["clerk"], status="done")
    entry = record(f"case:{case.pk}", by=world["clerk"], action="agree")
    parts = {"case": case, "submission": step.submission, "ledger_entry": entry}
    Decision.objects.create(
        **parts,
        chain_step=step,
        outcome="agree",
        decided_by=world["clerk"],
        amount=8000,
        ruling={},
        case_version=1,
        decided_at=now,
    )
    return Ratification.objects.create(
        emergency=given,
        ledger_entry=entry,
        acted_by=world["clerk"],
        ratifier=world["office_head"],
        subject=str(case),
        amount=8000,
        acted_at=now,
        due_at=now + timedelta(days=1),
    )


def giving(world: World) -> Mapping[str, Any]:
    return {
        "holder": world["reviewer"].pk,
        "based_on": world["emergency"].based_on_id,
        "amount_max": "1000",
        "hours": "2",
        "lines": ["any"],
        "reason": "有权人均不在岗",
    }


EVERYBODY = "302 200 200 200 200 200 200 200 200 200 200"
WHY = {"reason": "情况解除"}

# anonymous outsider clerk unit_head reviewer office_head department_head head_office system security audit
PAGES = {
    "authority:emergencies": get(EVERYBODY),
    "authority:emergency_new": [
        get("302 403 200 403 200 200 403 403 403 403 403"),
        post("302 403 422 403 422 302 403 403 403 403 403", data=giving),
    ],
    "authority:emergency": get("302 404 200 200 404 200 200 200 404 200 200", "emergency"),
    "authority:emergency_end": post("302 404 403 302 404 302 302 403 404 302 403", "emergency", data=WHY),
    "cases:ratifications": get(EVERYBODY),
    "cases:ratifications_print": get(EVERYBODY),
    "cases:ratifications_export": get(EVERYBODY),
    "cases:ratification": [
        get("302 404 200 200 404 200 200 200 404 200 200", "ratification"),
        post("302 404 403 302 404 302 302 403 404 403 403", "ratification", data={"answer": "ratify"}),
    ],
    "cases:reversals": get(EVERYBODY),
    "cases:reversal": [
        get("302 404 200 200 200 200 200 200 404 404 404", "reversal"),
        post("302 404 403 302 403 302 302 403 404 404 404", "reversal", data={"evidence": "已撤销，凭证1号"}),
    ],
}
