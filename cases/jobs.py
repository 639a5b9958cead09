"""What runs by the clock for cases. Every job may run twice, late, or beside itself."""

from celery import shared_task
from django.db.models import Q
from django.utils import timezone

from authority.models import EmergencyGrant, Substitution
from authority.services import write_off_emergency
from cases.clearing.reminding import remind_of_base_lists
from cases.conferences.reminding import remind_silent_members
from cases.escalation.reminding import remind
from cases.importing.drop_folder import alone, waiting_files
from cases.lawsuits.reminding import remind_of_hearings
from cases.models import ImportBatch, WhatIfRun
from cases.services import (
    clearing,
    deserted_stations,
    drawing,
    importing,
    inspecting,
    restaff,
    write_off_ended,
)
from cases.services.doubting import check_data
from cases.services.dues import refresh_dues, renew_dues
from cases.services.forcing import refresh_average_costs, register_by_force
from cases.services.helping import add_co_handlers
from cases.services.watching import alert_the_late
from cases.supervision.making import make_month, months_to_make
from cases.tasks import wake_importer, wake_what_if
from departments.models import OrgUnit, UnitKind

Status = ImportBatch.Status
AT_ONCE = 500


@shared_task
def pick_up_imports() -> int:
    """Batches whose worker died or was never woken, and files that lie in the drop folder."""
    idle = ImportBatch.objects.filter(status__in=[Status.CHECKING, Status.COMMITTING]).exclude(
        lease_until__gte=timezone.now()
    )
    waiting = list(idle.values_list("pk", flat=True))
    for batch_id in waiting:
        wake_importer(batch_id)
    with alone() as is_alone:
        for found in waiting_files() if is_alone else ():
            importing.receive(found.path, profile=found.profile, by=found.owner)
    return len(waiting)


@shared_task
def pick_up_what_ifs() -> int:
    """Runs whose worker died or was never woken."""
    to_do = WhatIfRun.objects.filter(status__in=[WhatIfRun.Status.WAITING, WhatIfRun.Status.RUNNING])
    waiting = list(to_do.exclude(lease_until__gte=timezone.now()).values_list("pk", flat=True))
    for run_id in waiting:
        wake_what_if(run_id)
    return len(waiting)


@shared_task
def keep_stations_staffed() -> int:
    """Every minute: what is over by its dates is written off; nothing waits for somebody who is away."""
    now = timezone.now()
    over = Q(ends_at__lte=now) | Q(absence__ends_at__lte=now) | Q(absence__cancelled_at__isnull=False)
    for emergency in EmergencyGrant.objects.filter(ended_at=None, ends_at__lte=now).order_by("pk")[:AT_ONCE]:
        write_off_emergency(emergency)
    write_off_ended(Substitution.objects.filter(over, ended_at=None).order_by("pk")[:AT_ONCE])
    return sum(restaff(step) for step in deserted_stations()[:AT_ONCE])


@shared_task
def make_supervision_months() -> int:
    """The reviews up to last month that a department has not got yet, oldest first; how many were made."""
    units = OrgUnit.objects.filter(kind=UnitKind.DEPARTMENT, closed_on=None).order_by("pk")
    return sum(make_month(unit, month) is not None for unit in units for month in months_to_make(unit))


@shared_task
def keep_quality() -> int:
    """Every hour: the lists of the months that a department has not got yet; scores that nobody appealed."""
    units = OrgUnit.objects.filter(kind=UnitKind.DEPARTMENT, closed_on=None).order_by("pk")
    for unit in units:
        for month in drawing.months_to_draw(unit):
            drawing.draw_month(unit, month)
    return inspecting.settle_due(timezone.localdate())


@shared_task
def check_data_quality() -> bool:
    """Every hour, made once a day: what changed since the last check and looks wrong."""
    return check_data(timezone.now()) is not None


@shared_task
def watch_clocks() -> int:
    """Forced registrations first: what is registered is no longer late."""
    told = register_by_force() + alert_the_late()
    add_co_handlers()
    refresh_dues()
    return told


@shared_task
def remind_of_escalations() -> int:
    """Before and after the deadline of head office; how many people were reminded."""
    return remind()


@shared_task
def remind_of_meetings() -> int:
    """Who goes to court soon, and whose opinion a conference still waits for; how many were reminded."""
    return remind_of_hearings() + remind_silent_members()


@shared_task
def average_costs() -> int:
    """Once a night: what a forced registration takes as its estimate, and the deadlines of the lists anew."""
    renew_dues()
    return refresh_average_costs()


@shared_task
def remind_of_annual_lists() -> int:
    """Every morning from New Year's Day to the last day: who has not frozen the list of the year's end."""
    return remind_of_base_lists()


@shared_task
def take_clearing_rounds() -> int:
    """Every morning: a round for each running campaign whose last one is closed and long enough ago."""
    due = clearing.campaigns_due(timezone.now())
    for campaign in due:
        clearing.take_round(campaign, "按期取数", by=None)
    return len(due)
