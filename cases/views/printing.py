"""The 审批单: one case with its amounts, chain and opinions on A4."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from cases.casefile.approval import submissions_of
from cases.models import ClaimCase, Decision, Submission
from cases.views.case_pages import beside, case_page
from departments.http import StaffRequest


@require_GET
@case_page
def approval_sheet(request: StaffRequest, case: ClaimCase) -> HttpResponse:
    made = Decision.objects.filter(case=case).select_related(
        "decided_by", "acted_for", "chain_step", "submission__item", "submission__escalation", "taken_back"
    )
    acts: list[Submission | Decision] = [*submissions_of(case), *made]
    context = {
        **beside(request, case),
        "acts": sorted(acts, key=_moment),
    }
    return render(request, "cases/approval_sheet.html", context)


def _moment(act: Submission | Decision) -> datetime:
    return act.submitted_at if isinstance(act, Submission) else act.decided_at
