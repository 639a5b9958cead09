"""The clocks of a major loss, read from what happened: the first report, then each report after the last."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from cases.clocks import Clocks
from cases.models import MajorLoss
from departments.clocks import Course, Reading, read

FIRST_REPORT = "major_first_report"
PROGRESS = "major_progress"


def first_report(major: MajorLoss, clocks: Clocks) -> Reading | None:
    """None where no rule is in force, or the recognition was taken back unreported."""
    if major.status == MajorLoss.Status.WITHDRAWN and major.first_reported_at is None:
        return None
    return _read(FIRST_REPORT, major.recognised_at, major.first_reported_at or major.ended_at, clocks)


def progress(major: MajorLoss, clocks: Clocks) -> Reading | None:
    """Runs from the last report as long as the case is followed."""
    if major.status != MajorLoss.Status.OPEN or major.last_reported_at is None:
        return None
    return _read(PROGRESS, major.last_reported_at, None, clocks)


def next_clock(major: MajorLoss, clocks: Clocks) -> Reading | None:
    """What is due next: the first report until it is sent, then the progress."""
    return progress(major, clocks) or first_report(major, clocks)


def _read(code: str, started_at: datetime, stopped_at: datetime | None, clocks: Clocks) -> Reading | None:
    rule = clocks.rules.get(code)
    if rule is None:
        return None
    stopped = timezone.localtime(max(stopped_at, started_at)) if stopped_at else None
    course = Course(timezone.localtime(started_at), stopped)
    return read(rule, course, clocks.now, clocks.calendar)


def late_ids(majors: list[MajorLoss], clocks: Clocks, *, pressing: bool = False) -> list[int]:
    """Of these the ones whose next report is overdue; with `pressing`, or soon will be."""
    readings = ((major.pk, next_clock(major, clocks)) for major in majors)
    return [pk for pk, one in readings if one and one.runs and (one.is_pressing if pressing else one.is_late)]
