from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from cases.models.case import ClaimCase
from cases.models.problems import ProblemFinding
from departments.models import Staff


class ResurveyRuleQuerySet(models.QuerySet["ResurveyRule"]):
    def on(self, day: date) -> ResurveyRuleQuerySet:
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)


class ResurveyRule(models.Model):
    """复勘抽样: which share of the reviewed cases of an amount band is looked at again. Dated."""

    name = models.CharField("档次", max_length=40)
    amount_from = models.DecimalField("核损金额自(元)", max_digits=14, decimal_places=2)
    amount_to = models.DecimalField("至(不含, 元)", max_digits=14, decimal_places=2, null=True, blank=True)
    share = models.DecimalField("抽样比例(%)", max_digits=5, decimal_places=2)
    source = models.CharField("依据", max_length=200)
    is_verified = models.BooleanField("已核实", default=False)
    valid_from = models.DateField("生效")
    valid_to = models.DateField("失效", null=True, blank=True)

    objects = ResurveyRuleQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "复勘抽样规则"
        ordering = ["amount_from", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["amount_from", "valid_from"], name="cases_resurveyrule_once"),
            models.CheckConstraint(
                condition=Q(share__gte=0, share__lte=100), name="cases_resurveyrule_share_of_hundred"
            ),
            models.CheckConstraint(
                condition=Q(amount_from__gte=0)
                & (Q(amount_to=None) | Q(amount_to__gt=F("amount_from"))),
                name="cases_resurveyrule_band_in_order",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.name} {self.share.normalize():f}%"


class ResurveyQuerySet(models.QuerySet["Resurvey"]):
    def visible_to(self, staff: Staff) -> Self:
        return self.filter(case__in=ClaimCase.objects.visible_to(staff))

    def waiting(self) -> Self:
        return self.filter(status=Resurvey.Status.OPEN)

    def for_list(self) -> Self:
        return self.select_related(
            "case__unit", "case__handler", "assignee", "done_by", "confirmed_by", "rule"
        )


class Resurvey(models.Model):
    """复勘: a reviewed loss is looked at again on the spot, by chance or on purpose, by a person who had no
    part in it; a difference is confirmed by another and may become a problem finding."""

    class Kind(models.TextChoices):
        RANDOM = "random", "随机"
        TARGETED = "targeted", "定向"

    class Status(models.TextChoices):
        OPEN = "open", "待复勘"
        DONE = "done", "待确认"
        CONFIRMED = "confirmed", "已确认"
        CANCELLED = "cancelled", "已取消"

    class Result(models.TextChoices):
        CONSISTENT = "consistent", "相符"
        DIFFERENT = "different", "有差异"
        SERIOUS = "serious", "严重不符"
        IMPOSSIBLE = "impossible", "无法复勘"

    number = models.CharField("复勘编号", max_length=20, unique=True)
    case = models.ForeignKey(ClaimCase, models.PROTECT, related_name="resurveys", verbose_name="赔案")
    kind = models.CharField("方式", max_length=10, choices=Kind)
    rule = models.ForeignKey(
        ResurveyRule, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="抽样规则"
    )
    reason = models.CharField("原因", max_length=200, blank=True)
    amount = models.DecimalField("核损金额(元)", max_digits=14, decimal_places=2)
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.OPEN)
    assignee = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="复勘人"
    )
    due_on = models.DateField("要求完成日期", null=True, blank=True)
    ordered_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="发起人"
    )
    ordered_at = models.DateTimeField("发起时间")
    resurveyed_on = models.DateField("复勘日期", null=True, blank=True)
    place = models.CharField("复勘地点", max_length=120, blank=True)
    findings = models.TextField("复勘情况", blank=True)
    result = models.CharField("结果", max_length=12, choices=Result, blank=True)
    found_amount = models.DecimalField("复勘金额(元)", max_digits=14, decimal_places=2, null=True, blank=True)
    done_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="完成人"
    )
    done_at = models.DateTimeField("完成时间", null=True, blank=True)
    confirmed_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="确认人"
    )
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)
    note = models.CharField("确认意见", max_length=300, blank=True)
    problem = models.OneToOneField(
        ProblemFinding, models.PROTECT, null=True, blank=True, related_name="resurvey", verbose_name="问题件"
    )

    objects = ResurveyQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "复勘"
        ordering = ["-ordered_at", "-id"]
        indexes = [
            models.Index(
                fields=["ordered_at", "id"], condition=Q(status="open"), name="cases_resurvey_waiting"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(status="open"), name="cases_resurvey_one_open"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["open", "done", "confirmed", "cancelled"]),
                name="cases_resurvey_status_known",
            ),
            models.CheckConstraint(
                condition=Q(kind="random", rule__isnull=False) | (Q(kind="targeted") & ~Q(reason="")),
                name="cases_resurvey_says_why",
            ),
            models.CheckConstraint(
                condition=(
                    Q(status__in=["open", "cancelled"], result="", done_at=None, found_amount=None)
                    | (
                        Q(status__in=["done", "confirmed"], done_at__isnull=False, done_by__isnull=False)
                        & ~Q(result="")
                        & ~Q(findings="")
                    )
                ),
                name="cases_resurvey_done_when_done",
            ),
            models.CheckConstraint(
                condition=(Q(confirmed_by=None) & ~Q(status="confirmed"))
                | (
                    Q(status="confirmed", confirmed_by__isnull=False, confirmed_at__isnull=False)
                    & ~Q(confirmed_by=F("done_by"))
                ),
                name="cases_resurvey_confirmed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(result__in=["", "consistent", "impossible"])
                | Q(result__in=["different", "serious"], found_amount__isnull=False, found_amount__gte=0),
                name="cases_resurvey_difference_has_amount",
            ),
            models.CheckConstraint(
                condition=Q(problem=None) | Q(status="confirmed"),
                name="cases_resurvey_problem_when_confirmed",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("cases:resurvey", args=[self.pk])

    @property
    def difference(self) -> Decimal | None:
        """How much less the re-survey found than the review had granted."""
        return None if self.found_amount is None else self.amount - self.found_amount
