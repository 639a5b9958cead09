"""人伤调解: the scheme from draft to approval, rounds of talking, the result, and what is signed."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from authority.refusals import insist_on
from cases.casefile.approval import chains_of, submissions_of
from cases.forms.mediations import (
    AgreementForm,
    FailureForm,
    MediationFilter,
    MediatorForm,
    RoundForm,
    SchemeForm,
)
from cases.injuries.mediation import may_draft, may_propose, may_rename
from cases.injuries.mediations import (
    MEDIATIONS,
    doors_of,
    mediators_for,
    proposable_in,
    sums_by_person,
)
from cases.items import INJURY_MEDIATION
from cases.lawsuits.rulings import actor_of, may_sue_on
from cases.models import CasePaper, ClaimCase, Decision, Mediation
from cases.services import file_paper, mediating
from cases.views.case_pages import case_page
from cases.views.injuries import said_on
from departments.access import SEE_CASES
from departments.http import StaffRequest
from departments.listings import show
from departments.models import OrgUnit
from departments.uploads import AlreadyFiled, described

MediationPage = Callable[[StaffRequest, Mediation], HttpResponse]


def mediation_page(page: MediationPage) -> Callable[[StaffRequest, int], HttpResponse]:
    """The page gets the scheme of a case that this viewer may see."""

    @wraps(page)
    def answer(request: StaffRequest, pk: int) -> HttpResponse:
        found = Mediation.objects.visible_to(request.user).select_related(
            "case__unit", "case__handler", "mediator", "proposed_by", "agreement", "replaces"
        )
        return page(request, get_object_or_404(found, pk=pk))

    return answer


@require_GET
def mediations(request: StaffRequest) -> HttpResponse:
    units = OrgUnit.objects.filter(pk__in=request.user.unit_scope.ids(SEE_CASES)).order_by("path_rank")
    form = MediationFilter(request.GET, viewer=request.user, units=units)
    rows = Mediation.objects.visible_to(request.user).for_list()
    return show(request, MEDIATIONS, form.narrow(rows), form)


def _scheme_form(request: StaffRequest, case: ClaimCase, mediation: Mediation | None = None) -> SchemeForm:
    names = ("basis", "conditions", "mediator_id")
    known = {name.removesuffix("_id"): getattr(mediation, name) for name in names} if mediation else {}
    sent = request.POST if request.method == "POST" else None
    proposable = proposable_in(case, mediation)
    return SchemeForm(sent, mediators=mediators_for(case), proposable=proposable, initial=known)


@require_http_methods(["GET", "POST"])
@case_page
def mediation_new(request: StaffRequest, case: ClaimCase) -> HttpResponse:
    insist_on(may_propose(case, request.user))
    form = _scheme_form(request, case)
    if form.is_valid() and said_on(
        form, lambda: mediating.propose_scheme(case, form.scheme(), by=request.user)
    ):
        return _drafted(request, case)
    return _scheme_page(request, case, form, case.get_absolute_url())


def _drafted(request: StaffRequest, case: ClaimCase) -> HttpResponse:
    messages.success(request, "调解方案已保存；送审批准后调解人才能调解")
    return redirect(Mediation.objects.filter(case=case).latest("pk"))


def _scheme_page(request: StaffRequest, case: ClaimCase, form: SchemeForm, back_url: str) -> HttpResponse:
    context = {"case": case, "form": form, "back_url": back_url}
    return render(request, "cases/mediation_form.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@mediation_page
def mediation_change(request: StaffRequest, mediation: Mediation) -> HttpResponse:
    insist_on(may_draft(mediation, request.user))
    form = _scheme_form(request, mediation.case, mediation)
    if form.is_valid() and said_on(
        form, lambda: mediating.change_scheme(mediation, form.scheme(), by=request.user)
    ):
        messages.success(request, "调解方案已更正")
        return redirect(mediation)
    return _scheme_page(request, mediation.case, form, mediation.get_absolute_url())


@require_http_methods(["GET", "POST"])
@mediation_page
def mediation_widen(request: StaffRequest, mediation: Mediation) -> HttpResponse:
    """另拟方案: what the other side wants is more than was approved; the new scheme is approved anew."""
    case = mediation.case
    insist_on(may_propose(case, request.user, mediation))
    form = _scheme_form(request, case, mediation)

    def propose() -> object:
        return mediating.propose_scheme(case, form.scheme(), by=request.user, replaces=mediation)

    if form.is_valid() and said_on(form, propose):
        return _drafted(request, case)
    return _scheme_page(request, case, form, mediation.get_absolute_url())


@require_GET
@mediation_page
def mediation(request: StaffRequest, mediation: Mediation) -> HttpResponse:
    return shown(request, mediation)


def shown(request: StaffRequest, mediation: Mediation, **forms: Any) -> HttpResponse:
    """The page of one scheme; with a form that was filled in wrongly, if one is handed in (422)."""
    lines = _lines(mediation)
    context = {
        **_sheet(mediation),
        "chains": chains_of(_requests(mediation)),
        "doors": doors_of(mediation, request.user),
        **_in_court(request, mediation),
        **_other_mediator(request, mediation),
        "attempts": mediation.attempts.select_related("recorded_by"),
        "round_form": RoundForm(),
        "agreement_form": AgreementForm(mediation=mediation, lines=lines),
        "failure_form": FailureForm(),
        **forms,
    }
    return render(request, "cases/mediation.html", context, status=422 if forms else 200)


def _other_mediator(request: StaffRequest, mediation: Mediation) -> dict[str, Any]:
    form = MediatorForm(mediators=mediators_for(mediation.case))
    return {"renaming": may_rename(mediation, request.user), "mediator_form": form}


def _in_court(request: StaffRequest, mediation: Mediation) -> dict[str, Any]:
    """Whether the suit that follows may be registered, and those that were."""
    if mediation.status != Mediation.Status.COURT:
        return {}
    may = may_sue_on(mediation.case, actor_of(request.user))
    return {"suing": may.allowed, "suits": mediation.lawsuits.order_by("pk")}


def _lines(mediation: Mediation) -> list[Any]:
    return list(mediation.lines.select_related("person", "kind").order_by("person", "kind__rank", "pk"))


def _requests(mediation: Mediation) -> list[Any]:
    return [
        one
        for one in submissions_of(mediation.case)
        if one.item.code == INJURY_MEDIATION and one.subject_id == mediation.pk
    ]


def _sheet(mediation: Mediation) -> dict[str, Any]:
    """What the page and both papers show."""
    lines = _lines(mediation)
    return {
        "mediation": mediation,
        "case": mediation.case,
        "lines": lines,
        "persons": sums_by_person(lines),
        "total": sum(line.amount for line in lines),
        "agreed": sum(line.agreed or 0 for line in lines),
    }


@require_POST
@mediation_page
def mediation_round(request: StaffRequest, mediation: Mediation) -> HttpResponse:
    form = RoundForm(request.POST)
    if form.is_valid() and said_on(
        form, lambda: mediating.record_round(mediation, form.round(), by=request.user)
    ):
        messages.success(request, "调解经过已登记")
        return redirect(mediation)
    insist_on(doors_of(mediation, request.user).mediate)
    return shown(request, mediation, round_form=form)


@require_POST
@mediation_page
def mediation_agree(request: StaffRequest, mediation: Mediation) -> HttpResponse:
    insist_on(doors_of(mediation, request.user).mediate)
    form = AgreementForm(request.POST, request.FILES, mediation=mediation, lines=_lines(mediation))
    if form.is_valid() and said_on(form, lambda: _agree(request, mediation, form)):
        messages.success(request, "已登记调解协议")
        return redirect(mediation)
    return shown(request, mediation, agreement_form=form)


@transaction.atomic
def _agree(request: StaffRequest, mediation: Mediation, form: AgreementForm) -> object:
    paper = form.cleaned_data["paper"] or _filed(request, mediation, form.cleaned_data["scan"])
    return mediating.agree_mediation(mediation, form.agreement(paper), by=request.user)


def _filed(request: StaffRequest, mediation: Mediation, scan: Any) -> CasePaper:
    try:
        return file_paper(mediation.case, scan, CasePaper.Kind.JUDGMENT, by=request.user)
    except AlreadyFiled:
        return CasePaper.objects.get(case=mediation.case, sha256=described(scan).sha256)


@require_POST
@mediation_page
def mediation_fail(request: StaffRequest, mediation: Mediation) -> HttpResponse:
    form = FailureForm(request.POST)
    insist_on(doors_of(mediation, request.user).conclude)
    if not form.is_valid():
        return shown(request, mediation, failure_form=form)
    sent = form.cleaned_data
    mediating.fail_mediation(mediation, sent["note"], to_court=sent["to_court"], by=request.user)
    messages.success(request, "已登记调解结果")
    return redirect(mediation)


@require_POST
@mediation_page
def mediation_reassign(request: StaffRequest, mediation: Mediation) -> HttpResponse:
    """改派调解人."""
    insist_on(may_rename(mediation, request.user))
    form = MediatorForm(request.POST, mediators=mediators_for(mediation.case))
    if form.is_valid() and said_on(form, lambda: _renamed(request, mediation, form)):
        messages.success(request, f"调解人已改为{form.cleaned_data['to'].name}")
        return redirect(mediation)
    return shown(request, mediation, mediator_form=form)


def _renamed(request: StaffRequest, mediation: Mediation, form: MediatorForm) -> Mediation:
    sent = form.cleaned_data
    return mediating.appoint_mediator(mediation, sent["to"], sent["reason"], by=request.user)


@require_GET
@mediation_page
def mediation_sheet(request: StaffRequest, mediation: Mediation) -> HttpResponse:
    """调解方案审批表."""
    acts = Decision.objects.filter(submission__in=[one.pk for one in _requests(mediation)]).select_related(
        "decided_by", "acted_for", "chain_step", "submission__item", "submission__escalation"
    )
    context = {**_sheet(mediation), "acts": acts.order_by("decided_at")}
    return render(request, "cases/mediation_sheet.html", context)


@require_GET
@mediation_page
def mediation_agreement(request: StaffRequest, mediation: Mediation) -> HttpResponse:
    """调解协议 to be signed by both sides: with the agreed sums, or those of the approved scheme."""
    if mediation.agreed_on is None:
        insist_on(doors_of(mediation, request.user).conclude)
    names = [(one, one.named_for(request.user)) for one in mediation.case.injured.order_by("pk")]
    return render(request, "cases/mediation_agreement.html", {**_sheet(mediation), "names": names})
