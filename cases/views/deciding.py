"""Deciding: on one case from its page, on many from the workbench, each row ruled on its own."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from authority.refusals import Refused
from cases import services
from cases.casefile.approval import approval_for, submissions_of
from cases.conflicts import KeyReused, Stale
from cases.forms.deciding import BulkDecisionForm, DecisionForm
from cases.models import ChainStep, ClaimCase, Decision
from cases.queue import with_case
from cases.views.case_pages import case_page
from cases.views.detail import detail_page
from departments.http import StaffRequest, number_in
from departments.models import Staff


@require_POST
@case_page
def decide(request: StaffRequest, case: ClaimCase) -> HttpResponse:
    steps = with_case(ChainStep.objects.filter(submission__case=case))
    step = get_object_or_404(steps, pk=number_in(request.POST.get("step", "")))
    form = DecisionForm(request.POST, step=step, losses=list(case.losses.all()))
    if not form.is_valid():
        return detail_page(request, case, form=form)
    try:
        decision = services.decide(step, form.verdict(), by=request.user)
    except Refused as refused:
        return _refused(request, case, refused)
    messages.success(request, f"赔案 {case}：{step.submission.item.name}已{decision.get_outcome_display()}")
    return redirect("cases:workbench" if request.POST.get("then") == "workbench" else case)


def _refused(request: StaffRequest, case: ClaimCase, refused: Refused) -> HttpResponse:
    """403 with every reason, and who can instead."""
    approval = approval_for(submissions_of(case), request.user)
    context = {
        "ruling": refused.ruling,
        "who_can": approval.who_can if approval else [],
        "back_url": case.get_absolute_url(),
    }
    return render(request, "403.html", context, status=403)


@dataclass(frozen=True, slots=True)
class RowResult:
    label: str
    url: str
    is_done: bool
    text: str


@require_POST
def bulk_decide(request: StaffRequest) -> HttpResponse:
    """Each row is its own transaction: what is refused leaves the others done."""
    form = BulkDecisionForm(request.POST)
    if not form.is_valid() or not form.tickets():
        messages.error(request, "没有选择案件。")
        return redirect("cases:workbench")
    seen = dict(form.tickets())
    visible = ClaimCase.objects.visible_to(request.user)
    steps = with_case(ChainStep.objects.filter(pk__in=seen, submission__case__in=visible))
    results = [_decide_row(step, form, seen[step.pk], request.user) for step in steps.order_by("arrived_at")]
    done = sum(result.is_done for result in results)
    if "only" in request.POST and done == 1:
        messages.success(request, f"{results[0].label}：{results[0].text}")
        return redirect("cases:workbench")
    context = {"results": results, "done": done, "failed": len(results) - done}
    return render(request, "cases/bulk_result.html", context)


def _decide_row(step: ChainStep, form: BulkDecisionForm, seen: int, staff: Staff) -> RowResult:
    case = step.submission.case
    label, url = f"{case} {step.submission.item.name}", case.get_absolute_url()
    try:
        decision = services.decide(step, form.verdict(step.pk, seen), by=staff)
    except Refused as refused:
        return RowResult(label, url, False, "；".join(one.text for one in refused.ruling.objections))
    except Stale:
        return RowResult(label, url, False, "案件在您打开清单后已有变化，请打开案件重新审批")
    except KeyReused:
        return RowResult(label, url, False, "同一次提交已用于另一项决定，请刷新后重试")
    return RowResult(label, url, True, _said(decision))


def _said(decision: Decision) -> str:
    return f"{decision.get_outcome_display()} {decision.amount:,.2f} 元"
