"""Every row of 时限规则 is about something that happens here; the clocks of suits over holidays and years."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from cases import clocks
from cases.courses import areas
from cases.escalation.places import Escalation
from cases.injuries.assistance import Dues
from cases.lawsuits.reading import clocks_of, with_events
from cases.lawsuits.reminding import RULE as HEARING_REMINDER
from cases.models import AnswerTerm, Lawsuit
from cases.services.problems import APPEAL
from departments.clocks import ClockState
from departments.models import CalendarDay, ClockRule
from tests.cases.branch import Branch
from tests.cases.injuries.factories import AssistanceFactory
from tests.cases.suits import legal_officer, now, sued
from tests.factories import SHANGHAI

# What these rows are about is not recorded yet: complaints, forwarded letters, the end of a contract.
WAITING = {
    "complaint_simple",
    "complaint_complex",
    "complaint_extended",
    "complaint_recheck_apply",
    "complaint_recheck",
    "forwarded_feedback",
    "file_retention",
}
OF_THE_CASE = {
    clocks.REGISTRATION,
    clocks.CTPL_LIST,
    clocks.CTPL_DECISION,
    clocks.LIMITATION,
    clocks.DISPATCH,
    clocks.FIRST_CONTACT,
    clocks.ARRIVAL,
    clocks.AGENCY_RETURN,
    *clocks.FROM_PAPERS_TO_DECISION,
    *clocks.FROM_PAPERS_TO_PAYMENT,
    *clocks.FROM_DECISION_TO_PAYMENT,
    *clocks.STATION_CLOCKS.values(),
}
ASKED_ELSEWHERE = {APPEAL, HEARING_REMINDER}


def declared() -> set[str]:
    of_records = {clock.rule for area in areas() for clock in area.clocks}
    by_term = set(AnswerTerm.objects.values_list("clock", flat=True))
    return of_records | by_term | OF_THE_CASE | ASKED_ELSEWHERE


def test_every_rule_has_events_or_is_known_to_wait(db):
    rules = set(ClockRule.objects.values_list("code", flat=True))

    assert rules - declared() <= WAITING
    assert rules >= OF_THE_CASE


def test_every_clock_of_a_record_has_its_rule(db):
    rules = set(ClockRule.objects.values_list("code", flat=True))

    assert {clock.rule for area in areas() for clock in area.clocks} <= rules


def test_every_column_an_area_names_is_there(db):
    """Null rows would hide a misspelt column until somebody's first suit."""
    for area in areas():
        names = {name for clock in area.clocks for name in (clock.start, clock.stop, clock.due) if name}
        list(area.rows().values(*names)[:1])
    assert Escalation.objects.count() == 0


def moment(year: int, month: int, day: int, hour: int = 10) -> datetime:
    return datetime(year, month, day, hour, tzinfo=SHANGHAI)


def at(monkeypatch: pytest.MonkeyPatch, now_: datetime) -> None:
    monkeypatch.setattr(timezone, "now", lambda: now_)


def off(day: str, *, is_working: bool = False) -> None:
    CalendarDay.objects.update_or_create(
        day=day, defaults={"is_working": is_working, "name": "调整", "source": "通知"}
    )


@pytest.fixture
def suit(branch: Branch) -> Lawsuit:
    """Of 31 December 2026, a Thursday; Friday is New Year's Day."""
    legal_officer(branch)
    lawsuit = sued(branch)
    Lawsuit.objects.filter(pk=lawsuit.pk).update(received_at=moment(2026, 12, 31))
    off("2027-01-01")
    return now(lawsuit)


def due(lawsuit: Lawsuit, code: str) -> tuple[ClockState, datetime | None]:
    row = with_events(Lawsuit.objects.filter(pk=lawsuit.pk)).get()
    found = {one.reading.rule.code: one.reading for one in clocks_of(row, clocks.Clocks.today())}
    return found[code].state, found[code].due_at


def test_one_working_day_runs_over_the_turn_of_the_year(suit: Lawsuit, monkeypatch):
    at(monkeypatch, moment(2026, 12, 31, 11))
    assert due(suit, "litigation_report") == (ClockState.RUNNING, moment(2027, 1, 5, 0))

    at(monkeypatch, moment(2027, 1, 3))
    assert due(suit, "litigation_report")[0] == ClockState.WARNING
    at(monkeypatch, moment(2027, 1, 5, 1))
    assert due(suit, "litigation_report")[0] == ClockState.ESCALATED


def test_a_weekend_that_is_worked_counts(suit: Lawsuit, monkeypatch):
    off("2027-01-02", is_working=True)
    at(monkeypatch, moment(2026, 12, 31, 11))

    assert due(suit, "litigation_report")[1] == moment(2027, 1, 3, 0)


def test_the_term_of_the_court_counts_every_day(suit: Lawsuit, monkeypatch):
    at(monkeypatch, moment(2026, 12, 31, 11))

    assert due(suit, "court_defence")[1] == moment(2027, 1, 16, 0)


def test_a_suspension_stops_only_the_clock_whose_rule_accepts_it(branch: Branch, suit: Lawsuit, monkeypatch):
    suit.case.pauses.create(
        since=moment(2027, 1, 5), until=moment(2027, 1, 15), reason="litigation", paused_by=branch.clerk
    )
    at(monkeypatch, moment(2027, 1, 10))
    assert due(suit, "court_defence")[1] == moment(2027, 1, 16, 0)

    ClockRule.objects.filter(code="court_defence").update(pauses=["litigation"])
    assert due(suit, "court_defence") == (ClockState.PAUSED, None)
    at(monkeypatch, moment(2027, 1, 20))
    assert due(suit, "court_defence")[1] == moment(2027, 1, 26, 0)


def test_thirteen_months_later_it_is_still_what_it_was(suit: Lawsuit, monkeypatch):
    at(monkeypatch, moment(2028, 1, 31))
    assert due(suit, "court_defence") == (ClockState.ESCALATED, moment(2027, 1, 16, 0))

    Lawsuit.objects.filter(pk=suit.pk).update(defended_at=moment(2027, 1, 15))
    assert due(suit, "court_defence")[0] == ClockState.MET
    Lawsuit.objects.filter(pk=suit.pk).update(defended_at=moment(2027, 1, 15) + timedelta(days=1))
    assert due(suit, "court_defence")[0] == ClockState.MISSED


def test_an_answer_to_another_line_is_due_over_the_turn_of_the_year(branch: Branch, monkeypatch):
    """Three working days from Thursday 31 December: Monday, Tuesday, Wednesday; a worked Saturday counts."""
    off("2027-01-01")
    asked = AssistanceFactory(
        unit=branch.unit, asked_at=moment(2026, 12, 31), recorded_at=moment(2026, 12, 31)
    )
    at(monkeypatch, moment(2027, 1, 2))
    assert Dues.today().due_on(asked) == date(2027, 1, 6)

    off("2027-01-02", is_working=True)
    assert Dues.today().due_on(asked) == date(2027, 1, 5)
    at(monkeypatch, moment(2028, 2, 1))
    assert Dues.today().lateness(asked) == "逾期"
