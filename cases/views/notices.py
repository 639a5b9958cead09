"""索赔材料清单 and 补充材料一次性告知书: what a claimant is asked for, and all that is missing, at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from authority.refusals import Refused, insist_on
from cases import services
from cases.conflicts import Stale
from cases.forms.notices import CancelForm, NoticeFilter, NoticeForm, StepForm
from cases.lifecycle import Action
from cases.models import ClaimCase, PapersNotice, RequiredPaper, missing_of
from cases.rulings import may_work
from cases.services.notifying import NEXT
from cases.views.case_pages import beside, case_page, seen_version
from departments.http import StaffRequest
from departments.listings import Column, Empty, Listing, show
from departments.models import Staff


def _columns(_viewer: Staff) -> Sequence[Column]:
    return (
        Column("编号", lambda row: row.number, url=lambda row: row.get_absolute_url()),
        Column("案件号", lambda row: str(row.case), url=lambda row: row.case.get_absolute_url()),
        Column("机构", lambda row: row.case.unit.short_name),
        Column("状态", lambda row: str(row.status.label), "status", code=lambda row: row.status),
        Column("需补充的材料", lambda row: "；".join(row.items), "wrap"),
        Column("发现", lambda row: row.found_at, "moment"),
        Column("发出", lambda row: row.sent_at, "moment"),
        Column("送达", lambda row: row.delivered_at, "moment"),
        Column("补齐", lambda row: row.received_at, "moment"),
        Column("制作人", lambda row: row.made_by.name),
        Column("说明", lambda row: row.note or row.reason, "wrap", on_page=False),
    )


NOTICES = Listing(
    "补充材料告知书",
    "papers-notices",
    _columns,
    ("-found_at", "-id"),
    Empty("没有补充材料告知书", "发现索赔材料不全时，从案件页的“专项”里制作。"),
)


@require_GET
def papers_notices(request: StaffRequest) -> HttpResponse:
    form = NoticeFilter(request.GET)
    rows = PapersNotice.objects.visible_to(request.user).select_related("case__unit", "made_by")
    return show(request, NOTICES, form.narrow(rows), form)


@require_http_methods(["GET", "POST"])
@case_page
def papers_notice_new(request: StaffRequest, case: ClaimCase) -> HttpResponse:
    if request.method == "POST" and seen_version(request) != case.version:
        raise Stale
    insist_on(services.may_notify(case, request.user))
    asked = _asked(case)
    form = NoticeForm(_sent(request), asked=asked, missing=missing_of(case, asked))
    if request.method == "POST" and form.is_valid() and (made := _made(request, case, form)):
        messages.success(request, f"已制作{made}，请打印并发出")
        return redirect(made)
    context = {**beside(request, case), "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "cases/papers_notice_new.html", context, status=status)


def _sent(request: StaffRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _asked(case: ClaimCase) -> list[RequiredPaper]:
    return list(RequiredPaper.objects.on(timezone.localdate()).asked_of(case))


def _made(request: StaffRequest, case: ClaimCase, form: NoticeForm) -> PapersNotice | None:
    try:
        return services.draft_notice(case, form.request(), by=request.user, seen=seen_version(request))
    except Refused as refused:
        for objection in refused.ruling.objections:
            form.add_error(None, objection.text)
        return None


def _notice(request: StaffRequest, pk: int) -> PapersNotice:
    rows = PapersNotice.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("case__unit", "case__handler", "made_by"), pk=pk)


def _step_form(notice: PapersNotice, data: Any) -> StepForm | None:
    if notice.status not in NEXT:
        return None
    field, _, label = NEXT[notice.status]
    return StepForm(data, label=label, asks_channel=field == "sent_at")


@require_http_methods(["GET", "POST"])
def papers_notice(request: StaffRequest, pk: int) -> HttpResponse:
    notice = _notice(request, pk)
    ruling = may_work(notice.case, Action.NOTE_PAPERS, request.user)
    form = _step_form(notice, _sent(request))
    if request.method == "POST":
        insist_on(ruling)
        if form and form.is_valid() and _advanced(request, notice, form):
            return redirect(notice)
    return _shown(request, notice, form)


def _advanced(request: StaffRequest, notice: PapersNotice, form: StepForm) -> bool:
    try:
        services.advance_notice(notice, form.step(), by=request.user)
    except Refused as refused:
        for objection in refused.ruling.objections:
            form.add_error(None, objection.text)
        return False
    messages.success(request, f"{notice}：已登记")
    return True


def _shown(
    request: StaffRequest, notice: PapersNotice, form: StepForm | None, cancel: CancelForm | None = None
) -> HttpResponse:
    is_wrong = bool((form and form.is_bound) or (cancel and cancel.is_bound))
    context = {
        "notice": notice,
        "ruling": may_work(notice.case, Action.NOTE_PAPERS, request.user),
        "form": form,
        "next_label": NEXT[notice.status][2] if notice.status in NEXT else "",
        "cancel_form": (cancel or CancelForm()) if notice.status in NEXT else None,
        **beside(request, notice.case),
    }
    return render(request, "cases/papers_notice.html", context, status=422 if is_wrong else 200)


@require_POST
def papers_notice_cancel(request: StaffRequest, pk: int) -> HttpResponse:
    notice = _notice(request, pk)
    form = CancelForm(request.POST)
    if not form.is_valid():
        return _shown(request, notice, _step_form(notice, None), form)
    services.cancel_notice(notice, form.cleaned_data["reason"], by=request.user)
    messages.success(request, f"{notice}已作废")
    return redirect(notice)


@require_GET
def papers_notice_print(request: StaffRequest, pk: int) -> HttpResponse:
    notice = _notice(request, pk)
    context = {"notice": notice, **beside(request, notice.case)}
    return render(request, "cases/papers_notice_print.html", context)


@require_GET
@case_page
def papers_list(request: StaffRequest, case: ClaimCase) -> HttpResponse:
    """索赔材料一次性告知清单: the list that goes to the claimant within a day of the claim."""
    context = {**beside(request, case), "papers": _asked(case)}
    return render(request, "cases/papers_list.html", context)
