"""诉讼: the list, the register, the hearings ahead, registering a suit, one suit on one screen."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import wraps
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from authority.refusals import Refused, insist_on
from cases import services
from cases.casefile.changes import compared_changes
from cases.clocks import Clocks
from cases.conflicts import KeyReused, Stale
from cases.forms.lawsuit_lists import TABS, HearingFilter, LawsuitFilter, RegisterFilter
from cases.forms.suing import (
    CorrectionForm,
    NewLawsuitForm,
    PartyFormSet,
    first_parties,
    parties_after,
    parties_of,
    said_parties,
    suit_after,
)
from cases.lawsuits import page
from cases.lawsuits.life import SuitAct
from cases.lawsuits.listing import HEARINGS, LAWSUITS, REGISTER
from cases.lawsuits.reading import clocks_of, with_events
from cases.lawsuits.rulings import actor_of, may_act, may_sue_on
from cases.models import ClaimCase, Hearing, Lawsuit, Mediation
from cases.services.suing import SuitFacts
from cases.views.case_pages import beside, case_page, seen_version
from departments.http import StaffRequest, number_in
from departments.listings import show
from departments.models import Staff

SuitPage = Callable[..., HttpResponse]
ZERO = Decimal(0)


def suit_page(view: SuitPage) -> Callable[..., HttpResponse]:
    """The page gets the suit that this person may see; a stale form is 409."""

    @wraps(view)
    def answer(request: StaffRequest, pk: int, **rest: Any) -> HttpResponse:
        visible = Lawsuit.objects.visible_to(request.user)
        lawsuit = get_object_or_404(visible.in_full().prefetch_related("links__case__unit", "parties"), pk=pk)
        try:
            return view(request, lawsuit, **rest)
        except (Stale, KeyReused):
            return render(request, "409.html", {"url": lawsuit.get_absolute_url()}, status=409)

    return answer


@require_GET
def lawsuits(request: StaffRequest) -> HttpResponse:
    form = LawsuitFilter(request.GET, viewer=request.user)
    found = form.narrow(Lawsuit.objects.visible_to(request.user))
    tab = request.GET.get("tab", "open")
    tab = tab if tab in TABS else "open"
    rows = with_events(found.filter(stage__in=TABS[tab][1]))
    return show(request, LAWSUITS, rows, form, tabs=_tabs(request, found, tab), tab=tab)


def _tabs(request: StaffRequest, found: Any, current: str) -> list[tuple[str, str, int, bool]]:
    """Address, label, number and whether it is open; one statement for all numbers."""
    counts = dict(found.order_by().values_list("stage").annotate(Count("pk", distinct=True)))
    chosen = request.GET.copy()
    chosen.pop("cursor", None)
    tabs = []
    for key, (label, stages) in TABS.items():
        chosen["tab"] = key
        number = sum(counts.get(stage, 0) for stage in stages)
        tabs.append((chosen.urlencode(), label, number, key == current))
    return tabs


@require_GET
def register(request: StaffRequest) -> HttpResponse:
    """诉讼案件登记表 (R11): by the month, drawn on its last day."""
    form = _register_filter(request)
    rows = form.in_month(form.narrow(Lawsuit.objects.visible_to(request.user)))
    listed = rows.prefetch_related("parties", "judgments", "costs", "counsels__staff")
    return show(request, REGISTER, listed, form, totals=_totals(rows), month=form.first, last=form.last)


def _register_filter(request: StaffRequest) -> RegisterFilter:
    asked = {"month": f"{timezone.localdate():%Y-%m}", "basis": "open", **request.GET.dict()}
    return RegisterFilter(asked, viewer=request.user)


def _totals(rows: Any) -> dict[str, Any]:
    sums: dict[str, Any] = Lawsuit.objects.filter(pk__in=rows.values("pk")).aggregate(
        count=Count("pk"),
        all_claimed=Sum("claimed", default=ZERO),
        all_estimated=Sum("estimate", default=ZERO),
        closed=Count("pk", filter=Q(stage="closed")),
        closed_claimed=Sum("claimed", filter=Q(stage="closed"), default=ZERO),
        final=Sum("final_amount", default=ZERO),
    )
    return {**sums, "spared": sums["closed_claimed"] - sums["final"]}


@require_GET
def hearings(request: StaffRequest) -> HttpResponse:
    form = HearingFilter({"days": "30", **request.GET.dict()}, viewer=request.user)
    now = timezone.now()
    rows = form.narrow(Hearing.objects.visible_to(request.user)).ahead(now, now + form.span)
    return show(request, HEARINGS, rows.select_related("counsel__staff"), form)


@require_http_methods(["GET", "POST"])
@case_page
def lawsuit_new(request: StaffRequest, case: ClaimCase) -> HttpResponse:
    insist_on(may_sue_on(case, actor_of(request.user)))
    sent = request.POST if request.method == "POST" else None
    mediation = _failed(request, case)
    first, begun = _beginning(request, case, mediation)
    form = NewLawsuitForm(case, sent, initial=begun)
    parties = PartyFormSet(sent, initial=None if sent else first, prefix="party")
    if sent is not None and form.is_valid() and parties.is_valid():
        facts = form.facts(parties_of(parties), pauses_case=_pauses(form), mediation=mediation)
        lawsuit = _registered(request, case, form, facts)
        if lawsuit:
            messages.success(request, f"已登记诉讼 {lawsuit.number}")
            return redirect(lawsuit)
    context = {**beside(request, case), "form": form, "parties": parties, "mediation": mediation}
    return render(request, "cases/lawsuit_new.html", context, status=422 if sent is not None else 200)


def _pauses(form: NewLawsuitForm) -> bool:
    asked: bool = form.cleaned_data["pauses_case"]
    return asked


def _failed(request: StaffRequest, case: ClaimCase) -> Mediation | None:
    """The mediation of this case that went to court, where the suit follows from it."""
    number = number_in(request.POST.get("mediation") or request.GET.get("mediation", ""))
    return Mediation.objects.filter(case=case, status=Mediation.Status.COURT, pk=number).first()


def _beginning(
    request: StaffRequest, case: ClaimCase, mediation: Mediation | None
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Parties and fields as the form first shows them."""
    sees = request.user.sees_personal_data
    begun = {"received_by": request.user.pk, "estimate": case.estimate}
    if mediation is None:
        return first_parties(case, sees_personal_data=sees), begun
    return parties_after(mediation, sees_personal_data=sees), {**begun, **suit_after(mediation)}


