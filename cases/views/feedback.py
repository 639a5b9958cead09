"""问题件通报 R21 and the matrix of findings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from authority.models import LedgerEntry
from authority.refusals import Refused, insist_on
from cases.casefile.timeline import Event
from cases.forms import feedback as forms
from cases.ledger_words import LETTER_ACTS
from cases.models import FeedbackLetter
from cases.problems import board as boards
from cases.problems import letters
from cases.problems.rulings import party
from cases.services import feedback
from departments.access_log import record_export
from departments.http import StaffRequest
from departments.listings import Column, Empty, Listing, show
from departments.models import OrgUnit, Staff
from departments.sheets import XLSX


def letter_columns(viewer: Staff) -> Sequence[Column]:
    return (
        Column("文号", lambda row: row.number or "拟稿", url=lambda row: row.get_absolute_url()),
        Column("月份", lambda row: row.label),
        Column("机构", lambda row: row.unit.short_name),
        Column("版本", lambda row: row.version, "number"),
        Column("状态", lambda row: row.get_status_display(), "status", code=lambda row: row.status),
        Column("拟稿", lambda row: row.drafted_by.name),
        Column("签发", lambda row: row.signed_by.name if row.signed_by else ""),
        Column("签发时间", lambda row: row.signed_at, "moment"),
        Column("签收", lambda row: row.received_by.name if row.received_by else ""),
        Column("签收时间", lambda row: row.received_at, "moment"),
    )


LETTERS = Listing(
    "问题件通报",
    "problem-letters",
    letter_columns,
    ("-month", "-pk"),
    Empty("没有通报", "每月结束后按机构拟稿，由室主任签发，机构负责人签收。"),
    template="cases/feedback_letters.html",
    report_code="R21",
)


@require_GET
def feedback_letters(request: StaffRequest) -> HttpResponse:
    form = forms.LetterFilter(request.GET, request.user)
    rows = form.narrow(FeedbackLetter.objects.visible_to(request.user).for_list())
    return show(request, LETTERS, rows, form, reviews=party(request.user).reviews)


@require_http_methods(["GET", "POST"])
def feedback_letter_new(request: StaffRequest) -> HttpResponse:
    form = forms.DraftForm(request.POST if request.method == "POST" else None, request.user)
    _insist_reviewer(request)
    if form.is_bound and form.is_valid() and (letter := _drafted(request, form)):
        messages.success(request, f"{letter}已拟稿，共 {letter.lines.count()} 项")
        return redirect(letter)
    status = 422 if form.is_bound else 200
    return render(request, "cases/feedback_letter_new.html", {"form": form}, status=status)


def _insist_reviewer(request: StaffRequest) -> None:
    units = OrgUnit.objects.filter(pk__in=[held.post.unit_id for held in request.user.posts_today])
    unit = forms.units_seen(request.user).first() or units.first() or OrgUnit(pk=0)
    insist_on(feedback.drafting(unit, request.user))


def _drafted(request: StaffRequest, form: forms.DraftForm) -> FeedbackLetter | None:
    sent = form.cleaned_data
    try:
        return feedback.draft_letter(sent["unit"], sent["month"], by=request.user)
    except Refused as refused:
        for objection in refused.ruling.objections:
            form.add_error(None, objection.text)
        return None


def _visible(request: StaffRequest, pk: int) -> FeedbackLetter:
    rows = FeedbackLetter.objects.visible_to(request.user).for_list()
    return get_object_or_404(rows, pk=pk)


@require_http_methods(["GET", "POST"])
def feedback_letter(request: StaffRequest, pk: int) -> HttpResponse:
    """POST saves the text of a draft."""
    letter = _visible(request, pk)
    lines = list(letter.lines.select_related("finding"))
    form = forms.LetterForm(request.POST if request.method == "POST" else None, letter, lines)
    if form.is_bound:
        insist_on(feedback.editing(letter, request.user))
        if form.is_valid():
            feedback.edit_letter(letter, form.text(), by=request.user)
            messages.success(request, "已保存")
            return redirect(letter)
    context = {"letter": letter, "lines": _with_fields(lines, form), "form": form, **_doors(request, letter)}
    return render(request, "cases/feedback_letter.html", context, status=422 if form.is_bound else 200)


def _with_fields(lines: list[Any], form: forms.LetterForm) -> list[tuple[Any, Any]]:
    return [(line, form[f"{forms.REMARK}{line.pk}"]) for line in lines]


def _doors(request: StaffRequest, letter: FeedbackLetter) -> dict[str, Any]:
    versions = FeedbackLetter.objects.visible_to(request.user).filter(unit=letter.unit_id, month=letter.month)
    return {
        "may_edit": feedback.editing(letter, request.user),
        "may_sign": feedback.signing_letter(letter, request.user),
        "may_receive": feedback.receiving(letter, request.user),
        "may_correct": feedback.correcting_letter(letter, request.user),
        "receipt_form": forms.ReceiptForm(),
        "correction_form": forms.CorrectionForm(),
        "versions": versions.order_by("-version"),
        "subtotals": letters.subtotals(letter.lines.all()),
        "points": sum(line.points for line in letter.lines.all()),
        "events": _events(letter),
    }


def _events(letter: FeedbackLetter) -> list[Event]:
    entries = LedgerEntry.objects.filter(chain=f"feedback:{letter.pk}").select_related("actor")
    return [
        Event(entry.at, LETTER_ACTS[entry.action], entry.actor.name if entry.actor else "系统", entry.reason)
        for entry in entries.order_by("-sequence")
    ]


@require_POST
def feedback_letter_refresh(request: StaffRequest, pk: int) -> HttpResponse:
    letter = feedback.refresh_letter(_visible(request, pk), by=request.user)
    messages.success(request, f"已重新读取，共 {letter.lines.count()} 项")
    return redirect(letter)


@require_POST
def feedback_letter_sign(request: StaffRequest, pk: int) -> HttpResponse:
    letter = feedback.sign_letter(_visible(request, pk), by=request.user)
    messages.success(request, f"{letter.number}已签发，已通知{letter.unit.short_name}签收")
    return redirect(letter)


@require_POST
def feedback_letter_receive(request: StaffRequest, pk: int) -> HttpResponse:
    form = forms.ReceiptForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    letter = feedback.receive_letter(_visible(request, pk), note, by=request.user)
    messages.success(request, f"{letter.number}已签收")
    return redirect(letter)


@require_POST
def feedback_letter_correct(request: StaffRequest, pk: int) -> HttpResponse:
    letter, form = _visible(request, pk), forms.CorrectionForm(request.POST)
    insist_on(feedback.correcting_letter(letter, request.user))
    if not form.is_valid():
        messages.error(request, "更正须写明理由。")
        return redirect(letter)
    made = feedback.correct_letter(letter, form.cleaned_data["reason"], by=request.user)
    messages.success(request, f"第 {made.version} 版已拟稿；签发之前原通报仍然有效")
    return redirect(made)


@require_GET
def feedback_letter_print(request: StaffRequest, pk: int) -> HttpResponse:
    letter = _visible(request, pk)
    lines = list(letter.lines.all())
    context = {"letter": letter, "lines": lines, "subtotals": letters.subtotals(lines)}
    context["points"] = sum(line.points for line in lines)
    return render(request, "cases/feedback_letter_print.html", context)


@require_GET
def feedback_letter_export(request: StaffRequest, pk: int) -> HttpResponse:
    letter = _visible(request, pk)
    lines = list(letter.lines.all())
    record_export(request.user, str(letter), len(lines))
    return _file(letters.workbook(letter, lines), f"{letter}.xlsx")


def _file(content: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": content_disposition_header(True, name) or ""}
    return HttpResponse(content, content_type=XLSX, headers=headers)


@require_GET
def problem_matrix(request: StaffRequest) -> HttpResponse:
    form = forms.BoardForm(request.GET)
    first, last = form.span()
    units = list(forms.units_seen(request.user).filter(kind="sub_branch"))
    board = boards.board_of(units, first, last)
    if request.GET.get("as") == "xlsx":
        record_export(request.user, f"问题件统计 {first:%Y-%m} 至 {last:%Y-%m}", len(units))
        return _file(boards.workbook(board), f"问题件统计-{timezone.localdate():%Y%m%d}.xlsx")
    shown = forms.BoardForm({"since": f"{first:%Y-%m}", "until": f"{last:%Y-%m}"})
    template = (
        "cases/problem_matrix_print.html" if request.GET.get("as") == "print" else "cases/problem_matrix.html"
    )
    return render(request, template, {"board": board, "form": shown, "query": request.GET.urlencode()})
