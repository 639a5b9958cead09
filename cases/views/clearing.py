"""未决清理: campaigns, the wizard, the board, targets, ranking, estimate run-off, the end."""

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
from authority.rulings import Objection
from cases.casefile.timeline import Event
from cases.clearing import base, board, papers
from cases.clearing.areas import base_report_clock
from cases.clearing.rulebook import rulebook_on
from cases.clearing.rulings import clearer
from cases.forms import clearing as forms
from cases.ledger_words import CAMPAIGN_ACTS
from cases.models import AgeBand, OutstandingCampaign
from cases.rulings import refused_for
from cases.services import clearing
from departments.access import SEE_CASES
from departments.access_log import record_export
from departments.http import StaffRequest
from departments.listings import Column, Empty, Listing, show
from departments.models import OrgUnit, Staff
from departments.sheets import XLSX


def campaign_columns(viewer: Staff) -> Sequence[Column]:
    return (
        Column("编号", lambda row: row.number, "number", url=lambda row: row.get_absolute_url()),
        Column("名称", lambda row: row.name, url=lambda row: row.get_absolute_url()),
        Column("类型", lambda row: row.get_kind_display()),
        Column("范围", lambda row: row.unit.short_name),
        Column("基准日", lambda row: row.base_on, "moment"),
        Column("截止", lambda row: row.due_on, "moment"),
        Column("基数件数", lambda row: row.base_count, "money"),
        Column("基数金额(元)", lambda row: row.base_amount, "money"),
        Column("状态", lambda row: row.get_status_display(), "status", code=lambda row: row.status),
        Column("发起人", lambda row: row.started_by.name),
    )


CAMPAIGNS = Listing(
    "未决清理",
    "campaigns",
    campaign_columns,
    ("-base_on", "-pk"),
    Empty("还没有清理", "由部门负责人或未决管理岗发起：固定基准清单，下达目标，逐轮推动。"),
    template="cases/campaigns.html",
)


@require_GET
def campaigns(request: StaffRequest) -> HttpResponse:
    rows = OutstandingCampaign.objects.visible_to(request.user).for_list()
    return show(request, CAMPAIGNS, rows, None, may_start=_clears(request))


def _clears(request: StaffRequest) -> bool:
    who = clearer(request.user)
    return who.is_in_business and bool(who.clears)


@require_http_methods(["GET", "POST"])
def campaign_new(request: StaffRequest) -> HttpResponse:
    """First the plan, then what its base list would hold, then the start."""
    if not _clears(request):
        insist_on(refused_for([Objection("not_clearing", "由该范围的负责人或未决管理岗组织清理")]))
    form = forms.PlanForm(request.POST if request.method == "POST" else None, request.user)
    if "start" in request.POST and form.is_valid() and (made := _started(request, form)):
        messages.success(request, f"{made}：基准清单 {made.base_count} 件已固定")
        return redirect(made)
    preview = _preview(form) if form.is_bound and form.is_valid() else None
    status = 422 if form.is_bound and preview is None else 200
    return render(request, "cases/campaign_new.html", {"form": form, "preview": preview}, status=status)


def _started(request: StaffRequest, form: forms.PlanForm) -> OutstandingCampaign | None:
    try:
        return clearing.start_campaign(form.plan(), by=request.user)
    except Refused as refused:
        for objection in refused.ruling.objections:
            form.add_error(None, objection.text)
        return None


def _preview(form: forms.PlanForm) -> dict[str, Any]:
    """Units × age bands of the base list as it would be frozen now."""
    plan = form.plan()
    portions = base.preview(plan.scope)
    bands = list(AgeBand.objects.filter(scheme=plan.scheme))
    found = {(one.unit_id, one.band_id): one for one in portions}
    units = OrgUnit.objects.filter(pk__in={one.unit_id for one in portions}).in_order()
    lines = [
        (
            unit,
            [found.get((unit.pk, band.pk)) for band in bands],
            sum(one.count for one in portions if one.unit_id == unit.pk),
            sum(one.amount for one in portions if one.unit_id == unit.pk),
        )
        for unit in units
    ]
    total = (sum(one.count for one in portions), sum(one.amount for one in portions))
    return {"bands": bands, "lines": lines, "count": total[0], "amount": total[1]}


def visible(request: StaffRequest, pk: int) -> OutstandingCampaign:
    return get_object_or_404(OutstandingCampaign.objects.visible_to(request.user).for_list(), pk=pk)


def seen_units(request: StaffRequest, campaign: OutstandingCampaign) -> list[OrgUnit]:
    seen = request.user.unit_scope.ids(SEE_CASES)
    return [unit for unit in clearing.campaign_units(campaign) if unit.pk in seen]


@require_GET
def campaign(request: StaffRequest, pk: int) -> HttpResponse:
    found = visible(request, pk)
    names = rulebook_on(timezone.localdate()).names
    shown = board.board_of(found, seen_units(request, found), names)
    if request.GET.get("as") == "xlsx":
        record_export(request.user, found.name, len(shown.units))
        return file_of(papers.board_workbook(shown), f"{found.name}.xlsx")
    if request.GET.get("as") == "print":
        return render(request, "cases/campaign_print.html", {"campaign": found, "board": shown})
    rounds, clock = found.rounds.all()[:12], base_report_clock(found)
    doors = _doors(request, found)
    context = {"campaign": found, "board": shown, "rounds": rounds, "clock": clock, **doors}
    return render(request, "cases/campaign.html", context)


