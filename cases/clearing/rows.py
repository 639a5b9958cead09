"""The rows of a campaign as a list: with what has become of each, and how old its estimate is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Case, DecimalField, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Abs, Coalesce, Greatest
from django.utils import timezone

from cases.clearing.standing import stale_before
from cases.models import CampaignCase, EstimateChange
from cases.models.campaigns import CampaignCaseQuerySet, Cleared
from departments.listings import Column, Empty, Listing
from departments.models import Staff

MONEY = DecimalField(max_digits=14, decimal_places=2)
OUTCOMES = {"paid": "1", "zero": "1", "refused": "2", "cancelled": "3"}


def with_estimate_age(rows: CampaignCaseQuerySet) -> Any:
    """Adds `estimate_set_at`: when somebody last set the estimate, or confirmed it."""
    changes = EstimateChange.objects.filter(case=OuterRef("case"), subject="estimate")
    latest = changes.order_by("-changed_at").values("changed_at")[:1]
    set_at = Coalesce(Subquery(latest), F("case__registered_at"), F("case__reported_at"))
    return rows.annotate(estimate_set_at=Greatest(set_at, F("confirmed_at")))


def with_deviation(rows: Any) -> Any:
    """Adds `deviation`, in yuan without a sign: how far what it has come to lies from the estimate."""
    developed = Case(
        When(case__stage="closed", then=F("case__paid")), default=Greatest("case__estimate", "case__paid")
    )
    return rows.annotate(deviation=Abs(developed - F("estimate"), output_field=MONEY))


def stale(rows: CampaignCaseQuerySet, now: datetime) -> Any:
    found = with_estimate_age(rows).exclude(case__stage="closed")
    return found.filter(estimate_set_at__lt=stale_before(now))


def cleared_as(rows: CampaignCaseQuerySet, outcome: str) -> CampaignCaseQuerySet:
    kinds = [kind for kind, code in OUTCOMES.items() if code == outcome]
    return rows.filter(case__stage="closed", case__closing_kind__in=kinds)


def unexplained(rows: CampaignCaseQuerySet) -> CampaignCaseQuerySet:
    return rows.exclude(case__stage="closed").filter(case__uncleared_reasons=[])


def of_person(staff: Staff) -> Q:
    """Given to the person, or nobody's and of a case the person handles."""
    return Q(assignee=staff) | Q(assignee=None, case__handler=staff)


def outcome_of(row: CampaignCase) -> str:
    return OUTCOMES.get(row.case.closing_kind, "") if row.case.stage == "closed" else ""


def outcome_name(row: CampaignCase) -> str:
    code = outcome_of(row)
    return str(Cleared(code).label) if code else "未清理"


def outcome_state(row: CampaignCase) -> str:
    return {"1": "closed", "2": "refused", "3": "cancelled"}.get(outcome_of(row), "open")


def person_of(row: CampaignCase) -> str:
    person = row.assignee or row.case.handler
    return person.name if person else ""


def columns(viewer: Staff) -> Sequence[Column]:
    return _COLUMNS


_COLUMNS = (
    Column("赔案", lambda row: str(row.case), "number", url=lambda row: row.get_absolute_url()),
    Column("报案号", lambda row: row.case.report_no, "number", on_page=False),
    Column("机构", lambda row: row.unit.short_name),
    Column("账龄段", lambda row: row.band.name),
    Column("账龄(天)", lambda row: row.age_days, "money"),
    Column("基准估损(元)", lambda row: row.estimate, "money"),
    Column("现估损(元)", lambda row: row.case.estimate, "money"),
    Column("已付(元)", lambda row: row.case.paid, "money"),
    Column("环节", lambda row: row.case.get_stage_display(), "status", code=lambda row: row.case.stage),
    Column("结果", outcome_name, "status", code=outcome_state),
    Column("原因", lambda row: "".join(row.case.uncleared_reasons), "number"),
    Column("预计结案", lambda row: row.case.expected_close_on, "moment"),
    Column("清理责任人", person_of),
    Column("估损确定", lambda row: timezone.localdate(row.estimate_set_at), "moment"),
    Column("人伤", lambda row: "是" if row.is_injury else "", on_page=False),
    Column("涉诉", lambda row: "是" if row.is_litigated else "", on_page=False),
    Column("备注", lambda row: row.remark, "wrap", on_page=False),
)
ROWS = Listing(
    "未决清理清单",
    "clearing-rows",
    columns,
    ("-age_days", "-pk"),
    Empty("没有这样的赔案", "换一组筛选再看；基准清单在发起清理时已经固定。"),
    template="cases/campaign_rows.html",
)
MINE = replace(
    ROWS,
    title="我的未决清理",
    name="my-clearing",
    columns=lambda viewer: (Column("清理", lambda row: row.campaign.name), *_COLUMNS),
    template="cases/campaign_mine.html",
    empty=Empty("没有由您清理的赔案", "分派给您的、或您经办的基准清单赔案，在结案之前列在这里。"),
)
BY_DEVIATION = replace(ROWS, order=("-deviation", "-pk"))
