"""The database's own refusals about quality."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from cases.models import DataQualityIssue
from tests.cases import quality_rows as rows
from tests.factories import CaseFactory, OrgUnitFactory, StaffFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()
BEFORE = rows.a_day_before()
VALUES: dict[str, tuple[Callable, dict]] = {
    "cases_scoresheet_dates_in_order": (rows.sheet, {"valid_to": BEFORE}),
    "cases_scoreitem_worth_something": (rows.item, {"points": 0}),
    "cases_scoreitem_step_known": (rows.item, {"step": "dance"}),
    "cases_samplerule_dates_in_order": (rows.sample_rule, {"valid_to": BEFORE}),
    "cases_samplerule_share_is_percent": (rows.sample_rule, {"share": 101}),
    "cases_samplerule_band_in_order": (rows.sample_rule, {"amount_min": 2, "amount_max": 1}),
    "cases_samplerule_numbers_in_order": (rows.sample_rule, {"per_unit_min": 2, "per_unit_max": 1}),
    "cases_samplerule_criterion_known": (rows.sample_rule, {"criterion": "mood"}),
    "cases_samplerule_population_known": (rows.sample_rule, {"population": "all"}),
    "cases_qualitydraw_special_by_somebody": (rows.draw, {"kind": "special"}),
    "cases_qualitydraw_dates_in_order": (rows.draw, {"until": BEFORE}),
    "cases_qualitydraw_has_seed": (rows.draw, {"seed": ""}),
    "cases_drawnrule_units_match": (rows.drawn, {"case_ids": [1]}),
    "cases_qualitysample_scored_by_somebody": (rows.sample, {"status": "scored"}),
    "cases_qualitysample_appeal_with_reason": (rows.scored, {"appealed_at": NOW}),
    "cases_qualitysample_second_look_answered": (rows.scored, {"second_at": NOW}),
    "cases_qualitysample_second_look_by_another": (
        rows.by_the_scorer,
        {"second_by": "scorer", "second_at": NOW, "first_score": 80, "answer": "维持"},
    ),
    "cases_qualitysample_not_ones_own_appeal": (
        rows.by_the_scorer,
        {"appealed_by": "scorer", "appealed_at": NOW, "appeal": "不同意"},
    ),
    "cases_qualitysample_settled_when_settled": (rows.scored, {"status": "settled"}),
    "cases_qualitysample_score_in_range": (rows.scored, {"score": 101}),
    "cases_answer_look_known": (rows.answer, {"look": 3}),
    "cases_answer_fault_with_note": (rows.answer, {"verdict": "bad"}),
    "cases_dqrule_dates_in_order": (rows.data_rule, {"valid_to": BEFORE}),
    "cases_dqrule_points_not_negative": (rows.data_rule, {"points": -1}),
    "cases_correction_decided_by_somebody": (rows.correction, {"status": "applied"}),
    "cases_correction_second_person": (rows.correction_by_one, {"status": "applied"}),
    "cases_correction_refused_with_reason": (
        rows.correction,
        {"status": "refused", "decided_at": NOW, "decided_by": StaffFactory},
    ),
    "cases_correction_changes_something": (rows.correction, {"after": "川B1"}),
    "cases_correction_has_reason": (rows.correction, {"reason": ""}),
}
TWICE: dict[str, tuple[Callable, dict]] = {
    "cases_scoresheet_version_once": (rows.sheet, {}),
    "cases_scoreitem_once_per_place": (rows.item, {"sheet": rows.sheet}),
    "cases_samplerule_once": (rows.sample_rule, {}),
    "cases_qualitydraw_once_per_month": (rows.draw, {"unit": OrgUnitFactory}),
    "cases_drawnrule_once_per_draw": (rows.drawn, {"draw": rows.draw}),
    "cases_qualitysample_once_per_draw": (rows.sample, {"drawn_rule": rows.drawn, "case": CaseFactory}),
    "cases_answer_once_per_look": (rows.answer, {"sample": rows.sample}),
    "cases_dqrule_once": (rows.data_rule, {}),
    "cases_correction_one_open_per_field": (rows.correction, {"case": CaseFactory}),
}


@pytest.mark.parametrize("constraint", VALUES)
def test_the_database_refuses(constraint: str):
    make, values = VALUES[constraint]
    made = {name: value() if callable(value) else value for name, value in values.items()}

    with pytest.raises(IntegrityError, match=constraint):
        make(**made)


@pytest.mark.parametrize("constraint", TWICE)
def test_the_database_refuses_a_second(constraint: str):
    make, common = TWICE[constraint]
    shared = {name: value() for name, value in common.items()}
    make(**shared)

    with pytest.raises(IntegrityError, match=constraint):
        make(**shared)


def test_two_files_have_two_numbers():
    drawn = rows.drawn()
    rows.sample(drawn_rule=drawn, number=1)

    with pytest.raises(IntegrityError, match="cases_qualitysample_numbered"):
        rows.sample(drawn_rule=drawn, number=1)


def test_a_score_changes_only_with_an_entry(guarded):
    sample = rows.sample()
    sample.status, sample.score, sample.scored_by, sample.scored_at = "scored", 90, StaffFactory(), NOW
    sample.save()

    with pytest.raises(IntegrityError, match="authority_ledger_missing"), transaction.atomic():
        guarded()
    transaction.set_rollback(True)


@pytest.mark.parametrize("make", [rows.correction, rows.draw])
def test_a_correction_or_a_drawing_is_made_only_with_an_entry(guarded, make: Callable):
    make()

    with pytest.raises(IntegrityError, match="authority_ledger_missing"), transaction.atomic():
        guarded()
    transaction.set_rollback(True)


def test_what_is_gone_needs_nobody():
    issue = DataQualityIssue(case=CaseFactory(), rule="plate_malformed", outcome="gone", resolved_at=NOW)

    issue.save()
