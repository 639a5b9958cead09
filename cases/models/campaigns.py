from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from cases.models.case import ClaimCase
from cases.models.clearing import AgeBand
from departments.access import SEE_CASES
from departments.models import OrgUnit, Staff


class Cleared(models.TextChoices):
    """How a row of the base list was cleared: the regulator's codes; empty while it is not."""

    CLOSED = "1", "结案"
    REFUSED = "2", "拒赔"
    CANCELLED = "3", "注销"


def _money(label: str) -> models.DecimalField[Decimal | float | str, Decimal]:
    return models.DecimalField(label, max_digits=14, decimal_places=2, default=0)


class CampaignQuerySet(models.QuerySet["OutstandingCampaign"]):
    def visible_to(self, staff: Staff) -> Self:
        """For those who see a case of the base list, and those of the unit it is about."""
        units = staff.unit_scope.ids(SEE_CASES)
        if staff.admin_role or not units:
            return self.none()
        rows = CampaignCase.objects.filter(campaign=OuterRef("pk"), unit__in=units)
        return self.filter(Q(unit__in=units) | Exists(rows))

    def running(self) -> Self:
        return self.filter(status="running")

    def for_list(self) -> Self:
        return self.select_related("unit", "started_by", "closed_by", "reported_by")


class OutstandingCampaign(models.Model):
    """未决清理: what was open at `base_on` 24:00, to be cleared by `due_on`; the base list never changes."""

    class Kind(models.TextChoices):
        ANNUAL = "annual", "年度未决清理"
        SPECIAL = "special", "专项清理"

    class Status(models.TextChoices):
        RUNNING = "running", "进行中"
        CLOSED = "closed", "已结束"
        CANCELLED = "cancelled", "已取消"

    class Injury(models.TextChoices):
        ANY = "", "全部"
        ONLY = "yes", "只含人伤"
        WITHOUT = "no", "不含人伤"

    number = models.CharField("编号", max_length=24, unique=True)
    name = models.CharField("名称", max_length=60)
    kind = models.CharField("类型", max_length=8, choices=Kind, default=Kind.SPECIAL)
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="campaigns", verbose_name="范围")
    basis = models.CharField("依据", max_length=120, blank=True)
    base_on = models.DateField("基准日")
    due_on = models.DateField("截止日期")
    scheme = models.CharField("账龄口径", max_length=20)
    injury = models.CharField("人伤", max_length=3, choices=Injury, blank=True)
    least_age = models.PositiveIntegerField("账龄不少于(天)", default=0)
    least_estimate = _money("估损不低于(元)")
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.RUNNING)
    base_count = models.PositiveIntegerField("基数件数", default=0)
    base_amount = models.DecimalField("基数金额(元)", max_digits=18, decimal_places=2, default=0)
    base_digest = models.CharField("基数摘要", max_length=64, blank=True)
    started_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="发起人")
    started_at = models.DateTimeField("发起时间")
    closed_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="结束人"
    )
    closed_at = models.DateTimeField("结束时间", null=True, blank=True)
    conclusion = models.TextField("总结", blank=True)
    report_due_on = models.DateField("清单报送期限", null=True, blank=True)
    reported_at = models.DateTimeField("清单报送时间", null=True, blank=True)
    reported_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="报送人"
    )
    reported_to = models.CharField("报送单位", max_length=60, blank=True)
    report_no = models.CharField("报送文号或方式", max_length=60, blank=True)

    objects = CampaignQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "未决清理"
        ordering = ["-base_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(due_on__gt=F("base_on")), name="cases_campaign_dates_in_order"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["annual", "special"]), name="cases_campaign_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(injury__in=["", "yes", "no"]), name="cases_campaign_injury_known"
            ),
            models.CheckConstraint(
                condition=Q(status="running", closed_by=None, closed_at=None)
                | (
                    Q(status__in=["closed", "cancelled"], closed_by__isnull=False, closed_at__isnull=False)
                    & ~Q(conclusion="")
                ),
                name="cases_campaign_closed_with_conclusion",
            ),
            models.CheckConstraint(
                condition=Q(base_amount__gte=0, least_estimate__gte=0), name="cases_campaign_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(reported_at=None, reported_by=None, reported_to="", report_no="")
                | (
                    Q(reported_at__isnull=False, reported_by__isnull=False, report_due_on__isnull=False)
                    & ~Q(reported_to="")
                ),
                name="cases_campaign_reported_to_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("cases:campaign", args=[self.pk])

    @property
    def base_moment(self) -> datetime:
        """The base list is what was open at this moment: the end of the day."""
        return end_of(self.base_on)

    @property
    def is_running(self) -> bool:
        return self.status == "running"

    @property
    def scope_words(self) -> str:
        """What the base list was narrowed to, for people."""
        parts = [self.get_injury_display() if self.injury else ""]
        parts.append(f"账龄 {self.least_age} 天以上" if self.least_age else "")
        parts.append(f"估损 {self.least_estimate:,.0f} 元以上" if self.least_estimate else "")
        return "，".join(part for part in parts if part) or "全部未决赔案"


def end_of(day: date) -> datetime:
    """The first moment after the day, in the office's time zone."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), datetime.min.time()))


class CampaignCaseQuerySet(models.QuerySet["CampaignCase"]):
    def visible_to(self, staff: Staff) -> Self:
        if staff.admin_role:
            return self.none()
        return self.filter(Q(unit__in=staff.unit_scope.ids(SEE_CASES)) | Q(assignee=staff))

    def open(self) -> Self:
        return self.exclude(case__stage="closed")

    def for_list(self) -> Self:
        return self.select_related("case__handler", "unit", "band", "assignee", "campaign")


class CampaignCase(models.Model):
    """A case of the base list with the amounts of the base moment, and the chase after it.

    Reasons and expected closing date stand on the case itself; each round keeps them as they were. Up to
    `injury_estimate` everything is as frozen, and the database refuses to change it.
    """

    campaign = models.ForeignKey(
        OutstandingCampaign, models.PROTECT, related_name="rows", db_index=False, verbose_name="清理"
    )
    case = models.ForeignKey(ClaimCase, models.PROTECT, related_name="campaign_rows", verbose_name="赔案")
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+", db_index=False, verbose_name="机构")
    band = models.ForeignKey(AgeBand, models.PROTECT, related_name="+", db_index=False, verbose_name="账龄段")
    age_days = models.PositiveIntegerField("基准日账龄(天)")
    is_injury = models.BooleanField("涉及人伤", default=False)
    is_litigated = models.BooleanField("涉诉", default=False)
    estimate = _money("基准日估损(元)")
    paid = _money("基准日已付(元)")
    vehicle_estimate = _money("其中：车(元)")
    property_estimate = _money("其中：物(元)")
    injury_estimate = _money("其中：人(元)")
    assignee = models.ForeignKey(
        Staff,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name="清理责任人",
    )
    remark = models.CharField("备注", max_length=200, blank=True)
    touched_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, verbose_name="填报人"
    )
    touched_at = models.DateTimeField("填报时间", null=True, blank=True)
    confirmed_by = models.ForeignKey(
        Staff,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name="估损确认人",
    )
    confirmed_at = models.DateTimeField("估损确认时间", null=True, blank=True)
    confirmed_why = models.CharField("估损确认理由", max_length=200, blank=True)

    objects = CampaignCaseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "清理清单"
        ordering = ["id"]
        indexes = [
            models.Index(fields=["campaign", "unit"], name="cases_campaign_by_unit"),
            models.Index(fields=["assignee", "campaign"], name="cases_campaign_by_person"),
            models.Index(fields=["campaign", "-age_days", "-id"], name="cases_campaign_by_age"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "case"], name="cases_campaign_case_once"),
            models.CheckConstraint(
                condition=Q(
                    estimate__gte=0,
                    paid__gte=0,
                    vehicle_estimate__gte=0,
                    property_estimate__gte=0,
                    injury_estimate__gte=0,
                ),
                name="cases_campaign_case_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None, confirmed_why="")
                | (Q(confirmed_by__isnull=False, confirmed_at__isnull=False) & ~Q(confirmed_why="")),
                name="cases_campaign_confirmed_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} {self.case}"

    def get_absolute_url(self) -> str:
        return reverse("cases:campaign_row", args=[self.pk])


class CampaignTarget(models.Model):
    """目标: which share of a unit's base is to be cleared; of one age band, or of the whole (no band)."""

    campaign = models.ForeignKey(
        OutstandingCampaign, models.CASCADE, related_name="targets", verbose_name="清理"
    )
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+", verbose_name="机构")
    band = models.ForeignKey(
        AgeBand, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="账龄段"
    )
    count_share = models.DecimalField("件数目标(%)", max_digits=5, decimal_places=2)
    amount_share = models.DecimalField("金额目标(%)", max_digits=5, decimal_places=2)

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "清理目标"
        ordering = ["unit__path_rank", "band__position"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "unit", "band"], nulls_distinct=False, name="cases_campaign_target_once"
            ),
            models.CheckConstraint(
                condition=Q(
                    count_share__gte=0, count_share__lte=100, amount_share__gte=0, amount_share__lte=100
                ),
                name="cases_campaign_target_per_cent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.count_share}%"


class CampaignRound(models.Model):
    """清理轮次: where every row stood at `taken_at`. It is closed when nothing of it is left undone."""

    campaign = models.ForeignKey(
        OutstandingCampaign, models.PROTECT, related_name="rounds", verbose_name="清理"
    )
    number = models.PositiveSmallIntegerField("轮次")
    taken_at = models.DateTimeField("取数时间")
    taken_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="发起人"
    )
    note = models.CharField("要求", max_length=200, blank=True)
    closed_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="结束人"
    )
    closed_at = models.DateTimeField("结束时间", null=True, blank=True)
    summary = models.TextField("小结", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "清理轮次"
        ordering = ["campaign", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "number"], name="cases_round_number_once"),
            models.UniqueConstraint(
                fields=["campaign"], condition=Q(closed_at=None), name="cases_round_one_open"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None, summary="")
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(summary="")),
                name="cases_round_closed_with_summary",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} 第 {self.number} 轮"

    def get_absolute_url(self) -> str:
        return reverse("cases:campaign_round", args=[self.pk])

    @property
    def state(self) -> str:
        return "closed" if self.closed_at else "open"

    @property
    def state_name(self) -> str:
        return "已结束" if self.closed_at else "进行中"


