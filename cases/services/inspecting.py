"""案卷抽检: a file scored, answered by its unit, looked at again, settled; what it found becomes problems."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from authority.ledger import LedgerFacts, record
from authority.refusals import Refused, insist_on
from authority.rulings import Objection
from cases.models import CaseStep, QualitySample, SampleAnswer, ScoreItem
from cases.quality import rulings
from cases.quality.scoring import BAD, NOT_APPLICABLE, PARTIAL, Line, Score, score_of
from cases.rulings import with_objections
from cases.services.drawing import inspectors_of, involved_in
from cases.services.problems import Problem, find_problem
from cases.services.transition import lock_case
from departments.access import HANDLE_CASES, MANAGE_UNIT
from departments.models import Appointment, CalendarDay, Staff
from departments.outbox import notify

Status = QualitySample.Status
FAULTS = (BAD, PARTIAL)
FIRST, SECOND = 1, 2
SEVERITIES = {PARTIAL: "minor", BAD: "normal"}


@dataclass(frozen=True, slots=True)
class Mark:
    """What one question got. `deducted` counts for a partial fault."""

    verdict: str
    deducted: Decimal = Decimal(0)
    note: str = ""


Marks = Mapping[int, Mark]


def chain_of(sample: QualitySample) -> str:
    return f"quality_sample:{sample.pk}"


def _locked(sample: QualitySample) -> QualitySample:
    """Case first, as everywhere."""
    lock_case(sample.case_id, None)
    rows = QualitySample.objects.select_for_update(of=("self",))
    return rows.select_related("draw", "sheet", "drawn_rule", "case", "unit").get(pk=sample.pk)


def involved(sample: QualitySample) -> set[int]:
    return involved_in([sample.case_id]).get(sample.case_id, set())


@transaction.atomic
def keep_marks(sample: QualitySample, marks: Marks, *, by: Staff) -> QualitySample:
    """暂存: what is filled in so far, without a score. Nobody else sees it."""
    sample = _locked(sample)
    insist_on(_may_look(sample, by))
    _store(sample, marks)
    return sample


def _look(sample: QualitySample) -> int:
    return SECOND if sample.status == Status.APPEALED else FIRST


def _may_look(sample: QualitySample, by: Staff) -> Any:
    may = rulings.may_look_again if sample.status == Status.APPEALED else rulings.may_score
    return may(sample, rulings.inspector(by), involved(sample))


def _store(sample: QualitySample, marks: Marks) -> None:
    look = _look(sample)
    items = {item.pk: item for item in sample.sheet.items.all()}
    doers = doers_of(sample)
    sample.answers.filter(look=look).delete()
    SampleAnswer.objects.bulk_create(
        SampleAnswer(
            sample=sample,
            item=items[pk],
            look=look,
            verdict=mark.verdict,
            deducted=_line(items[pk], mark).lost,
            note=mark.note,
            person_id=doers.get(items[pk].step) if mark.verdict in FAULTS else None,
        )
        for pk, mark in marks.items()
        if pk in items and not list(_faults_of(items[pk], mark))
    )


def doers_of(sample: QualitySample) -> dict[str, int]:
    """Step → who did it last."""
    done = CaseStep.objects.filter(case=sample.case_id).order_by("left_at", "pk")
    return dict(done.values_list("step", "person"))


def _line(item: ScoreItem, mark: Mark) -> Line:
    return Line(item.points, mark.verdict, mark.deducted, item.is_veto)


def reckoned(items: Iterable[ScoreItem], marks: Marks) -> Score:
    """The score as it stands; what is not answered yet counts as not applicable."""
    nothing = Mark(NOT_APPLICABLE)
    return score_of(_line(item, marks.get(item.pk, nothing)) for item in items)


def marking_objections(items: Iterable[ScoreItem], marks: Marks) -> list[Objection]:
    items = list(items)
    missing = [item for item in items if item.pk not in marks]
    objections = []
    if missing:
        places = "、".join(str(item.rank) for item in missing[:10])
        objections.append(Objection("not_finished", f"第 {places} 项未评"))
    for item in items:
        if item.pk in marks:
            objections += _faults_of(item, marks[item.pk])
    return objections


def _faults_of(item: ScoreItem, mark: Mark) -> Iterable[Objection]:
    if mark.verdict in FAULTS and not mark.note.strip():
        yield Objection("no_note", f"第 {item.rank} 项有扣分，须写明问题")
    if mark.verdict == PARTIAL and not 0 < mark.deducted <= item.points:
        yield Objection("deducted", f"第 {item.rank} 项扣分须大于 0，不超过 {item.points}")


@transaction.atomic
def finish_score(sample: QualitySample, marks: Marks, comment: str, *, by: Staff) -> QualitySample:
    """评分: the whole sheet; the unit is told and may appeal. Raises Refused."""
    sample = _locked(sample)
    ruling = rulings.may_score(sample, rulings.inspector(by), involved(sample))
    items = list(sample.sheet.items.all())
    insist_on(with_objections(ruling, marking_objections(items, marks)))
    _store(sample, marks)
    score, today = reckoned(items, marks), timezone.localdate()
    sample.score, sample.is_vetoed, sample.comment = score.value, score.is_vetoed, comment.strip()
    sample.scored_by, sample.scored_at, sample.status = by, timezone.now(), Status.SCORED
    days = sample.drawn_rule.settings["appeal_days"]
    sample.appeal_until = CalendarDay.objects.all().as_calendar().add_working_days(today, days)
    _save(sample, by, "score_file", "score", "is_vetoed", "comment", "scored_by", "scored_at", "appeal_until")
    _tell_unit(sample, f"案卷抽检 {sample.case} 得分 {score.value}，可申诉至 {sample.appeal_until:%m-%d}")
    return sample


def _save(sample: QualitySample, by: Staff | None, action: str, *fields: str, reason: str = "") -> None:
    """The row, its history and its entry in the ledger."""
    before = QualitySample.objects.values_list("status", flat=True).get(pk=sample.pk)
    sample._history_user = by  # type: ignore[attr-defined]  # noqa: SLF001 - simple-history reads it
    sample.save(update_fields=["status", *fields])
    details = {"score": str(sample.score), "vetoed": sample.is_vetoed, "case": sample.case_id}
    facts = LedgerFacts(before, sample.status, reason=reason, details=details)
    record(chain_of(sample), by=by, action=action, facts=facts)


def _tell_unit(sample: QualitySample, title: str) -> None:
    """The head of the unit, and the handler."""
    heads = Appointment.objects.on(timezone.localdate()).filter(
        post__unit=sample.unit, post__post_type__permissions__contains=[MANAGE_UNIT, HANDLE_CASES]
    )
    people = set(heads.values_list("staff", flat=True)) | {sample.case.handler_id}
    for person in Staff.objects.filter(pk__in=people - {None}, is_active=True).order_by("pk"):
        notify(person, kind="quality", title=title, url=sample.get_absolute_url())


@transaction.atomic
def accept_score(sample: QualitySample, *, by: Staff) -> QualitySample:
    """确认: the unit agrees; the score is settled before the days are over."""
    sample = _locked(sample)
    insist_on(rulings.may_accept(sample, rulings.inspector(by)))
    return _settle(sample, by)


@transaction.atomic
def appeal_score(sample: QualitySample, reason: str, *, by: Staff) -> QualitySample:
    """申诉: once, with a reason; somebody else than the scorer looks again."""
    sample = _locked(sample)
    ruling = rulings.may_appeal(sample, rulings.inspector(by), timezone.localdate())
    missing = [] if reason.strip() else [Objection("no_reason", "申诉须写明理由")]
    insist_on(with_objections(ruling, missing))
    sample.appealed_by, sample.appealed_at, sample.appeal = by, timezone.now(), reason.strip()
    sample.status = Status.APPEALED
    sample.second_assigned_to = _second_look_by(sample)
    fields = ("appealed_by", "appealed_at", "appeal", "second_assigned_to")
    _save(sample, by, "appeal_score", *fields, reason=sample.appeal)
    if sample.second_assigned_to:
        title = f"案卷抽检 {sample.case} 申诉待您复评"
        notify(sample.second_assigned_to, kind="quality", title=title, url=sample.get_absolute_url())
    return sample


def _second_look_by(sample: QualitySample) -> Staff | None:
    """Another quality officer who had no part in it; None leaves it to whoever inspects the department."""
    kept_out = involved(sample) | {sample.scored_by_id, sample.appealed_by_id}
    free = [pk for pk in inspectors_of(sample.draw.unit, timezone.localdate()) if pk not in kept_out]
    return Staff.objects.get(pk=free[0]) if free else None


@transaction.atomic
def look_again(sample: QualitySample, marks: Marks, answer: str, *, by: Staff) -> QualitySample:
    """复评: the sheet filled in once more; its score is the settled one."""
    sample = _locked(sample)
    ruling = rulings.may_look_again(sample, rulings.inspector(by), involved(sample))
    items = list(sample.sheet.items.all())
    missing = [] if answer.strip() else [Objection("no_answer", "复评须写明意见")]
    insist_on(with_objections(ruling, [*marking_objections(items, marks), *missing]))
    _store(sample, marks)
    score = reckoned(items, marks)
    sample.first_score, sample.score, sample.is_vetoed = sample.score, score.value, score.is_vetoed
    sample.second_by, sample.second_at, sample.answer = by, timezone.now(), answer.strip()
    fields = ("first_score", "score", "is_vetoed", "second_by", "second_at", "answer")
    sample.save(update_fields=fields)
    settled = _settle(sample, by)
    _tell_unit(settled, f"案卷抽检 {settled.case} 复评得分 {score.value}（初评 {settled.first_score}）")
    return settled


def _settle(sample: QualitySample, by: Staff | None) -> QualitySample:
    sample.status, sample.settled_at = Status.SETTLED, timezone.now()
    _save(sample, by, "settle_score", "settled_at")
    finder = sample.second_by or sample.scored_by
    if finder is not None:
        for answer in _faults_to_enter(sample):
            _enter(sample, answer, finder)
    return sample


def _faults_to_enter(sample: QualitySample) -> Any:
    look = SECOND if sample.second_by_id else FIRST
    faults = sample.answers.filter(look=look, verdict__in=FAULTS, finding=None)
    return faults.exclude(item__problem_class=None).select_related("item__problem_class", "person")


def has_faults_to_enter(sample: QualitySample) -> bool:
    return bool(sample.settled_at) and _faults_to_enter(sample).exists()


@transaction.atomic
def enter_findings(sample: QualitySample, *, by: Staff) -> int:
    """The faults of a settled file become problem findings; how many. Those entered before stay."""
    sample = _locked(sample)
    ruling = rulings.may_enter_findings(sample, rulings.inspector(by))
    insist_on(ruling)
    return sum(_enter(sample, answer, by) for answer in _faults_to_enter(sample))


def _enter(sample: QualitySample, answer: SampleAnswer, by: Staff) -> bool:
    severity = "serious" if answer.item.is_veto else SEVERITIES[answer.verdict]
    problem_class = answer.item.problem_class
    problem = Problem(
        problem_class.code if problem_class else "",
        answer.item.step,
        f"案卷抽检（{sample.draw}）{answer.item.question}：{answer.note}",
        source="quality",
        severity=severity,
        person=answer.person,
    )
    try:
        with transaction.atomic():
            answer.finding = find_problem(sample.case, problem, by=by)
    except Refused:
        return False
    answer.save(update_fields=["finding"])
    return True


def settle_due(today: date) -> int:
    """Nobody appealed in time: the score stands. Safe to run twice; how many were settled."""
    due = QualitySample.objects.filter(status=Status.SCORED, appeal_until__lt=today).order_by("pk")
    return sum(_settle_one(pk, today) for pk in due.values_list("pk", flat=True)[:500])


@transaction.atomic
def _settle_one(pk: int, today: date) -> bool:
    sample = _locked(QualitySample.objects.get(pk=pk))
    if sample.status != Status.SCORED or sample.appeal_until is None or sample.appeal_until >= today:
        return False
    _settle(sample, None)
    return True
