"""What is done in an emergency, who helps, who was asked: each changes with its entry, or is refused."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from authority.models import EmergencyGrant, Ratification, StandInCeiling
from cases.models import CoHandler, Consultation, Decision, ReversalTask
from tests.cases.rows import decision as decision_row
from tests.cases.test_guard import Rows, is_refused
from tests.factories import CaseFactory, EmergencyFactory, SubmissionFactory

PATHS: dict[str, Callable[[Rows], object]] = {
    "an emergency": lambda rows: EmergencyFactory(),
    "an emergency's end": lambda rows: EmergencyGrant.objects.update(end_reason="x"),
    "a ratification": lambda rows: ratification_row(rows["emergency"]),
    "a ratification answered": lambda rows: Ratification.objects.update(note="x"),
    "a stand-in's ceiling": lambda rows: StandInCeiling.objects.update(source="x"),
    "a co-handler": lambda rows: CoHandler.objects.create(
        case=rows["case"], staff=rows["case"].handler, reason="x", since=timezone.now()
    ),
    "an opinion asked": lambda rows: Consultation.objects.create(
        submission=rows["submission"], rule_code="X", text="x", post="ADJ", post_name="x",
        asked_by=rows["case"].handler,
    ),
    "a task of undoing": lambda rows: ReversalTask.objects.update(to_undo="x"),
}  # fmt: skip


@pytest.fixture
def rows(db) -> Rows:
    case = CaseFactory()
    return {"case": case, "submission": SubmissionFactory(case=case), **emergency_rows()}


def emergency_rows() -> Rows:
    given = EmergencyFactory()
    answered = ratification_row(given)
    decision = Decision.objects.get(ledger_entry=answered.ledger_entry)
    ReversalTask.objects.create(
        case=decision.case, decision=decision, ratification=answered, responsible=given.giver,
        to_undo="退回", opened_by=given.giver, opened_at=timezone.now(),
    )  # fmt: skip
    return {"emergency": given}


def ratification_row(given) -> Ratification:
    decision = decision_row()
    now = timezone.now()
    return Ratification.objects.create(
        emergency=given, ledger_entry=decision.ledger_entry, acted_by=decision.decided_by,
        ratifier=given.giver, subject="x", amount=1, acted_at=now, due_at=now,
    )  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_no_path_without_an_entry(rows: Rows, guarded: Callable[[], None], path: str):
    assert is_refused(lambda: PATHS[path](rows), guarded)
