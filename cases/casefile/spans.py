"""各环节用时: how long the case lay at each step and with whom, beside what is usual for a station."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from cases.lifecycle import Stage
from cases.models import CaseStep, ChainStep, ClaimCase
from cases.turnaround import usual_times


@dataclass(frozen=True, slots=True)
class Span:
    """`left_at` None: still there. `usual`: the median of such stations lately, where enough are known."""

    title: str
    who: str
    entered_at: datetime
    left_at: datetime | None
    usual: timedelta | None = None

    @property
    def took(self) -> timedelta:
        return (self.left_at or timezone.now()) - self.entered_at

    @property
    def is_slow(self) -> bool:
        return self.usual is not None and self.took > self.usual * _SLOW


_SLOW = 2
"""As many times the usual is pointed out; a display, no rule."""


def spans_of(case: ClaimCase) -> list[Span]:
    """Work and stations in the order of their beginning; a statement each, and one per item decided on."""
    found = [*_work(case), *_stations(case)]
    if case.stage != Stage.CLOSED and not any(span.left_at is None for span in found):
        handler = case.handler.name if case.handler else ""
        found.append(Span(f"当前：{case.get_stage_display()}", handler, case.stage_entered_at, None))
    return sorted(found, key=lambda span: span.entered_at)


def _work(case: ClaimCase) -> Iterator[Span]:
    """The work on the case; what was decided is among the stations."""
    decided = ChainStep.objects.filter(submission__case=case, status=ChainStep.Status.DONE)
    moments = set(decided.values_list("arrived_at", flat=True))
    for step in CaseStep.objects.filter(case=case).select_related("person", "acted_for"):
        if step.entered_at not in moments:
            yield Span(
                step.get_step_display(), _names(step.person, step.acted_for), step.entered_at, step.left_at
            )


def _stations(case: ClaimCase) -> Iterator[Span]:
    stations = ChainStep.objects.filter(submission__case=case, arrived_at__isnull=False)
    rows = list(stations.select_related("submission__item", "staff", "acting_for"))
    usual = {code: usual_times(code) for code in {row.submission.item.code for row in rows}}
    for row in rows:
        item = row.submission.item
        yield Span(
            f"{item.name}·{row.get_kind_display()}",
            _names(row.staff, row.acting_for) if row.staff else "总公司",
            row.arrived_at or timezone.now(),
            row.left_at,
            usual[item.code].get((row.kind, row.level)),
        )


def _names(person: object, acted_for: object) -> str:
    return f"{person}（代{acted_for}）" if acted_for else str(person)
