"""问题件: each problem code of a return becomes evidence against the step where it arose."""

from cases.items import RETURN_STEPS
from cases.models import CaseStep, Decision, ProblemClass, ProblemFinding
from departments.models import Staff


def note_problems(decision: Decision) -> list[ProblemFinding]:
    """One finding per code; the person is who last did the step, else who submitted."""
    case = decision.case
    person = _doer(decision)
    return [
        ProblemFinding.objects.create(
            case=case,
            decision=decision,
            problem_class=problem_class,
            unit_id=case.unit_id,
            person=person,
            step=decision.return_to,
            description=decision.opinion,
            points=problem_class.points,
            found_by=decision.decided_by,
            found_at=decision.decided_at,
        )
        for problem_class in ProblemClass.objects.filter(code__in=decision.problem_codes)
    ]


def _doer(decision: Decision) -> Staff:
    done = CaseStep.objects.filter(case=decision.case_id, step=decision.return_to).select_related("person")
    last = done.order_by("-left_at", "-pk").first() if decision.return_to in RETURN_STEPS else None
    return last.person if last else decision.submission.submitted_by
