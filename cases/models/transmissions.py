from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from cases.models.case import ClaimCase
from cases.models.escalations import Escalation
from departments.models import OutboxMessage, Staff


class AnswerTermQuerySet(models.QuerySet["AnswerTerm"]):
    def on(self, day: date) -> AnswerTermQuerySet:
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)


class AnswerTerm(models.Model):
    """总公司批复时限: by item and by who answers there, which clock runs. The nearest row counts.

    A row for the item goes before a general one, then the one with the higher sum below the amount.
    """

    class Level(models.TextChoices):
        REVIEWER = "reviewer", "总公司审批人"
        HEAD = "head", "总公司负责人"

    item = models.CharField("事项代码", max_length=30, blank=True, help_text="空白：所有事项")
    amount_over = models.DecimalField("金额超过(元)", max_digits=14, decimal_places=2, default=Decimal(0))
    level = models.CharField("批复级别", max_length=10, choices=Level)
    clock = models.CharField("时限规则编号", max_length=30)
    source = models.CharField("依据", max_length=200)
    is_verified = models.BooleanField("已核实", default=False)
    valid_from = models.DateField("生效日期")
    valid_to = models.DateField("失效日期", null=True, blank=True)

    objects = AnswerTermQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "总公司批复时限"
        ordering = ["item", "amount_over", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "amount_over", "valid_from"], name="cases_answer_term_one_version"
            ),
            models.CheckConstraint(condition=Q(amount_over__gte=0), name="cases_answer_term_amount"),
            models.CheckConstraint(
                condition=Q(level__in=["reviewer", "head"]), name="cases_answer_term_level_known"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="cases_answer_term_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item or '所有事项'} {self.get_level_display()}"


class AnswerCondition(models.Model):
    """批复条件: one of the conditions of an answer, and whether it was carried out."""

    class Status(models.TextChoices):
        OPEN = "open", "待落实"
        MET = "met", "已落实"
        FAILED = "failed", "不能落实"

    escalation = models.ForeignKey(Escalation, models.PROTECT, related_name="demands", verbose_name="上报件")
    case = models.ForeignKey(ClaimCase, models.PROTECT, related_name="+", verbose_name="赔案")
    number = models.PositiveSmallIntegerField("序号")
    text = models.CharField("条件", max_length=300)
    status = models.CharField("状态", max_length=6, choices=Status, default=Status.OPEN)
    evidence = models.CharField("落实情况", max_length=300, blank=True)
    checked_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="核对人"
    )
    checked_at = models.DateTimeField("核对时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "批复条件"
        ordering = ["escalation", "number"]
        constraints = [
            models.UniqueConstraint(fields=["escalation", "number"], name="cases_condition_one_per_place"),
            models.CheckConstraint(condition=~Q(text=""), name="cases_condition_said"),
            models.CheckConstraint(
                condition=Q(status="open", checked_by=None, checked_at=None)
                | (
                    Q(status__in=["met", "failed"], checked_by__isnull=False, checked_at__isnull=False)
                    & ~Q(evidence="")
                ),
                name="cases_condition_checked_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.escalation} 条件{self.number}"


class Transmission(models.Model):
    """传送: one way in which a pack went to head office. A file drop is done by the outbox, once per row."""

    class Kind(models.TextChoices):
        SYSTEM = "system", "系统内"
        FILE = "file", "文件投递"
        PRINTED = "printed", "打印"

    escalation = models.ForeignKey(
        Escalation, models.PROTECT, related_name="transmissions", verbose_name="上报件"
    )
    kind = models.CharField("方式", max_length=8, choices=Kind)
    number = models.PositiveSmallIntegerField("次数")
    sent_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="传送人")
    sent_at = models.DateTimeField("时间")
    reason = models.CharField("重发原因", max_length=200, blank=True)
    outbox = models.OneToOneField(
        OutboxMessage, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="待送消息"
    )
    file_name = models.CharField("文件", max_length=120, blank=True)
    sha256 = models.CharField("摘要", max_length=64, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "传送"
        ordering = ["escalation", "-sent_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["escalation", "kind", "number"], name="cases_transmission_one_per_place"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["system", "file", "printed"]), name="cases_transmission_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(kind="file", outbox__isnull=False) | (~Q(kind="file") & Q(outbox=None)),
                name="cases_transmission_files_are_promised",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.escalation} {self.get_kind_display()}"


class EscalationReminder(models.Model):
    """催办: who was reminded of an unanswered escalation before and after its deadline; once each."""

    class Mark(models.TextChoices):
        WARNING = "warning", "临近期限"
        OVERDUE = "overdue", "已逾期"

    escalation = models.ForeignKey(
        Escalation, models.PROTECT, related_name="reminders", verbose_name="上报件"
    )
    mark = models.CharField("节点", max_length=8, choices=Mark)
    told = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="被提醒人")
    told_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "上报催办"
        constraints = [
            models.UniqueConstraint(fields=["escalation", "mark", "told"], name="cases_reminder_once"),
            models.CheckConstraint(
                condition=Q(mark__in=["warning", "overdue"]), name="cases_reminder_mark_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.escalation} {self.get_mark_display()}"
