"""What the database refuses of campaigns, their rows and rounds, and of the data they rest on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from cases.models import (
    AgeBand,
    CampaignCase,
    CampaignRound,
    CampaignTarget,
    ClearingParameter,
    OutstandingCampaign,
    ReasonRule,
    RoundFigure,
    RoundRow,
    UnclearedReason,
)
from tests.factories import CaseFactory, OrgUnitFactory, StaffFactory

pytestmark = pytest.mark.django_db
DAY = date(2027, 1, 1)


def band(**fields: Any) -> AgeBand:
    facts = {"scheme": "test", "scheme_name": "试", "since": "reported_at", "position": 1, "name": "短"}
    return AgeBand.objects.create(**{**facts, "days_from": 5, "source": "约定", **fields})


def reason(**fields: Any) -> UnclearedReason:
    return UnclearedReason.objects.create(**{"code": "Z", "name": "新", "valid_from": DAY, **fields})


def rule(**fields: Any) -> ReasonRule:
    facts = {"code": "A", "effect": "suggest", "facts": ["unsurveyed"], "text": "未查勘", "valid_from": DAY}
    return ReasonRule.objects.create(**{**facts, **fields})


def parameter(**fields: Any) -> ClearingParameter:
    return ClearingParameter.objects.create(
        **{"code": "x", "name": "试", "value": 1, "valid_from": DAY, **fields}
    )


def campaign(**fields: Any) -> OutstandingCampaign:
    people = {"started_by": StaffFactory(), "started_at": timezone.now(), "unit": OrgUnitFactory()}
    facts = {"number": f"QL{timezone.now():%f}", "name": "清理", "base_on": DAY, "due_on": date(2027, 2, 1)}
    return OutstandingCampaign.objects.create(**{**people, **facts, "scheme": "regulator", **fields})


def row(**fields: Any) -> CampaignCase:
    case = fields.pop("case", None) or CaseFactory()
    found = fields.pop("campaign", None) or campaign()
    facts = {
        "campaign": found,
        "case": case,
        "unit": case.unit,
        "band": AgeBand.objects.first(),
        "age_days": 9,
    }
    return CampaignCase.objects.create(**{**facts, **fields})


def target(**fields: Any) -> CampaignTarget:
    found = fields.pop("campaign", None) or campaign()
    unit = fields.pop("unit", None) or OrgUnitFactory()
    shares = {"count_share": 80, "amount_share": 70, **fields}
    return CampaignTarget.objects.create(campaign=found, unit=unit, **shares)


def a_round(**fields: Any) -> CampaignRound:
    found = fields.pop("campaign", None) or campaign()
    facts = {"number": 1, "taken_at": timezone.now(), **fields}
    return CampaignRound.objects.create(campaign=found, **facts)


def state(**fields: Any) -> RoundRow:
    facts = {"round": fields.pop("round", None) or a_round(), "row": fields.pop("row", None) or row()}
    return RoundRow.objects.create(**facts, estimate_set_at=timezone.now(), **fields)


def figure(**fields: Any) -> RoundFigure:
    found, unit = fields.pop("round", None) or a_round(), fields.pop("unit", None) or OrgUnitFactory()
    return RoundFigure.objects.create(round=found, unit=unit, band=AgeBand.objects.first(), **fields)


BEFORE = {"valid_to": date(2026, 12, 31)}
VALUES: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "cases_age_band_in_order": (band, {"days_to": 5}),
    "cases_age_band_since_known": (band, {"since": "yesterday"}),
    "cases_uncleared_reason_dates_in_order": (reason, BEFORE),
    "cases_reason_rule_effect_known": (rule, {"effect": "maybe"}),
    "cases_reason_rule_names_facts": (rule, {"facts": []}),
    "cases_reason_rule_dates_in_order": (rule, BEFORE),
    "cases_clearing_parameter_not_negative": (parameter, {"value": -1}),
    "cases_clearing_parameter_dates_in_order": (parameter, BEFORE),
    "cases_campaign_dates_in_order": (campaign, {"due_on": DAY}),
    "cases_campaign_kind_known": (campaign, {"kind": "daily"}),
    "cases_campaign_injury_known": (campaign, {"injury": "may"}),
    "cases_campaign_closed_with_conclusion": (campaign, {"status": "closed"}),
    "cases_campaign_reported_to_somebody": (campaign, {"reported_at": timezone.now()}),
    "cases_campaign_not_negative": (campaign, {"least_estimate": -1}),
    "cases_campaign_case_not_negative": (row, {"estimate": -1}),
    "cases_campaign_confirmed_with_reason": (row, {"confirmed_at": timezone.now()}),
    "cases_campaign_target_per_cent": (target, {"count_share": 101}),
    "cases_round_closed_with_summary": (a_round, {"closed_at": timezone.now()}),
    "cases_round_outcome_known": (state, {"cleared_as": "9"}),
    "cases_round_figure_within_base": (figure, {"base_count": 1, "closed": 2}),
}
# What two rows would have in common: made once, or the same value; and what else the second one has.
TWICE: dict[str, tuple[Callable[..., Any], dict[str, Any], dict[str, Any]]] = {
    "cases_age_band_once": (band, {}, {}),
    "cases_uncleared_reason_once": (reason, {"valid_to": DAY}, {}),
    "cases_uncleared_reason_one_open": (reason, {}, {"valid_from": date(2028, 1, 1)}),
    "cases_clearing_parameter_once": (parameter, {}, {}),
    "cases_campaign_case_once": (row, {"campaign": campaign, "case": CaseFactory}, {}),
    "cases_campaign_target_once": (target, {"campaign": campaign, "unit": OrgUnitFactory}, {}),
    "cases_round_number_once": (a_round, {"campaign": campaign}, {}),
    "cases_round_one_open": (a_round, {"campaign": campaign}, {"number": 2}),
    "cases_round_row_once": (state, {"round": a_round, "row": row}, {}),
    "cases_round_figure_once": (figure, {"round": a_round, "unit": OrgUnitFactory}, {}),
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
    make(**given)

    with pytest.raises(IntegrityError, match=constraint):
        make(**{**given, **other})


@pytest.mark.parametrize("change", ["estimate = 1", "unit_id = unit_id + 1", "age_days = 0"])
def test_a_base_list_stays(change: str):
    row()

    with pytest.raises(IntegrityError, match="cases_campaign_stays"), connection.cursor() as cursor:
        cursor.execute("update cases_campaigncase set " + change)  # noqa: S608 - our own words


def test_no_row_of_a_base_list_is_dropped():
    found = row()

    with pytest.raises(IntegrityError, match="cases_campaign_stays"):
        found.delete()


def test_no_base_list_without_an_entry(guarded):
    found = campaign_told()

    with pytest.raises(IntegrityError, match="authority_ledger_missing"):
        row(campaign=found)


def campaign_told() -> OutstandingCampaign:
    with connection.cursor() as cursor:
        cursor.execute("set local claims.filling = 'on'")
        made = campaign()
        CaseFactory()
        cursor.execute("set constraints all immediate; set constraints all deferred")
        cursor.execute("set local claims.filling = 'off'")
    return made
