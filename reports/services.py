from functools import partial

from django.db import transaction
from django.utils import timezone

from authority.refusals import insist_on
from authority.rulings import Ruling
from departments.access import MANAGE_UNIT
from departments.models import Appointment, OrgUnit, Staff
from departments.tasks import wake
from reports import rulings, runs, tasks
from reports.models import ReportDefinition, Run


def may_run_again(run: Run, staff: Staff) -> Ruling:
    """Pages show it, the service insists on it."""
    held = Appointment.objects.on(timezone.localdate()).filter(staff=staff)
    return rulings.may_run_again(
        posts=list(held.values_list("post__post_type__code", flat=True)),
        maker_posts=run.definition.maker_posts,
        manages=run.unit_id in staff.unit_scope.ids(MANAGE_UNIT),
        status=run.status,
    )


@transaction.atomic
def run_again(run: Run, *, by: Staff, reason: str) -> Run:
    """Order a new version of a published report; the earlier ones stay as they are."""
    ReportDefinition.objects.select_for_update().get(pk=run.definition_id)
    run = Run.objects.select_related("definition", "unit").get(pk=run.pk)
    insist_on(may_run_again(run, by))
    unit = OrgUnit.objects.get(pk=run.unit_id)
    ordered = Run.objects.create(
        definition=run.definition,
        unit=unit,
        period_start=run.period_start,
        period_end=run.period_end,
        version=runs.next_version(run),
        reason=reason,
        requested_by=by,
    )
    transaction.on_commit(partial(wake, tasks.build_waiting_runs))
    return ordered
