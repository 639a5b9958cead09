"""Clocks of records beside the case: declared by an area, shown with the case, told to whoever owes them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.clocks import Clocks, most_urgent, overdue_of
from cases.courses import Area, Clock, register_area
from cases.models import CasePause, ClaimCase, ClockAlert, Escalation
from cases.services.watching import alert_the_late
from departments.clocks import ClockState, Pause
from departments.models import ClockRule, OutboxMessage
from departments.standing import superiors_of
from tests.cases import rows
from tests.cases.branch import Branch
from tests.factories import CaseFactory, OrgUnitFactory, SubmissionFactory

DAY = timedelta(days=1)
LATE = 20 * DAY


@pytest.fixture
def area(db, monkeypatch) -> Area:
    """Escalations to head office, as if the branch owed their answer within the rule's two working days."""
    monkeypatch.setattr("cases.courses._areas", {})
    made = Area(
        "escalation",
        "上报件",
        rows=lambda: Escalation.objects.select_related("case"),
        clocks=(
            Clock("litigation_reply_hq", "sent_at", "answered_at", owed_by="sent_by_id"),
            Clock("complaint_recheck", "sent_at", "executed_at", due="due_at"),
            Clock("first_contact", "sent_at", "answered_at", is_told=False),
        ),
        title=lambda one: f"上报 {one.number}",
        url=lambda one: reverse("cases:escalation", args=[one.pk]),
    )
    register_area(made)
    return made


@pytest.fixture
def owing(branch: Branch, area: Area) -> Escalation:
    """Sent twenty days ago by the adjudicator, on a case of the clerk's."""
    return sent(branch)


def sent(branch: Branch, since: timedelta = LATE, **fields: Any) -> Escalation:
    case = CaseFactory(unit=branch.unit, handler=branch.clerk)
    made = rows.escalation(submission=SubmissionFactory(case=case))
    values = {"sent_at": timezone.now() - since, "sent_by": branch.adjudicator, **fields}
    Escalation.objects.filter(pk=made.pk).update(**values)
    return Escalation.objects.select_related("case").get(pk=made.pk)


def answer(owing: Escalation, at: datetime) -> None:
    answered = {"status": "answered", "answer": "agreed", "answer_no": "批1", "entered_by": owing.sent_by}
    Escalation.objects.filter(pk=owing.pk).update(answered_at=at, **answered)


def on(case: ClaimCase) -> dict[str, Any]:
    return {one.reading.rule.code: one for one in Clocks.today().of_cases([case])[case.pk]}


def of(owing: Escalation) -> dict[str, ClockState]:
    return {code: one.reading.state for code, one in on(owing.case).items() if one.area}


def told() -> list[tuple[int, str]]:
    payloads = OutboxMessage.objects.order_by("pk").values_list("payload", flat=True)
    return [(one["recipient"], one["title"]) for one in payloads if one["kind"] == "clock"]


def test_a_record_runs_its_clocks_on_the_case(owing: Escalation):
    clock = on(owing.case)["litigation_reply_hq"]

    assert clock.reading.state == ClockState.ESCALATED
    assert (clock.title, clock.url) == (f"上报 {owing.number}", reverse("cases:escalation", args=[owing.pk]))
    assert clock.note == f"总公司诉讼答复 · 上报 {owing.number}"


def test_a_stop_says_whether_in_time(owing: Escalation):
    answer(owing, owing.sent_at + timedelta(hours=1))

    assert of(owing)["litigation_reply_hq"] == ClockState.MET


def test_a_deadline_of_its_own_stands_in_place_of_the_limit(owing: Escalation):
    assert of(owing)["complaint_recheck"] == ClockState.RUNNING
    Escalation.objects.filter(pk=owing.pk).update(due_at=timezone.now() - DAY)

    clock = on(owing.case)["complaint_recheck"]

    assert clock.reading.state == ClockState.ESCALATED
    assert timezone.localtime(clock.reading.due_at).date() == timezone.localdate()


def test_a_rule_that_is_not_in_force_runs_no_clock(owing: Escalation):
    ClockRule.objects.filter(code="litigation_reply_hq").update(valid_to=timezone.localdate() - DAY)

    assert "litigation_reply_hq" not in of(owing)


def test_suspending_the_case_holds_the_clocks_that_accept_the_reason(owing: Escalation, branch: Branch):
    ClockRule.objects.filter(code="litigation_reply_hq").update(pauses=["appraisal"])
    rows.pause(case=owing.case, reason="appraisal", since=owing.sent_at)

    assert of(owing)["litigation_reply_hq"] == ClockState.PAUSED
    assert CasePause.objects.get().case == owing.case


def test_a_record_may_stand_still_by_itself(owing: Escalation, area: Area, monkeypatch):
    ClockRule.objects.filter(code="litigation_reply_hq").update(pauses=["police"])
    register_area(replace(area, pauses=lambda one: [Pause(one.sent_at, None, "police")]))

    assert of(owing)["litigation_reply_hq"] == ClockState.PAUSED


