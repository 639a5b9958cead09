"""不相容岗位: every rule with where it bites, changing one and agreeing to the change."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from authority import services
from authority.forms import ReasonForm, SeparationForm
from authority.models import AuthorityItem, SeparationChange
from authority.referrals import may_propose, may_reject
from authority.refusals import Refused, insist_on
from departments.http import StaffRequest
from departments.models import IncompatibleDuty

STEP_NAMES = {
    "survey": "查勘", "assess": "定损", "adjust": "理算", "submit": "提交", "edit_amount": "修改金额",
    "review_damage": "核损", "review_price": "核价", "review_injury": "人伤审核", "finder": "受奖",
    "handler": "经办", "mediate": "调解", "expense": "费用经办",
}  # fmt: skip
LABELS = {
    "statement": "规则", "concurrent_limit": "可兼办金额(元)", "source": "依据", "is_verified": "依据已核实",
    "valid_to": "失效",
}  # fmt: skip


DUTY_NAMES = {"complaint": "投诉处理"}
"""What a rule separates that is decided without a limit, so no item of authority."""


@require_GET
def separation(request: StaffRequest) -> HttpResponse:
    names = DUTY_NAMES | dict(AuthorityItem.objects.values_list("code", "name"))
    ruler = services.ruler_of(request.user)
    waiting = SeparationChange.objects.filter(status="waiting").select_related("duty", "proposed_by")
    context = {
        "rows": [_row(duty, names) for duty in IncompatibleDuty.objects.all()],
        "waiting": [_waiting(change, request) for change in waiting],
        "may_propose": may_propose(None, ruler).allowed,
    }
    return render(request, "authority/separation.html", context)


def _row(duty: IncompatibleDuty, names: dict[str, str]) -> dict[str, Any]:
    steps = "、".join(STEP_NAMES.get(step, step) for step in duty.steps)
    items = "、".join("任何事项" if item == "any" else names.get(item, item) for item in duty.items)
    return {"duty": duty, "what": f"办过{steps} ✕ 决定{items}" if steps else "岗位之间"}


def _waiting(change: SeparationChange, request: StaffRequest) -> dict[str, Any]:
    before = {name: getattr(change.duty, name) for name in LABELS}
    changed = [
        f"{LABELS[name]}：{_text(before[name])} → {_text(value)}"
        for name, value in change.terms.items()
        if _text(before[name]) != _text(value)
    ]
    ruler = services.ruler_of(request.user)
    return {
        "change": change,
        "changed": changed,
        "may_agree": services.ruling_on_separation(change, by=request.user).allowed,
        "may_reject": may_reject(change.proposed_by_id, True, ruler).allowed,
    }


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value or "—")


@require_http_methods(["GET", "POST"])
def separation_change(request: StaffRequest, pk: int) -> HttpResponse:
    insist_on(may_propose(None, services.ruler_of(request.user)))
    duty = get_object_or_404(IncompatibleDuty, pk=pk)
    form = SeparationForm(request.POST or None, initial={name: getattr(duty, name) for name in LABELS})
    if form.is_valid() and _proposed(request, duty, form):
        return redirect("authority:separation")
    context = {"form": form, "duty": duty}
    return render(request, "authority/separation_form.html", context, status=422 if form.is_bound else 200)


def _proposed(request: StaffRequest, duty: IncompatibleDuty, form: SeparationForm) -> bool:
    try:
        services.propose_separation(duty, form.terms, reason=form.cleaned_data["reason"], by=request.user)
    except Refused as refused:
        for objection in refused.ruling.objections:
            form.add_error(None, objection.text)
        return False
    messages.success(request, f"{duty.code} 的变更已提交，待另一人批准")
    return True


@require_POST
def separation_agree(request: StaffRequest, pk: int) -> HttpResponse:
    done = services.agree_to_separation(get_object_or_404(SeparationChange, pk=pk), by=request.user)
    messages.success(request, f"{done.duty.code} 的变更已生效")
    return redirect("authority:separation")


@require_POST
def separation_reject(request: StaffRequest, pk: int) -> HttpResponse:
    form = ReasonForm(request.POST)
    found = get_object_or_404(SeparationChange, pk=pk)
    if form.is_valid():
        services.reject_separation(found, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, f"{found.duty.code} 的变更未批准")
    else:
        messages.error(request, "须写明理由。")
    return redirect("authority:separation")
