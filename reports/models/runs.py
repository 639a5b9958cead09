from __future__ import annotations

import json
import zlib
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from departments.access import SEE_CASES
from departments.models import OrgUnit, Staff


class Frequency(models.TextChoices):
    DAILY = "daily", "日"
    WEEKLY = "weekly", "周"
    MONTHLY = "monthly", "月"
    QUARTERLY = "quarterly", "季"
    YEARLY = "yearly", "年"


class ReportDefinition(models.Model):
    """A periodic report: for whom, how often, with which parameters. Its columns are declared in code."""

    code = models.CharField("编号", max_length=10)
    name = models.CharField("报表", max_length=40)
    recipient = models.CharField("报送对象", max_length=60)
    frequency = models.CharField("频率", max_length=10, choices=Frequency)
    figure = models.CharField("算法", max_length=30)
    parameters = models.JSONField("参数", default=dict, blank=True)
    maker_posts = ArrayField(models.CharField(max_length=20), default=list, verbose_name="制表岗位")
    version = models.PositiveIntegerField("版本", default=1)
    starts_on = models.DateField("首期", null=True, blank=True)
    is_active = models.BooleanField("启用", default=True)
    source = models.CharField("依据", max_length=200)
    is_verified = models.BooleanField("已核实", default=False)

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "报表定义"
        ordering = ["code", "frequency"]
        constraints = [
            models.UniqueConstraint(fields=["code", "frequency"], name="reports_definition_once"),
            models.CheckConstraint(
                condition=Q(frequency__in=Frequency.values), name="reports_definition_frequency_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}（{self.get_frequency_display()}）"


class RunStatus(models.TextChoices):
    WAITING = "waiting", "待生成"
    LEASED = "leased", "生成中"
    PUBLISHED = "published", "已生成"
    FAILED = "failed", "失败"


class RunQuerySet(models.QuerySet["Run"]):
    def visible_to(self, staff: Staff) -> RunQuerySet:
        return self.filter(unit__in=staff.unit_scope.ids(SEE_CASES))

    def for_list(self) -> RunQuerySet:
        return self.select_related("definition", "unit", "requested_by", "snapshot").defer(
            "snapshot__rows", "snapshot__file"
        )


class Run(models.Model):
    """One report of one period for one unit. Version 1 is made by the schedule, later ones by a person.

    `attempt` is the fence: a worker that lost its lease finds another number and cannot publish.
    """

    definition = models.ForeignKey(ReportDefinition, models.PROTECT, related_name="runs", verbose_name="报表")
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="report_runs", verbose_name="机构")
    period_start = models.DateField("期初")
    period_end = models.DateField("期末")
    version = models.PositiveSmallIntegerField("版本", default=1)
    status = models.CharField("状态", max_length=10, choices=RunStatus, default=RunStatus.WAITING)
    attempt = models.PositiveSmallIntegerField("尝试次数", default=0)
    lease_until = models.DateTimeField("租约至", null=True, blank=True)
    reason = models.CharField("重做理由", max_length=200, blank=True)
    requested_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="发起人"
    )
    created_at = models.DateTimeField("排定时间", auto_now_add=True)
    published_at = models.DateTimeField("生成时间", null=True, blank=True)
    last_error = models.TextField("最近错误", blank=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "报表生成"
        ordering = ["-period_end", "-id"]
        indexes = [
            models.Index(
                fields=["period_end", "id"],
                condition=Q(status__in=["waiting", "leased"]),
                name="reports_run_to_do",
            ),
            models.Index(fields=["-period_end", "-id"], name="reports_run_newest"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["definition", "unit", "period_start", "version"], name="reports_run_once_per_period"
            ),
            models.CheckConstraint(condition=Q(status__in=RunStatus.values), name="reports_run_status_known"),
            models.CheckConstraint(
                condition=Q(period_end__gte=F("period_start")), name="reports_run_period_in_order"
            ),
            models.CheckConstraint(
                condition=Q(status="published", published_at__isnull=False)
                | (~Q(status="published") & Q(published_at=None)),
                name="reports_run_published_when_published",
            ),
            models.CheckConstraint(
                condition=Q(version=1) | (Q(requested_by__isnull=False) & ~Q(reason="")),
                name="reports_run_again_needs_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.definition} {self.period_label}"

    def get_absolute_url(self) -> str:
        return reverse("reports:run", args=[self.pk])

    @property
    def period_label(self) -> str:
        """As a person would say it: 2026-11-22, 2026年11月, 2026年第4季度, 2026年."""
        day = self.period_end
        labels = {
            Frequency.DAILY: f"{day:%Y-%m-%d}",
            Frequency.WEEKLY: f"{self.period_start:%Y-%m-%d} 至 {day:%m-%d}",
            Frequency.MONTHLY: f"{day.year}年{day.month}月",
            Frequency.QUARTERLY: f"{day.year}年第{(day.month + 2) // 3}季度",
            Frequency.YEARLY: f"{day.year}年",
        }
        return labels[Frequency(self.definition.frequency)]


class Snapshot(models.Model):
    """What was published, kept as it was: rows, parameters, file and its digest."""

    run = models.OneToOneField(Run, models.PROTECT, related_name="snapshot", verbose_name="报表生成")
    rows = models.BinaryField("数据(压缩)")
    row_count = models.PositiveIntegerField("行数")
    parameters = models.JSONField("参数")
    definition_version = models.PositiveIntegerField("定义版本")
    as_of = models.DateTimeField("数据时点")
    file = models.BinaryField("文件")
    sha256 = models.CharField("文件摘要", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "报表快照"

    def __str__(self) -> str:
        return f"{self.run} {self.sha256[:12]}"

    def table(self) -> dict[str, Any]:
        """{"columns": [...], "rows": [[text]], "totals": [text]} as published."""
        content: dict[str, Any] = json.loads(zlib.decompress(bytes(self.rows)))
        return content
