"""Which clocks run on a case, the stations of its chains and the records about it, by what happened.

Rules and calendar are read once per page (`Clocks.today`, two statements); everything else is computed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import CharField, Prefetch, Q, QuerySet, Value
from django.utils import timezone

from cases.courses import (
    Area,
    RecordCourse,
    courses_of_area,
    courses_of_cases,
    courses_owed_by,
    still_running,
)
from cases.lifecycle import Stage
from cases.models import CasePause, ChainStep, ClaimCase, ClockAlert, CoverageLine, PapersNotice
from departments.calendar import WorkingCalendar
from departments.clocks import Course, Pause, Reading, Rule, TimeUnit, read
from departments.models import CalendarDay, ClockRule, PauseReason, Staff

# The events of our cases that the rules of these codes are about.
STATION_CLOCKS = {
    "damage_review": "assessment_review",
    "price_review": "parts_price_review",
    "injury_review": "medical_review",
    "adjudication": "adjudication",
    "zero_payment": "adjudication",
    "litigation": "litigation_reply",
}
REGISTRATION = "registration"
CTPL_LIST, CTPL_DECISION, LIMITATION = "ctpl_doc_list", "ctpl_decision", "claim_limitation"
DISPATCH, FIRST_CONTACT, ARRIVAL = "dispatch", "first_contact", "arrival"
AGENCY_RETURN = "agency_return"
_NOT_SURVEYED = (Stage.REPORTED, Stage.REGISTERED)
FROM_PAPERS_TO_DECISION = ("liability_decision",)
FROM_PAPERS_TO_PAYMENT = ("small_claim_5d", "small_claim_promise", "advance_certain_amount")
FROM_DECISION_TO_PAYMENT = ("pay_after_agreement",)
_DECIDED = (Stage.APPROVED, Stage.PAID, Stage.CLOSED)


@dataclass(frozen=True, slots=True)
class CaseClock:
    """A clock as it stands, with what it is about: the case itself, or a record with a title and a page.

    `area` and `record_id` are empty for the case itself, `case_id` for a record of no case.
    """

    reading: Reading
    started_at: datetime
    case_id: int | None
    owed_by_id: int | None
    area: str = ""
    record_id: int | None = None
    title: str = ""
    url: str = ""
    is_told: bool = True

    @property
    def name(self) -> str:
        return self.reading.rule.name

    @property
    def note(self) -> str:
        """For rows that show one chip: the clock, and what it is about where that is not the case."""
        return f"{self.name} · {self.title}" if self.title else self.name

    def urgency(self) -> tuple[bool, bool, float]:
        """The running ones first, by what is due next; those that stand still after them."""
        due = self.reading.due_at.timestamp() if self.reading.due_at else 0.0
        return not self.reading.runs, self.reading.due_at is None, due


@dataclass(frozen=True, slots=True)
class Clocks:
    """The rules in force by code, the calendar, and the moment of the reading in the office's time zone."""

    rules: Mapping[str, Rule]
    calendar: WorkingCalendar
    now: datetime

    @classmethod
    def today(cls) -> Clocks:
        now = timezone.localtime()
        return cls(ClockRule.objects.all().as_rules(now.date()), CalendarDay.objects.all().as_calendar(), now)

    def of_station(self, step: ChainStep) -> Reading | None:
        """Needs submission and item. None where no rule speaks of the item, or it is not its turn yet."""
        return self.of_item(step.submission.item.code, step.arrived_at, step.left_at)

    def of_item(
        self, item: str, arrived_at: datetime | None, left_at: datetime | None = None
    ) -> Reading | None:
        rule = self.rules.get(STATION_CLOCKS.get(item, ""))
        if rule is None or arrived_at is None:
            return None
        return self._read(rule, arrived_at, left_at)

    def of_cases(self, cases: Iterable[ClaimCase]) -> dict[int, list[CaseClock]]:
        """By case: all that began on it and on its records, the running ones first, by what is due next.

        One statement for the suspensions and one per area of records, however many cases.
        """
        every = list(cases)
        pauses = pauses_of(every)
        found = {case.pk: list(self.of_case(case, pauses.get(case.pk, ()))) for case in every}
        for course in courses_of_cases(found):
            if course.case_id in found and (one := self.of_record(course, pauses.get(course.case_id, ()))):
                found[course.case_id].append(one)
        return {pk: in_order(several) for pk, several in found.items()}

    def of_case(self, case: ClaimCase, pauses: Iterable[Pause] = ()) -> Iterator[CaseClock]:
        """Of the case alone, without its records."""
        standing = tuple(map(_local_pause, pauses))
        for rule, started_at, stopped_at in self._courses(case):
            reading = self._read(rule, started_at, stopped_at, standing)
            if rule.code != LIMITATION or reading.is_pressing:
                yield CaseClock(reading, started_at, case.pk, case.handler_id)

    def of_record(self, one: RecordCourse, case_pauses: Iterable[Pause] = ()) -> CaseClock | None:
        """None where no rule of that code is in force."""
        rule = self.rules.get(one.rule)
        if rule is None:
            return None
        if one.due is not None:
            rule = _until(rule, one.course.started_at, one.due)
        standing = tuple(map(_local_pause, (*one.course.pauses, *case_pauses)))
        reading = self._read(rule, one.course.started_at, one.course.stopped_at, standing)
        about = one.area, one.record_id, one.title, one.url, one.is_told
        return CaseClock(reading, one.course.started_at, one.case_id, one.owed_by_id, *about)

    def of_area(self, area: Area, case: ClaimCase) -> list[CaseClock]:
        """Of the records of one area on the case, for the list of these records; two statements."""
        pauses = pauses_of([case]).get(case.pk, ())
        found = (self.of_record(one, pauses) for one in courses_of_area(area, case.pk))
        return [one for one in found if one]

    def owed_by(self, staff: Staff) -> list[CaseClock]:
        """What this person owes on records about cases he may see, by what is due next."""
        courses = list(courses_owed_by(staff.pk))
        cases = {one.case_id for one in courses if one.case_id}
        seen = set(ClaimCase.objects.visible_to(staff).filter(pk__in=cases).values_list("pk", flat=True))
        pauses = pauses_by_case(cases) if cases else {}
        found = [
            self.of_record(one, pauses.get(one.case_id or 0, ()))
            for one in courses
            if one.case_id is None or one.case_id in seen
        ]
        return in_order(one for one in found if one)

    def _courses(self, case: ClaimCase) -> Iterator[tuple[Rule, datetime, datetime | None]]:
        decided_at, ended_at = _decided_at(case), case.paid_at or case.closed_at
        yield from self._of((REGISTRATION,), case, case.reported_at, case.registered_at)
        yield from self._of_service(case)
        yield from self._of_claim(case, decided_at)
        yield from self._of(FROM_PAPERS_TO_DECISION, case, case.papers_complete_at, decided_at)
        yield from self._of(FROM_PAPERS_TO_PAYMENT, case, case.papers_complete_at, ended_at)
        if case.approved:
            yield from self._of(FROM_DECISION_TO_PAYMENT, case, decided_at, case.paid_at)

    def _of_service(self, case: ClaimCase) -> Iterator[tuple[Rule, datetime, datetime | None]]:
        """Dispatch, first call, arrival: waited for only on losses reported here and not surveyed yet."""
        waits = case.source == "manual" and case.stage in _NOT_SURVEYED
        for code, started_at, stopped_at in (
            (DISPATCH, case.reported_at, case.dispatched_at),
            (FIRST_CONTACT, case.dispatched_at, case.contacted_at),
            (ARRIVAL, case.dispatched_at and case.reported_at, case.arrived_at),
        ):
            if stopped_at or waits:
                yield from self._of((code,), case, started_at, stopped_at)
        yield from self._of((AGENCY_RETURN,), case, case.entrusted_done_at, case.papers_returned_at)

    def _of_claim(
        self, case: ClaimCase, decided_at: datetime | None
    ) -> Iterator[tuple[Rule, datetime, datetime | None]]:
        claimed_at = case.claimed_at or case.papers_complete_at
        if CoverageLine.CTPL in case.lines:
            told_at = case.ctpl_decided_at or decided_at
            yield from self._of((CTPL_LIST,), case, case.claimed_at, case.list_given_at)
            yield from self._of((CTPL_DECISION,), case, case.papers_complete_at, told_at)
        if claimed_at is None and case.stage not in (*_DECIDED, Stage.SUSPENDED):
            yield from self._of((LIMITATION,), case, case.accident_at, None)

    def _of(
        self, codes: Iterable[str], case: ClaimCase, started_at: datetime | None, stopped_at: datetime | None
    ) -> Iterator[tuple[Rule, datetime, datetime | None]]:
        amount = case.approved or case.adjusted or case.estimate or Decimal(0)
        for code in codes:
            rule = self.rules.get(code)
            if rule and started_at and rule.concerns(amount, is_injury=case.is_injury):
                yield rule, started_at, stopped_at

    def _read(
        self, rule: Rule, started_at: datetime, stopped_at: datetime | None, pauses: tuple[Pause, ...] = ()
    ) -> Reading:
        stopped = _local(stopped_at) if stopped_at else None
        course = Course(_local(started_at), max(stopped, _local(started_at)) if stopped else None, pauses)
        return read(rule, course, self.now, self.calendar)


