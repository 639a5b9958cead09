"""Who could take a case over, how many are spread over several people, who of the department looks after."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, QuerySet
from django.utils import timezone

from authority.rulings import Ruling
from cases.models import ClaimCase
from cases.rulings import may_take_over
from departments.access import HANDLE_CASES
from departments.models import Appointment, OrgUnit, Staff, UnitKind
from departments.standing import paths_above


def successors_in(paths: Iterable[str]) -> QuerySet[Staff]:
    """Active people in the units at these paths or above them; whether one may is a ruling's business."""
    above = {
        "".join(f"{code}/" for code in codes[:depth])
        for codes in (path.strip("/").split("/") for path in paths)
        for depth in range(1, len(codes) + 1)
    }
    held = Appointment.objects.on(timezone.localdate()).filter(
        post__unit__path__in=above, post__post_type__permissions__contains=[HANDLE_CASES]
    )
    return Staff.objects.filter(pk__in=held.values("staff"), is_active=True).order_by("name", "pk")


def department_people(unit: OrgUnit, *post_codes: str) -> QuerySet[Staff]:
    """Active people of the department above a unit who are in one of these posts; without codes, all in the
    department itself and its offices."""
    department = OrgUnit.objects.filter(path__in=paths_above(unit.path), kind=UnitKind.DEPARTMENT)
    path = department.order_by("-path").values_list("path", flat=True).first()
    held = Appointment.objects.on(timezone.localdate()).filter(post__unit__path__startswith=path or unit.path)
    if post_codes:
        held = held.filter(post__post_type__code__in=post_codes)
    else:
        held = held.filter(post__unit__kind__in=[UnitKind.DEPARTMENT, UnitKind.OFFICE])
    return Staff.objects.filter(pk__in=held.values("staff"), is_active=True).order_by("name", "pk")


@dataclass(slots=True)
class Load:
    """`before`: open cases the person answers for, without those being given out; `given`: of these."""

    person: Staff
    before: int
    given: list[ClaimCase] = field(default_factory=list)

    @property
    def after(self) -> int:
        return self.before + len(self.given)


@dataclass(frozen=True, slots=True)
class Spread:
    """Of one case: to whom, or why to nobody."""

    case: ClaimCase
    to: Staff | None
    ruling: Ruling


def load_of(people: Iterable[Staff], apart_from: Iterable[ClaimCase] = ()) -> list[Load]:
    """How many open cases each answers for today; one statement, in the order of `people`."""
    several = list(people)
    held = ClaimCase.objects.outstanding().filter(handler__in=several)
    held = held.exclude(pk__in=[case.pk for case in apart_from])
    counts = dict(held.order_by().values_list("handler").annotate(Count("pk")))
    return [Load(person, counts.get(person.pk, 0)) for person in several]


def spread(cases: Sequence[ClaimCase], loads: Sequence[Load]) -> list[Spread]:
    """One after the other to whoever has least by then and may take it; enters it in the `loads`.

    A case may stay with its handler where he is one of them and has least; then it is not handed over.
    """
    return [_given(case, loads) for case in cases]


def _given(case: ClaimCase, loads: Sequence[Load]) -> Spread:
    rulings = {load.person.pk: may_take_over(case, load.person) for load in loads}
    able = [load for load in loads if rulings[load.person.pk].allowed or load.person.pk == case.handler_id]
    if not able:
        return Spread(case, None, next(iter(rulings.values())))
    least = min(able, key=lambda load: (load.after, load.person.pk))
    least.given.append(case)
    return Spread(case, least.person, rulings[least.person.pk])
