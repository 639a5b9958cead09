"""A case waits for somebody outside: suspended and resumed, and the day on which its papers were complete."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from authority.refusals import insist_on
from authority.rulings import Objection
from cases.lifecycle import Action, Stage
from cases.models import CasePause, ClaimCase
from cases.rulings import refused_for
from cases.services.transition import Change, apply, start_work, stay
from departments.models import Staff


@dataclass(frozen=True, slots=True)
class PauseRequest:
    """`reason` is a PauseReason; which clocks it stops is the business of their rules."""

    reason: str
    note: str


@transaction.atomic
def suspend(case: ClaimCase, request: PauseRequest, *, by: Staff, seen: int) -> CasePause:
    """中止: the case rests, with a reason, until somebody resumes it."""
    case = start_work(case, Action.SUSPEND, by, seen)
    if not request.note.strip():
        insist_on(refused_for([Objection("no_reason", "请说明中止的原因")]))
    pause = CasePause.objects.create(
        case=case,
        reason=request.reason,
        note=request.note,
        stage_before=case.stage,
        since=timezone.now(),
        paused_by=by,
    )
    change = Change(Action.SUSPEND, Stage.SUSPENDED, returned_to=case.returned_to)
    told = f"{pause.get_reason_display()}：{request.note}"
    apply(case, change.because(told).with_details({"pause": pause.pk, "reason": request.reason}), by)
    return pause


@transaction.atomic
def resume(case: ClaimCase, note: str, *, by: Staff, seen: int) -> ClaimCase:
    """恢复: back to where it was. A case suspended by the core system goes on from what its amounts show."""
    case = start_work(case, Action.RESUME, by, seen)
    pause = CasePause.objects.filter(case=case, until=None).first()
    if pause is not None:
        pause.until, pause.resumed_by = timezone.now(), by
        pause.save(update_fields=["until", "resumed_by"])
    stage = Stage(pause.stage_before) if pause else _stage_by_amounts(case)
    change = Change(Action.RESUME, stage, returned_to=case.returned_to)
    apply(case, change.because(note).with_details({"pause": pause.pk if pause else None}), by)
    return case


def _stage_by_amounts(case: ClaimCase) -> Stage:
    for amount, stage in (
        (case.approved, Stage.APPROVED),
        (case.adjusted, Stage.ADJUSTED),
        (case.reviewed, Stage.REVIEWED),
        (case.assessed, Stage.ASSESSED),
    ):
        if amount > Decimal(0):
            return stage
    return Stage.REGISTERED if case.registered_at else Stage.REPORTED


@transaction.atomic
def note_papers(case: ClaimCase, complete_at: datetime, *, by: Staff, seen: int) -> ClaimCase:
    """材料收齐: the clocks of 保险法 art. 23 start here. Not before the report, not in the future."""
    case = start_work(case, Action.NOTE_PAPERS, by, seen)
    objections = []
    if complete_at > timezone.now():
        objections.append(Objection("in_future", "材料收齐时间不能晚于现在"))
    if complete_at < case.reported_at:
        objections.append(Objection("before_report", "材料收齐时间不能早于报案时间"))
    insist_on(refused_for(objections))
    before, case.papers_complete_at = case.papers_complete_at, complete_at
    change = stay(case, Action.NOTE_PAPERS, "papers_complete_at")
    apply(case, change.with_details({"before": before, "after": complete_at}), by)
    return case
