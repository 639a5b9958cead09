"""What injury costs are measured by: kinds of cost, judicial standards, coefficients, reasons, visits."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords


class DatedQuerySet(models.QuerySet[Any]):
    def on(self, day: date) -> DatedQuerySet:
        """The rows in force on the day."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)


class Dated(models.Model):
    """Reference data with its source and its time; a new value is a new row with its first day."""

    source = models.CharField("依据", max_length=200)
    is_verified = models.BooleanField("已核实", default=False)
    valid_from = models.DateField("生效")
    valid_to = models.DateField("失效", null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="%(app_label)s_%(class)s_dates_in_order",
            ),
        ]


class StandardKind(models.TextChoices):
    DISPOSABLE_INCOME = "disposable_income", "城镇居民人均可支配收入"
    CONSUMPTION = "consumption", "城镇居民人均消费支出"
    AVERAGE_WAGE = "average_wage", "城镇单位就业人员平均工资"
    LOST_EARNINGS = "lost_earnings", "误工费标准"
    NURSING = "nursing", "护理费标准"
    MEALS = "meals", "住院伙食补助标准"
    NUTRITION = "nutrition", "营养费标准"
    SOLACE = "solace", "精神损害抚慰金上限"


class Per(models.TextChoices):
    DAY = "day", "每日"
    MONTH = "month", "每月"
    YEAR = "year", "每年"
    ONCE = "once", "每人"


class Household(models.TextChoices):
    URBAN = "urban", "城镇"
    RURAL = "rural", "农村"


class JudicialStandard(Dated):
    """The figure that courts of a region use, published for a year. `household` where the law still asks."""

    region = models.CharField("地区", max_length=20)
    year = models.PositiveSmallIntegerField("统计年度")
    kind = models.CharField("标准", max_length=20, choices=StandardKind)
    household = models.CharField("户别", max_length=5, choices=Household, blank=True)
    amount = models.DecimalField("金额(元)", max_digits=12, decimal_places=2)
    per = models.CharField("单位", max_length=5, choices=Per)

    history = HistoricalRecords()

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = "人身损害赔偿标准"
        ordering = ["region", "kind", "household", "-valid_from"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["region", "kind", "household", "valid_from"], name="cases_standard_once"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="cases_standard_amount_positive"),
            models.CheckConstraint(
                condition=Q(kind__in=StandardKind.values), name="cases_standard_kind_known"
            ),
            models.CheckConstraint(condition=Q(per__in=Per.values), name="cases_standard_per_known"),
            models.CheckConstraint(
                condition=Q(household__in=["", *Household.values]), name="cases_standard_household_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region}{self.year}年度{self.get_household_display()}{self.get_kind_display()}"

    @property
    def text(self) -> str:
        return f"{self} {self.get_per_display()} {self.amount:,.2f} 元"


class Formula(models.TextChoices):
    VOUCHERS = "vouchers", "按票据"
    DAYS = "days", "标准 × 天数 × 人数"
    DISABILITY = "disability", "年标准 × 年限 × 伤残系数"
    DEATH = "death", "年标准 × 年限"
    FUNERAL = "funeral", "月标准 × 月数"
    DEPENDANTS = "dependants", "年标准 × 扶养年限 ÷ 扶养人数"
    CAPPED = "capped", "上限 × 伤残系数"


class CostGroup(models.TextChoices):
    """The limits of 交强险 that a kind of cost falls under."""

    MEDICAL = "medical", "医疗费用"
    DEATH_DISABILITY = "death_disability", "死亡伤残"


class InjuryCostKind(Dated):
    """赔偿项目: how it is computed, from which standard, over how many years or months.

    Years: `full_years`, one less for every year of age over `age_from`, `least_years` from `least_age` on;
    dependants under `adult_age` until they are of age.
    """

    code = models.CharField("代码", max_length=20)
    name = models.CharField("项目", max_length=20)
    group = models.CharField("限额分项", max_length=16, choices=CostGroup)
    formula = models.CharField("算法", max_length=12, choices=Formula)
    standard_kind = models.CharField("标准", max_length=20, choices=StandardKind, blank=True)
    full_years = models.PositiveSmallIntegerField("年限", null=True, blank=True)
    age_from = models.PositiveSmallIntegerField("递减起始年龄", null=True, blank=True)
    least_age = models.PositiveSmallIntegerField("最低年限起始年龄", null=True, blank=True)
    least_years = models.PositiveSmallIntegerField("最低年限", null=True, blank=True)
    adult_age = models.PositiveSmallIntegerField("成年年龄", null=True, blank=True)
    months = models.PositiveSmallIntegerField("月数", null=True, blank=True)
    papers = models.CharField("须附材料", max_length=100, blank=True)
    rank = models.PositiveSmallIntegerField("排序", default=0)

    history = HistoricalRecords()

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = "人伤赔偿项目"
        ordering = ["rank", "code", "-valid_from"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["code", "valid_from"], name="cases_cost_kind_once"),
            models.CheckConstraint(
                condition=Q(formula__in=Formula.values), name="cases_cost_kind_formula_known"
            ),
            models.CheckConstraint(
                condition=Q(group__in=CostGroup.values), name="cases_cost_kind_group_known"
            ),
            models.CheckConstraint(
                condition=Q(formula="vouchers") | ~Q(standard_kind=""), name="cases_cost_kind_has_standard"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DisabilityGrade(Dated):
    """伤残等级 and its coefficient in percent."""

    grade = models.PositiveSmallIntegerField("伤残等级")
    percent = models.PositiveSmallIntegerField("系数(%)")

    history = HistoricalRecords()

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = "伤残系数"
        ordering = ["grade", "-valid_from"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["grade", "valid_from"], name="cases_disability_grade_once"),
            models.CheckConstraint(
                condition=Q(grade__gte=1, grade__lte=10, percent__gte=1, percent__lte=100),
                name="cases_disability_grade_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grade} 级 {self.percent}%"


class CutReason(Dated):
    """核减原因: why a reviewed injury cost is less than was assessed."""

    code = models.CharField("代码", max_length=4)
    name = models.CharField("核减原因", max_length=30)

    history = HistoricalRecords()

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = "人伤核减原因"
        ordering = ["code", "-valid_from"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["code", "valid_from"], name="cases_cut_reason_once"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class TreatmentState(models.TextChoices):
    INPATIENT = "inpatient", "住院治疗"
    OUTPATIENT = "outpatient", "门诊治疗"
    RECOVERING = "recovering", "出院休养"
    APPRAISAL = "appraisal", "待伤残鉴定"
    SETTLED = "settled", "治疗终结"
    DECEASED = "deceased", "已死亡"


class FollowUpRule(Dated):
    """跟踪频次: days until the next visit by the state of treatment; none for a state that needs no more."""

    state = models.CharField("治疗状态", max_length=10, choices=TreatmentState)
    first_days = models.PositiveSmallIntegerField("登记后首访(天)")
    days = models.PositiveSmallIntegerField("访视间隔(天)")

    history = HistoricalRecords()

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = "人伤跟踪频次"
        ordering = ["state", "-valid_from"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["state", "valid_from"], name="cases_follow_up_rule_once"),
            models.CheckConstraint(
                condition=Q(state__in=TreatmentState.values), name="cases_follow_up_rule_state_known"
            ),
            models.CheckConstraint(
                condition=Q(days__gt=0, first_days__gt=0), name="cases_follow_up_rule_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()} 每 {self.days} 天"
