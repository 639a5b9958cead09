"""问题件: found at a return or on its own, answered by the unit, looked at again, confirmed.

    finding = find_problem(case, Problem("P2", "survey", "无第一现场照片", source="quality"), by=checker)

is all that another part of the product needs: who found something enters it, the unit answers here.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from django.utils import timezone

from authority.refusals import insist_on
from authority.rulings import Objection
from cases.clocks import Clocks
from cases.items import RETURN_STEPS
from cases.models import (
    CasePaper,
    CaseStep,
    ClaimCase,
    Decision,
    ProblemClass,
    ProblemFinding,
    ProblemPoints,
    Step,
)
from cases.numbers import next_number
from cases.problems import rulings
from cases.rulings import with_objections
from cases.services.transition import apply, lock_case, stay
from departments.access import MANAGE_UNIT
from departments.clocks import Course, Rule, read
from departments.models import Appointment, OrgUnit, Staff
from departments.outbox import notify

REPLY, APPEAL = "problem_reply", "problem_appeal"
COUNTING = 4218
"""The class of our advisory locks, one per unit."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What was found. `class_code` P1…P12, `step` of `cases.models.Step`, `source` of ProblemFinding.Source.

    `unit` None: the unit of the case; `person` None: whoever did the step last, if anybody did.
    `papers`: of this case's file.
    """

    class_code: str
    step: str
    description: str
    source: str = ProblemFinding.Source.REVIEW
    severity: str = "normal"
    unit: OrgUnit | None = None
    person: Staff | None = None
    needs_correction: bool = True
    papers: Collection[CasePaper] = ()


@transaction.atomic
def find_problem(case: ClaimCase, problem: Problem, *, by: Staff) -> ProblemFinding:
    """Raises Refused with every reason. The unit is told and has until `reply_due_at` to answer."""
    case = lock_case(case.pk, None)
    ruling = rulings.may_find(case.unit_id, rulings.party(by))
    insist_on(with_objections(ruling, _problem_objections(case, problem, by)))
    finding = _finding(case, problem, by, timezone.now())
    finding.save(force_insert=True)
    finding.papers.set(problem.papers)
    change = stay(case, "find_problem").because(problem.description)
    apply(case, change.with_details({"problem": finding.number, "class": problem.class_code}), by)
    tell_unit(finding, f"{finding} 待答复")
    return finding


def _problem_objections(case: ClaimCase, problem: Problem, by: Staff) -> list[Objection]:
    objections = []
    if not ProblemClass.objects.filter(code=problem.class_code).exists():
        objections.append(Objection("no_class", "须选择问题分类"))
    if problem.step not in Step.values:
        objections.append(Objection("no_step", "须指定发生问题的环节"))
    if not problem.description.strip():
        objections.append(Objection("no_description", "须写明问题"))
    if any(paper.case_id != case.pk for paper in problem.papers):
        objections.append(Objection("foreign_paper", "含有不属于本案的材料"))
    person = problem.person or doer_of(case, problem.step)
    if person is not None and person.pk == by.pk:
        objections.append(Objection("own_fault", "发现人不得是责任人；本人办理的环节由他人登记"))
    return objections


def _finding(case: ClaimCase, problem: Problem, by: Staff, now: datetime) -> ProblemFinding:
    problem_class = ProblemClass.objects.get(code=problem.class_code)
    return ProblemFinding(
        number=next_number("WT"),
        case=case,
        source=problem.source,
        problem_class=problem_class,
        severity=problem.severity,
        unit=problem.unit or case.unit,
        person=problem.person or doer_of(case, problem.step),
        step=problem.step,
        description=problem.description.strip(),
        points=points_on(timezone.localdate(now), problem_class, problem.severity),
        needs_correction=problem.needs_correction,
        found_by=by,
        found_at=now,
        reply_due_at=due(REPLY, now),
    )


_DONE_BY = frozenset({*RETURN_STEPS, Step.PRELIMINARY})


def note_problems(decision: Decision) -> list[ProblemFinding]:
    """One finding per code of a return; the person is who last did the step, else who submitted."""
    case, moment = decision.case, decision.decided_at
    person = _doer(decision)
    due_at = due(REPLY, moment)
    return [
        ProblemFinding.objects.create(
            number=next_number("WT"),
            case=case,
            decision=decision,
            problem_class=problem_class,
            unit_id=case.unit_id,
            person=person,
            step=decision.return_to,
            description=decision.opinion,
            points=points_on(timezone.localdate(moment), problem_class, "normal"),
            found_by=decision.decided_by,
            found_at=moment,
            reply_due_at=due_at,
        )
        for problem_class in ProblemClass.objects.filter(code__in=decision.problem_codes)
    ]


def points_on(day: date, problem_class: ProblemClass, severity: str) -> int:
    """By the scale in force on the day; of two rows the later one. Without one nothing is taken off."""
    rows = ProblemPoints.objects.on(day).filter(problem_class=problem_class, severity=severity)
    found = rows.order_by("-valid_from").values_list("points", flat=True).first()
    return found or 0


def doer_of(case: ClaimCase, step: str) -> Staff | None:
    """Who last did the step."""
    done = CaseStep.objects.filter(case=case, step=step).select_related("person")
    last = done.order_by("-left_at", "-pk").first()
    return last.person if last else None


def _doer(decision: Decision) -> Staff:
    last = doer_of(decision.case, decision.return_to) if decision.return_to in _DONE_BY else None
    return last or decision.submission.submitted_by


def due(code: str, since: datetime) -> datetime | None:
    """When the clock of the rule runs out; None where no rule is in force."""
    clocks = Clocks.today()
    rule: Rule | None = clocks.rules.get(code)
    if rule is None:
        return None
    return read(rule, Course(timezone.localtime(since)), clocks.now, clocks.calendar).due_at


def alone_in_unit(unit_id: int) -> None:
    """Until the transaction ends nobody else confirms findings of the unit or signs a letter about them."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [COUNTING, unit_id])


def tell_unit(finding: ProblemFinding, title: str) -> None:
    """The person at fault, and whoever manages his unit."""
    people = {finding.person_id} | set(heads_of(finding.unit_id))
    for staff in Staff.objects.filter(pk__in=people - {None, finding.found_by_id}, is_active=True):
        notify(staff, kind="problem", title=title, url=finding.get_absolute_url())


def heads_of(unit_id: int) -> list[int]:
    """Ids of those who hold a managing post of the unit itself."""
    held = Appointment.objects.on(timezone.localdate()).filter(post__unit=unit_id)
    managing = held.filter(post__post_type__permissions__contains=[MANAGE_UNIT])
    return list(managing.values_list("staff", flat=True))
