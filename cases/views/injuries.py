"""伤者: registered from the case, one page per person, visits, dependants, the end of tracking."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from authority.refusals import Refused, insist_on
from cases.conflicts import Stale
from cases.forms.injuries import DependantForm, InjuredForm, TrackingEndForm, VisitForm
from cases.handlers import successors_in
from cases.injuries.page import doors_of, file_of
from cases.injuries.rulings import may_track
from cases.models import CasePaper, ClaimCase, Dependant, InjuredPerson, JudicialStandard
from cases.rulings import may_handle
from cases.services import file_paper, injuries
from cases.views.case_pages import case_page, stale
from departments.http import StaffRequest
from departments.uploads import AlreadyFiled, described

PersonPage = Callable[[StaffRequest, InjuredPerson], HttpResponse]


def person_page(page: PersonPage) -> Callable[[StaffRequest, int], HttpResponse]:
    """The page gets the injured person whose case this viewer may see; a stale form is 409."""

    @wraps(page)
    def answer(request: StaffRequest, pk: int) -> HttpResponse:
        found = InjuredPerson.objects.visible_to(request.user).select_related("case__unit", "tracker")
        person = get_object_or_404(found, pk=pk)
        try:
            return page(request, person)
        except Stale:
            return stale(request, person.case)

    return answer


def said_on(form: Any, act: Callable[[], object]) -> bool:
    """The act is done, or what forbids it for what was filled in stands on the form."""
    try:
        act()
    except Refused as refused:
        for objection in refused.ruling.objections:
            form.add_error(None, objection.text)
        return False
    return True


@require_http_methods(["GET", "POST"])
@case_page
def injured_new(request: StaffRequest, case: ClaimCase) -> HttpResponse:
    insist_on(may_handle(case, request.user))
    form = _injured_form(request, case)
    if form.is_valid() and said_on(form, lambda: _register(request, case, form)):
        messages.success(request, f"伤者{form.cleaned_data['label']}已登记")
        return redirect(InjuredPerson.objects.get(case=case, label=form.cleaned_data["label"]))
    context = {"case": case, "form": form, "title": "登记伤者", "back_url": case.get_absolute_url()}
    return render(request, "cases/injured_form.html", context, status=422 if form.is_bound else 200)


def _injured_form(request: StaffRequest, case: ClaimCase, person: InjuredPerson | None = None) -> InjuredForm:
    sent = request.POST if request.method == "POST" else None
    form = InjuredForm(
        sent,
        trackers=successors_in([case.unit.path]),
        labels=[] if person else _free_labels(case),
        initial={"tracker": case.handler_id, "state": "inpatient"} if person is None else None,
        instance=InjuredPerson.objects.get(pk=person.pk) if person else None,
    )
    if not _tells_households_apart(case):
        del form.fields["household"]
    return form


def _tells_households_apart(case: ClaimCase) -> bool:
    """Whether the standards of the accident's day still ask for it."""
    day = timezone.localdate(case.accident_at or case.reported_at)
    return JudicialStandard.objects.on(day).exclude(household="").exists()


def _free_labels(case: ClaimCase) -> Sequence[str]:
    taken = case.injured.values("label")
    losses = case.losses.filter(loss_class="injury").exclude(label__in=taken)
    return sorted(set(losses.values_list("label", flat=True)))


def _register(request: StaffRequest, case: ClaimCase, form: InjuredForm) -> object:
    sent = form.cleaned_data
    return injuries.register_injured(
        case, sent["label"], form.facts(), tracker=sent["tracker"], by=request.user
    )


@require_http_methods(["GET", "POST"])
@person_page
def injured_change(request: StaffRequest, person: InjuredPerson) -> HttpResponse:
    insist_on(may_track(person, request.user))
    form = _injured_form(request, person.case, person)
    if form.is_valid() and said_on(form, lambda: _change(request, person, form)):
        messages.success(request, "伤者信息已更正；费用按新的标准重新保存后生效")
        return redirect(person)
    context = {
        "case": person.case,
        "form": form,
        "title": "更正伤者信息",
        "back_url": person.get_absolute_url(),
    }
    return render(request, "cases/injured_form.html", context, status=422 if form.is_bound else 200)


