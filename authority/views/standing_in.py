"""代岗: who stands in for whom, proposing, answering, printing. What waits is settled where cases are."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from authority import services
from authority.forms import StandInAnswerForm, StandInDeclineForm, StandInFilter, StandInForm
from authority.models import Substitution
from authority.refusals import insist_on
from authority.stand_in_page import stand_in_page
from authority.standing_in import own_grants
from departments.http import StaffRequest
from departments.models import Absence, Staff
from departments.paging import keyset_page

ORDER = ("-starts_at", "-pk")


def visible_stand_in(staff: Staff, pk: int) -> Substitution:
    rows = Substitution.objects.visible_to(staff).with_people().select_related("absence__staff")
    return get_object_or_404(rows, pk=pk)


@require_GET
def stand_ins(request: StaffRequest) -> HttpResponse:
    form = StandInFilter(request.GET)
    found = Substitution.objects.visible_to(request.user).filter(form.chosen(request.user)).with_people()
    page = keyset_page(found, ORDER, request.GET.get("cursor", ""))
    asked = Substitution.objects.filter(delegate=request.user, status=Substitution.Status.PROPOSED)
    context = {
        "form": form,
        "page": page,
        "asked": [one for one in asked.with_people() if one.state == "proposed"],
    }
    return render(request, "authority/stand_ins.html", context)


@require_http_methods(["GET", "POST"])
def stand_in_new(request: StaffRequest, pk: int) -> HttpResponse:
    visible = Absence.objects.filter(staff__in=Staff.objects.visible_to(request.user))
    absence = get_object_or_404(visible.select_related("staff"), pk=pk)
    insist_on(services.ruling_on_standing_in(absence, by=request.user))
    form = StandInForm(request.POST if request.method == "POST" else None, absence=absence)
    if form.is_bound and form.is_valid():
        made = services.propose_stand_in(absence, form.terms, by=request.user)
        messages.success(request, f"已请{made.delegate.name}代岗，等待本人接受")
        return redirect(made)
    context = {"form": form, "absence": absence, "grants": own_grants(absence.staff)}
    return render(request, "authority/stand_in_new.html", context, status=422 if form.is_bound else 200)


@require_GET
def stand_in(request: StaffRequest, pk: int) -> HttpResponse:
    page = stand_in_page(visible_stand_in(request.user, pk), request.user)
    forms = {"accept_form": StandInAnswerForm(), "decline_form": StandInDeclineForm()}
    return render(request, "authority/stand_in.html", {"page": page, "stand_in": page.substitution, **forms})


@require_GET
def stand_in_print(request: StaffRequest, pk: int) -> HttpResponse:
    page = stand_in_page(visible_stand_in(request.user, pk), request.user)
    return render(request, "authority/stand_in_print.html", {"page": page, "stand_in": page.substitution})


@require_POST
def stand_in_accept(request: StaffRequest, pk: int) -> HttpResponse:
    found, form = visible_stand_in(request.user, pk), StandInAnswerForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    done = services.accept_stand_in(found, by=request.user, note=note)
    messages.success(request, f"已接受代{done.delegator.name}的岗")
    return redirect(done)


@require_POST
def stand_in_decline(request: StaffRequest, pk: int) -> HttpResponse:
    found, form = visible_stand_in(request.user, pk), StandInDeclineForm(request.POST)
    if not form.is_valid():
        page = stand_in_page(found, request.user)
        forms = {"accept_form": StandInAnswerForm(), "decline_form": form}
        context = {"page": page, "stand_in": found, **forms}
        return render(request, "authority/stand_in.html", context, status=422)
    done = services.decline_stand_in(found, by=request.user, note=form.cleaned_data["note"])
    messages.success(request, f"已谢绝代{done.delegator.name}的岗")
    return redirect(done)
