"""Ordering a what-if run and stopping it. Neither changes anything of the business."""

from __future__ import annotations

from datetime import date
from functools import partial

from django.db import transaction
from django.utils import timezone

from authority.models import AuthorityLetter
from authority.refusals import insist_on
from cases.models import WhatIfRun
from cases.tasks import wake_what_if
from cases.what_if import rulings
from departments.access import MANAGE_UNIT
from departments.models import OrgUnit, Staff


@transaction.atomic
def order_what_if(
    letter: AuthorityLetter, unit: OrgUnit, period: tuple[date, date], *, by: Staff
) -> WhatIfRun:
    """A run over what was decided in `period` (both days included) in `unit` and below."""
    managed = by.unit_scope.ids(MANAGE_UNIT)
    insist_on(rulings.may_order(unit.pk, *period, managed=managed, admin_role=by.admin_role))
    start, end = period
    run = WhatIfRun.objects.create(
        letter=letter, unit=unit, period_start=start, period_end=end, requested_by=by, message="排队中"
    )
    transaction.on_commit(partial(wake_what_if, run.pk))
    return run


@transaction.atomic
def cancel_what_if(run: WhatIfRun, *, by: Staff) -> WhatIfRun:
    """At once where nobody is at work; else the worker stops at its next batch and keeps nothing."""
    run = WhatIfRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    insist_on(rulings.may_try(managed=by.unit_scope.ids(MANAGE_UNIT), admin_role=by.admin_role))
    insist_on(rulings.may_cancel(run))
    if run.lease_until and run.lease_until > timezone.now():
        run.is_cancel_asked = True
    else:
        run.status, run.message = WhatIfRun.Status.CANCELLED, "已取消，没有保留任何结果"
    run.save(update_fields=["status", "message", "is_cancel_asked"])
    return run
