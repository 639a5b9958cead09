"""The rows of a campaign: listed, filled in one by one or together, given out, as a workbook; and rounds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from authority.refusals import insist_on
from cases.clearing import board, rows, sheet
from cases.clearing.places import mine
from cases.clearing.reasons import fit
from cases.clearing.rulebook import rulebook_on, state_of
from cases.clearing.rulings import clearer
from cases.forms import clearing as forms
from cases.handlers import successors_in
from cases.models import CampaignCase, CampaignRound, OutstandingCampaign
from cases.services import chasing, clearing
from cases.views.clearing import file_of, seen_units, visible
from cases.views.deciding import RowResult
from departments.access_log import record_export
from departments.http import StaffRequest, number_in
from departments.listings import show
from departments.models import OrgUnit
from departments.workbooks.errors import UnreadableFileError

MOST = 500


def _listed(request: StaffRequest, campaign: OutstandingCampaign) -> tuple[Any, forms.RowFilter]:
    form = forms.RowFilter(request.GET, campaign, request.user)
    mine = rows.with_estimate_age(campaign.rows.visible_to(request.user).for_list())
    return form.narrow(mine), form


@require_GET
def campaign_rows(request: StaffRequest, pk: int) -> HttpResponse:
    campaign = visible(request, pk)
    found, form = _listed(request, campaign)
    listing = rows.ROWS
    if request.GET.get("order") == "deviation":
        found, listing = rows.with_deviation(found), rows.BY_DEVIATION
    extra = {
        "campaign": campaign,
        "entry_form": forms.EntryForm(None),
        "confirm_form": forms.ConfirmEstimateForm(),
        "assign_form": forms.AssignForm(None, _people(request, campaign)),
        "may_assign": bool(clearer(request.user).clears) and campaign.is_running,
        "book": sorted(rulebook_on(timezone.localdate()).names.items()),
    }
    return show(request, listing, found, form, **extra)


@require_GET
def campaign_mine(request: StaffRequest) -> HttpResponse:
    """Over all running campaigns."""
    form = forms.MineFilter(request.GET)
    return show(request, rows.MINE, form.narrow(rows.with_estimate_age(mine(request.user).for_list())), form)


def _people(request: StaffRequest, campaign: OutstandingCampaign) -> Any:
    """Who could be given rows of the units the viewer cares for."""
    units = OrgUnit.objects.filter(pk__in=clearer(request.user).clears, kind="sub_branch")
    return successors_in(units.filter(path__startswith=campaign.unit.path).values_list("path", flat=True))


@require_POST
def campaign_bulk(request: StaffRequest, pk: int, act: str) -> HttpResponse:
    """Reasons for many, a person for many, estimates of many confirmed: each row ruled on its own."""
    campaign = visible(request, pk)
    chosen = [number_in(value) for value in request.POST.getlist(forms.CHOSEN)][:MOST]
    ids = list(campaign.rows.visible_to(request.user).filter(pk__in=chosen).values_list("pk", flat=True))
    answers = _BULK[act](request, campaign, ids) if act in _BULK and ids else None
    if answers is None:
        messages.error(request, "没有执行：没有选择赔案，或没有填写完整（填报须选原因并写明预计结案日期）。")
        return redirect("cases:campaign_rows", campaign.pk)
    return _results(request, campaign, [_row_result(answer) for answer in answers])


def _fill(request: StaffRequest, campaign: OutstandingCampaign, ids: list[int]) -> Any:
    form = forms.EntryForm(request.POST)
    if not form.is_valid():
        return None
    sent = form.cleaned_data
    entry = chasing.Entry(tuple(sent["reasons"]), sent["expected_close_on"], sent["remark"] or None)
    return chasing.fill_rows(dict.fromkeys(ids, entry), by=request.user)


def _assign(request: StaffRequest, campaign: OutstandingCampaign, ids: list[int]) -> Any:
    form = forms.AssignForm(request.POST, _people(request, campaign))
    return (
        chasing.assign_rows(campaign, ids, form.cleaned_data["to"], by=request.user)
        if form.is_valid()
        else None
    )


def _confirm(request: StaffRequest, campaign: OutstandingCampaign, ids: list[int]) -> Any:
    form = forms.ConfirmEstimateForm(request.POST)
    return (
        chasing.confirm_estimates(ids, form.cleaned_data["why"], by=request.user) if form.is_valid() else None
    )


_BULK = {"fill": _fill, "assign": _assign, "confirm": _confirm}


def _row_result(answer: chasing.Answered) -> RowResult:
    text = "；".join(one.text for one in answer.ruling.objections) or "完成"
    return RowResult(str(answer.row.case), answer.row.get_absolute_url(), answer.ruling.allowed, text)


def _results(request: StaffRequest, campaign: OutstandingCampaign, results: Sequence[Any]) -> HttpResponse:
    done = sum(result.is_done for result in results)
    context = {
        "results": results,
        "done": done,
        "failed": len(results) - done,
        "back_url": board.rows_url(campaign),
    }
    return render(request, "cases/bulk_result.html", context)


def _row(request: StaffRequest, pk: int) -> CampaignCase:
    found = CampaignCase.objects.visible_to(request.user).for_list()
    row: CampaignCase = get_object_or_404(rows.with_estimate_age(found), pk=pk)
    return row


@require_http_methods(["GET", "POST"])
def campaign_row(request: StaffRequest, pk: int) -> HttpResponse:
    row = _row(request, pk)
    case = row.case
    form = forms.EntryForm(request.POST if request.method == "POST" else None, initial=_known(row))
    if form.is_bound:
        insist_on(chasing.filling_row(row, request.user))
        if form.is_valid() and _filled(request, row, form):
            messages.success(request, f"{case}：已填报")
            return redirect(row)
    context = {"row": row, "form": form, **_beside(request, row)}
    return render(request, "cases/campaign_row.html", context, status=422 if form.is_bound else 200)


def _known(row: CampaignCase) -> dict[str, Any]:
    case = row.case
    return {
        "reasons": case.uncleared_reasons,
        "expected_close_on": case.expected_close_on,
        "remark": row.remark,
    }


def _filled(request: StaffRequest, row: CampaignCase, form: forms.EntryForm) -> bool:
    sent = form.cleaned_data
    entry = chasing.Entry(tuple(sent["reasons"]), sent["expected_close_on"], sent["remark"])
    (answer,) = chasing.fill_rows({row.pk: entry}, by=request.user)
    for objection in answer.ruling.objections:
        form.add_error(None, objection.text)
    return answer.ruling.allowed


def _beside(request: StaffRequest, row: CampaignCase) -> dict[str, Any]:
    book = rulebook_on(timezone.localdate())
    return {
        "fit": fit(state_of(row.case), book),
        "names": book.names,
        "ruling": chasing.filling_row(row, request.user),
        "outcome": (rows.outcome_state(row), rows.outcome_name(row)),
        "person": rows.person_of(row),
        "is_stale": row.estimate_set_at < board.stale_moment(),  # type: ignore[attr-defined]  # annotated
        "states": row.states.select_related("round", "handler").order_by("-round__number"),
        "confirm_form": forms.ConfirmEstimateForm(),
    }


@require_POST
def campaign_row_confirm(request: StaffRequest, pk: int) -> HttpResponse:
    row, form = _row(request, pk), forms.ConfirmEstimateForm(request.POST)
    insist_on(chasing.filling_row(row, request.user))
    if form.is_valid():
        chasing.confirm_estimates([row.pk], form.cleaned_data["why"], by=request.user)
        messages.success(request, f"{row.case}：估损已确认")
    else:
        messages.error(request, "确认估损须写明理由。")
    return redirect(row)


@require_GET
def campaign_sheet(request: StaffRequest, pk: int) -> HttpResponse:
    """The filtered rows that are still open, to be filled in and read again."""
    campaign = visible(request, pk)
    found, _ = _listed(request, campaign)
    listed = list(found.exclude(case__stage="closed").order_by("unit", "-age_days", "pk")[: sheet.MOST_ROWS])
    record_export(request.user, f"{campaign.name}填报表", len(listed))
    content = sheet.workbook(listed, rulebook_on(timezone.localdate()))
    return file_of(content, f"{campaign.name}填报表.xlsx")


@require_http_methods(["GET", "POST"])
def campaign_sheet_in(request: StaffRequest, pk: int) -> HttpResponse:
    campaign = visible(request, pk)
    form = forms.SheetForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if form.is_bound and form.is_valid():
        results = _read(request, campaign, form)
        if results is not None:
            return _results(request, campaign, results)
    context = {"campaign": campaign, "form": form}
    return render(request, "cases/campaign_sheet_in.html", context, status=422 if form.is_bound else 200)


def _read(request: StaffRequest, campaign: OutstandingCampaign, form: forms.SheetForm) -> Any:
    upload = form.cleaned_data["file"]
    if (upload.size or 0) > sheet.MOST_BYTES:
        form.add_error("file", "文件超过 5 MB，请分批导入。")
        return None
    with NamedTemporaryFile(suffix=".xlsx") as copy:
        for chunk in upload.chunks():
            copy.write(chunk)
        copy.flush()
        try:
            return chasing.fill_from_sheet(campaign, Path(copy.name), by=request.user)
        except UnreadableFileError as error:
            form.add_error("file", str(error))
            return None


@require_POST
def campaign_take_round(request: StaffRequest, pk: int) -> HttpResponse:
    campaign, form = visible(request, pk), forms.RoundForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    made = clearing.take_round(campaign, note, by=request.user)
    messages.success(request, f"第 {made.number} 轮已取数")
    return redirect(made)


def _visible_round(request: StaffRequest, pk: int) -> CampaignRound:
    campaigns = OutstandingCampaign.objects.visible_to(request.user)
    rounds = CampaignRound.objects.filter(campaign__in=campaigns)
    return get_object_or_404(rounds.select_related("campaign__unit", "taken_by", "closed_by"), pk=pk)


@require_http_methods(["GET", "POST"])
def campaign_round(request: StaffRequest, pk: int) -> HttpResponse:
    found = _visible_round(request, pk)
    form = forms.RoundCloseForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        clearing.close_round(found, form.cleaned_data["summary"], by=request.user)
        messages.success(request, f"{found}已结束")
        return redirect(found)
    shown = board.round_of(found, seen_units(request, found.campaign))
    context = {"round": found, "form": form, "shown": shown}
    context["may_close"] = clearing.closing_round(found, request.user)
    template = "campaign_round_print" if request.GET.get("as") == "print" else "campaign_round"
    return render(request, f"cases/{template}.html", context, status=422 if form.is_bound else 200)
