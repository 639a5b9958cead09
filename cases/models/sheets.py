"""Score sheets and the rules of what is drawn: reference data with dates, none of it in code."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from cases.models.problems import ProblemClass
from cases.models.steps import Step


class ScoreSheetQuerySet(models.QuerySet["ScoreSheet"]):
    def on(self, day: date) -> ScoreSheetQuerySet:
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)


class ScoreSheet(models.Model):
    """评分表: one dated version of the questions that a file is scored by.

    A changed sheet is a new version; a file that was scored keeps the version it was scored by.
    """

    code = models.CharField("代码", max_length=20)
    name = models.CharField("评分表", max_length=40)
    version = models.PositiveSmallIntegerField("版本", default=1)
    valid_from = models.DateField("生效")
    valid_to = models.DateField("失效", null=True, blank=True)
    source = models.CharField("依据", max_length=200)
    is_verified = models.BooleanField("已核实", default=False)

    objects = ScoreSheetQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "案卷评分表"
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="cases_scoresheet_version_once"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="cases_scoresheet_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} 第{self.version}版"


class ScoreItem(models.Model):
    """One question. A file that fails a veto item scores nothing, whatever else is in order."""

    sheet = models.ForeignKey(ScoreSheet, models.PROTECT, related_name="items", verbose_name="评分表")
    rank = models.PositiveSmallIntegerField("序号")
    section = models.CharField("部分", max_length=20)
    question = models.CharField("评分项", max_length=120)
    points = models.PositiveSmallIntegerField("分值")
    is_veto = models.BooleanField("一票否决", default=False)
    step = models.CharField("环节", max_length=16, choices=Step)
    problem_class = models.ForeignKey(
        ProblemClass, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="问题类别"
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "评分项"
        ordering = ["sheet", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["sheet", "rank"], name="cases_scoreitem_once_per_place"),
            models.CheckConstraint(
                condition=Q(is_veto=True) | Q(points__gt=0), name="cases_scoreitem_worth_something"
            ),
            models.CheckConstraint(condition=Q(step__in=Step.values), name="cases_scoreitem_step_known"),
        ]

    def __str__(self) -> str:
        return self.question


class Criterion(models.TextChoices):
    """What a rule looks for; how it is found is in `cases.quality.criteria`, the numbers are the rule's."""

    ANY = "any", "全部"
    SMALL_FAST_PAID = "small_fast_paid", "小额快赔"
    OVER_AUTHORITY = "over_authority", "超权限上报"
    REFUSED = "refused", "拒赔"
    ZERO = "zero", "零赔付"
    INJURY = "injury", "人伤"
    CONCURRENT = "concurrent", "兼办"
    NEAR_LIMIT = "near_limit", "临近权限"
    STAND_IN = "stand_in", "代岗审批"
    EMERGENCY = "emergency", "临时授权"
    LITIGATED = "litigated", "涉诉"
    MAJOR = "major", "重大案件"
    FORCED = "forced", "强制立案"


class SampleRuleQuerySet(models.QuerySet["SampleRule"]):
    def on(self, day: date) -> SampleRuleQuerySet:
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)


class SampleRule(models.Model):
    """抽样规则: which closed or decided files, what share of them, at least how many per unit.

    `limit` is the criterion's own number: days for 小额快赔, per cent of the authority for 临近权限.
    """

    class Population(models.TextChoices):
        CLOSED = "closed", "已结案"
        DECIDED = "decided", "已审批"

    code = models.CharField("代码", max_length=20)
    name = models.CharField("规则", max_length=40)
    population = models.CharField("总体", max_length=8, choices=Population, default=Population.CLOSED)
    criterion = models.CharField("条件", max_length=16, choices=Criterion, default=Criterion.ANY)
    limit = models.DecimalField("条件参数", max_digits=8, decimal_places=2, null=True, blank=True)
    amount_min = models.DecimalField("金额下限(元)", max_digits=14, decimal_places=2, null=True, blank=True)
    amount_max = models.DecimalField("金额上限(元)", max_digits=14, decimal_places=2, null=True, blank=True)
    share = models.DecimalField("抽取比例(%)", max_digits=5, decimal_places=2)
    per_unit_min = models.PositiveSmallIntegerField("每机构至少(件)", default=0)
    per_unit_max = models.PositiveSmallIntegerField("每机构至多(件)", null=True, blank=True)
    sheet_code = models.CharField("评分表", max_length=20)
    due_days = models.PositiveSmallIntegerField("完成时限(工作日)", default=10)
    appeal_days = models.PositiveSmallIntegerField("申诉时限(工作日)", default=5)
    rank = models.PositiveSmallIntegerField("排序", default=0)
    source = models.CharField("依据", max_length=200)
    is_verified = models.BooleanField("已核实", default=False)
    valid_from = models.DateField("生效")
    valid_to = models.DateField("失效", null=True, blank=True)

    objects = SampleRuleQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "案卷抽样规则"
        ordering = ["rank", "code"]
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="cases_samplerule_once"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="cases_samplerule_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(share__gte=0, share__lte=100), name="cases_samplerule_share_is_percent"
            ),
            models.CheckConstraint(
                condition=Q(amount_min=None) | Q(amount_max=None) | Q(amount_min__lte=F("amount_max")),
                name="cases_samplerule_band_in_order",
            ),
            models.CheckConstraint(
                condition=Q(per_unit_max=None) | Q(per_unit_min__lte=F("per_unit_max")),
                name="cases_samplerule_numbers_in_order",
            ),
            models.CheckConstraint(
                condition=Q(criterion__in=Criterion.values), name="cases_samplerule_criterion_known"
            ),
            models.CheckConstraint(
                condition=Q(population__in=["closed", "decided"]), name="cases_samplerule_population_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name
