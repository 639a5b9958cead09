"""Every constraint of the cases is tried, and the database refuses; none is forgotten."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from django.apps import apps
from django.db import IntegrityError, connection
from django.utils import timezone

from tests.cases import rows
from tests.factories import CaseFactory, StaffFactory, SubmissionFactory

pytestmark = pytest.mark.django_db

ANSWERED = {"status": "answered", "answered_at": None, "answer": "agreed"}
LOST = {
    "status": "lost",
    "answered_at": timezone.now(),
    "answer": "agreed",
    "entered_by_id": 0,
}
VALUES: dict[str, tuple[Callable, dict]] = {
    "cases_case_money_not_negative": (rows.case, {"estimate": -1}),
    "cases_case_paid_within_approved": (rows.case, {"paid": 1, "approved": 0}),
    "cases_case_stage_known": (rows.case, {"stage": "lost"}),
    "cases_case_open_has_handler": (rows.case, {"handler": None}),
    "cases_case_closed_when_closed": (rows.case, {"closed_at": timezone.now()}),
    "cases_case_returned_to_known": (rows.case, {"returned_to": "pay"}),
    "cases_case_liability_ratio": (rows.case, {"liability_ratio": 101}),
    "cases_case_agency_direction_known": (rows.case, {"agency_direction": "up"}),
    "cases_submission_amounts": (rows.submission, {"amount": 9000}),
    "cases_submission_status_known": (rows.submission_over, {"status": "lost"}),
    "cases_submission_decided_when_over": (rows.submission_over, {"decided_at": None}),
    "cases_chain_status_known": (rows.station, {"status": "lost"}),
    "cases_chain_kind_known": (rows.station, {"kind": "lost"}),
    "cases_chain_somebody_decides": (rows.station, {"staff": None}),
    "cases_chain_arrived": (rows.station, {"arrived_at": None}),
    "cases_decision_outcome_known": (rows.decision, {"outcome": "perhaps"}),
    "cases_decision_amount_not_negative": (rows.decision, {"amount": -1}),
    "cases_decision_return_names_problem": (rows.decision, {"outcome": "return", "return_to": "survey"}),
    "cases_decision_conditions_named": (rows.decision, {"outcome": "agree_with_conditions"}),
    "cases_escalation_status_known": (rows.escalation, LOST),
    "cases_escalation_answered_when_over": (rows.escalation, ANSWERED),
    "cases_escalation_altered_names_amount": (rows.escalation, {"answer": "altered"}),
    "cases_savedfilter_named": (rows.saved_filter, {"name": ""}),
    "cases_loss_money_not_negative": (rows.loss, {"reviewed": -1}),
    "cases_loss_line_known": (rows.loss, {"line": "moon"}),
    "cases_loss_class_known": (rows.loss, {"loss_class": "moon"}),
    "cases_change_money_not_negative": (rows.change, {"after": -1}),
    "cases_payment_amount_positive": (rows.payment, {"amount": 0}),
    "cases_paper_not_empty": (rows.paper, {"size": 0}),
    "cases_problem_described": (rows.finding, {"description": ""}),
    "cases_step_known": (rows.step, {"step": "dance"}),
    "cases_import_status_known": (rows.batch, {"status": "lost"}),
    "cases_import_percent": (rows.batch, {"percent": 101}),
    "cases_import_reconciled_when_done": (rows.batch, {"status": "done"}),
    "cases_issue_resolved_by_somebody": (rows.issue, {"resolved_at": timezone.now()}),
    "cases_step_times_in_order": (rows.step, {"left_at": rows.a_day_ago()}),
    "cases_pause_times_in_order": (rows.pause, {"until": rows.a_day_ago()}),
    "cases_pause_reason_known": (rows.pause, {"reason": "holiday"}),
    "cases_alert_mark_known": (rows.alert, {"mark": "maybe"}),
    "cases_alert_about_something": (rows.alert, {"area": "lawsuit"}),
    "cases_average_positive": (rows.average, {"count": 0}),
}
# What two rows would have in common: made once, or the same value.
TWICE: dict[str, tuple[Callable, dict]] = {
    "cases_submission_one_open": (rows.submission, {"case": CaseFactory}),
    "cases_submission_sent_once": (
        rows.submission,
        {"submitted_by": StaffFactory, "idempotency_key": rows.a_key},
    ),
    "cases_chain_one_per_place": (rows.station, {"submission": SubmissionFactory}),
    "cases_decision_sent_once": (rows.decision, {"decided_by": StaffFactory, "idempotency_key": rows.a_key}),
    "cases_savedfilter_name_once": (rows.saved_filter, {"owner": StaffFactory}),
    "cases_loss_once_per_line": (rows.loss, {"case": CaseFactory}),
    "cases_paper_once_per_case": (rows.paper, {"case": CaseFactory}),
    "cases_issue_one_open_per_rule": (rows.issue, {"case": CaseFactory}),
    "cases_problem_once_per_decision": (rows.finding, {"decision": rows.decision}),
    "cases_pause_one_open": (rows.pause, {"case": CaseFactory}),
    "cases_alert_once": (rows.alert, {"case": CaseFactory, "told": StaffFactory}),
    "cases_average_once": (rows.average, {}),
}


def test_no_constraint_is_forgotten():
    models = apps.get_app_config("cases").get_models()
    named = {constraint.name for model in models for constraint in model._meta.constraints}
    tests = "".join(path.read_text() for path in Path(__file__).parent.rglob("*.py"))

    assert sorted(name for name in named if f'"{name}"' not in tests) == []


@pytest.mark.parametrize("constraint", VALUES)
def test_the_database_refuses(constraint: str):
    make, values = VALUES[constraint]

    with pytest.raises(IntegrityError, match=constraint):
        make(**values)


@pytest.mark.parametrize("constraint", TWICE)
def test_the_database_refuses_a_second(constraint: str):
    make, common = TWICE[constraint]
    shared = {name: value() for name, value in common.items()}
    make(**shared)

    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")  # one of them waits for the commit otherwise
    with pytest.raises(IntegrityError, match=constraint):
        make(**shared)


@pytest.mark.parametrize(
    "statement", ["update cases_decision set opinion = 'x'", "delete from cases_decision"]
)
def test_a_decision_stands(statement: str):
    rows.decision()

    with pytest.raises(IntegrityError, match="cases_decision_stands"), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("part", ["decided_by", "acted_for"])
def test_nobody_decides_what_he_submitted(part: str):
    station = rows.station()

    with pytest.raises(IntegrityError, match="cases_decision_not_own"):
        rows.decision(step=station, **{part: station.submission.submitted_by})


def test_payments_stay_within_the_approval():
    case = CaseFactory(approved=Decimal("8000"))
    rows.payment(case=case, amount=Decimal("5000"))

    with pytest.raises(IntegrityError, match="cases_payment_within_approved"):
        rows.payment(case=case, amount=Decimal("3000.01"))
