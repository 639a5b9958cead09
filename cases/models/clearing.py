"""未决清理 as data: ages, reasons and when they fit, parameters. All dated, all with their source."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords


class DatedQuerySet(models.QuerySet[Any]):
    def on(self, day: date) -> Self:
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)


def dates_in_order(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name=name)


class AgeBand(models.Model):
    """账龄段 of a scheme: days from `days_from` on and below `days_to`, since report or accident."""

    class Since(models.TextChoices):
        REPORT = "reported_at", "报案"
        ACCIDENT = "accident_at", "出险"

    scheme = models.CharField("口径", max_length=20)
    scheme_name = models.CharField("口径名称", max_length=40)
    since = models.CharField("起算", max_length=12, choices=Since)
    position = models.PositiveSmallIntegerField("序号")
    name = models.CharField("账龄", max_length=20)
    days_from = models.PositiveIntegerField("起(天)")
    days_to = models.PositiveIntegerField("止(天)", null=True, blank=True)
    source = models.CharField("依据", max_length=200)
    is_verified = models.BooleanField("已核实", default=False)

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "账龄段"
        ordering = ["scheme", "position"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "position"], name="cases_age_band_once"),
            models.CheckConstraint(
                condition=Q(days_to=None) | Q(days_to__gt=F("days_from")), name="cases_age_band_in_order"
            ),
            models.CheckConstraint(
                condition=Q(since__in=["reported_at", "accident_at"]), name="cases_age_band_since_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class UnclearedReason(models.Model):
    """未清理原因 A–Q of the regulator's form. `is_other`: only where no listed reason fits."""

    code = models.CharField("代码", max_length=1)
    name = models.CharField("原因", max_length=40)
    is_other = models.BooleanField("其他类", default=False)
    source = models.CharField("依据", max_length=200)
    is_verified = models.BooleanField("已核实", default=False)
    valid_from = models.DateField("生效日期")
    valid_to = models.DateField("失效日期", null=True, blank=True)

    objects = DatedQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "未清理原因"
        ordering = ["code", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="cases_uncleared_reason_once"),
            models.UniqueConstraint(
                fields=["code"], condition=Q(valid_to=None), name="cases_uncleared_reason_one_open"
            ),
            dates_in_order("cases_uncleared_reason_dates_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class ReasonRule(models.Model):
    """适用规则: where all `facts` hold the reason is suggested, or does not fit; `text` tells why."""

    class Effect(models.TextChoices):
        SUGGEST = "suggest", "建议"
        FORBID = "forbid", "不适用"

    code = models.CharField("原因代码", max_length=1)
    effect = models.CharField("结论", max_length=8, choices=Effect)
    facts = ArrayField(models.CharField(max_length=24), verbose_name="案件事实（须同时成立）")
    text = models.CharField("说明", max_length=100)
    source = models.CharField("依据", max_length=200)
    is_verified = models.BooleanField("已核实", default=False)
    valid_from = models.DateField("生效日期")
    valid_to = models.DateField("失效日期", null=True, blank=True)

    objects = DatedQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "未清理原因适用规则"
        ordering = ["code", "effect", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(effect__in=["suggest", "forbid"]), name="cases_reason_rule_effect_known"
            ),
            models.CheckConstraint(condition=Q(facts__len__gt=0), name="cases_reason_rule_names_facts"),
            dates_in_order("cases_reason_rule_dates_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.get_effect_display()}：{self.text}"


class ClearingParameter(models.Model):
    """清理参数: after how many days an estimate is stale, when a round is due, how many repeats are many."""

    code = models.CharField("代码", max_length=30)
    name = models.CharField("参数", max_length=60)
    value = models.DecimalField("值", max_digits=10, decimal_places=2)
    measure = models.CharField("单位", max_length=10)
    source = models.CharField("依据", max_length=200)
    is_verified = models.BooleanField("已核实", default=False)
    valid_from = models.DateField("生效日期")
    valid_to = models.DateField("失效日期", null=True, blank=True)

    objects = DatedQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "清理参数"
        ordering = ["code", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="cases_clearing_parameter_once"),
            models.CheckConstraint(condition=Q(value__gte=0), name="cases_clearing_parameter_not_negative"),
            dates_in_order("cases_clearing_parameter_dates_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.value.normalize():f} {self.measure}"


def clearing_parameter(code: str, day: date) -> Decimal | None:
    """Its value on the day; None where no row is in force."""
    rows = ClearingParameter.objects.on(day).filter(code=code).order_by("-valid_from")
    found: Decimal | None = rows.values_list("value", flat=True).first()
    return found
