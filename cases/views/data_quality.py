"""数据质量: doubts, corrections by two people, the monthly report R28."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases.casefile.facts import facts_of
from cases.data_quality import rulings
from cases.data_quality.fields import FIELDS, shown, text_of
from cases.data_quality.lists import CORRECTIONS, ISSUES
from cases.data_quality.report import report_of, workbook
from cases.forms.data_quality import (
    CorrectionFilter,
    CorrectionForm,
    IssueFilter,
    OpinionForm,
    ReasonForm,
    TrueForm,
    month_in,
)
from cases.models import ClaimCase, DataCorrection, DataQualityIssue, DataQualityRule, DataQualityRun
from cases.services import mending
from cases.services.mending import Wish
from cases.views.case_pages import case_page, seen_version
from departments.access_log import record_export
from departments.http import StaffRequest
from departments.listings import show
from departments.models import Staff
from departments.sheets import XLSX


@require_GET
def issues(request: StaffRequest) -> HttpResponse:
    """What is open, until another state is chosen."""
    form = IssueFilter({"state": "open", **request.GET.dict()}, request.user)
    rows = DataQualityIssue.objects.visible_to(request.user)
    rows = form.narrow(rows.select_related("case__unit", "case__handler", "resolved_by"))
    return show(request, ISSUES, rows, form, run=DataQualityRun.objects.first())


@require_http_methods(["GET", "POST"])
def issue(request: StaffRequest, pk: int) -> HttpResponse:
    """Posted: the fact is true as it stands."""
    visible = DataQualityIssue.objects.visible_to(request.user)
    found = get_object_or_404(
        visible.select_related("case__unit", "case__handler", "batch", "resolved_by"), pk=pk
    )
    form = TrueForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        mending.confirm_true(found, form.cleaned_data["reason"], by=request.user)
        messages.success(request, "已确认情况属实，不再提示")
        return redirect(found)
    context = {**_issue_page(found, request.user), "form": form}
    return render(request, "cases/data_issue.html", context, status=422 if form.is_bound else 200)


def _issue_page(found: DataQualityIssue, viewer: Staff) -> dict[str, Any]:
    case, who = found.case, rulings.keeper(viewer)
    on = timezone.localdate(found.found_at)
    rule = DataQualityRule.objects.on(on).filter(code=found.rule).order_by("valid_from").last()
    asked = found.corrections.select_related("requested_by", "decided_by")
    return {
        "issue": found,
        "case": case,
        "rule": rule,
        "facts": facts_of(case, sees_personal_data=viewer.sees_personal_data),
        "corrections": [_shown(one, viewer) for one in asked],
        "asking": rulings.may_ask(case, who),
        "confirming": rulings.may_confirm(found, case, who),
    }


def _shown(one: DataCorrection, viewer: Staff) -> dict[str, Any]:
    plain = viewer.sees_personal_data
    return {
        "record": one,
        "label": FIELDS[one.field].label,
        "before": shown(one.field, one.before, sees_personal_data=plain) or "（空）",
        "after": shown(one.field, one.after, sees_personal_data=plain) or "（空）",
    }


@require_GET
def corrections(request: StaffRequest) -> HttpResponse:
    form = CorrectionFilter(request.GET, request.user)
    visible = DataCorrection.objects.visible_to(request.user)
    return show(request, CORRECTIONS, form.narrow(visible.with_people()), form)


@require_http_methods(["GET", "POST"])
@case_page
def correction_new(request: StaffRequest, case: ClaimCase) -> HttpResponse:
    about = _issue_named(request, case)
    start = {"field": request.GET.get("field", ""), "issue": about.pk if about else None}
    form = CorrectionForm(request.POST if request.method == "POST" else None, initial=start)
    if form.is_bound and form.is_valid() and _is_right(form, case, about):
        asked = mending.ask_correction(case, _wish(form, about), by=request.user, seen=seen_version(request))
        messages.success(request, "已提交，由另一人复核后生效")
        return redirect(asked)
    context = {**_case_beside(case, request.user), "form": form, "issue": about}
    return render(request, "cases/data_correction_new.html", context, status=422 if form.is_bound else 200)


def _wish(form: CorrectionForm, about: DataQualityIssue | None) -> Wish:
    values = form.cleaned_data
    return Wish(values["field"], values["after"], values["reason"], about)


def _is_right(form: CorrectionForm, case: ClaimCase, about: DataQualityIssue | None) -> bool:
    """What the person can put right on this page is said on it; what he may not do is refused."""
    for objection in mending.wish_objections(case, _wish(form, about)):
        form.add_error("after", objection.text)
    return not form.errors


def _issue_named(request: StaffRequest, case: ClaimCase) -> DataQualityIssue | None:
    named = request.POST.get("issue") or request.GET.get("issue", "")
    return case.data_quality_issues.open().filter(pk=named).first() if named.isdecimal() else None


def _case_beside(case: ClaimCase, viewer: Staff) -> dict[str, Any]:
    plain, who = viewer.sees_personal_data, rulings.keeper(viewer)
    fields = [
        (
            one.label,
            shown(name, text_of(case, name), sees_personal_data=plain),
            rulings.may_ask(case, who, name),
        )
        for name, one in FIELDS.items()
    ]
    return {"case": case, "fields": fields, "asking": rulings.may_ask(case, who)}


@require_GET
def correction(request: StaffRequest, pk: int) -> HttpResponse:
    return _correction_page(request, _correction(request, pk))


def _correction(request: StaffRequest, pk: int) -> DataCorrection:
    visible = DataCorrection.objects.visible_to(request.user)
    return get_object_or_404(visible.with_people().select_related("case__handler"), pk=pk)


def _correction_page(request: StaffRequest, found: DataCorrection, **extra: Any) -> HttpResponse:
    case, who = found.case, rulings.keeper(request.user)
    context = {
        **_shown(found, request.user),
        "correction": found,
        "case": case,
        "facts": facts_of(case, sees_personal_data=request.user.sees_personal_data),
        "deciding": mending.deciding(found, case, request.user),
        "refusing": rulings.may_refuse(found, case, who),
        "withdrawing": rulings.may_withdraw(found, who),
        "form": OpinionForm(),
        "refuse_form": ReasonForm(),
        **extra,
    }
    return render(request, "cases/data_correction.html", context, status=422 if extra else 200)


@require_POST
def correction_decide(request: StaffRequest, pk: int) -> HttpResponse:
    found, answer = _correction(request, pk), request.POST.get("answer", "")
    if answer == "refuse":
        return _refused(request, found)
    if answer == "withdraw":
        mending.withdraw_correction(found, by=request.user)
        messages.success(request, "申请已撤回")
    else:
        opinion = request.POST.get("opinion", "")[:300]
        mending.apply_correction(found, opinion, by=request.user)
        messages.success(request, f"已更正：{FIELDS[found.field].label}")
    return redirect(found)


def _refused(request: StaffRequest, found: DataCorrection) -> HttpResponse:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _correction_page(request, found, refuse_form=form)
    mending.refuse_correction(found, form.cleaned_data["opinion"], by=request.user)
    messages.success(request, "已退回申请人")
    return redirect(found)


@require_GET
def report(request: StaffRequest) -> HttpResponse:
    """R28 of a month; this month until another one is chosen."""
    today = timezone.localdate()
    first = month_in(request.GET.get("month", "")) or today.replace(day=1)
    found = report_of(request.user, first, today)
    if request.GET.get("as") == "xlsx":
        record_export(request.user, f"数据质量报告 {first:%Y-%m}", len(found.lines))
        name = f"attachment; filename=data-quality-{first:%Y-%m}.xlsx"
        return HttpResponse(workbook(found), content_type=XLSX, headers={"Content-Disposition": name})
    template = "report_print" if request.GET.get("as") == "print" else "report"
    return render(
        request, f"cases/data_quality_{template}.html", {"report": found, "month": f"{first:%Y-%m}"}
    )