def test_whoever_owes_it_is_told_once_and_then_his_superior(owing: Escalation, branch: Branch):
    assert alert_the_late() == 2
    assert alert_the_late() == 0

    above = superiors_of([branch.adjudicator.pk], timezone.localdate())[branch.adjudicator.pk]
    assert told() == [
        (branch.adjudicator.pk, f"上报 {owing.number} 超过时限"),
        (above, f"上报 {owing.number} 严重超时，请督办"),
    ]
    alert = ClockAlert.objects.get(told=branch.adjudicator)
    assert (alert.area, alert.record, alert.case) == ("escalation", owing.pk, owing.case)


def test_promises_that_only_figures_ask_about_are_told_to_nobody(owing: Escalation):
    alert_the_late()

    assert of(owing)["first_contact"] == ClockState.ESCALATED
    assert not ClockAlert.objects.filter(rule_code="first_contact").exists()


def test_what_is_done_is_overdue_no_more(owing: Escalation, branch: Branch):
    alert_the_late()
    assert overdue_of(branch.adjudicator).count() == 1

    answer(owing, timezone.now())

    assert overdue_of(branch.adjudicator).count() == 0


def test_a_clock_that_began_anew_is_another_one(owing: Escalation, branch: Branch):
    alert_the_late()

    Escalation.objects.filter(pk=owing.pk).update(sent_at=timezone.now() - LATE / 2)

    assert overdue_of(branch.adjudicator).count() == 0
    assert alert_the_late() == 2


def test_several_are_told_in_one_notification(owing: Escalation, branch: Branch):
    sent(branch)
    alert_the_late()

    assert [title for _, title in told()] == ["2 项时限超过时限", "2 项时限严重超时，请督办"]


def test_what_i_owe_stands_on_my_workbench(owing: Escalation, branch: Branch, client):
    client.force_login(branch.adjudicator)
    page = client.get(reverse("cases:workbench")).content.decode()

    assert "我的时限" in page
    assert f"总公司诉讼答复 · 上报 {owing.number}" in page
    client.force_login(branch.surveyor)
    assert "我的时限" not in client.get(reverse("cases:workbench")).content.decode()


def test_what_i_may_not_see_i_do_not_owe(owing: Escalation, branch: Branch):
    ClaimCase.objects.filter(pk=owing.case_id).update(unit=OrgUnitFactory(code="other"))

    assert Clocks.today().owed_by(branch.adjudicator) == []


def test_the_page_of_alerts_shows_records_too(owing: Escalation, branch: Branch, client):
    alert_the_late()
    client.force_login(branch.adjudicator)

    page = client.get(reverse("cases:overdue")).content.decode()

    assert "由我完成" in page
    assert "上报件" in page
    assert page.count(f"上报 {owing.number}") == 2


@pytest.mark.parametrize("name", ["cases:overdue", "cases:workbench"])
def test_many_records_cost_as_much_as_one(
    owing: Escalation, branch: Branch, client, assert_flat_queries, name: str
):
    client.force_login(branch.adjudicator)

    assert_flat_queries(reverse(name), grow=lambda: sent(branch))


def test_my_cases_show_the_most_urgent_of_all(owing: Escalation, branch: Branch, client):
    client.force_login(branch.clerk)

    page = client.get(f"{reverse('cases:workbench')}?list=handle").content.decode()

    assert most_urgent(Clocks.today().of_cases([owing.case])[owing.case_id]).reading.is_late
    assert f"上报 {owing.number}" in page


def test_many_cases_with_records_cost_as_much_as_one(
    owing: Escalation, branch: Branch, django_assert_num_queries
):
    cases = [owing.case, *(sent(branch).case for _ in range(4))]
    clocks = Clocks.today()

    with django_assert_num_queries(2):
        found = clocks.of_cases(cases)

    assert all(len([one for one in found[case.pk] if one.area]) == 3 for case in cases)


@pytest.fixture
def of_no_case(branch: Branch, monkeypatch) -> ClaimCase:
    """An area whose rows belong to no case, as a register's would."""
    monkeypatch.setattr("cases.courses._areas", {})
    clocks = (Clock("complaint_simple", "reported_at", "closed_at", owed_by="handler_id"),)
    every = ClaimCase.objects.all
    register_area(Area("complaint", "投诉", rows=every, clocks=clocks, case="", title=lambda _: "投诉1"))
    return CaseFactory(unit=branch.unit, handler=branch.clerk, reported_at=timezone.now() - LATE)


def test_a_record_of_no_case_is_told_as_well(of_no_case: ClaimCase, branch: Branch):
    assert alert_the_late() >= 1

    assert alert_the_late() == 0
    alert = overdue_of(branch.clerk).get(area="complaint")
    assert (alert.case, alert.about) == (None, "投诉1")
    assert [one.title for one in Clocks.today().owed_by(branch.clerk)] == ["投诉1"]
