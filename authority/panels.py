"""What the pages of a person and a unit say about authority; imported once, when the app is ready."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from authority import services
from authority.certificates import frozen_people
from authority.interests import may_declare
from authority.letter_page import Line, lines_of
from authority.models import Interest, PersonalGrant, UnitCeiling
from departments.models import Certificate, CertificateType, OrgUnit, Staff
from departments.obstacles import register_obstacle
from departments.panels import Panel, register_panel
from departments.rulings import Objection
from departments.standing import paths_above


def authority_of_person(person: Staff, viewer: Staff) -> tuple[Line, ...]:
    grants = PersonalGrant.objects.visible_to(viewer).effective(timezone.localdate())
    return lines_of(grants.with_terms().filter(holder=person).order_by("item__rank", "-amount_max", "pk"))


def ceilings_over_unit(unit: OrgUnit, viewer: Staff) -> tuple[Line, ...] | None:
    """The from-institution mandates that bind everybody in the unit; left out where none may be seen."""
    ceilings = UnitCeiling.objects.visible_to(viewer).in_force(timezone.localdate())
    binding = ceilings.filter(unit__path__in=paths_above(unit.path)).select_related("letter", "item", "unit")
    return lines_of(binding.order_by("item__rank", "amount_max", "pk")) or None


def grants_in_the_way(unit: OrgUnit) -> Iterator[Objection]:
    """A unit is not closed over somebody's authority: first the letters are changed or revoked."""
    below = Q(appointment__post__unit__path__startswith=unit.path) | Q(unit__path__startswith=unit.path)
    held = PersonalGrant.objects.effective(timezone.localdate()).filter(below).count()
    if held:
        yield Objection("grants_in_force", f"{unit.name}还有 {held} 项生效的个人授权")


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What else an answer about this person rests on."""

    certificates: tuple[Certificate, ...]
    interests: tuple[Interest, ...]
    frozen: tuple[str, ...]
    may_declare: bool


def facts_of_person(person: Staff, viewer: Staff) -> PersonFacts | None:
    """Certificates and declared interests; left out for those who may see neither."""
    certificates = tuple(
        Certificate.objects.visible_to(viewer)
        .filter(staff=person)
        .select_related("type")
        .order_by("-valid_to")
    )
    interests = tuple(
        Interest.objects.visible_to(viewer)
        .open()
        .filter(staff=person)
        .select_related("declared_by", "ended_by")
        .order_by("-declared_at")
    )
    may = may_declare(person.pk, services.watcher_of(viewer, person.pk)).allowed
    if not (certificates or interests or may):
        return None
    today = timezone.localdate()
    grants = PersonalGrant.objects.visible_to(viewer).effective(today).filter(holder=person)
    codes = frozen_people(grants, today).get(person.pk, frozenset())
    names = dict(CertificateType.objects.values_list("code", "name"))
    return PersonFacts(certificates, interests, tuple(names.get(code, code) for code in sorted(codes)), may)


register_panel(
    "person", Panel("证件与利害关系", "authority/_panel_facts.html", facts_of_person, 20, flush=True)
)
register_panel(
    "person", Panel("生效的权限", "authority/_panel_person.html", authority_of_person, 10, flush=True)
)
register_panel("unit", Panel("机构授权", "authority/_panel_unit.html", ceilings_over_unit, 40, flush=True))
register_obstacle(grants_in_the_way)
