"""What the pages of a person and a unit say about cases; imported once, when the app is ready."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Min, Sum
from django.urls import reverse
from django.utils.http import urlencode

from authority.letter_links import LetterLink, register_letter_link
from authority.models import AuthorityLetter
from authority.usual_times import register_usual_times
from cases.clocks import Clocks
from cases.lifecycle import Stage
from cases.models import ClaimCase
from cases.queue import Waiting, waiting_cases, waiting_stations
from cases.services.helping import assisted_by
from cases.turnaround import usual_times
from cases.what_if import rulings
from departments.access import MANAGE_UNIT, SEE_CASES
from departments.models import OrgUnit, Staff
from departments.obstacles import register_obstacle
from departments.owed import Owed, register_owed
from departments.panels import Panel, register_panel
from departments.rulings import Objection

LONGEST_WAITING = 8


@dataclass(frozen=True, slots=True)
class WorkOfPerson:
    """`cases`: those of the person's open cases that the viewer may see, longest waiting first."""

    decide: Waiting
    handle: Waiting
    returned: Waiting
    cases: Sequence[ClaimCase]

    @property
    def is_idle(self) -> bool:
        return not (self.decide.count or self.handle.count or self.returned.count or self.cases)


@dataclass(frozen=True, slots=True)
class StageLine:
    """The open cases of a unit in one stage."""

    stage: str
    name: str
    count: int
    oldest: datetime | None
    estimate: Decimal


def work_of_person(person: Staff, viewer: Staff) -> WorkOfPerson | None:
    """What waits for the person; for himself, and for whoever sees cases at all."""
    if person.pk != viewer.pk and not viewer.unit_scope.ids(SEE_CASES):
        return None
    handle, returned = waiting_cases(person)
    open_cases = ClaimCase.objects.visible_to(viewer).outstanding().filter(handler=person)
    longest = open_cases.select_related("unit").order_by("stage_entered_at", "id")[:LONGEST_WAITING]
    return WorkOfPerson(waiting_stations(person, Clocks.today()), handle, returned, list(longest))


def work_of_unit(unit: OrgUnit, viewer: Staff) -> list[StageLine] | None:
    """The open cases of the unit and all below that the viewer may see, by stage in the order of the work."""
    if unit.pk not in viewer.unit_scope.ids(SEE_CASES):
        return None
    rows = (
        ClaimCase.objects.visible_to(viewer)
        .outstanding()
        .filter(unit__path__startswith=unit.path)
        .order_by()
        .values("stage")
        .annotate(count=Count("pk"), oldest=Min("stage_entered_at"), total=Sum("estimate"))
    )
    found = {row["stage"]: row for row in rows}
    return [
        StageLine(stage, str(stage.label), row["count"], row["oldest"], row["total"])
        for stage in Stage
        if (row := found.get(stage))
    ]


def cases_in_the_way(unit: OrgUnit) -> Iterator[Objection]:
    """A unit with open cases is not closed: they are finished or handed over first."""
    count = ClaimCase.objects.outstanding().filter(unit__path__startswith=unit.path).count()
    if count:
        yield Objection("open_cases", f"{unit.name}还有 {count} 件未结案件，请先办结或移交")


def try_letter(letter: AuthorityLetter, viewer: Staff) -> LetterLink | None:
    """Before it takes effect, for those who may try it."""
    may_try = rulings.may_try(managed=viewer.unit_scope.ids(MANAGE_UNIT), admin_role=viewer.admin_role)
    if letter.approved_at is not None or not may_try.allowed:
        return None
    address = f"{reverse('cases:what_if_new')}?{urlencode({'letter': letter.pk})}"
    return LetterLink("试算", address, "按过去审批过的案件，看它生效后各由谁决定")


register_panel("person", Panel("等待办理", "cases/_panel_person.html", work_of_person, 20, flush=True))
register_panel("unit", Panel("未结案件", "cases/_panel_unit.html", work_of_unit, 20, flush=True))
register_obstacle(cases_in_the_way)
register_owed(Owed("co_handled", "协办赔案", assisted_by, "cases:co_handled", "mine=1"))
register_letter_link(try_letter)
register_usual_times(usual_times)
