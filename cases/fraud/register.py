"""欺诈线索台账 and its figures: how many, with what result, what was avoided, by indicator."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from cases.models import FraudIndicator, FraudLead
from departments.listings import Column, Empty, Listing
from departments.masking import mask_name, mask_plate
from departments.models import Staff


def _columns(viewer: Staff) -> Sequence[Column]:
    is_open = viewer.sees_personal_data
    return (
        Column("线索编号", lambda row: row.number, "number", url=lambda row: row.get_absolute_url()),
        Column("赔案", lambda row: str(row.case), "number", url=lambda row: row.case.get_absolute_url()),
        Column("机构", lambda row: row.case.unit.short_name),
        Column("被保险人", lambda row: _insured(row, is_open=is_open)),
        Column("车牌", lambda row: _plate(row, is_open=is_open), on_page=False),
        Column("来源", lambda row: str(row.get_source_display())),
        Column("提示指标", lambda row: " ".join(row.indicators)),
        Column("登记", lambda row: row.opened_at, "moment"),
        Column("登记人", lambda row: row.opened_by.name, on_page=False),
        Column("调查人", lambda row: row.investigator.name if row.investigator else ""),
        Column("要求完成", lambda row: row.due_on, "moment"),
        Column("状态", lambda row: str(row.get_status_display()), "status", code=lambda row: row.status),
        Column("减损金额(元)", lambda row: row.avoided or None, "money"),
        Column("结论时间", lambda row: row.concluded_at, "moment", on_page=False),
        Column("所支持的拒赔", lambda row: row.refusal.number if row.refusal else "", "number"),
        Column("移送公安", lambda row: row.police_station),
        Column("结论说明", lambda row: row.conclusion, "wrap", on_page=False),
    )


def _plate(row: FraudLead, *, is_open: bool) -> str:
    plate: str = row.case.plate_no
    return plate if is_open else mask_plate(plate)


def _insured(row: FraudLead, *, is_open: bool) -> str:
    name: str = row.case.insured_name
    return name if is_open else mask_name(name)


LEADS = Listing(
    "欺诈线索",
    "fraud-leads",
    _columns,
    ("-opened_at", "-pk"),
    Empty(
        "没有符合条件的欺诈线索", "在案件页「专项」看到提示或发现可疑情况时登记；只有调查人员和经办人能看到。"
    ),
    template="cases/fraud_leads.html",
    signers=("调查人", "室主任", "部门负责人"),
)


@dataclass(frozen=True, slots=True)
class ByIndicator:
    """Of the leads that rest on one hint: how many, and how many of those that ended were confirmed."""

    code: str
    name: str
    count: int
    confirmed: int
    ended: int

    @property
    def share(self) -> Decimal | None:
        return Decimal(self.confirmed * 100) / self.ended if self.ended else None


@dataclass(frozen=True, slots=True)
class Figures:
    under_way: int
    confirmed: int
    not_confirmed: int
    withdrawn: int
    police: int
    loss_avoided: Decimal
    by_indicator: Sequence[ByIndicator]


def figures(rows: QuerySet[FraudLead]) -> Figures:
    """Of exactly these rows; three statements."""
    counted = rows.order_by().aggregate(
        under_way=Count("pk", filter=Q(status__in=FraudLead.UNDER_WAY), distinct=True),
        confirmed=Count("pk", filter=Q(status="confirmed"), distinct=True),
        not_confirmed=Count("pk", filter=Q(status="not_confirmed"), distinct=True),
        withdrawn=Count("pk", filter=Q(status="withdrawn"), distinct=True),
        police=Count("pk", filter=Q(police_at__isnull=False), distinct=True),
    )
    own = FraudLead.objects.filter(pk__in=rows.order_by().values("pk")).with_avoided()
    avoided = own.aggregate(sum=Sum("avoided"))
    return Figures(**counted, loss_avoided=avoided["sum"] or Decimal(0), by_indicator=_by_indicator(rows))


def _by_indicator(rows: QuerySet[FraudLead]) -> list[ByIndicator]:
    names = dict(FraudIndicator.objects.on(timezone.localdate()).values_list("code", "name"))
    count: Counter[str] = Counter()
    confirmed: Counter[str] = Counter()
    ended: Counter[str] = Counter()
    for _, status, codes in rows.order_by().values_list("pk", "status", "indicators").distinct():
        for code in codes:
            count[code] += 1
            confirmed[code] += status == "confirmed"
            ended[code] += status in FraudLead.ENDED
    return [
        ByIndicator(code, names.get(code, code), number, confirmed[code], ended[code])
        for code, number in count.most_common()
    ]
