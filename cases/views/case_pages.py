"""What every page of one case has in common: invisible is 404, a stale form 409, a used key 422."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from cases.casefile.amounts import amounts_of
from cases.casefile.facts import facts_of
from cases.casefile.timeline import entries_since
from cases.conflicts import KeyReused, Stale
from cases.models import ClaimCase
from departments.http import StaffRequest, number_in

CasePage = Callable[[StaffRequest, ClaimCase], HttpResponse]


def case_page(page: CasePage) -> Callable[[StaffRequest, int], HttpResponse]:
    """The page gets the case that this person may see, not its key."""

    @wraps(page)
    def answer(request: StaffRequest, pk: int) -> HttpResponse:
        case = get_object_or_404(ClaimCase.objects.visible_to(request.user).for_list(), pk=pk)
        try:
            return page(request, case)
        except Stale:
            return stale(request, case)
        except KeyReused:
            return render(request, "cases/key_reused.html", {"case": case}, status=422)

    return answer


def stale(request: StaffRequest, case: ClaimCase) -> HttpResponse:
    """409 with what happened since this person opened the form."""
    fresh = ClaimCase.objects.for_list().get(pk=case.pk)
    context: dict[str, Any] = {"case": fresh, "events": entries_since(fresh, seen_version(request))}
    return render(request, "cases/stale.html", context, status=409)


def seen_version(request: StaffRequest) -> int:
    """The version of the case that the form was shown with; 0 for a form that names none."""
    return number_in(request.POST.get("seen", ""))


def beside(request: StaffRequest, case: ClaimCase) -> dict[str, Any]:
    """What stands beside a form: the case, its facts and its amounts."""
    return {
        "case": case,
        "facts": facts_of(case, sees_personal_data=request.user.sees_personal_data),
        "amounts": amounts_of(case),
    }
