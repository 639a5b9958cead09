"""Three campaigns: the year's under way, a small one in its second round, one that is over."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone

from authority.refusals import Refused
from cases.clearing.reasons import Rulebook, fit
from cases.clearing.rulebook import rulebook_on, state_of
from cases.models import CampaignCase, CampaignRound, OutstandingCampaign
from cases.services import chasing, clearing
from cases.services.chasing import Entry
from cases.services.clearing import BaseReport, Plan
from claims_admin.demo.clock import set_to
from claims_admin.demo.people import People
from claims_admin.demo.problems import make_problems
from departments.models import OrgUnit, Staff

FILLED = 300
NOTES = ("已电话催收单证", "等待伤者出院", "配件到货后复检", "已约客户协商", "")
FALLBACK = ("P", "J", "I", "E", "K")


def make_driving(units: dict[str, OrgUnit], people: People) -> str:
    """What the department drives its sub-branches by: findings with their letters, campaigns; in words."""
    found, letters = make_problems(units, people)
    return f"问题件 {found} 件，通报 {letters} 份，未决清理 {make_clearing(units, people):,} 件"


def make_clearing(units: dict[str, OrgUnit], people: People) -> int:
    """How many cases stand in the base lists."""
    keeper, today = people.one("gen", "OUTST"), timezone.localdate()
    campaigns = [_yearly(units, keeper, today), _small(units, people, today), _over(units, people, today)]
    return sum(campaign.base_count for campaign in campaigns if campaign)


def _yearly(units: dict[str, OrgUnit], keeper: Staff, today: date) -> OutstandingCampaign | None:
    base_on = date(today.year - 1, 12, 31)
    plan = Plan(
        f"{today.year}年未决赔案清理", units["motor"], "annual", base_on, date(today.year, 12, 31),
        "regulator",        "监管机构年度未决清理通知", count_share=Decimal(97), amount_share=Decimal(95),
    )  # fmt: skip
    campaign = _start(plan, keeper, _at(date(today.year, 1, 8), today))
    if campaign is None:
        return None
    _send_base_list(campaign, keeper, today)
    rows = campaign.rows.open().select_related("case").order_by("-age_days", "pk")[:FILLED]
    _fill(list(rows), keeper)
    clearing.take_round(campaign, "逐件核对原因，两年以上的由机构负责人包案", by=keeper)
    return campaign


def _send_base_list(campaign: OutstandingCampaign, keeper: Staff, today: date) -> None:
    """Two days before the last one, once that day has come."""
    sent_on = date(today.year, 3, 18)
    if today > sent_on and campaign.report_due_on:
        with set_to(_at(sent_on, today)):
            sent = BaseReport(timezone.now(), "监管局、总公司", f"川车险未决〔{today.year}〕1号")
            clearing.report_base(campaign, sent, by=keeper)


def _small(units: dict[str, OrgUnit], people: People, today: date) -> OutstandingCampaign | None:
    """Of one sub-branch, by its head: everything filled in, the first round closed, the second open."""
    unit, head = units["gy"], people.one("gy", "UNIT_HEAD")
    base_on = today - timedelta(days=30)
    plan = Plan(
        "广元人伤未决专项清理",
        unit,
        "special",
        base_on,
        today + timedelta(days=30),
        "management",
        injury="yes",
    )
    campaign = _start(plan, head, _at(base_on + timedelta(days=2), today))
    if campaign is None:
        return None
    rows = list(campaign.rows.open().select_related("case"))
    with set_to(_at(today - timedelta(days=9), today)):
        first = clearing.take_round(campaign, "先清伤者已出院的", by=head)
        _fill(rows, head)
        chasing.confirm_estimates([row.pk for row in rows], "与医疗跟踪记录核对一致", by=head)
        _close(first, head)
    clearing.take_round(campaign, "调解未达成的逐件约谈", by=head)
    return campaign


def _over(units: dict[str, OrgUnit], people: People, today: date) -> OutstandingCampaign | None:
    unit, head = units["xc"], people.one("xc", "UNIT_HEAD")
    base_on = today - timedelta(days=120)
    plan = Plan("凉山大额未决清理", unit, "special", base_on, base_on + timedelta(days=60), "regulator")
    campaign = _start(plan, head, _at(base_on + timedelta(days=1), today))
    if campaign is not None:
        with set_to(_at(base_on + timedelta(days=61), today)):
            clearing.end_campaign(campaign, "closed", "按期完成，余案转入年度清理。", by=head)
    return campaign


def _start(plan: Plan, by: Staff, moment: datetime) -> OutstandingCampaign | None:
    """None where nothing was open then."""
    with set_to(moment):
        try:
            return clearing.start_campaign(plan, by=by)
        except Refused:
            return None


def _at(day: date, today: date) -> datetime:
    return timezone.make_aware(datetime.combine(min(day, today), time(9, 30)))


def _fill(rows: list[CampaignCase], by: Staff) -> None:
    book, today = rulebook_on(timezone.localdate()), timezone.localdate()
    entries = {
        row.pk: Entry(
            _reasons(row, book),
            today + timedelta(days=20 + number % 60),
            NOTES[number % len(NOTES)],
        )
        for number, row in enumerate(rows)
        if number % 4 or len(rows) < FILLED
    }
    chasing.fill_rows(entries, by=by)


def _reasons(row: CampaignCase, book: Rulebook) -> tuple[str, ...]:
    """What fits; otherwise the first that nothing speaks against."""
    found = fit(state_of(row.case), book)
    allowed = (code for code in (*FALLBACK, "Q") if code not in found.forbidden)
    return tuple(found.suggested) or (next(allowed),)


def _close(found: CampaignRound, by: Staff) -> None:
    """As long as nothing is left undone."""
    try:
        clearing.close_round(found, "伤者已出院的全部结案，其余逐件填明原因。", by=by)
    except Refused:
        return
