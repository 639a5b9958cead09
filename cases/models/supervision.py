from __future__ import annotations

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from cases.models.case import ClaimCase
from cases.models.decisions import ChainStep, Decision
from departments.access import MANAGE_UNIT, SEE_PEOPLE
from departments.models import OrgUnit, Staff
from departments.models.people import AdminRole

REVIEWING_POSTS = frozenset({"QM", "HQ_REVIEW"})
"""Who reviews the use of authority without managing the unit: the quality officer, and head office above."""


class SupervisionParameterQuerySet(models.QuerySet["SupervisionParameter"]):
    def on(self, day: date) -> SupervisionParameterQuerySet:
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)


class SupervisionParameter(models.Model):
    """What counts as near, fast, together, many: company practice, dated. `item`: for one item alone."""

    code = models.CharField("代码", max_length=30)
    item = models.CharField("事项代码", max_length=30, blank=True)
    name = models.CharField("参数", max_length=60)
    value = models.DecimalField("值", max_digits=10, decimal_places=2)
    measure = models.CharField("单位", max_length=10)
    source = models.CharField("依据", max_length=200)
    is_verified = models.BooleanField("已核实", default=False)
    valid_from = models.DateField("生效")
    valid_to = models.DateField("失效", null=True, blank=True)

    objects = SupervisionParameterQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "监督参数"
        ordering = ["code", "item", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "item", "valid_from"], name="cases_supervision_parameter_once"
            ),
            models.CheckConstraint(
                condition=Q(value__gte=0), name="cases_supervision_parameter_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.value.normalize():f} {self.measure}"


class StationOpening(models.Model):
    """When the person whose turn it was first opened the page of the case."""

    step = models.ForeignKey(ChainStep, models.CASCADE, related_name="openings", verbose_name="环节")
    person = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="人员")
    opened_at = models.DateTimeField("首次打开", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "案件打开记录"
        constraints = [
            models.UniqueConstraint(fields=["step", "person"], name="cases_opening_first_only"),
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.person}"


class SupervisionMonthQuerySet(models.QuerySet["SupervisionMonth"]):
    def visible_to(self, staff: Staff) -> SupervisionMonthQuerySet:
        """For those who manage the unit or review it by their post; the audit administrator reads all."""
        if staff.admin_role == AdminRole.AUDIT:
            return self
        units = staff.unit_scope.ids(MANAGE_UNIT)
        if any(held.post.post_type.code in REVIEWING_POSTS for held in staff.posts_today):
            units |= staff.unit_scope.ids(SEE_PEOPLE)
        return self.filter(unit__in=units)

    def for_list(self) -> SupervisionMonthQuerySet:
        return self.select_related("unit", "signed_by", "countersigned_by")


class SupervisionMonth(models.Model):
    """权限履行监督: one unit's use of authority in one month, its findings, its sample, two signatures.

    `parameters` as they were when it was made, so that it can be made again. `seed`, `population` and
    `population_digest` let anybody draw the random sample again.
    """

    class Status(models.TextChoices):
        OPEN = "open", "待复核"
        SIGNED = "signed", "待上级签署"
        COUNTERSIGNED = "countersigned", "已签署"

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+", verbose_name="机构")
    month = models.DateField("月份")
    status = models.CharField("状态", max_length=14, choices=Status, default=Status.OPEN)
    parameters = models.JSONField("参数", default=dict)
    decided = models.PositiveIntegerField("审批件数", default=0)
    seed = models.CharField("抽样种子", max_length=32)
    population = models.PositiveIntegerField("抽样总体", default=0)
    population_digest = models.CharField("总体摘要", max_length=64, blank=True)
    made_at = models.DateTimeField("生成时间", auto_now_add=True)
    signed_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="复核人"
    )
    signed_at = models.DateTimeField("复核时间", null=True, blank=True)
    summary = models.TextField("复核结论", blank=True)
    countersigned_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="上级签署人"
    )
    countersigned_at = models.DateTimeField("上级签署时间", null=True, blank=True)

    objects = SupervisionMonthQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "权限履行监督"
        ordering = ["-month", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "month"], name="cases_supervision_month_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="cases_supervision_month_begins"),
            models.CheckConstraint(
                condition=Q(status="open", signed_by=None, countersigned_by=None)
                | Q(status="signed", signed_by__isnull=False, countersigned_by=None)
                | Q(status="countersigned", signed_by__isnull=False, countersigned_by__isnull=False),
                name="cases_supervision_month_signatures",
            ),
            models.CheckConstraint(
                condition=Q(countersigned_by=None) | ~Q(countersigned_by=F("signed_by")),
                name="cases_supervision_month_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit.short_name} {self.label}权限履行监督"

    def get_absolute_url(self) -> str:
        return reverse("cases:supervision_month", args=[self.pk])

    @property
    def label(self) -> str:
        return f"{self.month.year}年{self.month.month}月"


class PersonFigures(models.Model):
    """What one person did with his authority in the month."""

    month = models.ForeignKey(SupervisionMonth, models.CASCADE, related_name="figures", verbose_name="月份")
    person = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="人员")
    post_name = models.CharField("岗位", max_length=40, blank=True)
    decided = models.PositiveIntegerField("审批件数", default=0)
    amount = models.DecimalField("同意金额(元)", max_digits=18, decimal_places=2, default=0)
    agreed = models.PositiveIntegerField("终审同意", default=0)
    near_limit = models.PositiveIntegerField("临近上限", default=0)
    fast = models.PositiveIntegerField("快于阅读时间", default=0)
    stand_in = models.PositiveIntegerField("代岗行使", default=0)
    emergency = models.PositiveIntegerField("应急行使", default=0)
    conflicts = models.PositiveIntegerField("限额内兼任", default=0)
    referred = models.PositiveIntegerField("上报已批复", default=0)
    upheld = models.PositiveIntegerField("总公司同意", default=0)
    altered = models.PositiveIntegerField("总公司调整", default=0)
    refused = models.PositiveIntegerField("总公司不同意", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "履行数字"
        ordering = ["-decided", "person"]
        constraints = [
            models.UniqueConstraint(fields=["month", "person"], name="cases_person_figures_once"),
            models.CheckConstraint(
                condition=Q(near_limit__lte=F("agreed"), fast__lte=F("decided")),
                name="cases_person_figures_within",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.month.label}"

    @property
    def near_share(self) -> str:
        return f"{self.near_limit * 100 / self.agreed:.0f}%" if self.agreed else "—"

    @property
    def fast_share(self) -> str:
        return f"{self.fast * 100 / self.decided:.0f}%" if self.decided else "—"


class SupervisionFinding(models.Model):
    """Something that asks for an explanation, with the decisions behind it. `people`: whom it is about."""

    class Kind(models.TextChoices):
        SPLIT = "split", "疑似拆分"
        NEAR_LIMIT = "near_limit", "临近上限集中"
        FAST = "fast", "快于阅读时间"
        REFERRAL = "referral", "上报多被调整或否定"
        EMERGENCY = "emergency", "应急授权行使"
        STAND_IN = "stand_in", "代岗行使集中"
        CONFLICT = "conflict", "限额内兼任"

    class Conclusion(models.TextChoices):
        EXPLAINED = "explained", "可以解释"
        LOOK_AT = "look_at", "需要调查"
        VIOLATION = "violation", "违规"

    month = models.ForeignKey(SupervisionMonth, models.CASCADE, related_name="findings", verbose_name="月份")
    kind = models.CharField("类别", max_length=12, choices=Kind)
    person = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="人员"
    )
    people = ArrayField(models.BigIntegerField(), default=list, verbose_name="涉及人员")
    title = models.CharField("发现", max_length=200)
    count = models.PositiveIntegerField("件数", default=0)
    amount = models.DecimalField("金额(元)", max_digits=18, decimal_places=2, default=0)
    conclusion = models.CharField("结论", max_length=10, choices=Conclusion, blank=True)
    opinion = models.TextField("复核意见", blank=True)
    concluded_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="复核人"
    )
    concluded_at = models.DateTimeField("复核时间", null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "监督发现"
        ordering = ["kind", "-count", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=["split", "near_limit", "fast", "referral", "emergency", "stand_in", "conflict"]
                ),
                name="cases_finding_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(conclusion="", concluded_by=None, concluded_at=None)
                | (
                    Q(conclusion__in=["explained", "look_at", "violation"])
                    & Q(concluded_by__isnull=False, concluded_at__isnull=False)
                    & ~Q(opinion="")
                ),
                name="cases_finding_concluded_with_opinion",
            ),
            models.CheckConstraint(
                condition=Q(concluded_by=None) | Q(person=None) | ~Q(concluded_by=F("person")),
                name="cases_finding_not_by_oneself",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("cases:supervision_finding", args=[self.pk])


class FindingCase(models.Model):
    """A decision behind a finding."""

    finding = models.ForeignKey(
        SupervisionFinding, models.CASCADE, related_name="behind", verbose_name="发现"
    )
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="+", verbose_name="审批意见")
    case = models.ForeignKey(ClaimCase, models.PROTECT, related_name="+", verbose_name="赔案")
    note = models.CharField("说明", max_length=100, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "发现所依据的审批"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["finding", "decision"], name="cases_finding_decision_once"),
        ]

    def __str__(self) -> str:
        return f"{self.finding} {self.case}"


