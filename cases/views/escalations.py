"""上报总公司: what was sent up, what came back, and whether it was carried out."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from authority.refusals import insist_on
from cases import services
from cases.casefile.approval import chains_of, submissions_of
from cases.forms.escalations import AnswerForm, EscalationFilterForm
from cases.models import ClaimCase, Decision, Escalation
from cases.rulings import may_confirm
from cases.views.case_pages import beside
from departments.access_log import record_download
from departments.http import StaffRequest
from departments.models import Staff
from departments.paging import keyset_page
from departments.uploads import sniffed

ORDER = ("-sent_at", "-id")


def visible_escalations(staff: Staff) -> QuerySet[Escalation]:
    visible = Escalation.objects.filter(case__in=ClaimCase.objects.visible_to(staff))
    return visible.select_related("case__unit", "submission__item", "submission__submitted_by", "sent_by")


@require_GET
def escalations(request: StaffRequest) -> HttpResponse:
    form = EscalationFilterForm(request.GET)
    form.is_valid()
    rows = visible_escalations(request.user).filter(_wanted(form.cleaned_data))
    page = keyset_page(rows, ORDER, request.GET.get("cursor", ""))
    context = {
        "form": form,
        "rows": page.rows,
        "page": page,
    }
    return render(request, "cases/escalations.html", context)


def _wanted(asked: dict[str, Any]) -> Q:
    wanted = Q()
    if asked.get("status"):
        wanted &= Q(status=asked["status"])
    if text := asked.get("q"):
        wanted &= (
            Q(number__startswith=text)
            | Q(case__claim_no__startswith=text)
            | Q(case__report_no__startswith=text)
        )
    return wanted  # fmt: skip


@require_GET
def escalation(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(visible_escalations(request.user), pk=pk)
    return _page(request, found, AnswerForm())


def _page(request: StaffRequest, found: Escalation, form: AnswerForm, status: int = 200) -> HttpResponse:
    posts = services.posts_of(request.user)
    context = {
        "escalation": found,
        "papers": found.pack["items"],
        "form": form,
        "answering": services.answering(found, request.user),
        "confirming": may_confirm(found.case, found, request.user, posts),
        **_background(request, found),
    }
    return render(request, "cases/escalation.html", context, status=status)


def _background(request: StaffRequest, found: Escalation) -> dict[str, Any]:
    """The case as head office needs to know it."""
    case = found.case
    opinions = Decision.objects.filter(submission=found.submission_id)
    return {
        **beside(request, case),
        "crumbs": [("上报总公司", reverse("cases:escalations")), (str(case), case.get_absolute_url())],
        "chains": chains_of(submissions_of(case)),
        "opinions": opinions.select_related(
            "decided_by", "acted_for", "chain_step", "submission__item", "submission__escalation"
        ),
    }


@require_POST
def escalation_answer(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(visible_escalations(request.user), pk=pk)
    insist_on(services.answering(found, request.user))
    form = AnswerForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    services.answer_escalation(found, form.as_answer(), by=request.user)
    messages.success(request, f"上报件 {found.number} 的批复已记录并生效")
    return redirect("cases:escalation", pk)


@require_POST
def escalation_confirm(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(visible_escalations(request.user), pk=pk)
    services.confirm_execution(found, by=request.user)
    messages.success(request, f"上报件 {found.number} 的批复已确认执行")
    return redirect("cases:escalation", pk)


@require_GET
def escalation_scan(request: StaffRequest, pk: int) -> FileResponse:
    found = get_object_or_404(visible_escalations(request.user), pk=pk)
    if not found.scan:
        raise Http404
    file = found.scan.open("rb")
    content_type, ending = sniffed(file.read(16)) or ("application/octet-stream", "")
    file.seek(0)
    record_download(request.user, f"上报件 {found.number} 批复扫描件")
    name = f"批复-{found.number}{ending}"
    return FileResponse(file, as_attachment=True, filename=name, content_type=content_type)
