"""Injured persons on the page of their case, and visits on the workbench; imported when the app is ready."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet, Sum
from django.urls import reverse
from django.utils import timezone

from cases.casefile.related import RELATED, Record, Related, Start
from cases.injuries.mediation import may_propose
from cases.injuries.tracking import state_name, state_of
from cases.models import ClaimCase, InjuredPerson, Mediation
from cases.rulings import may_handle
from departments.models import Staff
from departments.owed import Owed, register_owed
from departments.panels import Panel, register_panel


def injured_of_case(case: ClaimCase, viewer: Staff) -> Related | None:
    """None for a case without injury; two statements."""
    people = list(case.injured.annotate(assessed=Sum("costs__assessed")).order_by("pk"))
    if not people and not case.is_injury:
        return None
    url = reverse("cases:injured_new", args=[case.pk])
    return Related(
        [_record(person, viewer) for person in people],
        [Start("登记伤者", url, may_handle(case, viewer))],
    )


def _record(person: InjuredPerson, viewer: Staff) -> Record:
    due = person.next_visit_on
    note = f"{person.named_for(viewer)} · {person.get_injury_grade_display()} · {person.hospital}"
    return Record(
        person.label,
        person.get_absolute_url(),
        state_name(person),
        state_of(person),
        f"{note}，下次访视 {due:%m-%d}" if due else note,
        getattr(person, "assessed", None),
        person.registered_at,
    )


def visits_due(staff: Staff) -> QuerySet[InjuredPerson]:
    """By this person, today or before; of cases that he may see."""
    people = InjuredPerson.objects.visible_to(staff).tracked()
    return people.filter(tracker=staff, next_visit_on__lte=timezone.localdate())


def mediations_of_case(case: ClaimCase, viewer: Staff) -> Related | None:
    """None for a case without injury; two statements."""
    rows: Any = Mediation.objects.filter(case=case).select_related("mediator")
    rows = rows.annotate(asked=Sum("lines__amount"))
    found = list(rows.order_by("pk"))
    if not found and not case.is_injury:
        return None
    url = reverse("cases:mediation_new", args=[case.pk])
    return Related(
        [
            Record(
                f"调解方案 {one.number}",
                one.get_absolute_url(),
                one.get_status_display(),
                one.status,
                f"调解人 {one.mediator.name} {one.result_note}".strip(),
                one.agreed_amount or one.approved_amount or one.asked,
                one.proposed_at,
            )
            for one in found
        ],
        [Start("拟调解方案", url, may_propose(case, viewer))],
    )


def mediations_to_hold(staff: Staff) -> QuerySet[Mediation]:
    """Approved, and his to mediate."""
    return Mediation.objects.visible_to(staff).filter(mediator=staff, status=Mediation.Status.APPROVED)


register_panel("case", Panel("伤者", RELATED, injured_of_case, 20, flush=True))
register_panel("case", Panel("人伤调解", RELATED, mediations_of_case, 30, flush=True))
register_owed(Owed("mediations", "待调解", mediations_to_hold, "cases:mediations", "mine=on&status=approved"))
register_owed(Owed("injury_visits", "待访视伤者", visits_due, "cases:injury_tracking", "mine=on&due=today"))
