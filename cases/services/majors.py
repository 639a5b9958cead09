"""重大赔案: recognised by what was found, or by hand; reported, visited, followed to its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from authority.refusals import insist_on
from authority.rulings import Objection
from cases.handlers import department_people
from cases.majors.criteria import facts_for, met, said
from cases.majors.rulings import (
    may_follow,
    may_recognise,
    may_report_again,
    may_report_first,
    may_withdraw_major,
)
from cases.models import ClaimCase, ExpertOpinion, MajorCriterion, MajorLoss, MajorLossVisit, MajorReport
from cases.numbers import next_number
from cases.rulings import refused_for, with_objections
from cases.services.estimating import change_locked_estimate
from cases.services.transition import apply, lock_case, stay
from departments.authorship import save_as
from departments.models import OrgUnit, Staff
from departments.outbox import notify

OFFICER, HEAD = "MAJOR", "DEPT_HEAD"
Kind, Origin, Status = MajorReport.Kind, MajorLoss.Origin, MajorLoss.Status


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """What a report says. `re_estimate` in yuan changes the case's estimate; `progress` is its reason."""

    liability: str
    progress: str
    next_step: str
    addressee: str
    deaths: int = 0
    injured: int = 0
    re_estimate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """`people`: who of the department went; `agreed_estimate` in yuan is noted, not yet the case's."""

    visited_on: date
    place: str
    people: Sequence[Staff]
    findings: str
    advice: str
    agreed_estimate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class OpinionFacts:
    expert: str
    organisation: str
    opinion: str
    given_on: date


def recognise(case: ClaimCase, origin: str, *, by: Staff) -> MajorLoss | None:
    """Within the service that set the facts, under its lock: who meets a criterion is one from now on.

    What somebody took back is recognised again only for a criterion that did not hold then.
    """
    if case.majors.filter(status=Status.OPEN).exists():
        return None
    criteria = MajorCriterion.objects.on(timezone.localdate())
    found = met(criteria, facts_for(case, list(case.losses.all())))
    dismissed = _dismissed(case)
    if {one.code for one in found} <= dismissed and not (case.is_major and not dismissed):
        return None
    ground = said(found) or case.major_criterion or f"{Origin(origin).label}标为重大"
    return _open(case, MajorLoss(origin=origin, criteria=[one.code for one in found], ground=ground), by)


def _dismissed(case: ClaimCase) -> set[str]:
    """The criteria of those taken back or ended."""
    earlier = case.majors.exclude(status=Status.OPEN).values_list("criteria", flat=True)
    return {code for codes in earlier for code in codes}


@transaction.atomic
def recognise_by_hand(case: ClaimCase, ground: str, *, by: Staff, seen: int) -> MajorLoss:
    case = lock_case(case.pk, seen)
    is_open = case.majors.filter(status=Status.OPEN).exists()
    insist_on(with_objections(may_recognise(case, by, is_open=is_open), _needs(ground, "认定须说明理由")))
    return _open(case, MajorLoss(origin=Origin.MANUAL, ground=ground.strip()[:300]), by)


def _needs(text: str, sentence: str) -> list[Objection]:
    return [] if text.strip() else [Objection("no_reason", sentence)]


def _open(case: ClaimCase, major: MajorLoss, by: Staff) -> MajorLoss:
    major.case, major.number = case, next_number("DA")
    major.recognised_at, major.recognised_by = timezone.now(), by
    major.officer = officer_for(case.unit)
    save_as(major, by)
    case.is_major, case.major_criterion = True, major.ground[:60]
    change = stay(case, "recognise_major", "is_major", "major_criterion").because(major.ground)
    apply(case, change.with_details({"major": major.number, "criteria": major.criteria}), by)
    told = {*department_people(case.unit, HEAD)} | ({major.officer} if major.officer else set())
    for person in told - {by}:
        notify(person, kind="major", title=f"新认定重大赔案 {case}", url=major.get_absolute_url())
    return major


def officer_for(unit: OrgUnit) -> Staff | None:
    """Of those in the post the one with the fewest major losses to follow."""
    open_now = Count("pk", filter=Q(pk__isnull=False))
    counts = dict(
        MajorLoss.objects.open().order_by().values("officer").annotate(n=open_now).values_list("officer", "n")
    )
    people = list(department_people(unit, OFFICER))
    return min(people, key=lambda one: (counts.get(one.pk, 0), one.pk), default=None)


def _locked(major: MajorLoss, seen: int) -> MajorLoss:
    case = lock_case(major.case_id, seen)
    fresh = MajorLoss.objects.select_for_update(of=("self",)).get(pk=major.pk)
    fresh.case = case
    return fresh


@transaction.atomic
def report_major(major: MajorLoss, kind: str, facts: ReportFacts, *, by: Staff, seen: int) -> MajorReport:
    """首报 (重大赔案上报表) or 进展. A re-estimate is an estimate change like any other, ruled on as one."""
    major = _locked(major, seen)
    ruling = may_report_first(major, by) if kind == Kind.FIRST else may_report_again(major, by)
    insist_on(with_objections(ruling, _needs(facts.progress, "须写明经过或进展")))
    report = _write_report(major, kind, facts, by)
    major.last_reported_at = report.reported_at
    major.first_reported_at = major.first_reported_at or report.reported_at
    save_as(major, by, "first_reported_at", "last_reported_at")
    action = "report_major" if kind == Kind.FIRST else "progress_major"
    change = stay(major.case, action).because(facts.progress).costing(report.estimate)
    apply(major.case, change.with_details({"major": major.number, "report": report.number}), by)
    if facts.re_estimate is not None and facts.re_estimate != major.case.estimate:
        change_locked_estimate(major.case, facts.re_estimate, f"大案再估损：{facts.progress}", by=by)
    return report


