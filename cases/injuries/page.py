"""What the pages of one injured person show: facts, costs with their sums, what may be done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from authority.rulings import Ruling
from cases.injuries.measures import Measures, ctpl_limits
from cases.injuries.rulings import may_enter_costs, may_review_costs, may_track
from cases.injuries.settlement import GROUP_NAMES, Settled, settle
from cases.matters import fen
from cases.models import InjuredPerson, InjuryCost
from departments.models import Staff

ZERO = Decimal(0)
OWN_ROLES = frozenset({InjuredPerson.Role.OWN_DRIVER, InjuredPerson.Role.OWN_OCCUPANT})


@dataclass(frozen=True, slots=True)
class Sums:
    """Of all costs shown, in yuan. `reviewed` counts what nobody has looked at as assessed."""

    claimed: Decimal
    computed: Decimal
    assessed: Decimal
    reviewed: Decimal

    @property
    def cut(self) -> Decimal:
        return self.assessed - self.reviewed


@dataclass(frozen=True, slots=True)
class Doors:
    """What this viewer may do with the person; closed ones keep their reasons."""

    track: Ruling
    enter: Ruling
    review: Ruling


def costs_of(person: InjuredPerson) -> list[InjuryCost]:
    rows = person.costs.select_related("kind", "standard", "cut_reason", "reviewer")
    return list(rows.order_by("kind__rank", "pk"))


def sums_of(costs: Sequence[InjuryCost]) -> Sums:
    return Sums(
        sum((cost.claimed for cost in costs), ZERO),
        sum((cost.computed or ZERO for cost in costs), ZERO),
        sum((cost.assessed for cost in costs), ZERO),
        sum((cost.stands for cost in costs), ZERO),
    )


def persons_under_review(case_id: int) -> list[InjuredPerson]:
    """Whose losses are broken down: with `stands` (yuan, what is cut taken off) and `unseen` costs.

    The review of these takes its sums from the costs.
    """
    people = InjuredPerson.objects.filter(case=case_id, costs__isnull=False)
    stands = Sum(Coalesce("costs__reviewed", "costs__assessed"))
    unseen = Count("costs", filter=Q(costs__reviewed=None))
    return list(people.annotate(stands=stands, unseen=unseen).order_by("pk"))


def doors_of(person: InjuredPerson, staff: Staff) -> Doors:
    return Doors(
        may_track(person, staff), may_enter_costs(person, staff), may_review_costs(person.case, staff)
    )


def file_of(person: InjuredPerson, staff: Staff) -> dict[str, Any]:
    """What the page and the printed sheet show alike."""
    costs = costs_of(person)
    return {
        "person": person,
        "case": person.case,
        "facts": facts_of(person, staff),
        "costs": costs,
        "sums": sums_of(costs),
        "standards": standards_of(person),
        "settlement": settlement_of(person),
        "dependants": person.dependants.all(),
    }


def settlement_of(person: InjuredPerson) -> Settled | None:
    """Of what stands after the review; None without costs. Own people have no part in 交强险."""
    case = person.case
    damage: defaultdict[int, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for cost in InjuryCost.objects.filter(case=case).select_related("kind", "person"):
        damage[cost.person_id][cost.kind.group] += fen(cost.stands)
    if person.pk not in damage:
        return None
    third = {pk for pk, role in case.injured.values_list("pk", "role") if role not in OWN_ROLES}
    everybody = {group: sum(damage[pk][group] for pk in third if pk in damage) for group in GROUP_NAMES}
    limits = ctpl_limits(case) if person.pk in third else {}
    return settle(damage[person.pk], everybody, limits, case.liability_ratio)


def facts_of(person: InjuredPerson, staff: Staff) -> list[tuple[str, Any]]:
    return [
        ("姓名", person.named_for(staff)),
        ("性别年龄", f"{person.get_sex_display()} {person.age} 岁"),
        ("身份", person.get_role_display()),
        ("伤情", _grade(person)),
        ("诊断", person.diagnosis),
        ("医院科室", f"{person.hospital} {person.department}".strip()),
        ("住院", _stay(person)),
        ("治疗状态", person.get_state_display()),
        ("适用标准", _standard(person)),
        ("跟踪责任人", person.tracker.name),
        ("下次访视", f"{person.next_visit_on:%Y-%m-%d}" if person.next_visit_on else "已结束跟踪"),
    ]


def _grade(person: InjuredPerson) -> str:
    disability = f"，{person.disability_grade} 级伤残" if person.disability_grade else ""
    return f"{person.get_injury_grade_display()}{disability}"


def _stay(person: InjuredPerson) -> str:
    if person.admitted_on is None:
        return ""
    until = f"{person.discharged_on:%Y-%m-%d}" if person.discharged_on else "今"
    days = f"（{person.inpatient_days} 天）" if person.inpatient_days else ""
    return f"{person.admitted_on:%Y-%m-%d} 至 {until}{days}"


def _standard(person: InjuredPerson) -> str:
    household = person.get_household_display()
    day = person.measured_on or timezone.localdate()
    return " ".join(filter(None, [person.region, household, f"{day:%Y-%m-%d} 有效"]))


def standards_of(person: InjuredPerson) -> list[Any]:
    """Those that are used for the person, for the page to show with their source."""
    measures = Measures.of(person)
    found = {measures.standard_for(kind) for kind in measures.kinds.values() if kind.standard_kind}
    return sorted((one for one in found if one), key=lambda one: one.kind)
