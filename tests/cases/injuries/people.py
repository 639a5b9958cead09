"""Injured people of a case of the branch, with what their costs need."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from cases.injuries.measures import CostRow
from cases.lifecycle import Stage
from cases.models import ClaimCase, InjuredPerson, InjuryCostKind, JudicialStandard
from cases.services import LossRow, assess, injuries, injury_costs
from departments.models import Staff
from tests.cases.branch import Branch, grant, in_post
from tests.factories import CaseFactory

LABEL = "三者伤者"
FACTS: dict[str, Any] = {
    "name": "周秀英",
    "sex": "female",
    "age": 40,
    "role": "pedestrian",
    "injury_grade": "disabled",
    "disability_grade": 10,
    "hospital": "绵阳市中心医院",
    "state": "inpatient",
    "region": "四川",
    "measured_on": date(2026, 11, 1),
}


def injury_case(branch: Branch, **fields: Any) -> ClaimCase:
    """Surveyed, to be assessed."""
    sums = dict.fromkeys(("assessed", "reviewed", "adjusted"), Decimal(0))
    terms = {"stage": Stage.SURVEYED, "is_injury": True, "lines": ["ctpl"], "loss_classes": ["injury"]}
    return CaseFactory(unit=branch.unit, handler=branch.clerk, **{**sums, **terms, **fields})


def injured(case: ClaimCase, by: Staff, label: str = LABEL, **facts: Any) -> InjuredPerson:
    return injuries.register_injured(case, label, {**FACTS, **facts}, tracker=by, by=by)


def kind(code: str) -> InjuryCostKind:
    return InjuryCostKind.objects.get(code=code)


def standard(code: str) -> JudicialStandard:
    return JudicialStandard.objects.get(kind=code, year=2025)


def asked(code: str, claimed: str, **terms: Any) -> CostRow:
    return CostRow(kind(code).pk, Decimal(claimed), **terms)


def version(case: ClaimCase) -> int:
    return ClaimCase.objects.values_list("version", flat=True).get(pk=case.pk)


def cost(person: InjuredPerson, *rows: CostRow, by: Staff) -> list[Any]:
    return injury_costs.save_costs(person, rows, by=by, seen=version(person.case))


def assessed(case: ClaimCase, by: Staff, *amounts: str, label: str = LABEL) -> ClaimCase:
    """One or two lines (交强险, 三者险) of the one person."""
    lines = ("ctpl", "third_party")
    rows = [
        LossRow(line, "injury", label, Decimal(amount)) for line, amount in zip(lines, amounts, strict=False)
    ]
    return assess(case, rows, by=by, seen=version(case))


def medical_reviewer(branch: Branch, limit: str = "500000") -> Staff:
    appointment = in_post("INJ_REV", branch.department)
    grant(appointment, "injury_review", limit)
    found: Staff = appointment.staff
    return found