def _local(moment: datetime) -> datetime:
    return timezone.localtime(moment)


def _local_pause(pause: Pause) -> Pause:
    return Pause(_local(pause.since), _local(pause.until) if pause.until else None, pause.reason)


def _decided_at(case: ClaimCase) -> datetime | None:
    """When the case was adjudicated, as its row tells: exact while it waits for payment."""
    if case.stage == Stage.APPROVED:
        return case.stage_entered_at
    return (case.paid_at or case.closed_at) if case.stage in _DECIDED else None


def _until(rule: Rule, started_at: datetime, due: date) -> Rule:
    """The rule with a last day of its own, which a court or another authority has set."""
    last = _local(due).date() if isinstance(due, datetime) else due
    days = max((last - _local(started_at).date()).days, 0)
    return replace(rule, unit=TimeUnit.NATURAL_DAY, limit=float(days))


def in_order(clocks: Iterable[CaseClock]) -> list[CaseClock]:
    """The running ones first, by what is due next."""
    return sorted(clocks, key=CaseClock.urgency)


def most_urgent(clocks: Iterable[CaseClock]) -> CaseClock | None:
    """Of clocks in the order of `of_cases`: the running one that is due first, a standing one only where no
    other runs."""
    return next((one for one in clocks if one.reading.runs), None)