class RoundRow(models.Model):
    """A row as it stood when the round was taken; what an earlier round found cleared is not taken again."""

    round = models.ForeignKey(
        CampaignRound, models.CASCADE, related_name="rows", db_index=False, verbose_name="轮次"
    )
    row = models.ForeignKey(CampaignCase, models.PROTECT, related_name="states", verbose_name="清单行")
    cleared_as = models.CharField("清理结果", max_length=1, choices=Cleared, blank=True)
    estimate = _money("估损(元)")
    paid = _money("已付(元)")
    reasons = ArrayField(models.CharField(max_length=1), default=list, verbose_name="未清理原因")
    expected_close_on = models.DateField("预计结案日期", null=True, blank=True)
    remark = models.CharField("备注", max_length=200, blank=True)
    handler = models.ForeignKey(
        Staff, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name="清理责任人"
    )
    estimate_set_at = models.DateTimeField("估损确定时间")
    is_stale = models.BooleanField("估损未更新", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "轮次明细"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["round", "row"], name="cases_round_row_once"),
            models.CheckConstraint(
                condition=Q(cleared_as__in=["", *Cleared.values]), name="cases_round_outcome_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round} {self.row_id}"


class RoundFigure(models.Model):
    """Of one unit and age band when the round was taken: what had been cleared by then, and how."""

    round = models.ForeignKey(CampaignRound, models.CASCADE, related_name="figures", verbose_name="轮次")
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+", verbose_name="机构")
    band = models.ForeignKey(AgeBand, models.PROTECT, related_name="+", verbose_name="账龄段")
    base_count = models.PositiveIntegerField("基数件数", default=0)
    base_amount = models.DecimalField("基数金额(元)", max_digits=18, decimal_places=2, default=0)
    closed = models.PositiveIntegerField("结案", default=0)
    refused = models.PositiveIntegerField("拒赔", default=0)
    cancelled = models.PositiveIntegerField("注销", default=0)
    cleared_amount = models.DecimalField("已清理金额(元)", max_digits=18, decimal_places=2, default=0)
    stale = models.PositiveIntegerField("估损未更新", default=0)
    without_reason = models.PositiveIntegerField("未填原因", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "轮次数字"
        ordering = ["unit__path_rank", "band__position"]
        constraints = [
            models.UniqueConstraint(fields=["round", "unit", "band"], name="cases_round_figure_once"),
            models.CheckConstraint(
                condition=Q(base_count__gte=F("closed") + F("refused") + F("cancelled")),
                name="cases_round_figure_within_base",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round} {self.unit}"
