"""疑难会商: the list, convening, one conference with its acts, the minutes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from authority.refusals import Refused, insist_on
from cases import services
from cases.casefile.changes import compared_changes
from cases.conferences import page
from cases.conferences.listing import CONFERENCES
from cases.conferences.rulings import attendant, may_convene, may_lead
from cases.forms import conferring as forms
from cases.forms.conferring import STATES, ConferenceFilter, InvitationForm, kinds_for
from cases.models import ClaimCase, Conference, ConferenceMember, ConferenceOpinion
from cases.views.case_pages import beside, case_page, seen_version
from cases.views.suing import say_on
from departments.http import StaffRequest
from departments.listings import show
from departments.models import Staff


@require_GET
def conferences(request: StaffRequest) -> HttpResponse:
    form = ConferenceFilter(request.GET, viewer=request.user)
    found = form.narrow(Conference.objects.visible_to(request.user))
    tab = request.GET.get("tab", "open")
    tab = tab if tab in STATES else "open"
    rows = (
        found.filter(status__in=STATES[tab][1])
        .for_list()
        .annotate(
            seats=Count("members", distinct=True),
            written=Count("members__opinions", filter=Q(members__opinions__withdrawn_at=None), distinct=True),
        )
    )
    return show(request, CONFERENCES, rows, form, tabs=_tabs(request, found, tab))


def _tabs(request: StaffRequest, found: Any, current: str) -> list[tuple[str, str, int, bool]]:
    counts = dict(found.order_by().values_list("status").annotate(Count("pk")))
    chosen = request.GET.copy()
    chosen.pop("cursor", None)
    tabs = []
    for key, (label, states) in STATES.items():
        chosen["tab"] = key
        tabs.append((chosen.urlencode(), label, sum(counts.get(one, 0) for one in states), key == current))
    return tabs


@require_http_methods(["GET", "POST"])
@case_page
def conference_new(request: StaffRequest, case: ClaimCase) -> HttpResponse:
    insist_on(may_convene(kinds_for(request.user), attendant(request.user)))
    sent = request.POST if request.method == "POST" else None
    form = InvitationForm(case, request.user, sent)
    if sent is not None and form.is_valid():
        made = _tried(form, lambda: _convened(request, case, form))
        if made:
            messages.success(request, f"已召集会商 {made.number}")
            return redirect(made)
    context = {**beside(request, case), "form": form, "kinds": kinds_for(request.user)}
    return render(request, "cases/conference_new.html", context, status=422 if sent is not None else 200)


def _convened(request: StaffRequest, case: ClaimCase, form: InvitationForm) -> Conference:
    return services.convene(case, form.invitation(), by=request.user, seen=seen_version(request))


def _tried(form: Any, deed: Callable[[], Any]) -> Any:
    """What the service makes; None where it refuses what was filled in, which is said on the form."""
    try:
        return deed()
    except Refused as refused:
        say_on(form, refused)
        return None


def _found(request: StaffRequest, pk: int) -> Conference:
    rows = Conference.objects.visible_to(request.user)
    full = rows.select_related(
        "case__unit", "case__handler", "kind", "item", "chair", "convened_by", "concluded_by"
    )
    return get_object_or_404(full, pk=pk)


@require_GET
def conference(request: StaffRequest, pk: int) -> HttpResponse:
    return _page(request, _found(request, pk))


def _page(
    request: StaffRequest, found: Conference, shown: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """`shown`: a form that was filled in wrongly, by its name."""
    context = {**_context(found, request.user), **_forms(found), **(shown or {})}
    return render(request, "cases/conference.html", context, status=status)


def _context(found: Conference, viewer: Staff) -> dict[str, Any]:
    seats = page.seats_of(found, viewer)
    return {
        "conference": found,
        "facts": page.facts_of_conference(found),
        "amounts": page.pack_amounts(found),
        "binds_head_office": found.is_binding and services.binds_head_office(found),
        "seats": seats,
        "doors": page.doors_of(found, seats, viewer),
        "clocks": page.clocks_of(found),
        "uses": page.uses_of(found),
        "changes": compared_changes(found),
    }


def _forms(found: Conference) -> dict[str, Any]:
    return {
        "opinion_form": forms.WrittenForm(),
        "meeting_form": forms.MeetingForm(found),
        "conclusion_form": forms.ConclusionForm(),
        "reason_form": forms.ReasonForm(),
    }


@require_POST
def opinion_sign(request: StaffRequest, pk: int) -> HttpResponse:
    """For one seat, whose key is in the address."""
    seen = Conference.objects.visible_to(request.user)
    rows = ConferenceMember.objects.filter(conference__in=seen).select_related("conference")
    member = get_object_or_404(rows, pk=pk)
    form = forms.WrittenForm(request.POST)
    if not form.is_valid():
        return _page(request, _found(request, member.conference_id), {"opinion_form": form}, 422)
    sent = form.cleaned_data
    services.sign_opinion(member, sent["stance"], sent["text"], by=request.user)
    messages.success(request, "会商意见已签署")
    return redirect(member.conference)


@require_POST
def opinion_withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    seen = Conference.objects.visible_to(request.user)
    rows = ConferenceOpinion.objects.filter(member__conference__in=seen).select_related("member__conference")
    opinion = get_object_or_404(rows, pk=pk)
    services.withdraw_opinion(opinion, request.POST.get("reason", "")[:200], by=request.user)
    messages.success(request, "意见已撤回，可重新签署")
    return redirect(opinion.member.conference)


@require_POST
def conference_hold(request: StaffRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    form = forms.MeetingForm(found, request.POST)
    if form.is_valid() and _tried(
        form, lambda: services.hold_meeting(found, form.meeting(), by=request.user)
    ):
        messages.success(request, "会商情况已登记")
        return redirect(found)
    return _page(request, found, {"meeting_form": form}, _refused_as(found, request))


@require_POST
def conference_conclude(request: StaffRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    form = forms.ConclusionForm(request.POST)
    if form.is_valid() and _tried(form, lambda: services.conclude(found, form.conclusion(), by=request.user)):
        messages.success(request, "会商结论已形成")
        return redirect(found)
    return _page(request, found, {"conclusion_form": form}, _refused_as(found, request))


def _refused_as(found: Conference, request: StaffRequest) -> int:
    """403 for who leads nothing here, 422 for what was filled in."""
    insist_on(may_lead(found, attendant(request.user)))
    return 422


@require_POST
def conference_call_off(request: StaffRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    services.call_off(found, request.POST.get("reason", "")[:200], by=request.user)
    messages.success(request, "会商已取消")
    return redirect(found)


@require_POST
def conference_remind(request: StaffRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    told = services.remind_members(found, by=request.user)
    messages.success(request, f"已催办 {told} 人")
    return redirect(found)


@require_GET
def conference_minutes(request: StaffRequest, pk: int) -> HttpResponse:
    """会商纪要, to be signed by those who were present."""
    found = _found(request, pk)
    context = {
        "conference": found,
        "facts": page.facts_of_conference(found),
        "seats": page.seats_of(found, request.user),
    }
    return render(request, "cases/conference_minutes.html", context)