def pauses_of(cases: Iterable[ClaimCase]) -> dict[int, list[Pause]]:
    return pauses_by_case(case.pk for case in cases)


def pauses_by_case(case_ids: Iterable[int]) -> dict[int, list[Pause]]:
    """The suspensions, and from a notice's delivery until the papers came (司法解释二 art. 15)."""
    found: defaultdict[int, list[Pause]] = defaultdict(list)
    wanted = list(case_ids)
    rows = CasePause.objects.filter(case__in=wanted).values_list("case_id", "since", "until", "reason")
    asked = PapersNotice.objects.filter(case__in=wanted, delivered_at__isnull=False, cancelled_at=None)
    known = Value(PauseReason.PAPERS_REQUESTED.value, CharField())
    waited = asked.annotate(why=known).values_list("case_id", "delivered_at", "received_at", "why")
    for case_id, since, until, reason in rows.union(waited, all=True):
        found[case_id].append(Pause(since, until, reason))
    return found


def with_pauses(case: str = "case") -> tuple[Prefetch[Any], ...]:
    """For rows of a list: two statements bring along what `pauses_at_hand` reads of their cases."""
    delivered = PapersNotice.objects.filter(delivered_at__isnull=False, cancelled_at=None)
    return (
        Prefetch(f"{case}__pauses", queryset=CasePause.objects.all(), to_attr="own_pauses"),
        Prefetch(f"{case}__papers_notices", queryset=delivered, to_attr="delivered_notices"),
    )


def pauses_at_hand(case: ClaimCase) -> list[Pause]:
    """Of a case read `with_pauses`."""
    suspended: list[CasePause] = case.own_pauses  # type: ignore[attr-defined]  # prefetched
    asked: list[PapersNotice] = case.delivered_notices  # type: ignore[attr-defined]
    waited = PauseReason.PAPERS_REQUESTED.value
    return [
        *(Pause(one.since, one.until, one.reason) for one in suspended),
        *(Pause(one.delivered_at, one.received_at, waited) for one in asked if one.delivered_at),
    ]


def overdue_of(staff: Staff) -> QuerySet[ClockAlert]:
    """What this person was told of, may see, and is still open: station, clock of a record, or case."""
    at_station = Q(area="", station__status=ChainStep.Status.NOW)
    on_case = Q(area="", station=None) & ~Q(case__stage__in=[Stage.PAID, Stage.CLOSED])
    decided = Q(rule_code__in=FROM_PAPERS_TO_DECISION, case__stage__in=_DECIDED)
    told = ClockAlert.objects.filter(at_station | (on_case & ~decided) | still_running(), told=staff)
    return told.filter(Q(case=None) | Q(case__in=ClaimCase.objects.visible_to(staff)))
