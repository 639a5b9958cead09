"""超时升级: whoever is late is told, then his superior. Nothing is ever approved by the passing of time.

Every round may run twice: who was told about a mark of a clock is not told again, and one runs at a time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice
from typing import TypeVar

from django.db import connection, transaction
from django.db.models import Q
from django.urls import reverse

from cases.clocks import CaseClock, Clocks, pauses_by_case, pauses_of
from cases.courses import areas, running_courses
from cases.lifecycle import Stage
from cases.models import ChainStep, ClaimCase, ClockAlert, Submission
from departments.clocks import ClockState, TimeUnit
from departments.models import Staff
from departments.outbox import notify
from departments.standing import superiors_of

Mark = ClockAlert.Mark
_MARKS = {ClockState.OVERDUE: Mark.OVERDUE, ClockState.ESCALATED: Mark.ESCALATED}
_ONE_ROUND = 7_314_001  # the advisory lock of this round
_DAYS = {TimeUnit.NATURAL_DAY, TimeUnit.WORKING_DAY}
BATCH = 500
Row = TypeVar("Row")


@transaction.atomic
def alert_the_late() -> int:
    """Tells of stations, records and legal deadlines that ran over since the last round; how many marks."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [_ONE_ROUND])
        if not cursor.fetchone()[0]:
            return 0
    clocks = Clocks.today()
    late = [*_late_stations(clocks), *_late_cases(clocks), *_late_records(clocks)]
    fresh = _not_yet_told(_with_superiors(late, clocks))
    ClockAlert.objects.bulk_create(fresh, batch_size=BATCH)
    _tell(fresh)
    return len(fresh)


def _late_stations(clocks: Clocks) -> Iterator[ClockAlert]:
    waiting = ChainStep.objects.filter(
        status=ChainStep.Status.NOW, submission__status=Submission.Status.OPEN, staff__isnull=False
    )
    for step in waiting.select_related("submission__item").order_by("pk").iterator(chunk_size=BATCH):
        reading = clocks.of_station(step)
        if reading is not None and step.arrived_at:
            clock = CaseClock(reading, step.arrived_at, step.submission.case_id, step.staff_id)
            yield from _marks(clock, station_id=step.pk)


def _late_cases(clocks: Clocks) -> Iterator[ClockAlert]:
    """Deadlines of the law only: a promise that was missed is seen on the case and in the reports."""
    statutory = [rule for rule in clocks.rules.values() if rule.is_statutory and rule.unit in _DAYS]
    shortest = timedelta(days=min((rule.limit for rule in statutory), default=0))
    since = clocks.now - shortest
    papers = Q(papers_complete_at__lt=since)
    claimed = Q(claimed_at__lt=since, list_given_at=None)
    begun = papers | claimed | Q(stage=Stage.APPROVED, stage_entered_at__lt=since)
    open_cases = ClaimCase.objects.outstanding().filter(begun).exclude(stage=Stage.PAID).order_by("pk")
    for chunk in _chunks(open_cases.iterator(chunk_size=BATCH)):
        pauses = pauses_of(chunk)
        for case in chunk:
            for clock in clocks.of_case(case, pauses.get(case.pk, ())):
                if clock.reading.rule.is_statutory:
                    yield from _marks(clock)


def _late_records(clocks: Clocks) -> Iterator[ClockAlert]:
    """Of every area what runs; the suspensions of the cases are read by the chunk."""
    for area in areas():
        for chunk in _chunks(running_courses(area, BATCH)):
            told = [one for one in chunk if one.is_told and one.owed_by_id]
            pauses = pauses_by_case(one.case_id for one in told if one.case_id)
            for one in told:
                clock = clocks.of_record(one, pauses.get(one.case_id or 0, ()))
                yield from _marks(clock) if clock else ()


def _chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    rest = iter(rows)
    while chunk := list(islice(rest, BATCH)):
        yield chunk


def _marks(clock: CaseClock, station_id: int | None = None) -> Iterator[ClockAlert]:
    """The marks reached; `told` is the person in charge until the superiors are known."""
    reading = clock.reading
    mark = _MARKS.get(reading.state)
    if mark is None or reading.due_at is None or clock.owed_by_id is None:
        return
    for one in [Mark.OVERDUE, Mark.ESCALATED] if mark == Mark.ESCALATED else [mark]:
        yield ClockAlert(
            case_id=clock.case_id,
            station_id=station_id,
            area=clock.area,
            record=clock.record_id,
            title=clock.title[:100],
            url=clock.url,
            rule_code=reading.rule.code,
            mark=one,
            started_at=clock.started_at,
            due_at=reading.due_at,
            told_id=clock.owed_by_id,
        )


def _with_superiors(late: Iterable[ClockAlert], clocks: Clocks) -> list[ClockAlert]:
    """An escalated mark goes to the superior; where nobody stands above, the person himself was told."""
    every = list(late)
    above = superiors_of(
        {alert.told_id for alert in every if alert.mark == Mark.ESCALATED}, clocks.now.date()
    )
    kept = []
    for alert in every:
        if alert.mark == Mark.ESCALATED:
            if alert.told_id not in above:
                continue
            alert.told_id = above[alert.told_id]
        kept.append(alert)
    return kept


def _not_yet_told(alerts: list[ClockAlert]) -> list[ClockAlert]:
    same = Q(case__in={alert.case_id for alert in alerts if alert.case_id}) | Q(
        case=None, record__in={alert.record for alert in alerts if alert.record and not alert.case_id}
    )
    told = set(
        ClockAlert.objects.filter(same).values_list(
            "case", "station", "area", "record", "rule_code", "mark", "started_at", "told"
        )
    )
    return [alert for alert in alerts if _key(alert) not in told]


def _key(alert: ClockAlert) -> tuple[object, ...]:
    """With the person: who inherits what is late has been told nothing yet."""
    clock = alert.case_id, alert.station_id, alert.area, alert.record, alert.rule_code
    return *clock, alert.mark, alert.started_at, alert.told_id


def _tell(alerts: Iterable[ClockAlert]) -> None:
    """One notification per person and mark, however many cases: thirty at once would be read by nobody."""
    by_person: defaultdict[tuple[int, str], list[ClockAlert]] = defaultdict(list)
    for alert in alerts:
        by_person[alert.told_id, alert.mark].append(alert)
    people = Staff.objects.in_bulk([person for person, _ in by_person])
    for (person, mark), several in by_person.items():
        title, url = _words(mark, several)
        notify(people[person], kind="clock", title=title, url=url)


def _words(mark: str, alerts: list[ClockAlert]) -> tuple[str, str]:
    what = "超过时限" if mark == Mark.OVERDUE else "严重超时，请督办"
    if len(alerts) == 1:
        alert = alerts[0]
        return f"{alert.title or f'赔案 {alert.case}'} {what}", alert.get_absolute_url()
    kind = "项时限" if any(alert.area for alert in alerts) else "件赔案"
    return f"{len(alerts)} {kind}{what}", reverse("cases:overdue")
