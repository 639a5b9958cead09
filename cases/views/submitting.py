"""Asking for a decision: the chain of people who will decide is shown before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from authority.models import AuthorityItem
from authority.refusals import Refused, insist_on
from cases import services
from cases.casefile.approval import Link, submissions_of
from cases.casefile.work import next_door, submittable_items
from cases.chains import Plan, Station
from cases.forms.work import SubmitForm
from cases.items import BESIDE, CASE_ITEMS
from cases.lifecycle import Action
from cases.models import ChainStep, ClaimCase
from cases.rulings import may_work
from cases.services import Request
from cases.turnaround import usual_times
from cases.views.case_pages import beside, case_page, seen_version
from departments.http import StaffRequest, number_in
from departments.spans import in_words


@require_http_methods(["GET", "POST"])
@case_page
def submit(request: StaffRequest, case: ClaimCase) -> HttpResponse:
    codes = submittable_items(case, submissions_of(case))
    asked = request.POST.get("item") or request.GET.get("item") or ""
    if asked in BESIDE:
        return _submit_beside(request, case, asked)
    item = asked if asked in codes else next((code for code in codes if not _leaves_the_way(code)), "")
    if asked or item or not next_door(case, request.user):
        insist_on(may_work(case, _action(asked or item), request.user))
    form = SubmitForm(request.POST or None, needs_reason=_leaves_the_way(item), initial={"key": uuid4()})
    if request.method == "POST" and form.is_valid() and _sent(request, case, asked, form):
        return redirect(case)
    return _shown(request, case, form, _choices(item, codes))


def _submit_beside(request: StaffRequest, case: ClaimCase, item: str) -> HttpResponse:
    """Asked about a record of the case; who sends it goes back to the record."""
    subject = number_in(request.POST.get("subject") or request.GET.get("subject") or "")
    about = services.about(case, item, subject)
    if about is None:
        raise Http404
    insist_on(may_work(case, _action(item), request.user))
    form = SubmitForm(request.POST or None, initial={"key": uuid4()})
    if request.method == "POST" and form.is_valid() and _sent(request, case, item, form, subject):
        return redirect(about.url)
    return _shown(request, case, form, {**_choices(item, []), "about": about})


def _leaves_the_way(item: str) -> bool:
    return item in CASE_ITEMS and CASE_ITEMS[item].leaves_the_way


def _action(item: str) -> Action:
    """Without an item that fits, the ruling on submitting says why there is none."""
    return CASE_ITEMS[item].submit if item in CASE_ITEMS else Action.SUBMIT_REVIEW


def _sent(
    request: StaffRequest, case: ClaimCase, item: str, form: SubmitForm, subject: int | None = None
) -> bool:
    sent = form.cleaned_data
    wanted = Request(item, seen_version(request), sent["opinion"], sent["key"], subject)
    try:
        submission = services.submit(case, wanted, by=request.user)
    except Refused as refused:
        for objection in refused.ruling.objections:
            form.add_error(None, objection.text)
        return False
    messages.success(request, f"赔案 {case}：{submission.item.name}已提交")
    return True


def _shown(request: StaffRequest, case: ClaimCase, form: SubmitForm, choices: dict[str, Any]) -> HttpResponse:
    """`choices` names the item, and what it is about where that is a record of its own."""
    item, about = choices["item"], choices.get("about")
    context: dict[str, Any] = {
        **beside(request, case),
        **choices,
        "form": form,
        "next_door": None if item else next_door(case, request.user),
    }
    if item:
        subject = about.asked.subject_id if about else None
        context["plan"] = plan = services.preview(case, item, by=request.user, subject=subject)
        stops = services.submitting(case, item, by=request.user, subject=subject)
        context["stops"] = [*plan.stops, *stops]
        context["links"] = plan_links(plan, usual_times(item))
    return _answer(request, context, form)


def _choices(item: str, codes: list[str]) -> dict[str, Any]:
    names = dict(AuthorityItem.objects.values_list("code", "name"))
    return {
        "item": item,
        "item_name": names.get(item, ""),
        "choices": [(code, names.get(code, code), code == item) for code in codes],
        "leaves_the_way": _leaves_the_way(item),
    }


def _answer(request: StaffRequest, context: dict[str, Any], form: SubmitForm) -> HttpResponse:
    return render(request, "cases/submit.html", context, status=422 if form.is_bound else 200)


def plan_links(plan: Plan, usual: Mapping[tuple[str, int], timedelta]) -> list[Link]:
    """The stations as the chain component shows them: the first one next in turn, with usual times."""
    links = []
    for number, station in enumerate(plan.stations):
        note = _note(station, usual.get((station.kind, station.level)))
        state = "now" if number == 0 else "waiting"
        links.append(Link(state, _kind(station), station.name or "总公司", note))
    return links


def _kind(station: Station) -> str:
    return str(dict(ChainStep.Kind.choices).get(station.kind, station.kind))


def _note(station: Station, usual: timedelta | None) -> str:
    via = f"代{station.via_name}" if station.via_name else ""
    takes = f"通常 {in_words(usual)}" if usual else ""
    return " · ".join(part for part in (station.post_name, via, takes) if part)
