from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from departments import clocks


class TimeUnit(models.TextChoices):
    MINUTE = clocks.TimeUnit.MINUTE.value, "分钟"
    HOUR = clocks.TimeUnit.HOUR.value, "小时"
    WORKING_HOUR = clocks.TimeUnit.WORKING_HOUR.value, "工作小时"
    NATURAL_DAY = clocks.TimeUnit.NATURAL_DAY.value, "自然日"
    WORKING_DAY = clocks.TimeUnit.WORKING_DAY.value, "工作日"
    YEAR = clocks.TimeUnit.YEAR.value, "年"


class PauseReason(models.TextChoices):
    """Why a clock may stand still; a rule names those that count for it."""

    PAPERS_REQUESTED = "papers_requested", "已通知补充材料"
    POLICE = "police", "等待交警或公安结论"
    APPRAISAL = "appraisal", "等待鉴定或评估"
    LITIGATION = "litigation", "诉讼或仲裁中"
    CLAIMANT = "claimant", "因客户原因"
    OTHER = "other", "其他"


class ClockRuleQuerySet(models.QuerySet["ClockRule"]):
    def on(self, day: date) -> ClockRuleQuerySet:
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)

    def as_rules(self, day: date) -> dict[str, clocks.Rule]:
        """The rules in force on the day, by code; one query."""
        return {row.code: row.as_rule() for row in self.on(day)}


class ClockRule(models.Model):
    """时限规则: from which event to which, how long, with which pauses, and by what authority."""

    code = models.CharField("编号", max_length=30)
    name = models.CharField("时限", max_length=40)
    starts = models.CharField("起算", max_length=60)
    stops = models.CharField("截止", max_length=60)
    limit = models.DecimalField("期限", max_digits=7, decimal_places=2)
    unit = models.CharField("单位", max_length=12, choices=TimeUnit)
    pauses = ArrayField(
        models.CharField(max_length=20, choices=PauseReason),
        default=list,
        blank=True,
        verbose_name="可扣除的期间",
    )
    amount_max = models.DecimalField(
        "适用金额上限(元)", max_digits=14, decimal_places=2, null=True, blank=True
    )
    without_injury = models.BooleanField("不涉人伤", default=False)
    warn_share = models.DecimalField("预警比例", max_digits=4, decimal_places=2, default=Decimal("0.67"))
    escalate_share = models.DecimalField("升级比例", max_digits=4, decimal_places=2, default=Decimal(1))
    adds_co_handler = models.BooleanField(
        "升级时增加协办", default=False, help_text="到升级标记时，被通知的上级成为案件协办人；审批权限不变"
    )
    is_statutory = models.BooleanField("法定", default=False)
    source = models.CharField("依据", max_length=200)
    is_verified = models.BooleanField("已核实", default=False)
    valid_from = models.DateField("生效日期")
    valid_to = models.DateField("失效日期", null=True, blank=True)

    objects = ClockRuleQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "时限规则"
        ordering = ["code", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="departments_clockrule_once"),
            models.UniqueConstraint(
                fields=["code"], condition=Q(valid_to=None), name="departments_clockrule_one_open"
            ),
            models.CheckConstraint(condition=Q(limit__gt=0), name="departments_clockrule_limit_positive"),
            models.CheckConstraint(
                condition=Q(unit__in=TimeUnit.values), name="departments_clockrule_unit_known"
            ),
            models.CheckConstraint(
                condition=Q(warn_share__gt=0, warn_share__lte=1, escalate_share__gte=1),
                name="departments_clockrule_marks_in_order",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="departments_clockrule_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(pauses__contained_by=PauseReason.values),
                name="departments_clockrule_pauses_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.limit:f} {self.get_unit_display()}"

    def as_rule(self) -> clocks.Rule:
        return clocks.Rule(
            code=self.code,
            name=self.name,
            unit=clocks.TimeUnit(self.unit),
            limit=float(self.limit),
            warn_share=float(self.warn_share),
            escalate_share=float(self.escalate_share),
            pauses=frozenset(self.pauses),
            basis=self.source,
            is_statutory=self.is_statutory,
            is_verified=self.is_verified,
            amount_max=self.amount_max,
            without_injury=self.without_injury,
        )

    @property
    def limit_text(self) -> str:
        """Without idle zeros: 3, 0.5."""
        return f"{self.limit.normalize():f}"

    @property
    def pauses_text(self) -> str:
        return "、".join(str(PauseReason(reason).label) for reason in self.pauses)
