"""Handing over many cases chosen in the list; each one is ruled on its own."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from authority.refusals import Refused
from cases import services
from cases.conflicts import Stale
from cases.forms.work import HandOverForm
from cases.handlers import successors_in
from cases.models import ClaimCase
from cases.views.deciding import RowResult
from departments.http import StaffRequest, number_in

MOST = 200


@require_POST
def hand_over_many(request: StaffRequest) -> HttpResponse:
    """First the form with the chosen cases, then, sent again with a successor, the result row by row."""
    chosen = [number_in(pk) for pk in request.POST.getlist("case")][:MOST]
    cases = list(ClaimCase.objects.visible_to(request.user).for_list().filter(pk__in=chosen).order_by("pk"))
    if not cases:
        messages.error(request, "没有选择案件。")
        return redirect("cases:index")
    is_sent = "successor" in request.POST
    form = HandOverForm(
        request.POST if is_sent else None, successors=successors_in({case.unit.path for case in cases})
    )
    if not is_sent or not form.is_valid():
        context = {"cases": cases, "form": form}
        return render(request, "cases/hand_over_many.html", context, status=422 if is_sent else 200)
    return _result(request, cases, form)


def _result(request: StaffRequest, cases: Sequence[ClaimCase], form: HandOverForm) -> HttpResponse:
    results = [_row(request, case, form) for case in cases]
    done = sum(result.is_done for result in results)
    context = {"results": results, "done": done, "failed": len(results) - done, "back_url": "/cases/"}
    return render(request, "cases/bulk_result.html", context)


def _row(request: StaffRequest, case: ClaimCase, form: HandOverForm) -> RowResult:
    sent, label, url = form.cleaned_data, str(case), case.get_absolute_url()
    try:
        services.hand_over(
            case, sent["successor"], sent["reason"], by=request.user, seen=_seen(request, case)
        )
    except Refused as refused:
        return RowResult(label, url, False, "；".join(one.text for one in refused.ruling.objections))
    except Stale:
        return RowResult(label, url, False, "案件在您选择之后已有变化，请打开案件重新办理")
    return RowResult(label, url, True, f"已移交 {sent['successor'].name}")


def _seen(request: StaffRequest, case: ClaimCase) -> int:
    """The version sent for this case with the list of the chosen ones."""
    return number_in(request.POST.get(f"seen_{case.pk}", ""))
