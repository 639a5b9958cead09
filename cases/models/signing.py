from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from cases.models.case import ClaimCase
from cases.models.decisions import Decision, Submission
from departments.models import Staff


class OnRefusal(models.TextChoices):
    COUNTS_NOT = "counts_not", "不计入，人数够即可"
    VETO = "veto", "一人不同意即不成立"


class SigningRuleQuerySet(models.QuerySet["SigningRule"]):
    def on(self, day: date) -> SigningRuleQuerySet:
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)


class SigningRule(models.Model):
    """会签规则: how many more than the needed signers are asked at once, and what a refusal does.

    How many must sign stands in the grant of who decides. A rule for the item goes before the general one.
    """

    item = models.CharField("事项代码", max_length=30, blank=True, help_text="空白：所有事项")
    spare = models.PositiveSmallIntegerField("多请人数", help_text="在须会签人数之外同时多请几人")
    on_refusal = models.CharField("不同意的效力", max_length=10, choices=OnRefusal)
    source = models.CharField("依据", max_length=200)
    is_verified = models.BooleanField("已核实", default=False)
    valid_from = models.DateField("生效日期")
    valid_to = models.DateField("失效日期", null=True, blank=True)

    objects = SigningRuleQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "会签规则"
        ordering = ["item", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["item", "valid_from"], name="cases_signing_rule_one_version"),
            models.CheckConstraint(
                condition=Q(on_refusal__in=OnRefusal.values), name="cases_signing_rule_refusal_known"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="cases_signing_rule_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item or '所有事项'} 多请 {self.spare} 人"


class JointSigning(models.Model):
    """会签 or 加签: several people asked at once, of whom `needed` must agree. Its stations are the people.

    A co-signature that a grant demands (cosign) carries a decision; an added one (added) is an opinion.
    """

    class Kind(models.TextChoices):
        COSIGN = "cosign", "会签"
        ADDED = "added", "加签"

    class Result(models.TextChoices):
        MET = "met", "已达成"
        FAILED = "failed", "未达成"
        CALLED_OFF = "called_off", "已取消"

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="signings", verbose_name="报批")
    kind = models.CharField("类别", max_length=6, choices=Kind)
    needed = models.PositiveSmallIntegerField("须同意人数")
    on_refusal = models.CharField("不同意的效力", max_length=10, choices=OnRefusal)
    called_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="加签人"
    )
    called_at = models.DateTimeField("发起时间")
    reason = models.CharField("理由", max_length=200, blank=True)
    result = models.CharField("结果", max_length=10, choices=Result, blank=True)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "会签与加签"
        constraints = [
            models.CheckConstraint(condition=Q(needed__gt=0), name="cases_signing_needs_somebody"),
            models.CheckConstraint(
                condition=Q(kind__in=["cosign", "added"], on_refusal__in=OnRefusal.values),
                name="cases_signing_kind_known",
            ),
            models.CheckConstraint(
                condition=~Q(kind="added") | (Q(called_by__isnull=False) & ~Q(reason="")),
                name="cases_signing_added_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(result="", ended_at=None)
                | Q(result__in=["met", "failed", "called_off"], ended_at__isnull=False),
                name="cases_signing_ended_with_result",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission} {self.get_kind_display()}"


class TakenBack(models.Model):
    """拿回: a decision whose author took it back before anybody acted on it. The decision itself stands."""

    case = models.ForeignKey(ClaimCase, models.PROTECT, related_name="+", verbose_name="赔案")
    decision = models.OneToOneField(
        Decision, models.PROTECT, related_name="taken_back", verbose_name="审批意见"
    )
    reason = models.CharField("理由", max_length=200)
    taken_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="拿回人")
    taken_at = models.DateTimeField("拿回时间")

    class Meta:
        verbose_name = verbose_name_plural = "拿回"
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="cases_taken_back_for_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.decision} 拿回"
