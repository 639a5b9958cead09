"""调解、履行、结案: how a suit comes to its end, and what it cost against what was claimed and expected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from authority.refusals import insist_on
from authority.rulings import Objection
from cases.lawsuits.life import SuitAct
from cases.lawsuits.rulings import actor_of, dated, may_act
from cases.lifecycle import Stage
from cases.models import CasePause, Hearing, Lawsuit, LawsuitRequest, Submission
from cases.rulings import with_objections
from cases.services.pausing import resume
from cases.services.suing import Told, open_suit, write_suit
from cases.services.transition import lock_case
from departments.models import PauseReason, Staff

Result = Lawsuit.Result


@dataclass(frozen=True, slots=True)
class Terms:
    at: datetime
    amount: Decimal
    text: str = ""
    is_forced: bool = False


@transaction.atomic
def settle_lawsuit(lawsuit: Lawsuit, terms: Terms, *, by: Staff, seen: int) -> Lawsuit:
    """登记调解: within the scheme that was agreed to beforehand."""
    lawsuit = open_suit(lawsuit, SuitAct.SETTLE, by, seen)
    objections = [
        *dated("调解时间", terms.at, lawsuit.received_at, timezone.now()),
        *_scheme_objections(lawsuit, terms.amount),
    ]
    insist_on(with_objections(may_act(lawsuit, SuitAct.SETTLE, actor_of(by)), objections))
    lawsuit.settled_at, lawsuit.settled_amount, lawsuit.settlement = terms.at, terms.amount, terms.text
    _end_appeal(lawsuit)
    fields = ("settled_at", "settled_amount", "settlement")
    write_suit(lawsuit, SuitAct.SETTLE, by, *fields, told=Told(terms.text, terms.amount))
    return lawsuit


def agreed_scheme(lawsuit: Lawsuit) -> Decimal | None:
    """The most that was agreed to; None where no scheme was."""
    agreed = LawsuitRequest.objects.filter(
        lawsuit=lawsuit,
        purpose=LawsuitRequest.Purpose.SETTLEMENT,
        submission__status=Submission.Status.AGREED,
    )
    highest: Decimal | None = agreed.aggregate(most=Max("amount"))["most"]
    return highest


def _scheme_objections(lawsuit: Lawsuit, amount: Decimal) -> list[Objection]:
    most = agreed_scheme(lawsuit)
    if most is None:
        return [Objection("no_scheme", "调解方案须先报批获同意")]
    if amount > most:
        return [Objection("over_scheme", f"调解金额超过已同意的方案 {most:,.2f} 元，须重新报批")]
    return []


def _end_appeal(lawsuit: Lawsuit) -> None:
    for judgment in lawsuit.judgments.filter(appeal_over_at=None):
        judgment.appeal_over_at = timezone.now()
        judgment.save(update_fields=["appeal_over_at"])


@transaction.atomic
def perform_lawsuit(lawsuit: Lawsuit, terms: Terms, *, by: Staff, seen: int) -> Lawsuit:
    """登记履行: paid of our own accord, or enforced by the court."""
    lawsuit = open_suit(lawsuit, SuitAct.PERFORM, by, seen)
    ruling = may_act(lawsuit, SuitAct.PERFORM, actor_of(by))
    insist_on(with_objections(ruling, dated("履行时间", terms.at, lawsuit.received_at, timezone.now())))
    lawsuit.performed_at, lawsuit.performed_amount = terms.at, terms.amount
    lawsuit.is_forced = terms.is_forced
    _end_appeal(lawsuit)
    told = Told(f"{'强制执行' if terms.is_forced else '主动履行'} {terms.text}".strip(), terms.amount)
    fields = ("performed_at", "performed_amount", "is_forced")
    write_suit(lawsuit, SuitAct.PERFORM, by, *fields, told=told)
    return lawsuit


@dataclass(frozen=True, slots=True)
class Ending:
    """结案: the result, what we bear in the end, and why it differs from what was expected."""

    result: str
    final_amount: Decimal
    note: str = ""
    resumes_case: bool = False


@transaction.atomic
def close_lawsuit(lawsuit: Lawsuit, ending: Ending, *, by: Staff, seen: int) -> Lawsuit:
    lawsuit = open_suit(lawsuit, SuitAct.CLOSE, by, seen)
    ruling = may_act(lawsuit, SuitAct.CLOSE, actor_of(by))
    insist_on(with_objections(ruling, closing_objections(lawsuit, ending)))
    lawsuit.closed_at, lawsuit.closed_by = timezone.now(), by
    lawsuit.result, lawsuit.final_amount = ending.result, ending.final_amount
    lawsuit.result_note = ending.note
    _end_appeal(lawsuit)
    fields = ("closed_at", "closed_by", "result", "final_amount", "result_note")
    told = Told(f"{lawsuit.get_result_display()} {ending.note}".strip(), ending.final_amount)
    write_suit(lawsuit, SuitAct.CLOSE, by, *fields, told=told)
    if ending.resumes_case:
        _resume(lawsuit, by)
    return lawsuit


def closing_objections(lawsuit: Lawsuit, ending: Ending) -> list[Objection]:
    found = []
    if lawsuit.hearings.filter(status=Hearing.Status.PLANNED).exists():
        found.append(Objection("hearing_planned", "尚有未记录的开庭"))
    waiting = LawsuitRequest.objects.filter(lawsuit=lawsuit, submission__status=Submission.Status.OPEN)
    if waiting.exists():
        found.append(Objection("request_open", "尚有诉讼报批未答复"))
    if ending.result == Result.MEDIATED and lawsuit.settled_at is None:
        found.append(Objection("not_settled", "没有登记调解，结果不能是调解结案"))
    if ending.final_amount > lawsuit.estimate and not ending.note.strip():
        found.append(Objection("no_explanation", "最终承担超过诉讼估损，须说明原因"))
    return found


def _resume(lawsuit: Lawsuit, by: Staff) -> None:
    """Where it stands still for the suit, and no other suit keeps it so."""
    others = Lawsuit.objects.open().filter(case=lawsuit.case).exclude(pk=lawsuit.pk)
    pause = CasePause.objects.filter(case=lawsuit.case, until=None, reason=PauseReason.LITIGATION)
    if others.exists() or not pause.exists():
        return
    case = lock_case(lawsuit.case_id, None)
    if case.stage == Stage.SUSPENDED:
        resume(case, f"诉讼 {lawsuit.number} 已结案", by=by, seen=case.version)
