from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from authority.comparison.sheet import baseline_of, compared
from authority.forms import CompareForm
from authority.models import AuthorityLetter
from authority.views.letters import visible_letter
from departments.http import StaffRequest


@require_GET
def letter_compare(request: StaffRequest, pk: int) -> HttpResponse:
    context = _comparison(request, visible_letter(request.user, pk))
    return render(request, "authority/letter_compare.html", context)


@require_GET
def letter_compare_print(request: StaffRequest, pk: int) -> HttpResponse:
    context = _comparison(request, visible_letter(request.user, pk))
    return render(request, "authority/letter_compare_print.html", context)


def _comparison(request: StaffRequest, letter: AuthorityLetter) -> dict[str, Any]:
    """With the letter chosen, or the one it replaces as far as that one is visible."""
    form = CompareForm(request.GET, letter=letter, staff=request.user)
    before = form.chosen_letter or baseline_of(letter)
    if before and not AuthorityLetter.objects.visible_to(request.user).filter(pk=before.pk).exists():
        before = None
    comparison = compared(before, letter, request.user)
    groups = comparison.groups(form.grouping, with_same=form.shows_same)
    return {"letter": letter, "comparison": comparison, "groups": groups, "by": form.grouping, "form": form}