class SampledDecision(models.Model):
    """抽查: one decision of the month to be looked at again, drawn at random or for a reason."""

    class Way(models.TextChoices):
        RANDOM = "random", "随机"
        TARGETED = "targeted", "定向"

    class Result(models.TextChoices):
        IN_ORDER = "in_order", "无问题"
        DEFECT = "defect", "有瑕疵"
        VIOLATION = "violation", "违规"

    month = models.ForeignKey(SupervisionMonth, models.CASCADE, related_name="sample", verbose_name="月份")
    number = models.PositiveSmallIntegerField("序号")
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="+", verbose_name="审批意见")
    way = models.CharField("方式", max_length=8, choices=Way)
    reason = models.CharField("原因", max_length=100, blank=True)
    result = models.CharField("结果", max_length=10, choices=Result, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)
    checked_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="抽查人"
    )
    checked_at = models.DateTimeField("抽查时间", null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "抽查"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["month", "decision"], name="cases_sample_decision_once"),
            models.UniqueConstraint(fields=["month", "number"], name="cases_sample_number_once"),
            models.CheckConstraint(
                condition=Q(result="", checked_by=None, checked_at=None)
                | Q(
                    result__in=["in_order", "defect", "violation"],
                    checked_by__isnull=False,
                    checked_at__isnull=False,
                ),
                name="cases_sample_checked_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(result__in=["defect", "violation"]) | ~Q(note=""),
                name="cases_sample_defect_explained",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.decision}"
