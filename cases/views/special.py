"""特殊案件: drafted, looked at, changed; and the acts that follow from the answer, a page each."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from authority.refusals import Refused, insist_on
from authority.rulings import Ruling
from cases import services
from cases.casefile.approval import chains_of, submissions_of
from cases.conflicts import KeyReused, Stale
from cases.forms import special as special_forms
from cases.models import ClaimCase, FraudLead, Kind, SpecialKind, SpecialRequest
from cases.services import SpecialOrder
from cases.services.closing_special import close_sole, may_close_sole
from cases.specials import page
from cases.specials.facts import checklist
from cases.specials.kinds import KINDS
from cases.views.case_pages import beside, case_page, seen_version, stale
from departments.http import StaffRequest

Page = Callable[[StaffRequest, SpecialRequest], HttpResponse]


def special_page(shown: Page) -> Callable[[StaffRequest, int], HttpResponse]:
    """The page gets the request that this person may see; a stale form is 409, a used key 422."""

    @wraps(shown)
    def answer(request: StaffRequest, pk: int) -> HttpResponse:
        rows = SpecialRequest.objects.visible_to(request.user).for_list().select_related("entered_by")
        special = get_object_or_404(rows, pk=pk)
        try:
            return shown(request, special)
        except Stale:
            return stale(request, special.case)
        except KeyReused:
            return render(request, "cases/key_reused.html", {"case": special.case}, status=422)

    return answer


@require_http_methods(["GET", "POST"])
@case_page
def special_new(request: StaffRequest, case: ClaimCase) -> HttpResponse:
    kind = request.GET.get("kind", "")
    if kind not in KINDS:
        raise Http404
    insist_on(services.may_draft(case, kind, request.user))
    form = special_forms.SpecialForm(request.POST or None, kind=kind, initial=_initial(case, kind))
    if request.method == "POST" and form.is_valid():
        seen = seen_version(request)
        made = services.draft_special(case, kind, form.values(), by=request.user, seen=seen)
        messages.success(request, f"{made}已起草，核对后提交审批")
        return redirect(made)
    special = SpecialRequest(case=case, kind=kind, requested_by=request.user)
    return _form_page(request, special, form)


def _initial(case: ClaimCase, kind: str) -> dict[str, Any]:
    """What the case knows already; masked nowhere, for whoever handles it."""
    if kind in (Kind.PREPAYMENT, Kind.EX_GRATIA):
        return {"basis_amount": case.reviewed or case.estimate or None, "payee": case.insured_name}
    return {"amount": case.estimate or None, "declarant": case.insured_name}


def _form_page(request: StaffRequest, special: SpecialRequest, form: forms.BaseForm) -> HttpResponse:
    context = {
        **beside(request, special.case),
        **_limits(special),
        "special": special,
        "form": form,
    }
    return render(request, "cases/special_form.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@special_page
def special_edit(request: StaffRequest, special: SpecialRequest) -> HttpResponse:
    insist_on(services.may_change(special, request.user))
    instance = SpecialRequest.objects.get(pk=special.pk)
    form = special_forms.SpecialForm(request.POST or None, kind=special.kind, instance=instance)
    if request.method == "POST" and form.is_valid():
        seen = seen_version(request)
        services.change_special(special, form.values(), by=request.user, seen=seen)
        messages.success(request, f"{special}已修改")
        return redirect(special)
    return _form_page(request, special, form)


@require_GET
@special_page
def special(request: StaffRequest, special: SpecialRequest) -> HttpResponse:
    own = page.own_submissions(special, submissions_of(special.case))
    kinds = SpecialKind.objects.select_related("deciding_duty", "registering_duty")
    context = {
        **beside(request, special.case),
        **_limits(special),
        "special": special,
        "kind": kinds.get(code=special.kind),
        "own_facts": page.facts_of(special, request.user),
        **_under_way(request, special, own),
    }
    return render(request, "cases/special.html", context)


def _limits(special: SpecialRequest) -> dict[str, Any]:
    return {
        "papers": checklist(special),
        "bounds": page.bounds_for(special.case, special.kind),
        "next_step": KINDS[special.kind].next_step,
    }


def _under_way(request: StaffRequest, special: SpecialRequest, own: list[Any]) -> dict[str, Any]:
    return {
        "sending": page.sending_of(special, request.user),
        "acts": page.acts_of(special, request.user),
        "chains": chains_of(own),
        "clocks": page.clocks_of(special),
        "payments": special.payments.select_related("paid_by").order_by("paid_at"),
        "recoveries": special.recoveries.order_by("pk"),
        "leads": FraudLead.objects.visible_to(request.user).filter(refusal=special).for_list(),
        "events": page.events_of(special, own),
        "is_open": special.state == SpecialRequest.State.OPEN,
    }


def act_page(
    title: str,
    make: Callable[[SpecialRequest, Any], Any],
    may: Callable[[SpecialRequest, Any], Ruling],
    do: Callable[[SpecialRequest, Any, StaffRequest], object],
) -> Callable[[StaffRequest, int], HttpResponse]:
    """One act with its form: who may not gets every reason (403), what is filled in wrongly stays (422)."""

    @require_http_methods(["GET", "POST"])
    @special_page
    def shown(request: StaffRequest, special: SpecialRequest) -> HttpResponse:
        form = make(special, request.POST or None)
        if request.method == "POST" and form.is_valid() and _done(form, special, request, do):
            messages.success(request, f"{special}：{title}完成")
            return redirect(special)
        insist_on(may(special, request.user))
        context = {**beside(request, special.case), "special": special, "form": form, "title": title}
        return render(request, "cases/special_act.html", context, status=422 if form.is_bound else 200)

    return shown


def _done(
    form: forms.Form,
    special: SpecialRequest,
    request: StaffRequest,
    do: Callable[[SpecialRequest, Any, StaffRequest], object],
) -> bool:
    try:
        do(special, form, request)
    except Refused as refused:
        for objection in refused.ruling.objections:
            form.add_error(None, objection.text)
        return False
    return True


special_give_up = act_page(
    "作废",
    lambda special, sent: special_forms.GiveUpForm(sent),
    services.may_give_up,
    lambda special, form, request: services.give_up_special(
        special, form.cleaned_data["reason"], by=request.user, seen=seen_version(request)
    ),
)
special_pay = act_page(
    "支付",
    lambda special, sent: special_forms.PaySpecialForm(
        sent,
        initial={
            "amount": special.granted - special.paid,
            "payee_account": special.payee_account,
            "key": uuid4(),
        },
    ),
    services.may_pay_special,
    lambda special, form, request: services.pay_special(
        special,
        SpecialOrder(
            form.cleaned_data["amount"],
            seen_version(request),
            form.cleaned_data["payee_account"],
            form.cleaned_data["key"],
        ),
        by=request.user,
    ),
)
special_close = act_page(
    "通融结案",
    lambda special, sent: forms.Form(sent),
    may_close_sole,
    lambda special, form, request: close_sole(special, by=request.user, seen=seen_version(request)),
)
special_notice = act_page(
    "登记拒赔通知书",
    lambda special, sent: special_forms.NoticeForm(sent, initial={"addressee": special.case.insured_name}),
    services.may_send_notice,
    lambda special, form, request: services.send_notice(
        special, form.sending(), by=request.user, seen=seen_version(request)
    ),
)
special_enter = act_page(
    "登记台账",
    lambda special, sent: special_forms.EnterForm(sent),
    services.may_enter,
    lambda special, form, request: services.enter_special(
        special, form.cleaned_data["reported_on"], by=request.user, seen=seen_version(request)
    ),
)


def _follow_form(special: SpecialRequest, sent: Any) -> Any:
    notice = getattr(special, "notice", None)
    if notice is None:
        raise Http404
    return special_forms.FollowForm(sent, instance=type(notice).objects.get(pk=notice.pk))


special_follow = act_page(
    "登记通知书进展",
    _follow_form,
    services.may_follow,
    lambda special, form, request: services.follow_notice(
        special.notice, form.news(), by=request.user, seen=seen_version(request)
    ),
)
