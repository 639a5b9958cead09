"""上报总公司: what was sent up, what came back, and whether it was carried out."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from authority.refusals import insist_on
from cases import services
from cases.casefile.approval import chains_of, submissions_of
from cases.escalation.drop import state_of
from cases.escalation.export import figures_file
from cases.escalation.figures import BY, COUNTS, lines_of, total_of
from cases.escalation.files import form_of
from cases.escalation.listing import ESCALATIONS, LEVELS, EscalationFilter
from cases.forms.escalations import AnswerForm, ConditionForm, FiguresForm
from cases.models import AnswerCondition, Decision, Escalation
from cases.views.case_pages import beside
from departments.access_log import record_download
from departments.http import StaffRequest
from departments.listings import show
from departments.models import Staff
from departments.uploads import sniffed


def visible_escalations(staff: Staff) -> QuerySet[Escalation]:
    return Escalation.objects.visible_to(staff).for_list()


@require_GET
def escalations(request: StaffRequest) -> HttpResponse:
    form = EscalationFilter(request.GET)
    rows = form.narrow(visible_escalations(request.user))
    return show(request, ESCALATIONS, rows, form)


@require_GET
def escalation_figures(request: StaffRequest) -> HttpResponse:
    """By unit, item or month; the filters of the list hold here, too."""
    form = FiguresForm(request.GET)
    by, asked = form.grouping(), form.asked()
    rows = form.narrow(Escalation.objects.visible_to(request.user))
    lines, total = lines_of(rows, by, asked), total_of(rows, asked)
    if request.GET.get("as") == "xlsx":
        return figures_file(request.user, by, [*lines, total])
    context = {"form": form, "by": BY[by], "headings": [heading for heading, _ in COUNTS.values()]}
    context |= {"lines": lines, "total": total, "query": request.GET.urlencode()}
    name = "print" if request.GET.get("as") == "print" else "page"
    return render(request, f"cases/escalation_figures_{name}.html", context)


@require_GET
def escalation(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(visible_escalations(request.user), pk=pk)
    return _page(request, found, _answer_form(found))


def _answer_form(found: Escalation, *sent: Any) -> AnswerForm:
    return AnswerForm(*sent, conferences=services.concluded_with_head_office(found.case_id))


def _page(request: StaffRequest, found: Escalation, form: AnswerForm, status: int = 200) -> HttpResponse:
    context = {
        "escalation": found,
        "papers": found.pack["items"],
        "level": LEVELS.get(found.level, ""),
        "form": form,
        "answering": services.answering(found, request.user),
        "confirming": services.confirming_execution(found, request.user),
        **_following(request, found),
        **_background(request, found),
    }
    return render(request, "cases/escalation.html", context, status=status)


def _following(request: StaffRequest, found: Escalation) -> dict[str, Any]:
    """How it went up, who was reminded, which conditions are to be carried out."""
    demands = list(found.demands.select_related("checked_by"))
    for one in demands:
        one.escalation = found
    return {
        "transmissions": [
            (one, *state_of(one)) for one in found.transmissions.select_related("sent_by", "outbox")
        ],
        "transmitting": services.transmitting(found, request.user),
        "can_drop": bool(settings.ESCALATION_DROP),
        "reminders": found.reminders.select_related("told").order_by("told_at", "pk"),
        "demands": [(one, services.checking(one, request.user)) for one in demands],
    }


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
    form = _answer_form(found, request.POST, request.FILES)
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


@require_GET
def escalation_print(request: StaffRequest, pk: int) -> HttpResponse:
    """上报表 on A4."""
    found = get_object_or_404(visible_escalations(request.user), pk=pk)
    form = form_of(found, sees_personal_data=request.user.sees_personal_data)
    return render(request, "cases/escalation_print.html", {**form, "demands": found.demands.all()})


@require_POST
def escalation_drop(request: StaffRequest, pk: int) -> HttpResponse:
    """文件投递, or once more."""
    found = get_object_or_404(visible_escalations(request.user), pk=pk)
    made = services.drop_again(found, request.POST.get("reason", ""), by=request.user)
    messages.success(request, f"上报件 {found.number} 已列入投递：{made.file_name}")
    return redirect(found)


@require_POST
def escalation_printed(request: StaffRequest, pk: int) -> HttpResponse:
    """书面报送."""
    found = get_object_or_404(visible_escalations(request.user), pk=pk)
    services.note_printed(found, by=request.user)
    messages.success(request, f"上报件 {found.number} 已登记书面报送")
    return redirect(found)


@require_POST
def escalation_condition(request: StaffRequest, pk: int) -> HttpResponse:
    """One condition was carried out, or cannot be."""
    visible = Escalation.objects.visible_to(request.user)
    rows = AnswerCondition.objects.filter(escalation__in=visible)
    condition = get_object_or_404(rows.select_related("escalation__case"), pk=pk)
    form = ConditionForm(request.POST)
    form.is_valid()
    sent = form.cleaned_data
    services.check_condition(condition, sent.get("status", ""), sent.get("evidence", ""), by=request.user)
    messages.success(request, f"条件 {condition.number} 已核对")
    return redirect(condition.escalation)