def _change(request: StaffRequest, person: InjuredPerson, form: InjuredForm) -> object:
    return injuries.change_injured(
        person, form.facts(), tracker=form.cleaned_data["tracker"], by=request.user
    )


@require_GET
@person_page
def injured_person(request: StaffRequest, person: InjuredPerson) -> HttpResponse:
    return shown(request, person)


def shown(request: StaffRequest, person: InjuredPerson, **forms: Any) -> HttpResponse:
    """The page of one person; with a form that was filled in wrongly, if one is handed in (422)."""
    context = {
        **file_of(person, request.user),
        "doors": doors_of(person, request.user),
        "visits": person.visits.select_related("visitor").prefetch_related("papers"),
        "dependant_form": DependantForm(),
        "end_form": TrackingEndForm(),
        **forms,
    }
    return render(request, "cases/injured_person.html", context, status=422 if forms else 200)


@require_http_methods(["GET", "POST"])
@person_page
def visit_new(request: StaffRequest, person: InjuredPerson) -> HttpResponse:
    insist_on(may_track(person, request.user))
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = VisitForm(*sent, person=person)
    if form.is_valid() and said_on(form, lambda: _visit(request, person, form)):
        person.refresh_from_db()
        day = f"，下次访视 {person.next_visit_on:%Y-%m-%d}" if person.next_visit_on else ""
        messages.success(request, f"访视已登记{day}")
        return redirect(person)
    context = {"person": person, "case": person.case, "form": form}
    return render(request, "cases/visit_form.html", context, status=422 if form.is_bound else 200)


@transaction.atomic
def _visit(request: StaffRequest, person: InjuredPerson, form: VisitForm) -> object:
    photo = form.cleaned_data.get("photo")
    extra = [_filed(request, person, photo)] if photo else []
    return injuries.record_visit(person, form.visit(extra), by=request.user)


def _filed(request: StaffRequest, person: InjuredPerson, photo: Any) -> CasePaper:
    """The photograph as a paper of the case; the very same file is there already and belongs to the visit."""
    try:
        return file_paper(person.case, photo, CasePaper.Kind.PHOTO, by=request.user)
    except AlreadyFiled:
        return CasePaper.objects.get(case=person.case, sha256=described(photo).sha256)


@require_POST
@person_page
def tracking_end(request: StaffRequest, person: InjuredPerson) -> HttpResponse:
    form = TrackingEndForm(request.POST)
    if not form.is_valid():
        return shown(request, person, end_form=form)
    injuries.end_tracking(person, form.cleaned_data["why"], by=request.user)
    messages.success(request, "已结束跟踪")
    return redirect(person)


@require_POST
@person_page
def tracking_resume(request: StaffRequest, person: InjuredPerson) -> HttpResponse:
    injuries.resume_tracking(person, by=request.user)
    messages.success(request, "已恢复跟踪")
    return redirect(person)


@require_POST
@person_page
def dependant_new(request: StaffRequest, person: InjuredPerson) -> HttpResponse:
    form = DependantForm(request.POST)
    if not form.is_valid():
        return shown(request, person, dependant_form=form)
    injuries.add_dependant(person, form.supported(), by=request.user)
    messages.success(request, "被扶养人已登记；被扶养人生活费重新保存后生效")
    return redirect(person)


@require_POST
def dependant_remove(request: StaffRequest, pk: int) -> HttpResponse:
    people = InjuredPerson.objects.visible_to(request.user)
    found = get_object_or_404(Dependant.objects.select_related("person"), pk=pk, person__in=people)
    injuries.remove_dependant(found, by=request.user)
    messages.success(request, "被扶养人已删除")
    return redirect(found.person)