def _write_report(major: MajorLoss, kind: str, facts: ReportFacts, by: Staff) -> MajorReport:
    return MajorReport.objects.create(
        major=major,
        case=major.case,
        number=major.reports.count() + 1,
        kind=kind,
        addressee=facts.addressee,
        estimate=major.case.estimate,
        re_estimate=facts.re_estimate,
        deaths=facts.deaths,
        injured=facts.injured,
        liability=facts.liability,
        progress=facts.progress,
        next_step=facts.next_step,
        reported_at=timezone.now(),
        reported_by=by,
    )


@transaction.atomic
def visit_major(major: MajorLoss, facts: VisitFacts, *, by: Staff, seen: int) -> MajorLossVisit:
    """提前介入: the people who went are of the department, not of the sub-branch."""
    major = _locked(major, seen)
    insist_on(with_objections(may_follow(major, by), _visiting_objections(major, facts)))
    visit = MajorLossVisit.objects.create(
        major=major,
        case=major.case,
        visited_on=facts.visited_on,
        place=facts.place,
        findings=facts.findings,
        advice=facts.advice,
        agreed_estimate=facts.agreed_estimate,
        recorded_by=by,
        recorded_at=timezone.now(),
    )
    visit.people.set(facts.people)
    change = stay(major.case, "visit_major").because(facts.findings)
    names = [person.name for person in facts.people]
    if facts.agreed_estimate is not None:
        change = change.costing(facts.agreed_estimate)
    apply(major.case, change.with_details({"major": major.number, "people": names}), by)
    return visit


def _visiting_objections(major: MajorLoss, facts: VisitFacts) -> list[Objection]:
    objections = []
    if facts.visited_on > timezone.localdate():
        objections.append(Objection("in_future", "介入日期不能晚于今天"))
    ours = set(department_people(major.case.unit).values_list("pk", flat=True))
    if not facts.people or {person.pk for person in facts.people} - ours:
        objections.append(Objection("not_department", "参加人员须为部门及各室人员"))
    return objections


@transaction.atomic
def note_expert(major: MajorLoss, facts: OpinionFacts, *, by: Staff, seen: int) -> ExpertOpinion:
    major = _locked(major, seen)
    insist_on(with_objections(may_follow(major, by), _needs(facts.opinion, "须写明专家意见")))
    opinion = ExpertOpinion.objects.create(
        major=major,
        expert=facts.expert,
        organisation=facts.organisation,
        opinion=facts.opinion,
        given_on=facts.given_on,
        recorded_by=by,
        recorded_at=timezone.now(),
    )
    change = stay(major.case, "expert_major").because(f"{facts.expert}：{facts.opinion}")
    apply(major.case, change.with_details({"major": major.number}), by)
    return opinion


@transaction.atomic
def close_major(
    major: MajorLoss, facts: ReportFacts, *, by: Staff, seen: int, no_visit_reason: str = ""
) -> MajorReport:
    """The last report says how it ended; without a visit of the department it says why there was none."""
    major = _locked(major, seen)
    objections = _needs(facts.progress, "须写明处理结论")
    if not no_visit_reason.strip() and not major.visits.exists():
        objections.append(Objection("no_visit", "没有部门介入记录，须说明未到现场的原因"))
    insist_on(with_objections(may_report_again(major, by), objections))
    report = _write_report(major, Kind.FINAL, facts, by)
    major.no_visit_reason, major.last_reported_at = no_visit_reason.strip(), report.reported_at
    _end(major, Status.CLOSED, facts.progress, by)
    change = stay(major.case, "close_major").because(facts.progress).costing(report.estimate)
    apply(major.case, change.with_details({"major": major.number}), by)
    return report


@transaction.atomic
def withdraw_major(major: MajorLoss, reason: str, *, by: Staff, seen: int) -> MajorLoss:
    """撤销认定: the case is no major loss any more; a second person says why."""
    major = _locked(major, seen)
    insist_on(with_objections(may_withdraw_major(major, by), _needs(reason, "撤销认定须说明理由")))
    return _withdraw(major, reason, by)


def withdraw_with_flag(case: ClaimCase, reason: str, *, by: Staff) -> None:
    """The survey took the mark off the case, by the second person that it asks for."""
    major = case.majors.filter(status=Status.OPEN).first()
    if major is not None:
        major.case = case
        _withdraw(major, reason, by)


def _withdraw(major: MajorLoss, reason: str, by: Staff) -> MajorLoss:
    _end(major, Status.WITHDRAWN, reason, by)
    case = major.case
    case.is_major, case.major_criterion = False, ""
    change = stay(case, "withdraw_major", "is_major", "major_criterion").because(reason)
    apply(case, change.with_details({"major": major.number}), by)
    return major


def _end(major: MajorLoss, status: str, conclusion: str, by: Staff) -> None:
    major.status, major.conclusion = status, conclusion.strip()
    major.ended_at, major.ended_by = timezone.now(), by
    save_as(major, by)


@transaction.atomic
def assign_major(major: MajorLoss, officer: Staff, *, by: Staff, seen: int) -> MajorLoss:
    """Somebody else of the post follows it from now on."""
    major = _locked(major, seen)
    objections = []
    if officer not in department_people(major.case.unit, OFFICER, "OFFICE_HEAD"):
        objections.append(Objection("not_officer", "负责人须为大案岗或室主任"))
    insist_on(refused_for([*may_follow(major, by).objections, *objections]))
    major.officer = officer
    save_as(major, by, "officer")
    change = stay(major.case, "assign_major").with_details({"major": major.number, "to": officer.name})
    apply(major.case, change, by)
    notify(officer, kind="major", title=f"重大赔案 {major.case} 由您负责", url=major.get_absolute_url())
    return major