def _registered(request: StaffRequest, case: ClaimCase, form: Any, facts: SuitFacts) -> Lawsuit | None:
    try:
        return services.register_lawsuit(case, facts, by=request.user, seen=seen_version(request))
    except Refused as refused:
        say_on(form, refused)
        return None


def say_on(form: Any, refused: Refused) -> None:
    """Refused for what was filled in: said on the form."""
    for objection in refused.ruling.objections:
        form.add_error(None, objection.text)


@require_http_methods(["GET", "POST"])
@suit_page
def lawsuit_correct(request: StaffRequest, lawsuit: Lawsuit) -> HttpResponse:
    insist_on(may_act(lawsuit, SuitAct.CORRECT, actor_of(request.user)))
    sent = request.POST if request.method == "POST" else None
    form = CorrectionForm(lawsuit.case, sent, instance=Lawsuit.objects.get(pk=lawsuit.pk))
    parties = PartyFormSet(sent, initial=None if sent else said_parties(lawsuit), prefix="party")
    if (
        sent is not None
        and form.is_valid()
        and parties.is_valid()
        and _corrected(request, lawsuit, form, parties)
    ):
        messages.success(request, "诉讼信息已更正")
        return redirect(lawsuit)
    context = {"lawsuit": lawsuit, "form": form, "parties": parties, "act": SuitAct.CORRECT}
    return render(request, "cases/lawsuit_correct.html", context, status=422 if sent is not None else 200)


def _corrected(request: StaffRequest, lawsuit: Lawsuit, form: Any, parties: Any) -> bool:
    facts, reason = form.facts(parties_of(parties)), form.cleaned_data["reason"]
    try:
        services.correct_lawsuit(lawsuit, facts, reason, by=request.user, seen=seen_version(request))
    except Refused as refused:
        say_on(form, refused)
        return False
    return True


@require_GET
@suit_page
def lawsuit(request: StaffRequest, lawsuit: Lawsuit) -> HttpResponse:
    return render(request, "cases/lawsuit.html", _shown(request.user, lawsuit))


def _shown(viewer: Staff, lawsuit: Lawsuit) -> dict[str, Any]:
    asked = page.requests_of(lawsuit)
    judgments = page.judgments_of(lawsuit, asked, viewer)
    return {
        "lawsuit": lawsuit,
        "facts": page.facts_of_suit(lawsuit),
        "parties": page.shown_parties(lawsuit, may_see=viewer.sees_personal_data),
        **_events(lawsuit),
        "asked": asked,
        "judgments": judgments,
        "comparison": page.comparison_of(lawsuit, judgments),
        "counsels": page.counsels_of(lawsuit, viewer),
        "doors": page.doors_of(lawsuit, asked, viewer),
        "may_note": may_act(lawsuit, SuitAct.NOTE_HEARING, actor_of(viewer)).allowed,
        "seen_cases": _seen_cases(viewer, lawsuit),
    }


def _events(lawsuit: Lawsuit) -> dict[str, Any]:
    known = with_events(Lawsuit.objects.filter(pk=lawsuit.pk)).get()
    return {
        "clocks": clocks_of(known, Clocks.today()),
        "hearings": lawsuit.hearings.select_related("attendee", "counsel__staff", "noted_by"),
        "costs": lawsuit.costs.select_related("counsel__staff", "noted_by"),
        "cost_total": lawsuit.costs.aggregate(total=Sum("amount"))["total"],
        "events": page.timeline_of_suit(lawsuit),
        "changes": compared_changes(lawsuit),
    }


def _seen_cases(viewer: Staff, lawsuit: Lawsuit) -> list[tuple[ClaimCase, str]]:
    """The cases of the suit with their address, empty where the person may not open it."""
    every = [lawsuit.case, *(link.case for link in lawsuit.links.all())]
    visible = ClaimCase.objects.visible_to(viewer).filter(pk__in=[one.pk for one in every])
    seen = set(visible.values_list("pk", flat=True))
    return [(one, reverse("cases:detail", args=[one.pk]) if one.pk in seen else "") for one in every]
