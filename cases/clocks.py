"""Which clocks run on a case and on the stations of its chains, read from what happened to it.

Rules and calendar are read once per page (`Clocks.today`, two statements); everything else is computed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.utils import timezone

from cases.lifecycle import Stage
from cases.models import CasePause, ChainStep, ClaimCase, ClockAlert
from departments.calendar import WorkingCalendar
from departments.clocks import Course, Pause, Reading, Rule, read
from departments.models import CalendarDay, ClockRule, Staff

# The events of our cases that the rules of these codes are about.
STATION_CLOCKS = {
    "damage_review": "assessment_review",
    "price_review": "parts_price_review",
    "injury_review": "medical_review",
    "adjudication": "adjudication",
    "zero_payment": "adjudication",
}
REGISTRATION = "registration"
FROM_PAPERS_TO_DECISION = ("liability_decision",)
FROM_PAPERS_TO_PAYMENT = ("small_claim_5d", "small_claim_promise", "advance_certain_amount")
FROM_DECISION_TO_PAYMENT = ("pay_after_agreement",)
_DECIDED = (Stage.APPROVED, Stage.PAID, Stage.CLOSED)


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

    def of_case(self, case: ClaimCase, pauses: Iterable[Pause] = ()) -> list[Reading]:
        """All that began, the running ones first, by what is due next."""
        return sorted((reading for reading, _ in self.with_starts(case, pauses)), key=_by_urgency)

    def with_starts(
        self, case: ClaimCase, pauses: Iterable[Pause] = ()
    ) -> Iterator[tuple[Reading, datetime]]:
        """Each reading with the moment at which its clock began."""
        standing = tuple(map(_local_pause, pauses))
        for rule, started_at, stopped_at in self._courses(case):
            yield self._read(rule, started_at, stopped_at, standing), started_at

    def _courses(self, case: ClaimCase) -> Iterator[tuple[Rule, datetime, datetime | None]]:
        decided_at, ended_at = _decided_at(case), case.paid_at or case.closed_at
        yield from self._of((REGISTRATION,), case, case.reported_at, case.registered_at)
        yield from self._of(FROM_PAPERS_TO_DECISION, case, case.papers_complete_at, decided_at)
        yield from self._of(FROM_PAPERS_TO_PAYMENT, case, case.papers_complete_at, ended_at)
        if case.approved:
            yield from self._of(FROM_DECISION_TO_PAYMENT, case, decided_at, case.paid_at)

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


def _by_urgency(reading: Reading) -> tuple[bool, bool, float]:
    due = reading.due_at.timestamp() if reading.due_at else 0.0
    return (not reading.runs, reading.due_at is None, due)


def most_urgent(readings: Iterable[Reading]) -> Reading | None:
    """The running clock that is due first; a standing one only where no other runs."""
    return next((reading for reading in readings if reading.runs), None)


def pauses_of(cases: Iterable[ClaimCase]) -> dict[int, list[Pause]]:
    """By case; one statement."""
    found: defaultdict[int, list[Pause]] = defaultdict(list)
    rows = CasePause.objects.filter(case__in=[case.pk for case in cases])
    for case_id, since, until, reason in rows.values_list("case_id", "since", "until", "reason"):
        found[case_id].append(Pause(since, until, reason))
    return found


def overdue_of(staff: Staff) -> QuerySet[ClockAlert]:
    """What this person was told of, may see, and is still open: the station, or the case itself."""
    waiting = Q(station__status=ChainStep.Status.NOW) | Q(station=None)
    told = ClockAlert.objects.filter(waiting, told=staff, case__in=ClaimCase.objects.visible_to(staff))
    return told.exclude(case__stage__in=[Stage.PAID, Stage.CLOSED])
