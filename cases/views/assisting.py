"""非车险人伤协助: the list, taking a request in, its page with the answer, the opinion on paper."""

from __future__ import annotations

from typing import Any

from csp.decorators import csp
from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from authority.refusals import insist_on
from cases.forms.assistance import (
    AssistanceFilter,
    AssistanceForm,
    AssistancePaperForm,
    OpinionForm,
    ReassignForm,
    WithdrawalForm,
)
from cases.injuries.assistance import (
    ASSISTANCES,
    Dues,
    assistants,
    may_answer,
    may_attach,
    may_record,
    may_withdraw,
)
from cases.models import AssistancePaper, InjuryAssistance
from cases.services import assisting
from cases.views.injuries import said_on
from cases.views.papers import SHOWN
from departments.access import SEE_CASES
from departments.access_log import record_download
from departments.http import StaffRequest
from departments.listings import show
from departments.models import OrgUnit
from departments.uploads import AlreadyFiled


def _units(request: StaffRequest) -> Any:
    return OrgUnit.objects.filter(pk__in=request.user.unit_scope.ids(SEE_CASES)).order_by("path_rank")


def _found(request: StaffRequest, pk: int) -> InjuryAssistance:
    return get_object_or_404(InjuryAssistance.objects.visible_to(request.user).for_list(), pk=pk)


@require_GET
def assistances(request: StaffRequest) -> HttpResponse:
    form = AssistanceFilter(request.GET, viewer=request.user, units=_units(request))
    visible = InjuryAssistance.objects.visible_to(request.user)
    rows = form.narrow(visible).for_list()
    counts = {
        "open": visible.open().count(),
        "late": Dues.today().late(visible).count(),
        "mine": visible.open().filter(assigned_to=request.user).count(),
    }
    extra = {"counts": counts, "recording": may_record(request.user)}
    return show(request, ASSISTANCES, rows, form, **extra)


@require_http_methods(["GET", "POST"])
def assistance_new(request: StaffRequest) -> HttpResponse:
    insist_on(may_record(request.user))
    sent = request.POST if request.method == "POST" else None
    form = AssistanceForm(sent, units=_units(request), assistants=assistants())
    if form.is_valid() and said_on(
        form, lambda: assisting.record_assistance(form.cleaned_data, by=request.user)
    ):
        messages.success(request, "协助请求已登记")
        return redirect("cases:assistances")
    return render(request, "cases/assistance_form.html", {"form": form}, status=422 if form.is_bound else 200)


@require_GET
def assistance(request: StaffRequest, pk: int) -> HttpResponse:
    return _shown(request, _found(request, pk))


def _shown(request: StaffRequest, found: InjuryAssistance, **forms: Any) -> HttpResponse:
    context = {
        "assistance": found,
        "injured_name": found.named_for(request.user),
        "clock": Dues.today().of(found),
        "answering": may_answer(found, request.user),
        "withdrawing": may_withdraw(found, request.user),
        **_papers(request, found),
        "opinion_form": OpinionForm(),
        "withdrawal_form": WithdrawalForm(),
        "reassign_form": ReassignForm(assistants=assistants()),
        **forms,
    }
    return render(request, "cases/assistance.html", context, status=422 if forms else 200)


def _papers(request: StaffRequest, found: InjuryAssistance) -> dict[str, Any]:
    files = found.files.select_related("uploaded_by")
    return {
        "attaching": may_attach(found, request.user),
        "files": files,
        "paper_form": AssistancePaperForm(),
    }


@require_POST
def assistance_answer(request: StaffRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    insist_on(may_answer(found, request.user))
    form = OpinionForm(request.POST)
    if form.is_valid():
        assisting.answer_assistance(found, form.opinion(), by=request.user)
        messages.success(request, f"{found.number} 已答复")
        return redirect(found)
    return _shown(request, found, opinion_form=form)


@require_POST
def assistance_withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    insist_on(may_withdraw(found, request.user))
    form = WithdrawalForm(request.POST)
    if form.is_valid():
        assisting.withdraw_assistance(found, form.cleaned_data["why"], by=request.user)
        messages.success(request, f"{found.number} 已撤回")
        return redirect(found)
    return _shown(request, found, withdrawal_form=form)


@require_POST
def assistance_reassign(request: StaffRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    insist_on(may_withdraw(found, request.user))
    form = ReassignForm(request.POST, assistants=assistants())
    if form.is_valid():
        assisting.reassign_assistance(found, form.cleaned_data["to"], by=request.user)
        messages.success(request, f"{found.number} 已转由{form.cleaned_data['to'].name}承办")
        return redirect("cases:assistances")
    return _shown(request, found, reassign_form=form)


@require_POST
def assistance_file(request: StaffRequest, pk: int) -> HttpResponse:
    """A paper that came with the request."""
    found = _found(request, pk)
    insist_on(may_attach(found, request.user))
    form = AssistancePaperForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            assisting.file_assistance_paper(found, form.cleaned_data["file"], by=request.user)
        except AlreadyFiled:
            form.add_error("file", "这份文件已经在材料里。")
    if not form.is_valid():
        return _shown(request, found, paper_form=form)
    messages.success(request, "材料已归档")
    return redirect(found)


def _paper(request: StaffRequest, pk: int) -> AssistancePaper:
    visible = InjuryAssistance.objects.visible_to(request.user)
    papers = AssistancePaper.objects.select_related("assistance")
    return get_object_or_404(papers, pk=pk, assistance__in=visible)


@require_GET
def assistance_paper(request: StaffRequest, pk: int) -> FileResponse:
    """As an attachment under its own name."""
    found = _paper(request, pk)
    record_download(request.user, f"人伤协助 {found.assistance} {found.name}")
    return FileResponse(
        found.file.open("rb"), as_attachment=True, filename=found.name, content_type=found.content_type
    )


@require_GET
@xframe_options_sameorigin
@csp(SHOWN)  # type: ignore[arg-type]  # its stub knows plain requests only
def assistance_paper_view(request: StaffRequest, pk: int) -> FileResponse:
    """The bytes to look at: an image or a PDF by what was found in it when it was filed."""
    found = _paper(request, pk)
    record_download(request.user, f"查看 人伤协助 {found.assistance} {found.name}")
    return FileResponse(found.file.open("rb"), filename=found.name, content_type=found.content_type)


@require_GET
def assistance_sheet(request: StaffRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    context = {"assistance": found, "injured_name": found.named_for(request.user)}
    return render(request, "cases/assistance_sheet.html", context)
