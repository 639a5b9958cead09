"""会商: what waits for my post's opinion, asking for one, giving one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from cases import services
from cases.forms.consulting import OpinionForm
from cases.models import Consultation, Submission
from departments.http import StaffRequest
from departments.paging import keyset_page


@require_GET
def consultations(request: StaffRequest) -> HttpResponse:
    """Those waiting for a post of mine, oldest first, and what I gave lately."""
    waiting = Consultation.objects.waiting_for(request.user).with_case()
    page = keyset_page(waiting, ("asked_at", "pk"), request.GET.get("cursor", ""))
    given = Consultation.objects.visible_to(request.user).filter(answered_by=request.user).with_case()
    context = {"page": page, "given": given.order_by("-answered_at")[:10]}
    return render(request, "cases/consultations.html", context)


@require_POST
def consult(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask for the opinions that the rules demand of this submission."""
    found = get_object_or_404(Submission.objects.visible_to(request.user).select_related("case"), pk=pk)
    made = services.ask_opinions(found, by=request.user)
    messages.success(request, "已请求会商：" + "、".join(one.post_name for one in made))
    return redirect(found.case)


@require_POST
def opine(request: StaffRequest, pk: int) -> HttpResponse:
    visible = Consultation.objects.visible_to(request.user).select_related("submission__case")
    found = get_object_or_404(visible, pk=pk)
    form = OpinionForm(request.POST)
    if form.is_valid():
        services.give_opinion(found, form.cleaned_data["opinion"], by=request.user)
        messages.success(request, f"赔案 {found.submission.case}：会商意见已出具")
    else:
        messages.error(request, "会商意见须写明，不超过 2000 字。")
    return redirect(found.submission.case)
