"""办理时点: noted on the case, checked, corrected with a reason; clocks of service and claim read them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from authority.models import LedgerEntry
from authority.refusals import Refused
from cases import services
from cases.clocks import Clocks
from cases.lifecycle import Stage
from cases.models import ClaimCase
from departments.clocks import ClockState
from tests.cases.branch import Branch
from tests.factories import CaseFactory

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def case(branch: Branch) -> ClaimCase:
    """Reported here two hours ago, with a compulsory line."""
    return CaseFactory(
        unit=branch.unit,
        handler=branch.clerk,
        stage=Stage.REPORTED,
        registered_at=None,
        reported_at=ago(hours=2),
        source="manual",
        lines=["ctpl"],
    )


def ago(**span: float) -> datetime:
    return timezone.now() - timedelta(**span)


def note(case: ClaimCase, branch: Branch, reason: str = "", **moments: Any) -> ClaimCase:
    case.refresh_from_db()
    return services.note_moments(case, moments, by=branch.clerk, seen=case.version, reason=reason)


def states(case: ClaimCase) -> dict[str, ClockState]:
    fresh = ClaimCase.objects.get(pk=case.pk)
    return {one.reading.rule.code: one.reading.state for one in Clocks.today().of_case(fresh)}


def test_dispatch_call_and_arrival_follow_one_another(case: ClaimCase, branch: Branch):
    assert states(case)["dispatch"] == ClockState.ESCALATED

    note(case, branch, dispatched_at=ago(hours=1.95), contacted_at=ago(hours=1.9), arrived_at=ago(hours=0.1))

    found = states(case)
    assert (found["dispatch"], found["first_contact"], found["arrival"]) == (
        ClockState.MET,
        ClockState.MET,
        ClockState.MISSED,
    )


@pytest.mark.parametrize("fields", [{"source": "import"}, {"stage": Stage.SURVEYED}])
def test_nobody_waits_for_the_surveyor_of_a_case_from_elsewhere_or_surveyed(case: ClaimCase, fields: dict):
    ClaimCase.objects.filter(pk=case.pk).update(**fields)

    assert "dispatch" not in states(case)


def test_the_list_of_papers_is_due_a_day_after_the_claim(case: ClaimCase, branch: Branch):
    note(case, branch, claimed_at=ago(hours=1))
    assert states(case)["ctpl_doc_list"] in (ClockState.RUNNING, ClockState.WARNING)

    note(case, branch, list_given_at=ago(hours=0.5))

    assert states(case)["ctpl_doc_list"] == ClockState.MET


def test_the_compulsory_part_is_decided_in_five_days(case: ClaimCase, branch: Branch):
    ClaimCase.objects.filter(pk=case.pk).update(reported_at=ago(days=9), papers_complete_at=ago(days=7))
    assert states(case)["ctpl_decision"] == ClockState.ESCALATED

    note(case, branch, ctpl_decided_at=ago(days=3))

    assert states(case)["ctpl_decision"] == ClockState.MET


def test_without_a_compulsory_line_there_is_no_such_clock(case: ClaimCase):
    ClaimCase.objects.filter(pk=case.pk).update(
        lines=["own_damage"], claimed_at=ago(hours=1), papers_complete_at=ago(hours=1)
    )

    assert not {"ctpl_doc_list", "ctpl_decision"} & set(states(case))


def test_papers_of_a_survey_for_others_go_back_in_a_day(case: ClaimCase, branch: Branch):
    ClaimCase.objects.filter(pk=case.pk).update(agency_direction="in", reported_at=ago(days=3))

    note(case, branch, entrusted_done_at=ago(hours=30))
    assert states(case)["agency_return"] == ClockState.ESCALATED
    note(case, branch, papers_returned_at=ago(hours=20))

    assert states(case)["agency_return"] == ClockState.MET


@pytest.mark.parametrize(("days", "shows"), [(400, False), (700, True), (800, True)])
def test_limitation_is_shown_once_it_comes_near(case: ClaimCase, days: int, shows: bool):
    ClaimCase.objects.filter(pk=case.pk).update(accident_at=ago(days=days))

    assert ("claim_limitation" in states(case)) == shows
    ClaimCase.objects.filter(pk=case.pk).update(claimed_at=ago(days=1))
    assert "claim_limitation" not in states(case)


@pytest.mark.parametrize(
    ("moments", "code"),
    [
        ({}, "nothing_changed"),
        ({"claimed_at": timezone.now() + DAY}, "in_future"),
        ({"claimed_at": timezone.now() - 9 * DAY}, "before_report"),
        ({"dispatched_at": timezone.now(), "contacted_at": timezone.now() - HOUR}, "out_of_order"),
        ({"list_given_at": timezone.now()}, "comes_first"),
    ],
)
def test_moments_that_cannot_be_are_refused(case: ClaimCase, branch: Branch, moments: dict, code: str):
    with pytest.raises(Refused) as refusal:
        note(case, branch, **moments)

    assert refusal.value.ruling.codes == (code,)


def test_correcting_needs_a_reason_and_is_told_in_the_ledger(case: ClaimCase, branch: Branch):
    note(case, branch, claimed_at=ago(hours=1))
    with pytest.raises(Refused, match="更正已登记的时点须说明原因"):
        note(case, branch, claimed_at=ago(hours=1.5))

    note(case, branch, "登记有误", claimed_at=ago(hours=1.5))

    entry = LedgerEntry.objects.filter(chain=f"case:{case.pk}").latest("sequence")
    assert (entry.action, entry.reason) == ("note_moments", "登记有误")
    assert len(entry.details["claimed_at"]) == 2


def test_an_unknown_moment_is_a_mistake_of_the_caller(case: ClaimCase, branch: Branch):
    with pytest.raises(KeyError):
        note(case, branch, paid_at=timezone.now())


def test_the_page_offers_what_concerns_the_case(case: ClaimCase, branch: Branch, client):
    client.force_login(branch.clerk)
    address = reverse("cases:note_moments", args=[case.pk])
    page = client.get(address).content.decode()

    assert "交强险核定告知时间" in page
    assert "受托材料寄回时间" not in page
    at = timezone.localtime(ago(hours=1)).strftime("%Y-%m-%dT%H:%M")
    client.post(address, {"seen": case.version, "claimed_at": at})
    case.refresh_from_db()
    assert case.claimed_at is not None
    assert "索赔" in client.get(case.get_absolute_url()).content.decode()


def test_the_survey_notes_when_the_surveyor_was_sent_called_and_came(case: ClaimCase, branch: Branch):
    services.register(case, 100, by=branch.clerk, seen=case.version)
    findings = {"dispatched_at": ago(hours=1.5), "contacted_at": ago(hours=1.4), "arrived_at": ago(hours=1)}
    case.refresh_from_db()
    services.survey(case, findings, by=branch.clerk, seen=case.version)

    case.refresh_from_db()
    assert case.arrived_at == findings["arrived_at"]


def test_a_survey_before_the_report_is_refused(case: ClaimCase, branch: Branch):
    services.register(case, 100, by=branch.clerk, seen=case.version)
    case.refresh_from_db()

    with pytest.raises(Refused, match="不能早于报案时间"):
        services.survey(case, {"arrived_at": ago(days=3)}, by=branch.clerk, seen=case.version)


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("cases_case_list_given_when_claimed", {"list_given_at": timezone.now()}),
        ("cases_case_papers_returned_when_done", {"papers_returned_at": timezone.now()}),
    ],
)
def test_the_database_refuses(constraint: str, values: dict):
    with pytest.raises(IntegrityError, match=constraint):
        CaseFactory(**values)
