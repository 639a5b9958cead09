"""Constraints of records that take many others to make: tried on a bare copy of their table, in which every
column but those of the constraint may stay empty. The copy carries the very constraints of the database."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models

pytestmark = pytest.mark.django_db

BACKWARDS = {"valid_from": "2026-02-01", "valid_to": "2026-01-01"}
CHECKS: dict[str, tuple[str, dict[str, Any]]] = {
    "cases_chain_added_by_somebody": ("ChainStep", {"kind": "added"}),
    "cases_opinion_withdrawn_with_reason": (
        "ConferenceOpinion", {"withdrawn_at": None, "withdrawn_reason": "x"},
    ),
    "cases_conference_use_departs_with_reason": ("ConferenceUse", {"heed": "departed", "reason": ""}),
    "cases_fraud_status_known": ("FraudLead", {"status": "lost"}),
    "cases_fraud_loss_avoided_when_confirmed": ("FraudLead", {"loss_avoided": 1, "status": "withdrawn"}),
    "cases_judicialstandard_dates_in_order": ("JudicialStandard", BACKWARDS),
    "cases_standard_amount_positive": ("JudicialStandard", {"amount": 0}),
    "cases_standard_kind_known": ("JudicialStandard", {"kind": "moon"}),
    "cases_standard_per_known": ("JudicialStandard", {"per": "moon"}),
    "cases_standard_household_known": ("JudicialStandard", {"household": "moon"}),
    "cases_injurycostkind_dates_in_order": ("InjuryCostKind", BACKWARDS),
    "cases_cost_kind_formula_known": ("InjuryCostKind", {"formula": "magic"}),
    "cases_cost_kind_group_known": ("InjuryCostKind", {"group": "moon"}),
    "cases_cost_kind_has_standard": ("InjuryCostKind", {"formula": "days", "standard_kind": ""}),
    "cases_disabilitygrade_dates_in_order": ("DisabilityGrade", BACKWARDS),
    "cases_disability_grade_range": ("DisabilityGrade", {"grade": 11, "percent": 10}),
    "cases_cutreason_dates_in_order": ("CutReason", BACKWARDS),
    "cases_followuprule_dates_in_order": ("FollowUpRule", BACKWARDS),
    "cases_follow_up_rule_state_known": ("FollowUpRule", {"state": "moon"}),
    "cases_follow_up_rule_positive": ("FollowUpRule", {"days": 0, "first_days": 1}),
    "cases_lawsuit_party_side_known": ("LawsuitParty", {"side": "moon"}),
    "cases_mediation_status_known": ("Mediation", {"status": "lost"}),
    "cases_mediation_line_amounts": ("MediationLine", {"amount": 0, "claimed": 1}),
    "cases_mediation_attempt_amounts": ("MediationAttempt", {"demanded": -1}),
    "cases_mediation_attempt_recorded_after": (
        "MediationAttempt", {"held_at": "2026-01-02 00:00Z", "recorded_at": "2026-01-01 00:00Z"},
    ),
    "cases_remark_says_something": ("CaseRemark", {"text": ""}),
    "cases_remark_struck_later": (
        "CaseRemark", {"written_at": "2026-01-02 00:00Z", "struck_at": "2026-01-01 00:00Z"},
    ),
    "cases_resurvey_difference_has_amount": ("Resurvey", {"result": "serious", "found_amount": None}),
    "cases_signing_rule_refusal_known": ("SigningRule", {"on_refusal": "moon"}),
    "cases_signing_rule_dates_in_order": ("SigningRule", BACKWARDS),
    "cases_reminder_mark_known": ("EscalationReminder", {"mark": "moon"}),
    "cases_counsel_not_ones_own_consent": ("Counsel", {"asked_by_id": 1, "answered_by_id": 1}),
}  # fmt: skip
ONCE = {
    "cases_conference_kind_once": "ConferenceKind",
    "cases_opinion_version_once": "ConferenceOpinion",
    "cases_evidence_once": "FraudEvidence",
    "cases_standard_once": "JudicialStandard",
    "cases_cost_kind_once": "InjuryCostKind",
    "cases_disability_grade_once": "DisabilityGrade",
    "cases_cut_reason_once": "CutReason",
    "cases_follow_up_rule_once": "FollowUpRule",
    "cases_injured_once_per_label": "InjuredPerson",
    "cases_dependant_once": "Dependant",
    "cases_injury_cost_once": "InjuryCost",
    "cases_lawsuit_case_once": "LawsuitCase",
    "cases_mediation_line_once": "MediationLine",
    "cases_phrase_once": "OpinionPhrase",
    "cases_signing_rule_one_version": "SigningRule",
    "cases_condition_one_per_place": "AnswerCondition",
}


def bare_copy(model: Any, including: str, alone: str = "") -> None:
    with connection.cursor() as cursor:
        cursor.execute(f'create temp table bare (like "{model._meta.db_table}" including {including})')
        for field in model._meta.local_fields:
            if not field.primary_key:
                cursor.execute(f'alter table bare alter column "{field.column}" drop not null')
        cursor.execute("alter table bare alter column id set default 0")
        cursor.execute(
            "select conname from pg_constraint where conrelid = 'bare'::regclass and contype = 'c'"
            " and conname <> %s",
            [alone],
        )
        for (other,) in cursor.fetchall():
            cursor.execute(f'alter table bare drop constraint "{other}"')


def insert(values: dict[str, Any]) -> None:
    names = ", ".join(f'"{name}"' for name in values)
    places = ", ".join(["%s"] * len(values))
    with connection.cursor() as cursor:
        cursor.execute(f"insert into bare ({names}) values ({places})", list(values.values()))  # noqa: S608


def any_value(field: models.Field[Any, Any]) -> Any:
    if field.is_relation or isinstance(field, models.IntegerField):
        return 1
    return date(2026, 1, 1) if isinstance(field, models.DateField) else "x"


@pytest.mark.parametrize("constraint", CHECKS)
def test_the_database_refuses_a_wrong_row(constraint: str):
    name, values = CHECKS[constraint]
    bare_copy(apps.get_model("cases", name), "constraints", constraint)

    with pytest.raises(IntegrityError, match=f'"{constraint}"'):
        insert(values)


@pytest.mark.parametrize("constraint", ONCE)
def test_the_database_refuses_the_same_again(constraint: str):
    model = apps.get_model("cases", ONCE[constraint])
    unique = next(one for one in model._meta.constraints if one.name == constraint)
    fields = [model._meta.get_field(name) for name in unique.fields]
    bare_copy(model, "indexes")
    values = {field.column: any_value(field) for field in fields}
    insert({"id": 1, **values})

    key = re.escape(f"Key ({', '.join(values)})=")
    with pytest.raises(IntegrityError, match=key):
        insert({"id": 2, **values})
