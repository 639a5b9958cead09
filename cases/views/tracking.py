"""人伤跟踪 and 伤者清单: whom to visit, who is late, which unit carries old injuries."""

from __future__ import annotations

from typing import Any

from django.db.models import Max
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from cases.forms.tracking import InjuredFilter, TrackingFilter
from cases.injuries.tracking import AGES, INJURED, TRACKING, age_label, this_week, unit_rows
from cases.models import InjuredPerson
from departments.access import SEE_CASES
from departments.http import StaffRequest
from departments.listings import show
from departments.models import OrgUnit


def _visible(request: StaffRequest) -> Any:
    return InjuredPerson.objects.visible_to(request.user)


def _units(request: StaffRequest) -> Any:
    return OrgUnit.objects.filter(pk__in=request.user.unit_scope.ids(SEE_CASES)).order_by("path_rank")


def _listed(rows: Any) -> Any:
    return rows.for_list().annotate(last_visit_at=Max("visits__visited_at"))


@require_GET
def injured(request: StaffRequest) -> HttpResponse:
    form = InjuredFilter(request.GET, viewer=request.user, units=_units(request))
    return show(request, INJURED, _listed(form.narrow(_visible(request))), form)


@require_GET
def tracking(request: StaffRequest) -> HttpResponse:
    form = TrackingFilter(request.GET, viewer=request.user, units=_units(request))
    people = _visible(request).tracked()
    today = timezone.localdate()
    board = {
        "units": unit_rows(people),
        "ages": [age_label(*ages) for ages in AGES],
        "overdue": people.filter(next_visit_on__lt=today).count(),
        "week": people.filter(next_visit_on__range=this_week(today)).count(),
        "mine": people.filter(tracker=request.user, next_visit_on__lte=this_week(today)[1]).count(),
    }
    return show(request, TRACKING, _listed(form.narrow(people)), form, **board)
