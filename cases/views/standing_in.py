"""Taking a stand-in back, with what waits under it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from authority.delegating import may_recall
from authority.models import Substitution
from authority.refusals import insist_on
from authority.standing_in import party_of
from cases import services
from cases.forms.standing_in import RecallForm
from departments.http import StaffRequest


@require_http_methods(["GET", "POST"])
def stand_in_recall(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Substitution.objects.visible_to(request.user).with_people(), pk=pk)
    insist_on(may_recall(found.delegator_id, found.is_open, party_of(request.user, found.delegator)))
    form = RecallForm(request.POST if request.method == "POST" else None, initial={"way": found.in_flight})
    if form.is_bound and form.is_valid():
        way, reason = form.cleaned_data["way"], form.cleaned_data["reason"]
        moved = services.recall_stand_in(found, way, by=request.user, reason=reason)
        messages.success(request, f"{found}已收回，{moved} 件在办案件已处理")
        return redirect(found)
    context = {"form": form, "stand_in": found, "waiting": services.waiting_under(found)}
    return render(request, "cases/stand_in_recall.html", context, status=422 if form.is_bound else 200)
