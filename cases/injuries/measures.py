"""The standards in force for one injured person, and what they give for a cost; the figures are data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.db.models import Q
from django.utils import timezone

from cases.injuries.calculator import WHOLE, Computed, Facts, Rate, Supported, Terms, compute
from cases.models import (
    ClaimCase,
    CtplLimit,
    Dependant,
    DisabilityGrade,
    InjuredPerson,
    InjuryCostKind,
    JudicialStandard,
)

_DEAD = "dead"
_GROUPS = {"medical": "medical", "death": "death_disability"}


@dataclass(frozen=True, slots=True)
class CostRow:
    """One cost as filled in; sums in yuan. `assessed` None: by the standard, never above the claim."""

    kind_id: int
    claimed: Decimal
    part: str = ""
    days: int | None = None
    daily: Decimal | None = None
    count: Decimal = Decimal(1)
    percent: int | None = None
    assessed: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """What the standard gives: yuan or nothing, with the standard and the steps."""

    computed: Decimal | None
    standard: JudicialStandard | None
    steps: tuple[str, ...]
    missing: tuple[str, ...]
    percent: int | None


@dataclass(frozen=True, slots=True)
class Measures:
    """Everything that bears on the costs of one person; three statements to read."""

    person: InjuredPerson
    kinds: Mapping[int, InjuryCostKind]
    standards: Mapping[tuple[str, str], JudicialStandard]
    grades: Mapping[int, int]
    dependants: tuple[Supported, ...]

    @classmethod
    def of(cls, person: InjuredPerson) -> Measures:
        day = person.measured_on or timezone.localdate()
        standards = JudicialStandard.objects.on(day).filter(region=person.region).order_by("valid_from")
        return cls(
            person,
            {kind.pk: kind for kind in InjuryCostKind.objects.on(day).order_by("rank")},
            {(one.kind, one.household): one for one in standards},
            dict(DisabilityGrade.objects.on(day).values_list("grade", "percent")),
            tuple(map(_supported, person.dependants.order_by("pk"))),
        )

    def standard_for(self, kind: InjuryCostKind) -> JudicialStandard | None:
        """Of the person's household where the region still tells them apart."""
        own = self.standards.get((kind.standard_kind, self.person.household))
        return own or self.standards.get((kind.standard_kind, ""))

    def percent_of(self, asked: CostRow) -> int | None:
        """A death counts whole; otherwise what is filled in, or the grade's coefficient."""
        if self.person.injury_grade == _DEAD:
            return WHOLE
        if asked.percent is not None:
            return asked.percent
        return self.grades.get(self.person.disability_grade or 0)

    def measure(self, asked: CostRow) -> Measured:
        kind = self.kinds[asked.kind_id]
        standard, percent = self.standard_for(kind), self.percent_of(asked)
        found = compute(terms_of(kind), _rate(standard), self._facts(asked, percent))
        return Measured(_in_yuan(found), standard, found.steps, found.missing, percent)

    def _facts(self, asked: CostRow, percent: int | None) -> Facts:
        return Facts(
            age=self.person.age,
            days=asked.days,
            count=Fraction(asked.count),
            percent=percent,
            own_daily=None if asked.daily is None else int(asked.daily * WHOLE),
            dependants=self.dependants,
        )


def terms_of(kind: InjuryCostKind) -> Terms:
    return Terms(
        kind.formula,
        full_years=kind.full_years or 0,
        age_from=kind.age_from or 0,
        least_age=kind.least_age or 0,
        least_years=kind.least_years or 0,
        adult_age=kind.adult_age or 0,
        months=kind.months or 0,
    )


def kinds_in_force(day: date) -> Iterable[InjuryCostKind]:
    return InjuryCostKind.objects.on(day).order_by("rank")


def _rate(standard: JudicialStandard | None) -> Rate | None:
    return Rate(int(standard.amount * WHOLE), standard.per, standard.text) if standard else None


def _in_yuan(found: Computed) -> Decimal | None:
    return None if found.fen is None else Decimal(found.fen) / WHOLE


def _supported(dependant: Dependant) -> Supported:
    return Supported(f"{dependant.relation}", dependant.age, dependant.supporters)


def ctpl_limits(case: ClaimCase) -> dict[str, int]:
    """Fen by group of limits, of the day of the accident and by fault; one statement."""
    day = timezone.localdate(case.accident_at or case.reported_at)
    rows = CtplLimit.objects.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)
    found = rows.filter(is_at_fault=case.liability_ratio > 0).order_by("valid_from")
    return {_GROUPS[row.part]: int(row.amount * WHOLE) for row in found if row.part in _GROUPS}
