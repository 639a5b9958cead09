"""未决清理: a campaign is started with its base list, given targets, taken round by round, and ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from authority.ledger import LedgerFacts, record
from authority.refusals import insist_on
from authority.rulings import Objection, Ruling
from cases.clearing import base, rulings, standing
from cases.models import AgeBand, CampaignRound, CampaignTarget, OutstandingCampaign, clearing_parameter
from cases.numbers import next_number
from cases.rulings import with_objections
from departments.models import OrgUnit, Staff

Status = OutstandingCampaign.Status
FREEZING_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Plan:
    """What a campaign is to be. Shares in per cent, for every unit and band until they are set otherwise."""

    name: str
    unit: OrgUnit
    kind: str
    base_on: date
    due_on: date
    scheme: str
    basis: str = ""
    injury: str = ""
    least_age: int = 0
    least_estimate: Decimal = Decimal(0)
    count_share: Decimal = Decimal(80)
    amount_share: Decimal = Decimal(70)

    @property
    def scope(self) -> base.Scope:
        return base.Scope(
            self.unit.path, self.base_on, self.scheme, self.injury, self.least_age, self.least_estimate
        )


def starting(unit: OrgUnit, by: Staff) -> Ruling:
    return rulings.may_start(unit.pk, rulings.clearer(by))


def managing(campaign: OutstandingCampaign, by: Staff) -> Ruling:
    return rulings.may_manage(campaign, rulings.clearer(by))


@transaction.atomic
def start_campaign(plan: Plan, *, by: Staff) -> OutstandingCampaign:
    """Freezes the base list; from now on it is what it is."""
    insist_on(with_objections(starting(plan.unit, by), _plan_objections(plan)))
    _let_run_long()
    campaign = _planned(plan, by)
    enter(campaign, "start_campaign", by, details={"scope": campaign.scope_words})
    base.freeze(campaign)
    if not campaign.base_count:
        insist_on(
            with_objections(starting(plan.unit, by), [Objection("empty", "该范围在基准日没有未决赔案")])
        )
    campaign.save(update_fields=["base_count", "base_amount", "base_digest"])
    enter(campaign, "freeze_base", by, details=_frozen(campaign))
    _first_targets(campaign, plan)
    return campaign


ANNUAL_BASE = (12, 31)
REPORT_DUE = "base_report_due"


def report_due_for(plan: Plan) -> date | None:
    """By when the regulator wants list and summary: only of all that was open at the turn of a year."""
    is_whole = not (plan.injury or plan.least_age or plan.least_estimate)
    is_annual = plan.kind == OutstandingCampaign.Kind.ANNUAL
    if not (is_whole and is_annual and (plan.base_on.month, plan.base_on.day) == ANNUAL_BASE):
        return None
    return report_due_after(plan.base_on.year)


def report_due_after(year: int) -> date | None:
    """The last day for the list of the end of that year; None where no parameter is in force."""
    found = clearing_parameter(REPORT_DUE, timezone.localdate())
    if found is None:
        return None
    month, day = divmod(int(found), 100)
    return date(year + 1, month, day)


def _planned(plan: Plan, by: Staff) -> OutstandingCampaign:
    return OutstandingCampaign.objects.create(
        number=next_number("QL"),
        name=plan.name.strip(),
        kind=plan.kind,
        unit=plan.unit,
        basis=plan.basis.strip(),
        base_on=plan.base_on,
        due_on=plan.due_on,
        scheme=plan.scheme,
        injury=plan.injury,
        least_age=plan.least_age,
        least_estimate=plan.least_estimate,
        started_by=by,
        started_at=timezone.now(),
        report_due_on=report_due_for(plan),
    )


def _plan_objections(plan: Plan) -> list[Objection]:
    objections = []
    if not plan.name.strip():
        objections.append(Objection("no_name", "须填写名称"))
    if plan.base_on > timezone.localdate():
        objections.append(Objection("base_in_future", "基准日还没有到"))
    if plan.due_on <= plan.base_on:
        objections.append(Objection("due_before_base", "截止日期须在基准日之后"))
    if not AgeBand.objects.filter(scheme=plan.scheme).exists():
        objections.append(Objection("no_scheme", "没有这个账龄口径"))
    return objections


def _let_run_long() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select set_config('statement_timeout', %s, true)", [str(FREEZING_SECONDS * 1000)])


def _frozen(campaign: OutstandingCampaign) -> dict[str, Any]:
    return {
        "count": campaign.base_count,
        "amount": campaign.base_amount,
        "digest": campaign.base_digest,
    }


def _first_targets(campaign: OutstandingCampaign, plan: Plan) -> None:
    """The same share for every unit with rows, over all ages."""
    units = campaign.rows.order_by().values_list("unit", flat=True).distinct()
    CampaignTarget.objects.bulk_create(
        CampaignTarget(
            campaign=campaign, unit_id=unit, count_share=plan.count_share, amount_share=plan.amount_share
        )
        for unit in sorted(units)
    )


@dataclass(frozen=True, slots=True)
class Share:
    """Per cent of the base list of a unit (and age band) that is to be cleared."""

    unit_id: int
    band_id: int | None
    count_share: Decimal
    amount_share: Decimal


@transaction.atomic
def set_targets(campaign: OutstandingCampaign, shares: list[Share], *, by: Staff) -> None:
    """Those given stand from now on; bands not given have no target of their own."""
    campaign = lock_campaign(campaign)
    units = set(campaign.rows.order_by().values_list("unit", flat=True).distinct())
    foreign = [share for share in shares if share.unit_id not in units]
    objections = [Objection("foreign_unit", "含有不在清理范围的机构")] if foreign else []
    insist_on(with_objections(managing(campaign, by), objections))
    for share in shares:
        CampaignTarget.objects.update_or_create(
            campaign=campaign,
            unit_id=share.unit_id,
            band_id=share.band_id,
            defaults={"count_share": share.count_share, "amount_share": share.amount_share},
        )
    enter(campaign, "set_targets", by, details={"targets": len(shares)})


@transaction.atomic
def take_round(campaign: OutstandingCampaign, note: str = "", *, by: Staff | None) -> CampaignRound:
    """`by` None: the schedule. The state of every row is kept, the figures per unit and age with it."""
    campaign = lock_campaign(campaign)
    open_round = campaign.rounds.filter(closed_at=None).first()
    objections = [Objection("round_open", f"{open_round}还没有结束")] if open_round else []
    if by is not None:
        insist_on(with_objections(managing(campaign, by), objections))
    elif objections or not campaign.is_running:
        return open_round or campaign.rounds.latest("number")
    _let_run_long()
    number = campaign.rounds.count() + 1
    made = CampaignRound.objects.create(
        campaign=campaign, number=number, taken_at=timezone.now(), taken_by=by, note=note.strip()
    )
    taken = standing.take_rows(made)
    enter(campaign, "take_round", by, reason=note, details={"round": number, "rows": taken})
    return made


def campaigns_due(now: datetime) -> list[OutstandingCampaign]:
    """Running, with no round under way and none taken for as long as the parameter says."""
    days = clearing_parameter("round_days", timezone.localdate(now))
    if days is None:
        return []
    since = now - timedelta(days=float(days))
    taken = CampaignRound.objects.filter(Q(closed_at=None) | Q(taken_at__gt=since))
    waiting = OutstandingCampaign.objects.running().filter(started_at__lte=since)
    return list(waiting.exclude(pk__in=taken.values("campaign")).order_by("pk"))


def closing_round(found: CampaignRound, by: Staff) -> Ruling:
    """By what is open now: an estimate confirmed since the round was taken counts."""
    sums = standing.total_of(list(standing.progress_by(found.campaign, "unit").values()))
    return rulings.may_close_round(found, rulings.clearer(by), sums.stale, sums.without_reason)


@transaction.atomic
def close_round(found: CampaignRound, summary: str, *, by: Staff) -> CampaignRound:
    campaign = lock_campaign(found.campaign)
    found = CampaignRound.objects.select_for_update().get(pk=found.pk)
    found.campaign = campaign
    insist_on(with_objections(closing_round(found, by), _without(summary)))
    found.closed_by, found.closed_at, found.summary = by, timezone.now(), summary.strip()
    found.save(update_fields=["closed_by", "closed_at", "summary"])
    enter(campaign, "close_round", by, reason=summary, details={"round": found.number})
    return found


@dataclass(frozen=True, slots=True)
class BaseReport:
    """That list and summary went out: when, to whom, under which number or by which way."""

    at: datetime
    to: str
    number: str = ""


def reporting(campaign: OutstandingCampaign, by: Staff) -> Ruling:
    """May the sending of the annual list be entered? Once; by whoever runs the campaign."""
    objections = []
    if campaign.report_due_on is None:
        objections.append(Objection("not_owed", "只有年末全部未决的年度清理须报送基准清单"))
    if campaign.reported_at:
        objections.append(Objection("already_reported", "基准清单已报送"))
    return with_objections(managing(campaign, by), objections)


@transaction.atomic
def report_base(campaign: OutstandingCampaign, sent: BaseReport, *, by: Staff) -> OutstandingCampaign:
    """登记报送: stops the clock of the annual base list."""
    campaign = lock_campaign(campaign)
    objections = [] if sent.to.strip() else [Objection("no_recipient", "须写明报送单位")]
    if not campaign.started_at.replace(second=0, microsecond=0) <= sent.at <= timezone.now():
        objections.append(Objection("wrong_time", "报送时间须在固定清单之后、现在之前"))
    insist_on(with_objections(reporting(campaign, by), objections))
    campaign.reported_at, campaign.reported_by = sent.at, by
    campaign.reported_to, campaign.report_no = sent.to.strip(), sent.number.strip()
    campaign.save(update_fields=["reported_at", "reported_by", "reported_to", "report_no"])
    enter(campaign, "report_base", by, reason=f"{campaign.reported_to} {campaign.report_no}".strip())
    return campaign


def ending(campaign: OutstandingCampaign, by: Staff) -> Ruling:
    is_open = campaign.rounds.filter(closed_at=None).exists()
    objections = [Objection("round_open", "还有未结束的轮次")] if is_open else []
    return with_objections(managing(campaign, by), objections)


@transaction.atomic
def end_campaign(
    campaign: OutstandingCampaign, status: str, conclusion: str, *, by: Staff
) -> OutstandingCampaign:
    """`status`: closed with its result, or cancelled with the reason why."""
    campaign = lock_campaign(campaign)
    ruling = ending(campaign, by) if status == Status.CLOSED else managing(campaign, by)
    insist_on(with_objections(ruling, _without(conclusion)))
    campaign.status, campaign.conclusion = status, conclusion.strip()
    campaign.closed_by, campaign.closed_at = by, timezone.now()
    campaign.save(update_fields=["status", "conclusion", "closed_by", "closed_at"])
    enter(campaign, "end_campaign", by, reason=conclusion)
    return campaign


def _without(text: str) -> list[Objection]:
    return [] if text.strip() else [Objection("no_text", "须写明小结或理由")]


def lock_campaign(campaign: OutstandingCampaign) -> OutstandingCampaign:
    rows = OutstandingCampaign.objects.select_for_update(of=("self",)).select_related("unit")
    return rows.get(pk=campaign.pk)


def enter(
    campaign: OutstandingCampaign,
    action: str,
    by: Staff | None,
    *,
    reason: str = "",
    details: Mapping[str, Any] | None = None,
) -> None:
    facts = LedgerFacts(to_state=campaign.status, reason=reason.strip(), details=details or {})
    record(f"campaign:{campaign.pk}", by=by, action=action, facts=facts)


def campaign_units(campaign: OutstandingCampaign) -> list[OrgUnit]:
    """Those with rows, in the order of the tree."""
    ids = campaign.rows.order_by().values("unit").distinct()
    return list(OrgUnit.objects.filter(pk__in=ids).in_order())
