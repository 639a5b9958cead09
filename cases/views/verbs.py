"""加签、取消加签、转办、拿回: one page each, with the case beside it; refused, every reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from authority.refusals import Refused, insist_on
from authority.rulings import Ruling
from cases import services
from cases.casefile.approval import chains_of, submissions_of
from cases.conflicts import Stale
from cases.forms.verbs import ReasonForm, SignersForm, TransferForm
from cases.models import ChainStep, ClaimCase, Decision, JointSigning
from cases.queue import with_case
from cases.views.case_pages import beside, seen_version, stale
from departments.http import StaffRequest

_BACK = {"workbench": "cases:workbench", "review": "admin:cases_overauthoritycase_changelist"}


@dataclass(frozen=True, slots=True)
class Verb:
    """`do` calls the service with the valid form and the version seen."""

    title: str
    hint: str
    ruling: Ruling
    form: Any
    do: Callable[[Any, int], object]


def _page(request: StaffRequest, case: ClaimCase, verb: Verb) -> HttpResponse:
    if request.method == "POST" and seen_version(request) != case.version:
        return stale(request, case)
    insist_on(verb.ruling)
    try:
        is_done = verb.form.is_bound and verb.form.is_valid() and _done(verb, seen_version(request))
    except Stale:
        return stale(request, case)
    if is_done:
        messages.success(request, f"赔案 {case}：{verb.title}完成")
        return redirect(_back(request, case))
    return _shown(request, case, verb)


def _done(verb: Verb, seen: int) -> bool:
    """What the service refuses for what was filled in is said on the form."""
    try:
        verb.do(verb.form, seen)
    except Refused as refused:
        for objection in refused.ruling.objections:
            verb.form.add_error(None, objection.text)
        return False
    return True


def _back(request: StaffRequest, case: ClaimCase) -> str:
    name = _BACK.get(request.POST.get("then", ""))
    return reverse(name) if name else case.get_absolute_url()


def _shown(request: StaffRequest, case: ClaimCase, verb: Verb) -> HttpResponse:
    context = {
        **beside(request, case),
        "verb": verb,
        "form": verb.form,
        "then": request.GET.get("then", request.POST.get("then", "")),
        "chains": [one for one in chains_of(submissions_of(case)) if one.is_open],
    }
    return render(request, "cases/verb.html", context, status=422 if verb.form.is_bound else 200)


def _sent(request: StaffRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _station(request: StaffRequest, pk: int) -> ChainStep:
    """What this person may see of the stations; the others do not exist."""
    visible = ClaimCase.objects.visible_to(request.user)
    return get_object_or_404(with_case(ChainStep.objects.filter(submission__case__in=visible)), pk=pk)


@require_http_methods(["GET", "POST"])
def add_signers(request: StaffRequest, pk: int) -> HttpResponse:
    step = _station(request, pk)
    case, form = step.submission.case, SignersForm(_sent(request), by=request.user)
    verb = Verb(
        "加签",
        "请别人就本件签署意见。加签人不取得审批权限；本人的办理时限照常计算。",
        services.adding(step, request.user),
        form,
        lambda form, seen: services.add_signers(step, form.request(case, seen), by=request.user),
    )
    return _page(request, case, verb)


@require_http_methods(["GET", "POST"])
def call_off_signers(request: StaffRequest, pk: int) -> HttpResponse:
    visible = ClaimCase.objects.visible_to(request.user)
    rows = JointSigning.objects.select_related("submission__case__unit", "submission__item")
    signing = get_object_or_404(rows.filter(submission__case__in=visible), pk=pk)
    verb = Verb(
        "取消加签",
        "尚未签署的人不再签署，已签署的意见保留。",
        services.calling_off(signing, request.user),
        ReasonForm(_sent(request)),
        lambda form, seen: services.call_off_signers(
            signing, form.cleaned_data["reason"], by=request.user, seen=seen
        ),
    )
    return _page(request, signing.submission.case, verb)


@require_http_methods(["GET", "POST"])
def transfer(request: StaffRequest, pk: int) -> HttpResponse:
    step = _station(request, pk)
    verb = Verb(
        "转办",
        "由接手人办理本环节，双方收到通知；时限从原到达时间继续计算。",
        services.transferring(step, request.user),
        TransferForm(_sent(request), receivers=services.receivers_of(step)),
        lambda form, seen: services.transfer(step, form.order(seen), by=request.user),
    )
    return _page(request, step.submission.case, verb)


@require_http_methods(["GET", "POST"])
def take_back(request: StaffRequest, pk: int) -> HttpResponse:
    visible = ClaimCase.objects.visible_to(request.user)
    rows = Decision.objects.select_related("case__unit", "submission__item", "chain_step", "ledger_entry")
    decision = get_object_or_404(rows.filter(case__in=visible), pk=pk)
    verb = Verb(
        "拿回",
        f"拿回本人的「{decision.get_outcome_display()}」意见，审批链回到本人；原意见保留并注明已拿回。",
        services.taking_back(decision, request.user),
        ReasonForm(_sent(request)),
        lambda form, seen: services.take_back(
            decision, form.cleaned_data["reason"], by=request.user, seen=seen
        ),
    )
    return _page(request, decision.case, verb)
