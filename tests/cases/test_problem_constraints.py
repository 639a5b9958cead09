"""What the database refuses of findings, their scale and the letters about them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from cases.models import FeedbackLetter, FeedbackLine, ProblemClass, ProblemFinding, ProblemPoints
from tests.cases import rows
from tests.factories import CaseFactory, OrgUnitFactory, StaffFactory

pytestmark = pytest.mark.django_db
MONTH = date(2026, 10, 1)


def scale(**fields: Any) -> ProblemPoints:
    facts = {"problem_class": ProblemClass.objects.get(code="P2"), "severity": "minor", "points": 1}
    dates = {"valid_from": date(2027, 1, 1), "valid_to": date(2027, 2, 1)}
    return ProblemPoints.objects.create(**{**facts, **dates, **fields})


def finding(**fields: Any) -> ProblemFinding:
    """Confirmed, and not of a return."""
    somebody = {"closed_by": StaffFactory(), "closed_at": timezone.now()}
    facts = {"number": "WT1", "source": "review", "status": "confirmed", "period": MONTH, **somebody}
    values = {"step": "survey", "points": 3, "found_by": StaffFactory(), "description": "缺照片"}
    problem_class = ProblemClass.objects.get(code="P2")
    case = CaseFactory()
    given = {"case": case, "unit": case.unit, "problem_class": problem_class, "found_at": timezone.now()}
    return ProblemFinding.objects.create(**{**given, **values, **facts, **fields})


def letter(**fields: Any) -> FeedbackLetter:
    facts = {"unit": None, "month": MONTH, "drafted_by": StaffFactory(), "drafted_at": timezone.now()}
    facts |= fields
    facts["unit"] = facts["unit"] or OrgUnitFactory()
    return FeedbackLetter.objects.create(**facts)


def issued(**fields: Any) -> FeedbackLetter:
    signed = {"number": "1号", "signed_by": StaffFactory(), "signed_at": timezone.now()}
    return letter(**{"status": "issued", **signed, **fields})


def line(**fields: Any) -> FeedbackLine:
    facts = {"letter": None, "finding": None, "position": 1, "points": 1, **fields}
    facts["letter"] = facts["letter"] or letter()
    facts["finding"] = facts["finding"] or finding(number=f"WT{timezone.now():%f}")
    return FeedbackLine.objects.create(class_code="P2", class_name="查勘", severity="normal", **facts)


def looked(**fields: Any) -> ProblemFinding:
    person = StaffFactory()
    appeal = {"appeal": "不服", "appealed_by": StaffFactory(), "appealed_at": timezone.now()}
    second = {"look": "upheld", "look_opinion": "维持", "looked_by": person, "looked_at": timezone.now()}
    return finding(**{**appeal, **second, "found_by": person, **fields})


VALUES: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "cases_problem_severity_known": (finding, {"severity": "deadly"}),
    "cases_problem_source_known": (finding, {"source": "return"}),
    "cases_problem_counts_when_confirmed": (finding, {"period": None}),
    "cases_problem_replied_in_writing": (finding, {"reply_kind": "accepts"}),
    "cases_problem_corrected_in_writing": (finding, {"correction": "已改"}),
    "cases_problem_appealed_in_writing": (finding, {"appeal": "不服"}),
    "cases_problem_looked_at_after_appeal": (finding, {"look": "upheld"}),
    "cases_problem_second_look_by_another": (looked, {}),
    "cases_problem_closed_by_somebody": (finding, {"closed_by": None}),
    "cases_problem_frozen_when_confirmed": (
        finding,
        {"status": "lifted", "period": None, "frozen_at": timezone.now()},
    ),
    "cases_problem_points_severity_known": (scale, {"severity": "deadly"}),
    "cases_problem_points_dates_in_order": (scale, {"valid_to": date(2026, 12, 31)}),
    "cases_feedback_month_begins": (letter, {"month": date(2026, 10, 2)}),
    "cases_feedback_correction_has_reason": (letter, {"version": 2}),
    "cases_feedback_signed_when_issued": (issued, {"number": ""}),
    "cases_feedback_received_by_somebody": (issued, {"status": "received"}),
}
# What two rows would have in common: made once, or the same value.
TWICE: dict[str, tuple[Callable[..., Any], dict[str, Any], dict[str, Any]]] = {
    "cases_problem_points_once": (scale, {}, {}),
    "cases_problem_points_one_open": (scale, {"valid_to": None}, {"valid_from": date(2026, 1, 1)}),
    "cases_feedback_version_once": (issued, {"unit": OrgUnitFactory}, {"status": "superseded"}),
    "cases_feedback_one_draft": (letter, {"unit": OrgUnitFactory}, {"version": 2, "reason": "更正"}),
    "cases_feedback_one_in_force": (issued, {"unit": OrgUnitFactory}, {"version": 2, "reason": "更正"}),
    "cases_feedback_number_once": (issued, {}, {}),
    "cases_feedback_line_once": (line, {"letter": letter, "finding": finding}, {"position": 2}),
    "cases_feedback_position_once": (line, {"letter": letter}, {}),
}


@pytest.mark.parametrize("constraint", VALUES)
def test_the_database_refuses(constraint: str):
    make, values = VALUES[constraint]

    with pytest.raises(IntegrityError, match=constraint):
        make(**values)


@pytest.mark.parametrize("constraint", TWICE)
def test_the_database_refuses_a_second(constraint: str):
    make, common, other = TWICE[constraint]
    given = {name: value() if callable(value) else value for name, value in common.items()}
    if make is scale:
        ProblemPoints.objects.all().delete()
    make(**given)

    with pytest.raises(IntegrityError, match=constraint):
        make(**{**given, **other})


def test_nobody_signs_what_he_drafted():
    person = StaffFactory()

    with pytest.raises(IntegrityError, match="cases_feedback_two_people"):
        issued(signed_by=person, drafted_by=person)


@pytest.mark.parametrize("change", ["points = 0", "period = '2026-11-01'", "person_id = found_by_id"])
def test_what_stands_in_a_letter_stays(change: str):
    finding(frozen_at=timezone.now())

    with pytest.raises(IntegrityError, match="cases_problem_is_frozen"), connection.cursor() as cursor:
        cursor.execute("update cases_problemfinding set " + change)  # noqa: S608 - our own words


def test_what_stands_in_a_letter_is_not_deleted():
    found = finding(frozen_at=timezone.now())

    with pytest.raises(IntegrityError, match="cases_problem_is_frozen"):
        found.delete()


def test_a_return_has_one_finding_per_class():
    made = rows.decision()
    rows.finding(decision=made)

    with pytest.raises(IntegrityError, match="cases_problem_once_per_decision"):
        rows.finding(decision=made, number="WT2")
