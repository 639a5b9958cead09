"""Handing over many cases chosen in the list, to one person or spread over several; each is ruled on."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from authority.refusals import Refused
from cases import services
from cases.conflicts import Stale
from cases.forms.work import SpreadForm
from cases.handlers import load_of, spread, successors_in
from cases.models import ClaimCase
from cases.views.deciding import RowResult
from departments.http import StaffRequest, number_in
from departments.models import Staff

MOST = 200


@require_POST
def hand_over_many(request: StaffRequest) -> HttpResponse:
    """The form with the chosen cases; where several take them, the plan; then the result row by row."""
    chosen = [number_in(pk) for pk in request.POST.getlist("case")][:MOST]
    cases = list(ClaimCase.objects.visible_to(request.user).for_list().filter(pk__in=chosen).order_by("pk"))
    if not cases:
        messages.error(request, "没有选择案件。")
        return redirect("cases:index")
    is_sent = "successor" in request.POST
    form = SpreadForm(
        request.POST if is_sent else None, successors=successors_in({case.unit.path for case in cases})
    )
    if not is_sent or not form.is_valid():
        context = {"cases": cases, "form": form}
        return render(request, "cases/hand_over_many.html", context, status=422 if is_sent else 200)
    return _given_out(request, cases, form)


def _given_out(request: StaffRequest, cases: Sequence[ClaimCase], form: SpreadForm) -> HttpResponse:
    people = list(form.cleaned_data["successor"])
    if len(people) > 1 and "planned" not in request.POST:
        return _plan(request, cases, form, people)
    return _result(request, cases, form, people)


def _plan(
    request: StaffRequest, cases: Sequence[ClaimCase], form: SpreadForm, people: Sequence[Staff]
) -> HttpResponse:
    """Who would get how many, and which; nothing is changed."""
    loads = load_of(people, cases)
    context = {"plan": spread(cases, loads), "loads": loads, "form": form, "seen": _all_seen(request, cases)}
    return render(request, "cases/hand_over_plan.html", context)


def _all_seen(request: StaffRequest, cases: Sequence[ClaimCase]) -> dict[int, int]:
    return {case.pk: _seen(request, case) for case in cases}


def _result(
    request: StaffRequest, cases: Sequence[ClaimCase], form: SpreadForm, people: Sequence[Staff]
) -> HttpResponse:
    by_id = {person.pk: person for person in people}
    results = [_row(request, case, _successor(request, case, by_id), form) for case in cases]
    done = sum(result.is_done for result in results)
    context = {"results": results, "done": done, "failed": len(results) - done, "back_url": "/cases/"}
    return render(request, "cases/bulk_result.html", context)


def _successor(request: StaffRequest, case: ClaimCase, people: dict[int, Staff]) -> Staff | None:
    """As the plan said; the only one where only one was chosen."""
    if len(people) == 1:
        return next(iter(people.values()))
    return people.get(number_in(request.POST.get(f"to_{case.pk}", "")))


def _row(request: StaffRequest, case: ClaimCase, to: Staff | None, form: SpreadForm) -> RowResult:
    reason, label, url = form.cleaned_data["reason"], str(case), case.get_absolute_url()
    if to is None:
        return RowResult(label, url, False, "所选接手人都不能接手")
    if case.handler_id == to.pk and "planned" in request.POST:
        return RowResult(label, url, True, f"仍由 {to.name} 负责")
    try:
        services.hand_over(case, to, reason, by=request.user, seen=_seen(request, case))
    except Refused as refused:
        return RowResult(label, url, False, "；".join(one.text for one in refused.ruling.objections))
    except Stale:
        return RowResult(label, url, False, "案件在您选择之后已有变化，请打开案件重新办理")
    return RowResult(label, url, True, f"已移交 {to.name}")


def _seen(request: StaffRequest, case: ClaimCase) -> int:
    """The version sent for this case with the list of the chosen ones."""
    return number_in(request.POST.get(f"seen_{case.pk}", ""))
