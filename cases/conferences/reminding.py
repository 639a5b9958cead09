"""催办: members who have not written are reminded at the warning mark of the clock, and when it is over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from cases.clocks import CaseClock, Clocks, pauses_by_case
from cases.conferences.areas import CONFERENCES, OPINION
from cases.consultations import holders_of_post
from cases.courses import running_courses
from cases.models import ConferenceMember
from cases.services.transition import tell

AT_ONCE = 500


@transaction.atomic
def remind_silent_members() -> int:
    """How many members were reminded. May run twice, late, or beside itself.

    Each at most twice by the clock: once between the marks, once after the last day; who was reminded by hand
    since the mark is left alone.
    """
    return sum(_remind(clock) for clock in _pressing())


def _pressing() -> Iterator[CaseClock]:
    clocks = Clocks.today()
    running = [one for one in running_courses(CONFERENCES, AT_ONCE) if one.rule == OPINION]
    pauses = pauses_by_case(one.case_id for one in running if one.case_id)
    for one in running:
        clock = clocks.of_record(one, pauses.get(one.case_id or 0, ()))
        if clock and clock.reading.is_pressing:
            yield clock


def _remind(clock: CaseClock) -> int:
    reading = clock.reading
    mark = reading.due_at if reading.is_late else reading.warn_at
    if mark is None:
        return 0
    silent = ConferenceMember.objects.silent().filter(conference=clock.record_id)
    locked = silent.select_for_update(of=("self",), skip_locked=True).select_related(
        "conference__case__unit", "staff"
    )
    waiting = [one for one in locked if _is_due(one.reminded_at, mark)]
    for member in waiting:
        member.reminded_at = timezone.now()
        member.save(update_fields=["reminded_at"])
        _tell(member, "会商意见已过期限，请尽快出具" if reading.is_late else "会商意见将到期限，请出具")
    return len(waiting)


def _is_due(reminded_at: datetime | None, mark: datetime) -> bool:
    return reminded_at is None or reminded_at < mark


def _tell(member: ConferenceMember, title: str) -> None:
    """Of a post, every holder."""
    case = member.conference.case
    people = [member.staff] if member.staff else holders_of_post(member.post, case.unit)
    for person in people:
        tell(person, case, "conference", title)
