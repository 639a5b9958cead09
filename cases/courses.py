"""Clocks that records beside the case start: each area declares its own once, everybody reads them.

An area registers in a module that `CasesConfig.ready` imports:

    register_area(
        Area(
            "lawsuit",
            "诉讼案件",
            rows=lambda: Lawsuit.objects.select_related("case"),
            clocks=(
                Clock("litigation_report", "papers_received_at", "reported_at"),
                Clock("appeal", "judged_at", "appealed_at", due="appeal_until", owed_by="officer_id"),
            ),
        )
    )

Start and stop are moments, due a day or a moment: columns of those rows or annotations on them, so that the
database itself can tell what still runs. Where a clock is none of a row's business its start is null. Every
question below costs one statement per area, however many cases, rows and clocks there are. docs/clocks.md
shows the whole way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import attrgetter, or_
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from departments.clocks import Course, Pause


@dataclass(frozen=True, slots=True)
class Clock:
    """`rule`: code of a ClockRule. `due`: column of a date or moment that stands in place of the rule's limit
    (a court's own term). `owed_by`: path to the key of the person who owes it, and is told when it is late.

    `is_told`: alerts are sent. False for promises that only figures ask about.
    """

    rule: str
    start: str
    stop: str
    due: str = ""
    owed_by: str = "case__handler_id"
    is_told: bool = True

    @property
    def runs(self) -> Q:
        return Q(**{f"{self.start}__isnull": False, f"{self.stop}__isnull": True})


def _no_pauses(_row: Any) -> Iterable[Pause]:
    return ()


def _own_page(row: Any) -> str:
    address: str = row.get_absolute_url()
    return address


@dataclass(frozen=True, slots=True)
class Area:
    """The records of one kind with their clocks. `rows` brings along what title and people are read from.

    `case`: the relation to the case; "" for records of no case. `pauses`: those of the record itself; the
    suspensions of the case are added by whoever reads.
    """

    key: str
    name: str
    rows: Callable[[], QuerySet[Any]]
    clocks: tuple[Clock, ...]
    case: str = "case"
    title: Callable[[Any], str] = str
    url: Callable[[Any], str] = _own_page
    pauses: Callable[[Any], Iterable[Pause]] = _no_pauses

    def running(self) -> QuerySet[Any]:
        """The records with a clock that has not stopped."""
        return self.rows().filter(reduce(or_, (clock.runs for clock in self.clocks)))

    def owed_by(self, staff_id: int) -> QuerySet[Any]:
        mine = (clock.runs & Q(**{clock.owed_by: staff_id}) for clock in self.clocks)
        return self.rows().filter(reduce(or_, mine))


@dataclass(frozen=True, slots=True)
class RecordCourse:
    """What happened to one clock of one record."""

    area: str
    record_id: int
    case_id: int | None
    rule: str
    course: Course
    due: date | None
    owed_by_id: int | None
    is_told: bool
    title: str
    url: str


_areas: dict[str, Area] = {}


def register_area(area: Area) -> None:
    _areas[area.key] = area


def areas() -> tuple[Area, ...]:
    return tuple(_areas.values())


def courses_of_cases(case_ids: Iterable[int]) -> Iterator[RecordCourse]:
    """All that began on records of these cases; one statement per area."""
    wanted = list(case_ids)
    for area in areas():
        if area.case and wanted:
            yield from courses_of_rows(area, area.rows().filter(**{f"{area.case}__in": wanted}))


def courses_of_area(area: Area, case_id: int) -> Iterator[RecordCourse]:
    """Of one area and one case; one statement."""
    return courses_of_rows(area, area.rows().filter(**{area.case: case_id}))


def courses_owed_by(staff_id: int) -> Iterator[RecordCourse]:
    """What this person owes and has not done yet; one statement per area."""
    for area in areas():
        for one in courses_of_rows(area, area.owed_by(staff_id)):
            if one.owed_by_id == staff_id and one.course.stopped_at is None:
                yield one


def running_courses(area: Area, chunk: int) -> Iterator[RecordCourse]:
    """Everybody's; read in chunks."""
    for one in courses_of_rows(area, area.running().order_by("pk").iterator(chunk_size=chunk)):
        if one.course.stopped_at is None:
            yield one


def still_running() -> Q:
    """Of the alerts about records, those whose clock has not stopped: asked of the records, never kept."""
    running = (
        Q(Exists(_runs_since(area, clock)), area=area.key, rule_code=clock.rule)
        for area in areas()
        for clock in area.clocks
    )
    return reduce(or_, running, Q(pk__in=[]))


def _runs_since(area: Area, clock: Clock) -> QuerySet[Any]:
    """The very course that the alert was about: a later one of the same record is another."""
    same = Q(**{clock.start: OuterRef("started_at")})
    return area.rows().filter(clock.runs, same, pk=OuterRef("record"))


def courses_of_rows(area: Area, rows: Iterable[Any]) -> Iterator[RecordCourse]:
    """All that began on these rows of the area, which are as its `rows()` gives them; no statement."""
    for row in rows:
        pauses = tuple(area.pauses(row))
        for clock in area.clocks:
            started_at = getattr(row, clock.start)
            if started_at is not None:
                course = Course(started_at, getattr(row, clock.stop), pauses)
                yield _course(area, clock, row, course)


def _course(area: Area, clock: Clock, row: Any, course: Course) -> RecordCourse:
    return RecordCourse(
        area.key,
        row.pk,
        getattr(row, f"{area.case}_id") if area.case else None,
        clock.rule,
        course,
        getattr(row, clock.due) if clock.due else None,
        attrgetter(clock.owed_by.replace("__", "."))(row),
        clock.is_told,
        area.title(row),
        area.url(row),
    )
