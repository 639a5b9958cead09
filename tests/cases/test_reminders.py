"""Told before it is too late: who goes to court, whose opinion a conference waits for."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from cases import services
from cases.clocks import Clocks
from cases.conferences.areas import CONFERENCES
from cases.conferences.page import clocks_of
from cases.conferences.reminding import remind_silent_members
from cases.courses import running_courses
from cases.jobs import remind_of_meetings
from cases.lawsuits.reminding import remind_of_hearings
from cases.models import Conference, ConferenceMember, Hearing, Lawsuit
from cases.services.watching import alert_the_late
from departments.clocks import ClockState
from departments.models import CalendarDay, ClockRule, OutboxMessage, Staff
from tests.cases.branch import Branch, in_post
from tests.cases.meetings import convened, legal_of, write_all
from tests.cases.suits import legal_officer, sued
from tests.factories import SHANGHAI

FRIDAY = datetime(2026, 11, 27, 10, 0, tzinfo=SHANGHAI)


@pytest.fixture
def officer(branch: Branch) -> Staff:
    return legal_officer(branch)


def hearing(lawsuit: Lawsuit, days: float, **fields: Any) -> Hearing:
    at = timezone.now() + timedelta(days=days)
    return Hearing.objects.create(lawsuit=lawsuit, court_level="first", at=at, court_room="三庭", **fields)


def told(kind: str) -> list[tuple[int, str]]:
    rows = OutboxMessage.objects.filter(topic="notification", payload__kind=kind).order_by("pk")
    return [(row.payload["recipient"], row.payload["title"]) for row in rows]


def test_who_goes_to_court_is_told_three_days_before_and_once(branch: Branch, officer: Staff):
    lawsuit = sued(branch)
    soon, far = hearing(lawsuit, 2, attendee=branch.clerk), hearing(lawsuit, 9, attendee=branch.clerk)
    assert (remind_of_hearings(), remind_of_hearings()) == (1, 0)

    ((person, title),) = told("hearing")
    assert (person, "三庭 开庭" in title) == (branch.clerk.pk, True)
    soon.refresh_from_db()
    far.refresh_from_db()
    assert (soon.reminded_at is not None, far.reminded_at) == (True, None)
    assert soon.history.count() == 2


@pytest.mark.parametrize("status", ["held", "postponed", "called_off"])
def test_of_what_is_not_to_be_nobody_is_told(branch: Branch, officer: Staff, status: str):
    noted = {"outcome": "已记录", "noted_by": officer, "noted_at": timezone.now()}
    hearing(sued(branch), 1, attendee=officer, status=status, **noted)

    assert (remind_of_hearings(), told("hearing")) == (0, [])


def test_where_a_lawyer_goes_alone_or_the_attendee_has_left_the_officer_is_told(
    branch: Branch, officer: Staff
):
    lawsuit = sued(branch)
    hearing(lawsuit, 1, attendee=branch.clerk)
    Staff.objects.filter(pk=branch.clerk.pk).update(is_active=False)

    assert remind_of_hearings() == 1
    assert [person for person, _ in told("hearing")] == [officer.pk]


def test_how_long_before_is_the_rules_to_say(branch: Branch, officer: Staff):
    hearing(sued(branch), 6, attendee=officer)
    assert remind_of_hearings() == 0

    ClockRule.objects.filter(code="hearing_reminder").update(limit=7)
    assert remind_of_meetings() == 1
    ClockRule.objects.filter(code="hearing_reminder").update(valid_to="2020-01-01")
    hearing(sued(branch, docket_no="另案"), 1, attendee=officer)
    assert remind_of_hearings() == 0


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr(timezone, "now", lambda: moment)


def day_off(day: str, *, is_working: bool = False) -> CalendarDay:
    return CalendarDay.objects.create(day=day, is_working=is_working, name="调整", source="通知")


def convened_on_friday(branch: Branch, **fields: Any) -> Conference:
    conference = convened(branch, **fields)
    Conference.objects.filter(pk=conference.pk).update(convened_at=FRIDAY)
    return Conference.objects.get(pk=conference.pk)


def reading(conference: Conference) -> tuple[ClockState, datetime | None]:
    (clock,) = clocks_of(conference)
    return clock.reading.state, clock.reading.due_at


def midnight(month: int, day: int, year: int = 2026) -> datetime:
    return datetime(year, month, day, tzinfo=SHANGHAI)


def test_the_clock_of_opinions_counts_working_days(branch: Branch, monkeypatch):
    """Two working days from a Friday end with Tuesday; not where the Saturday is worked or Monday is off."""
    conference = convened_on_friday(branch)
    at(monkeypatch, FRIDAY)
    assert reading(conference) == (ClockState.RUNNING, midnight(12, 2))

    worked = day_off("2026-11-28", is_working=True)
    assert reading(conference) == (ClockState.RUNNING, midnight(12, 1))
    worked.delete()
    day_off("2026-11-30")
    assert reading(conference) == (ClockState.RUNNING, midnight(12, 3))


def test_the_clock_of_opinions_ends_with_the_last_one_or_the_conclusion(branch: Branch, monkeypatch):
    conference = convened_on_friday(branch)
    at(monkeypatch, FRIDAY + timedelta(hours=3))
    write_all(conference)

    assert reading(conference)[0] == ClockState.MET
    assert not list(running_courses(CONFERENCES, 10))
    opinion = conference.members.first().opinions.get()
    services.withdraw_opinion(opinion, "看到新的证据", by=opinion.signed_by)
    assert reading(conference)[0] == ClockState.RUNNING


def test_a_conference_called_off_asks_for_nothing(branch: Branch, monkeypatch):
    conference = convened_on_friday(branch)
    services.call_off(conference, "已和解", by=branch.office_head)
    at(monkeypatch, FRIDAY + timedelta(days=400))

    assert (remind_silent_members(), list(running_courses(CONFERENCES, 10))) == (0, [])


def test_who_has_not_written_is_reminded_at_the_mark_and_when_it_is_over(branch: Branch, monkeypatch):
    conference = convened_on_friday(branch)
    member = conference.members.select_related("conference").get(staff=branch.office_head)
    at(monkeypatch, FRIDAY + timedelta(hours=1))
    services.sign_opinion(member, "pay", "同意", by=branch.office_head)
    OutboxMessage.objects.all().delete()
    assert remind_silent_members() == 0

    at(monkeypatch, midnight(12, 1) + timedelta(hours=1))
    assert (remind_silent_members(), remind_silent_members()) == (2, 0)
    at(monkeypatch, midnight(12, 2) + timedelta(hours=1))
    assert (remind_silent_members(), remind_silent_members()) == (2, 0)
    assert branch.office_head.pk not in {person for person, _ in told("conference")}
    assert ["将到期限" in title for _, title in told("conference")] == [True, True, False, False]


def test_who_was_reminded_by_hand_since_the_mark_is_left_alone(branch: Branch, monkeypatch):
    conference = convened_on_friday(branch)
    at(monkeypatch, midnight(12, 1) + timedelta(hours=1))
    services.remind_members(conference, by=branch.office_head)

    assert remind_silent_members() == 0


def test_of_a_post_every_holder_is_reminded(branch: Branch, monkeypatch):
    conference = convened_on_friday(branch)
    second = in_post("LEGAL", branch.department).staff
    seat = conference.members.exclude(staff__in=[branch.office_head, branch.adjudicator]).get()
    ConferenceMember.objects.filter(pk=seat.pk).update(staff=None, post="LEGAL")
    OutboxMessage.objects.all().delete()
    at(monkeypatch, midnight(12, 1) + timedelta(hours=1))

    assert remind_silent_members() == 3
    assert {second.pk, seat.staff_id} < {person for person, _ in told("conference")}


def test_over_the_end_of_a_year_and_thirteen_months_later_it_is_just_late(branch: Branch, monkeypatch):
    """Thursday 31 December 2026; the first of January is a holiday, so the second working day is Tuesday."""
    conference = convened(branch, people=[branch.office_head, branch.adjudicator, legal_of(branch)])
    began = datetime(2026, 12, 31, 16, tzinfo=SHANGHAI)
    Conference.objects.filter(pk=conference.pk).update(convened_at=began)
    day_off("2027-01-01")
    conference.refresh_from_db()
    at(monkeypatch, began)
    assert reading(conference)[1] == midnight(1, 6, 2027)

    at(monkeypatch, datetime(2028, 1, 31, 9, tzinfo=SHANGHAI))
    assert reading(conference)[0] == ClockState.ESCALATED
    assert remind_silent_members() == 3
    assert alert_the_late() >= 1
    assert Clocks.today().owed_by(branch.office_head)
