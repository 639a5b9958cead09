"""What the department has agreed on about special cases: kinds, reasons, papers, limits; with the source."""

from __future__ import annotations

from datetime import date
from typing import Any, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from cases.models.papers import CasePaper
from departments.models import Duty

Row = TypeVar("Row", bound=models.Model)


class Kind(models.TextChoices):
    REFUSAL = "refusal", "拒赔"
    ZERO_PAYMENT = "zero_payment", "零赔付"
    CANCELLATION = "cancellation", "注销"
    REOPENING = "reopening", "重开"
    PREPAYMENT = "prepayment", "预付"
    RESCUE_PAYMENT = "rescue_payment", "抢救费支付"
    RESCUE_ADVANCE = "rescue_advance", "抢救费垫付"
    EX_GRATIA = "ex_gratia", "通融"
    LATE_REGISTRATION = "late_registration", "延时立案"


class DatedQuerySet(models.QuerySet[Row]):
    def on(self, day: date) -> DatedQuerySet[Row]:
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)


class Dated(models.Model):
    """A row that holds from a day on, to a day where it has ended, by some paper."""

    source = models.CharField("依据", max_length=200)
    is_verified = models.BooleanField("已核实", default=False)
    valid_from = models.DateField("生效日期")
    valid_to = models.DateField("失效日期", null=True, blank=True)

    objects: Any = DatedQuerySet.as_manager()

    class Meta:
        abstract = True


def in_order(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name=name)


class SpecialKind(models.Model):
    """特殊案件类型: whose duty it is to decide, and whose to register and report (ADJ-02, GEN-11)."""

    code = models.CharField("类型", max_length=20, choices=Kind, unique=True)
    deciding_duty = models.ForeignKey(Duty, models.PROTECT, related_name="+", verbose_name="审批职责")
    registering_duty = models.ForeignKey(Duty, models.PROTECT, related_name="+", verbose_name="登记上报职责")
    registering_posts = ArrayField(
        models.CharField(max_length=20),
        verbose_name="登记上报岗位",
        help_text="岗位代码，逗号分隔：由谁登记台账并上报总公司",
    )
    is_reported = models.BooleanField("须报总公司", default=False)
    chain = models.CharField("通常审批路径", max_length=100)
    rank = models.PositiveSmallIntegerField("排序", default=0)
    source = models.CharField("依据", max_length=200)
    is_verified = models.BooleanField("已核实", default=False)

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "特殊案件类型"
        ordering = ["rank", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(code__in=Kind.values), name="cases_specialkind_known"),
        ]

    def __str__(self) -> str:
        return str(self.get_code_display())


class SpecialReason(Dated):
    """原因码: R01–R20 of a refusal, the subtypes of a zero payment, and why else something is asked for."""

    class Extent(models.TextChoices):
        EITHER = "", "全部或部分"
        WHOLE = "whole", "全部"
        PART = "part", "部分"

    kind = models.CharField("类型", max_length=20, choices=Kind)
    code = models.CharField("代码", max_length=6)
    name = models.CharField("原因", max_length=60)
    clause = models.CharField("依据条款", max_length=200, blank=True)
    evidence = models.CharField("证据要求", max_length=200, blank=True)
    extent = models.CharField("范围", max_length=6, choices=Extent, blank=True)
    needs_known_on = models.BooleanField("须填知道解除事由之日", default=False)
    needs_explanation = models.BooleanField("须详细说明", default=False)
    rank = models.PositiveSmallIntegerField("排序", default=0)

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "特殊案件原因"
        ordering = ["kind", "rank", "id"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "code", "valid_from"], name="cases_reason_one_version"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="cases_reason_kind_known"),
            models.CheckConstraint(
                condition=Q(extent__in=["", "whole", "part"]), name="cases_reason_extent_known"
            ),
            in_order("cases_reason_dates_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class SpecialPaper(Dated):
    """材料清单: what a request of the kind needs in the case's file. Any of `paper_kinds` will do."""

    kind = models.CharField("类型", max_length=20, choices=Kind)
    name = models.CharField("材料", max_length=40)
    paper_kinds = ArrayField(
        models.CharField(max_length=16, choices=CasePaper.Kind), verbose_name="案卷材料类别（有一即可）"
    )
    is_required = models.BooleanField("必备", default=True)
    rank = models.PositiveSmallIntegerField("排序", default=0)

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "特殊案件材料清单"
        ordering = ["kind", "rank", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="cases_specialpaper_kind_known"),
            models.CheckConstraint(
                condition=Q(paper_kinds__len__gt=0), name="cases_specialpaper_names_a_paper"
            ),
            in_order("cases_specialpaper_dates_in_order"),
        ]

    def __str__(self) -> str:
        return self.name


class SpecialLimit(Dated):
    """A share or a number of days that a rule about special cases compares with."""

    class Code(models.TextChoices):
        MAJOR_SHARE = "prepay_major_share", "重大案件预付比例上限(%)"
        MEDICAL_SHARE = "prepay_medical_share", "医疗费预付比例上限(%)"
        CERTAIN_DAYS = "prepay_certain_days", "确定部分可先行赔付的起始日(材料收齐后第几日)"
        EX_GRATIA_SHARE = "ex_gratia_share", "通融比例上限(%)"
        RESCISSION_DAYS = "rescission_days", "解除权期限(日)"
        LATE_REPORT_DAYS = "late_report_days", "出险至报案超过几日为延时"

    code = models.CharField("参数", max_length=24, choices=Code)
    value = models.DecimalField("数值", max_digits=8, decimal_places=2)

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "特殊案件参数"
        ordering = ["code", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="cases_speciallimit_one_version"),
            models.CheckConstraint(
                condition=Q(
                    code__in=[
                        "prepay_major_share",
                        "prepay_medical_share",
                        "prepay_certain_days",
                        "ex_gratia_share",
                        "rescission_days",
                        "late_report_days",
                    ]
                ),
                name="cases_speciallimit_known",
            ),
            models.CheckConstraint(condition=Q(value__gt=0), name="cases_speciallimit_positive"),
            in_order("cases_speciallimit_dates_in_order"),
        ]

    def __str__(self) -> str:
        return str(self.get_code_display())


class CtplLimit(Dated):
    """交强险责任限额: what the compulsory cover pays at most, by the day of the accident and by fault."""

    class Part(models.TextChoices):
        DEATH = "death", "死亡伤残"
        MEDICAL = "medical", "医疗费用"
        PROPERTY = "property", "财产损失"

    part = models.CharField("项目", max_length=10, choices=Part)
    is_at_fault = models.BooleanField("有责")
    amount = models.DecimalField("限额(元)", max_digits=12, decimal_places=2)

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "交强险责任限额"
        ordering = ["-valid_from", "part", "-is_at_fault"]
        constraints = [
            models.UniqueConstraint(
                fields=["part", "is_at_fault", "valid_from"], name="cases_ctpllimit_one_version"
            ),
            models.CheckConstraint(
                condition=Q(part__in=["death", "medical", "property"]), name="cases_ctpllimit_part_known"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="cases_ctpllimit_positive"),
            in_order("cases_ctpllimit_dates_in_order"),
        ]

    def __str__(self) -> str:
        fault = "有责" if self.is_at_fault else "无责"
        return f"{self.get_part_display()} {fault} {self.valid_from}"
