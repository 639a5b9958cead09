"""Clocks of a case and its stations: what runs, who is told, what is registered by force."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from authority.models import LedgerEntry
from authority.refusals import Refused
from cases import services
from cases.clocks import Clocks, most_urgent, overdue_of
from cases.jobs import average_costs, watch_clocks
from cases.lifecycle import Stage
from cases.models import CasePause, ChainStep, ClaimCase, ClockAlert, EstimateChange
from cases.services import PauseRequest
from cases.services.watching import alert_the_late
from departments.calendar import WorkingCalendar
from departments.clocks import ClockState
from departments.models import ClockRule, OutboxMessage
from departments.standing import superiors_of
from tests.cases.branch import Branch, adjusted_case, current, send
from tests.factories import CaseFactory, OrgUnitFactory

DAY = timedelta(days=1)


def told() -> list[tuple[int, str]]:
    payloads = OutboxMessage.objects.order_by("pk").values_list("payload", flat=True)
    return [(one["recipient"], one["title"]) for one in payloads if one["kind"] == "clock"]


def waits_since(submission, days: int) -> ChainStep:
    step = current(submission)
    ChainStep.objects.filter(pk=step.pk).update(arrived_at=timezone.now() - days * DAY)
    return ChainStep.objects.select_related("submission__item").get(pk=step.pk)


def just_late(submission) -> ChainStep:
    """Between one and two times its eight working hours, whatever day it is today."""
    step, hour = current(submission), timedelta(hours=1)
    now = since = timezone.localtime()
    while WorkingCalendar().working_hours_between(since, now) <= 9:
        since -= hour
    ChainStep.objects.filter(pk=step.pk).update(arrived_at=since)
    return ChainStep.objects.select_related("submission__item").get(pk=step.pk)


def readings(case: ClaimCase) -> dict[str, ClockState]:
    found = Clocks.today().of_cases([case])[case.pk]
    return {one.reading.rule.code: one.reading.state for one in found}


def test_a_loss_reported_starts_the_clock_of_registration(branch: Branch):
    facts = {"reported_at": timezone.now(), "registered_at": None, "source": "import"}
    case = CaseFactory(stage=Stage.REPORTED, **facts)

    assert readings(case) == {"registration": ClockState.RUNNING}


def test_complete_papers_start_the_clocks_of_the_law(branch: Branch):
    case = adjusted_case(branch, papers_complete_at=timezone.now() - 35 * DAY)

    found = readings(case)
    assert found["liability_decision"] == ClockState.ESCALATED
    assert found["advance_certain_amount"] == ClockState.RUNNING
    assert "small_claim_promise" not in found


def test_a_small_claim_was_promised_sooner(branch: Branch):
    case = adjusted_case(branch, "3000", estimate=3000, papers_complete_at=timezone.now() - 4 * DAY)

    assert readings(case)["small_claim_promise"] == ClockState.ESCALATED
    assert most_urgent(Clocks.today().of_cases([case])[case.pk]).reading.rule.code == "small_claim_promise"


def test_an_approved_case_is_to_be_paid_in_ten_days(branch: Branch):
    case = CaseFactory(stage=Stage.APPROVED, approved=100, stage_entered_at=timezone.now() - 11 * DAY)

    assert readings(case)["pay_after_agreement"] == ClockState.ESCALATED


def test_a_rule_that_is_over_runs_no_clock(branch: Branch):
    ClockRule.objects.filter(code="registration").update(valid_to=timezone.localdate() - DAY)

    assert "registration" not in readings(CaseFactory(stage=Stage.REPORTED, registered_at=None))


def test_suspending_stops_only_the_clocks_that_accept_the_reason(branch: Branch):
    case = adjusted_case(branch, papers_complete_at=timezone.now() - 5 * DAY)

    services.suspend(case, PauseRequest("papers_requested", "缺伤残鉴定"), by=branch.clerk, seen=1)

    case.refresh_from_db()
    assert case.stage == Stage.SUSPENDED
    found = readings(case)
    assert found["liability_decision"] == ClockState.PAUSED
    assert found["advance_certain_amount"] == ClockState.RUNNING


def test_resuming_leads_back_and_the_clock_goes_on(branch: Branch):
    case = adjusted_case(branch, papers_complete_at=timezone.now() - 5 * DAY)
    services.suspend(case, PauseRequest("papers_requested", "缺伤残鉴定"), by=branch.clerk, seen=1)

    services.resume(case, "已补齐", by=branch.clerk, seen=2)

    case.refresh_from_db()
    assert case.stage == Stage.ADJUSTED
    assert readings(case)["liability_decision"] == ClockState.RUNNING
    assert CasePause.objects.get(case=case).resumed_by == branch.clerk
    actions = LedgerEntry.objects.filter(chain=f"case:{case.pk}").values_list("action", flat=True)
    assert {"suspend", "resume"} <= set(actions)


@pytest.mark.parametrize(
    ("amounts", "stage"),
    [
        ({"approved": 9}, Stage.APPROVED),
        ({"adjusted": 9}, Stage.ADJUSTED),
        ({"reviewed": 9}, Stage.REVIEWED),
        ({"assessed": 9}, Stage.ASSESSED),
        ({}, Stage.REGISTERED),
        ({"registered_at": None}, Stage.REPORTED),
    ],
)
def test_a_case_suspended_elsewhere_goes_on_by_its_amounts(branch: Branch, amounts: dict, stage: Stage):
    nothing = dict.fromkeys(("approved", "adjusted", "reviewed", "assessed"), 0)
    facts = {"registered_at": timezone.now(), **nothing, **amounts}
    case = CaseFactory(unit=branch.unit, handler=branch.clerk, stage=Stage.SUSPENDED, **facts)

    assert services.resume(case, "", by=branch.clerk, seen=case.version).stage == stage


def test_suspending_asks_for_a_word(branch: Branch):
    with pytest.raises(Refused, match="请说明中止的原因"):
        services.suspend(adjusted_case(branch), PauseRequest("police", " "), by=branch.clerk, seen=1)


@pytest.mark.parametrize(("days", "code"), [(1, "in_future"), (-900, "before_report")])
def test_papers_are_complete_between_report_and_now(branch: Branch, days: int, code: str):
    with pytest.raises(Refused) as refusal:
        services.note_papers(adjusted_case(branch), timezone.now() + days * DAY, by=branch.clerk, seen=1)

    assert refusal.value.ruling.codes == (code,)


def test_whoever_is_late_is_told_once_and_his_superior_after_twice_the_time(branch: Branch):
    step = waits_since(send(adjusted_case(branch), by=branch.clerk), 9)

    assert alert_the_late() == 2
    assert alert_the_late() == 0

    above = superiors_of([step.staff_id], timezone.localdate())[step.staff_id]
    assert [person for person, _ in told()] == [step.staff_id, above]
    assert overdue_of(step.staff).count() == 1


def test_whoever_inherits_a_late_station_is_told_too(branch: Branch):
    step = waits_since(send(adjusted_case(branch), by=branch.clerk), 9)
    alert_the_late()
    ChainStep.objects.filter(pk=step.pk).update(staff=branch.office_head)

    alert_the_late()

    assert branch.office_head.pk in [person for person, title in told()[2:] if title.endswith("超过时限")]
    assert alert_the_late() == 0


def test_many_late_cases_make_one_notification(branch: Branch):
    for _ in range(3):
        waits_since(send(adjusted_case(branch), by=branch.clerk), 9)

    alert_the_late()

    assert [title for _, title in told()] == ["3 件赔案超过时限", "3 件赔案严重超时，请督办"]


def test_nothing_is_decided_by_the_passing_of_time(branch: Branch):
    step = waits_since(send(adjusted_case(branch), by=branch.clerk), 400)

    watch_clocks()

    step.refresh_from_db()
    assert step.status == ChainStep.Status.NOW
    assert ClaimCase.objects.get(pk=step.submission.case_id).stage == Stage.ADJUDICATING


def test_a_legal_deadline_is_told_to_the_handler(branch: Branch):
    case = adjusted_case(branch, papers_complete_at=timezone.now() - 45 * DAY)

    alert_the_late()

    marks = ClockAlert.objects.filter(case=case, told=branch.clerk).values_list("rule_code", "mark")
    assert list(marks) == [("liability_decision", "overdue")]


def test_a_loss_not_registered_in_three_days_is_registered_by_force(branch: Branch):
    for paid in (1000, 3000):
        CaseFactory(closed=True, unit=branch.unit, approved=paid, paid=paid, closed_at=timezone.now())
    late = CaseFactory(
        unit=branch.unit,
        handler=branch.clerk,
        stage=Stage.REPORTED,
        registered_at=None,
        estimate=0,
        reported_at=timezone.now() - 5 * DAY,
    )
    average_costs()

    watch_clocks()

    late.refresh_from_db()
    assert (late.stage, late.is_forced_registration, late.estimate) == (Stage.REGISTERED, True, Decimal(2000))
    assert EstimateChange.objects.get(case=late).reason.startswith("强制立案")
    assert told()[0][0] == branch.clerk.pk


def test_a_loss_reported_yesterday_waits_for_its_clerk(branch: Branch):
    case = CaseFactory(stage=Stage.REPORTED, registered_at=None, reported_at=timezone.now() - DAY)

    watch_clocks()

    assert ClaimCase.objects.get(pk=case.pk).stage == Stage.REPORTED


def test_without_any_average_nothing_is_made_up(branch: Branch):
    reported_at = timezone.now() - 9 * DAY
    case = CaseFactory(stage=Stage.REPORTED, registered_at=None, estimate=0, reported_at=reported_at)

    assert watch_clocks() == 0
    assert ClaimCase.objects.get(pk=case.pk).stage == Stage.REPORTED


def test_the_page_lists_what_i_was_told_of(branch: Branch, client, assert_flat_queries):
    def grow() -> None:
        just_late(send(adjusted_case(branch), by=branch.clerk))
        alert_the_late()

    grow()
    client.force_login(ClockAlert.objects.get().told)

    page = client.get(reverse("cases:overdue")).content.decode()
    assert "核赔" in page
    assert "超时限" in page
    assert_flat_queries(reverse("cases:overdue"), grow=grow)


def test_what_i_may_no_longer_see_is_not_counted(branch: Branch):
    step = just_late(send(adjusted_case(branch), by=branch.clerk))
    alert_the_late()
    assert overdue_of(step.staff).count() == 1

    ClaimCase.objects.filter(pk=step.submission.case_id).update(unit=OrgUnitFactory(code="other"))

    assert overdue_of(step.staff).count() == 0


def test_the_case_shows_its_clocks(branch: Branch, client):
    case = adjusted_case(branch, papers_complete_at=timezone.now() - 35 * DAY)
    client.force_login(branch.clerk)

    page = client.get(case.get_absolute_url()).content.decode()
    assert "责任核定" in page
    assert "保险法第23条" in page
    services.suspend(case, PauseRequest("papers_requested", "缺鉴定"), by=branch.clerk, seen=1)
    assert "已暂停：已通知补充材料" in client.get(case.get_absolute_url()).content.decode()
