"""Injured people somebody tracks, requests he is to answer and schemes he mediates: what he hands over.

Imported once, when the app is ready.
"""

from __future__ import annotations

from django.db.models import QuerySet

from cases.injuries.mediation import UNDER_WAY
from cases.models import InjuredPerson, InjuryAssistance, Mediation
from cases.services.assisting import reassign_assistance
from cases.services.injuries import change_injured
from cases.services.mediating import appoint_mediator
from departments.holdings import Changed, Handing, Holding, HoldingKind, register_holding
from departments.models import Staff


def tracked_by(person: Staff) -> QuerySet[InjuredPerson]:
    return InjuredPerson.objects.tracked().filter(tracker=person)


def injured_of(person: Staff) -> list[Holding]:
    rows = tracked_by(person).select_related("case__unit").order_by("next_visit_on", "pk")
    return [
        Holding(
            str(one.pk),
            f"伤者 {one}",
            f"{one.case.unit.short_name}，{one.get_state_display()}，下次访视 {one.next_visit_on:%Y-%m-%d}",
            f"{one.tracker_id} {one.next_visit_on}",
        )
        for one in rows
    ]


def give_injured(handing: Handing, receiver: Staff) -> str:
    found = InjuredPerson.objects.select_related("case").get(pk=handing.holding.thing)
    if f"{found.tracker_id} {found.next_visit_on}" != handing.holding.state:
        raise Changed([handing.holding.title])
    change_injured(found, {}, tracker=receiver, by=handing.by)
    return f"移交 {receiver.name}"


def asked_of(person: Staff) -> QuerySet[InjuryAssistance]:
    return InjuryAssistance.objects.all().open().filter(assigned_to=person)


def assistances_of(person: Staff) -> list[Holding]:
    return [
        Holding(str(one.pk), f"人伤协助 {one.number}", one.subject, str(one.assigned_to_id))
        for one in asked_of(person).order_by("asked_at", "pk")
    ]


def give_assistance(handing: Handing, receiver: Staff) -> str:
    found = InjuryAssistance.objects.get(pk=handing.holding.thing)
    if str(found.assigned_to_id) != handing.holding.state or found.state != "open":
        raise Changed([handing.holding.title])
    reassign_assistance(found, receiver, by=handing.by)
    return f"转由 {receiver.name}"


def schemes_under_way(person: Staff) -> QuerySet[Mediation]:
    return Mediation.objects.filter(mediator=person, status__in=UNDER_WAY)


def mediations_of(person: Staff) -> list[Holding]:
    rows = schemes_under_way(person).select_related("case__unit").order_by("proposed_at", "pk")
    return [
        Holding(
            str(one.pk),
            f"调解方案 {one.number}",
            f"{one.case.unit.short_name} {one.case.report_no}，{one.get_status_display()}",
            f"{one.mediator_id} {one.status}",
        )
        for one in rows
    ]


def give_mediation(handing: Handing, receiver: Staff) -> str:
    """The case is locked before any person is: `cases.holdings.hold_cases` sees to that."""
    mediation = Mediation.objects.get(pk=handing.holding.thing)
    if f"{mediation.mediator_id} {mediation.status}" != handing.holding.state:
        raise Changed([handing.holding.title])
    appoint_mediator(mediation, receiver, f"工作交接：{handing.reason}", by=handing.by)
    return f"改派 {receiver.name} 调解"


def mediations_left(person: Staff) -> int:
    return schemes_under_way(person).count()


def injured_left(person: Staff) -> int:
    return tracked_by(person).count()


def assistances_left(person: Staff) -> int:
    return asked_of(person).count()


register_holding(
    HoldingKind("injured", "跟踪的伤者", injured_of, give_injured, order=12, work_left=injured_left)
)
register_holding(
    HoldingKind(
        "assistance",
        "待答复的人伤协助",
        assistances_of,
        give_assistance,
        order=13,
        work_left=assistances_left,
    )
)
register_holding(
    HoldingKind(
        "mediation",
        "人伤调解",
        mediations_of,
        give_mediation,
        order=14,
        work_left=mediations_left,
    )
)
