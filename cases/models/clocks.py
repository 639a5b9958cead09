from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from cases.lifecycle import Stage
from cases.models.case import ClaimCase
from cases.models.decisions import ChainStep
from departments.models import OrgUnit, PauseReason, Staff


class CasePause(models.Model):
    """中止: the time in which a case waits for somebody outside, with the reason that stops its clocks."""

    case = models.ForeignKey(ClaimCase, models.CASCADE, related_name="pauses", verbose_name="赔案")
    reason = models.CharField("原因", max_length=20, choices=PauseReason)
    note = models.CharField("说明", max_length=200)
    stage_before = models.CharField("中止前状态", max_length=16, choices=Stage)
    since = models.DateTimeField("起")
    until = models.DateTimeField("止", null=True, blank=True)
    paused_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="中止人")
    resumed_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="恢复人"
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "案件中止"
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(until=None), name="cases_pause_one_open"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="cases_pause_times_in_order"
            ),
            models.CheckConstraint(
                condition=Q(reason__in=PauseReason.values), name="cases_pause_reason_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.get_reason_display()}"


class ClockAlert(models.Model):
    """Somebody was told that a clock ran over a mark: once per clock, mark, start and person.

    A clock of the case, of a station of its chain, or of another record: then `area` and `record` name it
    (cases.courses), with the title and the page it had when it was told.
    """

    class Mark(models.TextChoices):
        OVERDUE = "overdue", "超时限"
        ESCALATED = "escalated", "已升级"

    case = models.ForeignKey(
        ClaimCase, models.CASCADE, null=True, blank=True, related_name="alerts", verbose_name="赔案"
    )
    station = models.ForeignKey(
        ChainStep, models.CASCADE, null=True, blank=True, related_name="alerts", verbose_name="环节"
    )
    area = models.CharField("事项类别", max_length=20, blank=True, default="", db_default="")
    record = models.BigIntegerField("事项", null=True, blank=True)
    title = models.CharField("事项名称", max_length=100, blank=True, default="", db_default="")
    url = models.CharField("页面", max_length=200, blank=True, default="", db_default="")
    rule_code = models.CharField("时限", max_length=30)
    mark = models.CharField("标记", max_length=10, choices=Mark)
    started_at = models.DateTimeField("起算时间")
    due_at = models.DateTimeField("到期时间")
    told = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="通知对象")
    told_at = models.DateTimeField("通知时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "超时提醒"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "station", "area", "record", "rule_code", "mark", "started_at", "told"],
                nulls_distinct=False,
                name="cases_alert_once",
            ),
            models.CheckConstraint(
                condition=Q(mark__in=["overdue", "escalated"]), name="cases_alert_mark_known"
            ),
            models.CheckConstraint(
                condition=Q(area="", record=None, case__isnull=False)
                | (~Q(area="") & Q(record__isnull=False, station=None)),
                name="cases_alert_about_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.about} {self.rule_code} {self.get_mark_display()}"

    def get_absolute_url(self) -> str:
        return self.url or (self.case.get_absolute_url() if self.case else "")

    @property
    def about(self) -> str:
        """The record, or the case itself."""
        return self.title or str(self.case)


class CoHandler(models.Model):
    """协办人: works on a case beside its handler because a clock ran over; the handler stays responsible."""

    case = models.ForeignKey(ClaimCase, models.PROTECT, related_name="co_handlers", verbose_name="赔案")
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="协办人")
    alert = models.OneToOneField(
        ClockAlert,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="co_handler",
        verbose_name="超时提醒",
    )
    reason = models.CharField("原因", max_length=200)
    since = models.DateTimeField("自")
    removed_at = models.DateTimeField("撤出时间", null=True, blank=True)
    removed_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="撤出人"
    )
    removal_reason = models.CharField("撤出原因", max_length=200, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "协办人"
        indexes = [models.Index(fields=["staff"], condition=Q(removed_at=None), name="cases_co_handler_open")]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "staff"], condition=Q(removed_at=None), name="cases_co_handler_once"
            ),
            models.CheckConstraint(
                condition=Q(removed_at=None, removed_by=None, removal_reason="")
                | Q(removed_at__gte=F("since"), removed_by__isnull=False) & ~Q(removal_reason=""),
                name="cases_co_handler_removed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff} 协办 {self.case}"


class CaseDue(models.Model):
    """What is due next on an open case, to sort and filter a list by; pages and alerts compute it instead.

    Read anew every minute where the case moved on, and every night.
    """

    case = models.OneToOneField(ClaimCase, models.CASCADE, related_name="due", verbose_name="赔案")
    due_at = models.DateTimeField("到期时间", null=True, blank=True)
    warn_at = models.DateTimeField("预警时间", null=True, blank=True)
    rule_code = models.CharField("时限", max_length=30, blank=True)
    name = models.CharField("事项", max_length=80, blank=True)
    of_version = models.PositiveIntegerField("案件版本")
    computed_at = models.DateTimeField("计算时间")

    class Meta:
        verbose_name = verbose_name_plural = "下一时限"
        indexes = [models.Index(fields=["due_at", "case"], name="cases_due_first")]

    def __str__(self) -> str:
        return f"{self.case} {self.name}"


class AverageCost(models.Model):
    """The average paid loss of a unit, from which a forced registration takes its estimate."""

    unit = models.ForeignKey(
        OrgUnit, models.CASCADE, null=True, blank=True, related_name="+", verbose_name="机构"
    )
    is_injury = models.BooleanField("涉及人伤")
    amount = models.DecimalField("案均赔款(元)", max_digits=14, decimal_places=2)
    count = models.PositiveIntegerField("样本件数")
    as_of = models.DateField("统计至")

    class Meta:
        verbose_name = verbose_name_plural = "案均赔款"
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "is_injury"], nulls_distinct=False, name="cases_average_once"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0, count__gt=0), name="cases_average_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.unit or '全部'} {self.amount}"
