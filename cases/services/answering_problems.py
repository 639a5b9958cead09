"""What becomes of a finding: the reply, the correction, the appeal and its second look, the confirmation."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from authority.refusals import insist_on
from authority.rulings import Objection, Ruling
from cases.models import CasePaper, ClaimCase, FeedbackLetter, ProblemFinding
from cases.problems import rulings
from cases.problems.periods import month_after
from cases.rulings import with_objections
from cases.services.problems import APPEAL, alone_in_unit, due, points_on, tell_unit
from cases.services.transition import apply, lock_case, stay
from departments.models import Staff
from departments.outbox import notify

Status, Look = ProblemFinding.Status, ProblemFinding.Look


@dataclass(frozen=True, slots=True)
class Amended:
    """What the finder may still put right before the unit answers."""

    severity: str
    description: str
    person: Staff | None = None
    needs_correction: bool = True
    papers: Collection[CasePaper] = ()


def amending_problem(finding: ProblemFinding, by: Staff) -> Ruling:
    return rulings.may_amend(finding, rulings.party(by))


def replying(finding: ProblemFinding, by: Staff) -> Ruling:
    return rulings.may_reply(finding, rulings.party(by))


def correcting(finding: ProblemFinding, by: Staff) -> Ruling:
    return rulings.may_correct(finding, rulings.party(by))


def appealing(finding: ProblemFinding, by: Staff) -> Ruling:
    return rulings.may_appeal(finding, rulings.party(by), is_too_late=_is_too_late(finding))


def looking_again(finding: ProblemFinding, by: Staff) -> Ruling:
    return rulings.may_look_again(finding, rulings.party(by))


def confirming(finding: ProblemFinding, by: Staff) -> Ruling:
    return rulings.may_confirm(finding, rulings.party(by), is_overdue=finding.is_overdue)


def withdrawing_problem(finding: ProblemFinding, by: Staff) -> Ruling:
    return rulings.may_withdraw(finding, rulings.party(by))


def _is_too_late(finding: ProblemFinding) -> bool:
    """An appeal against what was confirmed has its own time; before that, any moment will do."""
    if finding.status != Status.CONFIRMED or finding.closed_at is None:
        return False
    until = due(APPEAL, finding.closed_at)
    return until is not None and until < timezone.now()


@transaction.atomic
def amend_problem(finding: ProblemFinding, amended: Amended, *, by: Staff) -> ProblemFinding:
    case, finding = _locked(finding)
    ruling = with_objections(amending_problem(finding, by), _amended_objections(case, amended, by))
    insist_on(ruling)
    finding.severity, finding.description = amended.severity, amended.description.strip()
    finding.person, finding.needs_correction = amended.person, amended.needs_correction
    day = timezone.localdate(finding.found_at)
    finding.points = points_on(day, finding.problem_class, amended.severity)
    fields = ["severity", "description", "person", "needs_correction", "points"]
    finding.save(update_fields=fields)
    finding.papers.set(amended.papers)
    _enter(case, finding, "amend_problem", amended.description, by)
    return finding


def _amended_objections(case: ClaimCase, amended: Amended, by: Staff) -> Iterable[Objection]:
    yield from _missing(amended.description)
    if amended.person is not None and amended.person.pk == by.pk:
        yield Objection("own_fault", "发现人不得是责任人")
    if any(paper.case_id != case.pk for paper in amended.papers):
        yield Objection("foreign_paper", "含有不属于本案的材料")


@transaction.atomic
def reply_to_problem(finding: ProblemFinding, kind: str, text: str, *, by: Staff) -> ProblemFinding:
    """The unit accepts, or explains; the finder decides what follows."""
    case, finding = _locked(finding)
    insist_on(with_objections(replying(finding, by), _missing(text)))
    finding.status, finding.reply_kind, finding.reply = Status.REPLIED, kind, text.strip()
    finding.replied_by, finding.replied_at = by, timezone.now()
    finding.save(update_fields=["status", "reply_kind", "reply", "replied_by", "replied_at"])
    _enter(case, finding, "reply_problem", text, by)
    _tell_finder(finding, f"{finding} 已答复：{finding.get_reply_kind_display()}")
    return finding


@transaction.atomic
def correct_problem(finding: ProblemFinding, text: str, *, by: Staff) -> ProblemFinding:
    """What was put right, and how; may also follow the letter."""
    case, finding = _locked(finding)
    insist_on(with_objections(correcting(finding, by), _missing(text)))
    finding.correction, finding.corrected_by, finding.corrected_at = text.strip(), by, timezone.now()
    finding.save(update_fields=["correction", "corrected_by", "corrected_at"])
    _enter(case, finding, "correct_problem", text, by)
    _tell_finder(finding, f"{finding} 已整改")
    return finding


@transaction.atomic
def appeal_problem(finding: ProblemFinding, text: str, *, by: Staff) -> ProblemFinding:
    """Whatever was confirmed no longer counts until somebody else has looked at it again."""
    case, finding = _locked(finding)
    insist_on(with_objections(appealing(finding, by), _missing(text)))
    finding.status, finding.period = Status.APPEALED, None
    finding.closed_by, finding.closed_at = None, None
    finding.appeal, finding.appealed_by, finding.appealed_at = text.strip(), by, timezone.now()
    fields = ["status", "period", "closed_by", "closed_at", "appeal", "appealed_by", "appealed_at"]
    finding.save(update_fields=fields)
    _enter(case, finding, "appeal_problem", text, by)
    return finding


@dataclass(frozen=True, slots=True)
class SecondLook:
    """`points`: what it costs from now on, for a reduced one; ignored otherwise."""

    look: str
    opinion: str
    points: int = 0


@transaction.atomic
def look_again(finding: ProblemFinding, second: SecondLook, *, by: Staff) -> ProblemFinding:
    """Upheld and reduced findings count from here on; lifted ones never did."""
    case, finding = _locked(finding)
    insist_on(with_objections(looking_again(finding, by), _look_objections(finding, second)))
    now = timezone.now()
    finding.look, finding.look_opinion = second.look, second.opinion.strip()
    finding.looked_by, finding.looked_at = by, now
    if second.look == Look.REDUCED:
        finding.points_before, finding.points = finding.points, second.points
    _close(finding, by, Status.LIFTED if second.look == Look.LIFTED else Status.CONFIRMED)
    finding.save()
    _enter(case, finding, "look_again", second.opinion, by)
    tell_unit(finding, f"{finding} 申诉复核：{finding.get_look_display()}")
    _tell_finder(finding, f"{finding} 申诉复核：{finding.get_look_display()}")
    return finding


def _look_objections(finding: ProblemFinding, second: SecondLook) -> Iterable[Objection]:
    yield from _missing(second.opinion)
    if second.look not in Look.values:
        yield Objection("no_look", "须选择复核结论")
    if second.look == Look.REDUCED and not 0 <= second.points < finding.points:
        yield Objection("not_less", f"减轻后的扣分须低于 {finding.points} 分")


@transaction.atomic
def confirm_problem(finding: ProblemFinding, note: str = "", *, by: Staff) -> ProblemFinding:
    case, finding = _locked(finding)
    insist_on(confirming(finding, by))
    finding.closing_note = note.strip()
    _close(finding, by, Status.CONFIRMED)
    finding.save(update_fields=["status", "closed_by", "closed_at", "closing_note", "period"])
    _enter(case, finding, "confirm_problem", note, by)
    tell_unit(finding, f"{finding} 已确认，计入{finding.period_label}考核")
    return finding


@transaction.atomic
def withdraw_problem(finding: ProblemFinding, note: str, *, by: Staff) -> ProblemFinding:
    case, finding = _locked(finding)
    insist_on(with_objections(withdrawing_problem(finding, by), _missing(note)))
    finding.closing_note = note.strip()
    _close(finding, by, Status.LIFTED)
    finding.save(update_fields=["status", "closed_by", "closed_at", "closing_note"])
    _enter(case, finding, "withdraw_problem", note, by)
    tell_unit(finding, f"{finding} 已撤销")
    return finding


def _close(finding: ProblemFinding, by: Staff, status: str) -> None:
    if status == Status.CONFIRMED:
        alone_in_unit(finding.unit_id)
    finding.status, finding.closed_by, finding.closed_at = status, by, timezone.now()
    finding.period = _period_of(finding) if status == Status.CONFIRMED else None


def _period_of(finding: ProblemFinding) -> date:
    """The month in which it was found, or the first one after it whose letter is not out yet."""
    month = timezone.localdate(finding.found_at).replace(day=1)
    out = FeedbackLetter.objects.issued().filter(unit=finding.unit_id, month__gte=month)
    taken = set(out.values_list("month", flat=True))
    while month in taken:
        month = month_after(month)
    return month


def _locked(finding: ProblemFinding) -> tuple[ClaimCase, ProblemFinding]:
    """The case first, as everywhere; the finding as it is now."""
    case = lock_case(finding.case_id, None)
    rows = ProblemFinding.objects.select_for_update(of=("self",)).select_related("unit", "problem_class")
    fresh = rows.get(pk=finding.pk)
    fresh.case = case
    return case, fresh


def _enter(case: ClaimCase, finding: ProblemFinding, action: str, reason: str, by: Staff) -> None:
    details = {"problem": finding.number, "status": finding.status, "points": finding.points}
    apply(case, stay(case, action).because(reason.strip()).with_details(details), by)


def _missing(text: str) -> list[Objection]:
    return [] if text.strip() else [Objection("no_text", "须写明理由或内容")]


def _tell_finder(finding: ProblemFinding, title: str) -> None:
    finder = Staff.objects.get(pk=finding.found_by_id)
    notify(finder, kind="problem", title=title, url=finding.get_absolute_url())