def _doors(request: StaffRequest, found: OutstandingCampaign) -> dict[str, Any]:
    return {
        "may_manage": clearing.managing(found, request.user),
        "may_end": clearing.ending(found, request.user),
        "may_report": clearing.reporting(found, request.user),
        "report_form": forms.BaseReportForm(),
        "open_round": found.rounds.filter(closed_at=None).first(),
        "round_form": forms.RoundForm(),
        "end_form": forms.EndForm(initial={"status": "closed"}),
        "passed": int(board.passed_part(found, timezone.localdate()) * 100),
        "checked": base.sums_of(found)[2] == found.base_digest if "verify" in request.GET else None,
        "events": _events(found),
    }


def _events(found: OutstandingCampaign) -> list[Event]:
    entries = LedgerEntry.objects.filter(chain=f"campaign:{found.pk}").select_related("actor")
    return [
        Event(
            entry.at,
            CAMPAIGN_ACTS.get(entry.action, entry.action),
            entry.actor.name if entry.actor else "系统",
            entry.reason or _details(entry.details),
        )
        for entry in entries.order_by("-sequence")[:30]
    ]


def _details(details: dict[str, Any]) -> str:
    if "digest" in details:
        return f"{details['count']} 件，摘要 {details['digest'][:12]}"
    rows = details.get("rows")
    return f"{len(rows) if isinstance(rows, list) else rows} 件" if rows else str(details.get("scope", ""))


def file_of(content: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": content_disposition_header(True, name) or ""}
    return HttpResponse(content, content_type=XLSX, headers=headers)


@require_GET
def campaign_unit(request: StaffRequest, pk: int, unit: int) -> HttpResponse:
    found = visible(request, pk)
    chosen = get_object_or_404(OrgUnit, pk=unit, pk__in=[one.pk for one in seen_units(request, found)])
    names = rulebook_on(timezone.localdate()).names
    context = {
        "campaign": found,
        "unit": chosen,
        "board": board.board_of(found, [chosen], names),
        "ages": board.ages_of_unit(found, chosen),
        "people": board.people_of(found, [chosen]),
        "rounds": board.rounds_of_unit(found, chosen),
    }
    return render(request, "cases/campaign_unit.html", context)


@require_http_methods(["GET", "POST"])
def campaign_targets(request: StaffRequest, pk: int) -> HttpResponse:
    found = visible(request, pk)
    insist_on(clearing.managing(found, request.user))
    units = clearing.campaign_units(found)
    form = forms.TargetsForm(request.POST if request.method == "POST" else None, found, units)
    if form.is_bound and form.is_valid():
        clearing.set_targets(found, form.shares(), by=request.user)
        messages.success(request, "目标已下达")
        return redirect(found)
    lines = [(unit, form.cells(unit)) for unit in units]
    context = {"campaign": found, "form": form, "lines": lines, "bands": form.bands}
    return render(request, "cases/campaign_targets.html", context, status=422 if form.is_bound else 200)


@require_GET
def campaign_ranking(request: StaffRequest, pk: int) -> HttpResponse:
    found = visible(request, pk)
    units = seen_units(request, found)
    lines = board.board_of(found, units, {}).units
    by_unit, by_person = board.ranked(lines), board.ranked(board.people_of(found, units))
    if request.GET.get("as") == "xlsx":
        record_export(request.user, f"{found.name}排名", len(by_unit) + len(by_person))
        return file_of(papers.ranking_workbook(by_unit, by_person), f"{found.name}排名.xlsx")
    template = "campaign_ranking_print" if request.GET.get("as") == "print" else "campaign_ranking"
    tables = (("机构", by_unit), ("责任人", by_person))
    context = {"campaign": found, "units": by_unit, "people": by_person, "tables": tables}
    return render(request, f"cases/{template}.html", context)


@require_GET
def campaign_run_off(request: StaffRequest, pk: int) -> HttpResponse:
    found, only_paid = visible(request, pk), "only_paid" in request.GET
    units, ages, total = board.run_off_of(found, seen_units(request, found), only_paid=only_paid)
    if request.GET.get("as") == "xlsx":
        record_export(request.user, f"{found.name}估损偏差", len(units))
        return file_of(papers.run_off_workbook(found, units, ages), f"{found.name}估损偏差.xlsx")
    context = {"campaign": found, "units": units, "ages": ages, "total": total, "only_paid": only_paid}
    template = "campaign_run_off_print" if request.GET.get("as") == "print" else "campaign_run_off"
    return render(request, f"cases/{template}.html", context)


@require_POST
def campaign_report(request: StaffRequest, pk: int) -> HttpResponse:
    """登记报送: the annual base list went out."""
    found, form = visible(request, pk), forms.BaseReportForm(request.POST)
    insist_on(clearing.reporting(found, request.user))
    if not form.is_valid():
        messages.error(request, "登记报送须填写报送单位和报送时间。")
        return redirect(found)
    clearing.report_base(found, form.report(), by=request.user)
    messages.success(request, f"{found}：基准清单报送已登记")
    return redirect(found)


@require_POST
def campaign_end(request: StaffRequest, pk: int) -> HttpResponse:
    found, form = visible(request, pk), forms.EndForm(request.POST)
    insist_on(clearing.managing(found, request.user))
    if not form.is_valid():
        messages.error(request, "结束清理须写明总结或理由。")
        return redirect(found)
    sent = form.cleaned_data
    ended = clearing.end_campaign(found, sent["status"], sent["conclusion"], by=request.user)
    messages.success(request, f"{ended}{ended.get_status_display()}")
    return redirect(ended)
