"""The organisation tree and the page of a unit."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from departments import services
from departments.chronicle import chronicle_of_unit
from departments.forms import HeadcountForm
from departments.http import StaffRequest
from departments.models import OrgUnit, Staff
from departments.panels import panels_for
from departments.responsibility import all_duties, belongs_to
from departments.staffing import Staffing, staffing_of
from departments.standing import actor_of, paths_above


@dataclass(frozen=True, slots=True)
class Branch:
    """A line of the tree; `staffing` is None for a unit that is only there to show where others stand."""

    unit: OrgUnit
    staffing: Staffing | None


def _branches(viewer: Staff) -> list[Branch]:
    today = timezone.localdate()
    visible = list(OrgUnit.objects.visible_to(viewer).open_on(today))
    above = {path for unit in visible for path in paths_above(unit.path)}
    staffing = staffing_of(visible, today)
    units = OrgUnit.objects.filter(path__in=above).open_on(today).in_order()
    return [Branch(unit, staffing.get(unit.pk)) for unit in units]


@require_GET
def tree(request: StaffRequest) -> HttpResponse:
    branches = _branches(request.user)
    totals = [branch.staffing for branch in branches if branch.staffing]
    context = {
        "branches": branches,
        "headcount": sum(staffing.headcount for staffing in totals),
        "people": sum(staffing.people for staffing in totals),
        "vacancies": sum(staffing.vacancies for staffing in totals),
    }
    return render(request, "departments/tree.html", context)


@require_GET
def unit(request: StaffRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(
        OrgUnit.objects.visible_to(request.user).select_related("parent", "functional_parent"), pk=pk
    )
    return render(request, "departments/unit.html", _unit_context(request.user, shown))


def _unit_context(viewer: Staff, shown: OrgUnit) -> dict[str, object]:
    today = timezone.localdate()
    visible = frozenset(OrgUnit.objects.visible_to(viewer).values_list("pk", flat=True))
    below = list(shown.children.open_on(today).in_order())
    staffing = staffing_of([shown, *below], today)
    actor = actor_of(viewer, today)
    may_manage = shown.pk in actor.managed or actor.is_system_administrator
    return {
        "unit": shown,
        "crumbs": _crumbs(shown, visible),
        "staffing": staffing[shown.pk],
        "below": [(child, staffing[child.pk], child.pk in visible) for child in below],
        "duties": [duty for duty in all_duties() if belongs_to(duty, shown)],
        "may_manage": may_manage and not shown.closed_on,
        "form": HeadcountForm(unit=shown) if may_manage else None,
        "panels": panels_for("unit", shown, viewer),
        "events": chronicle_of_unit(shown),
    }


def _crumbs(shown: OrgUnit, visible: frozenset[int]) -> list[tuple[str, str]]:
    above = OrgUnit.objects.filter(path__in=paths_above(shown.path)[:-1]).order_by("path")
    return [(unit.short_name, unit.get_absolute_url() if unit.pk in visible else "") for unit in above]


@require_POST
def headcount(request: StaffRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(OrgUnit.objects.visible_to(request.user), pk=pk)
    form = HeadcountForm(request.POST, unit=shown)
    if not form.is_valid():
        context = _unit_context(request.user, shown) | {"form": form}
        return render(request, "departments/unit.html", context, status=422)
    services.set_headcount(shown, **form.cleaned_data, by=request.user)
    return redirect(shown)
