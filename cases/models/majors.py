from __future__ import annotations

from datetime import date
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from cases.models.case import ClaimCase
from departments.models import Staff


class MajorMeasure(models.TextChoices):
    """What of a case a criterion measures; without one, its flag alone decides."""

    PROPERTY = "property", "车物损失(元)"
    INJURY = "injury", "人伤损失(元)"
    TOTAL = "total", "案件金额(元)"
    VEHICLE_SHARE = "vehicle_share", "车辆损失占新车购置价(%)"


class MajorCriterionQuerySet(models.QuerySet["MajorCriterion"]):
    def on(self, day: date) -> MajorCriterionQuerySet:
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)


class MajorCriterion(models.Model):
    """大案标准: an amount of one measure, a flag of the case, or both together. Dated, with its source."""

    code = models.CharField("代码", max_length=20)
    name = models.CharField("标准", max_length=60)
    measure = models.CharField("计量", max_length=14, choices=MajorMeasure, blank=True)
    at_least = models.DecimalField("达到", max_digits=14, decimal_places=2, null=True, blank=True)
    flag = models.CharField("案件标识", max_length=30, blank=True)
    rank = models.PositiveSmallIntegerField("排序")
    source = models.CharField("依据", max_length=200)
    is_verified = models.BooleanField("已核实", default=False)
    valid_from = models.DateField("生效")
    valid_to = models.DateField("失效", null=True, blank=True)

    objects = MajorCriterionQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "大案标准"
        ordering = ["rank", "code", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="cases_criterion_once"),
            models.CheckConstraint(
                condition=Q(measure="", at_least=None)
                | Q(measure__in=MajorMeasure.values, at_least__isnull=False, at_least__gt=0),
                name="cases_criterion_measure_with_amount",
            ),
            models.CheckConstraint(condition=~Q(measure="", flag=""), name="cases_criterion_asks_something"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="cases_criterion_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MajorLossQuerySet(models.QuerySet["MajorLoss"]):
    def visible_to(self, staff: Staff) -> Self:
        return self.filter(case__in=ClaimCase.objects.visible_to(staff))

    def open(self) -> Self:
        return self.filter(status=MajorLoss.Status.OPEN)

    def unreported(self) -> Self:
        """Recognised, and the first report not sent."""
        return self.open().filter(first_reported_at=None)

    def unvisited(self) -> Self:
        return self.open().filter(visits=None)

    def for_list(self) -> Self:
        return self.select_related("case__unit", "case__handler", "officer", "recognised_by")


class MajorLoss(models.Model):
    """重大赔案: from recognition through first report, visits and progress reports to its end."""

    class Status(models.TextChoices):
        OPEN = "open", "跟踪中"
        CLOSED = "closed", "已结束"
        WITHDRAWN = "withdrawn", "已撤销认定"

    class Origin(models.TextChoices):
        REGISTER = "register", "立案估损"
        SURVEY = "survey", "查勘"
        ASSESS = "assess", "定损"
        ESTIMATE = "estimate", "估损调整"
        IMPORT = "import", "导入清单"
        MANUAL = "manual", "人工认定"

    number = models.CharField("大案编号", max_length=20, unique=True)
    case = models.ForeignKey(ClaimCase, models.PROTECT, related_name="majors", verbose_name="赔案")
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.OPEN)
    origin = models.CharField("认定环节", max_length=10, choices=Origin)
    criteria = ArrayField(models.CharField(max_length=20), default=list, blank=True, verbose_name="标准代码")
    ground = models.CharField("触发标准", max_length=300)
    recognised_at = models.DateTimeField("认定时间")
    recognised_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, related_name="+", verbose_name="认定人"
    )
    officer = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="大案负责人"
    )
    first_reported_at = models.DateTimeField("首报时间", null=True, blank=True)
    last_reported_at = models.DateTimeField("最近报告时间", null=True, blank=True)
    no_visit_reason = models.CharField("未到现场的原因", max_length=200, blank=True)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    ended_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="结束人"
    )
    conclusion = models.TextField("结论", blank=True)

    objects = MajorLossQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "重大赔案"
        indexes = [
            models.Index(
                fields=["recognised_at", "id"], condition=Q(status="open"), name="cases_major_open_oldest"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(status="open"), name="cases_major_one_open_per_case"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["open", "closed", "withdrawn"]), name="cases_major_status_known"
            ),
            models.CheckConstraint(
                condition=Q(origin__in=["register", "survey", "assess", "estimate", "import", "manual"]),
                name="cases_major_origin_known",
            ),
            models.CheckConstraint(condition=~Q(ground=""), name="cases_major_says_why"),
            models.CheckConstraint(
                condition=Q(status="open", ended_at=None, ended_by=None, conclusion="")
                | (~Q(status="open") & Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(conclusion="")),
                name="cases_major_ended_when_ended",
            ),
            models.CheckConstraint(
                condition=Q(first_reported_at=None, last_reported_at=None)
                | Q(first_reported_at__isnull=False, last_reported_at__gte=F("first_reported_at")),
                name="cases_major_reports_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("cases:major", args=[self.pk])


class MajorReport(models.Model):
    """One report to head office: the first one (重大赔案上报表), progress, the last one."""

    class Kind(models.TextChoices):
        FIRST = "first", "首报"
        PROGRESS = "progress", "进展报告"
        FINAL = "final", "结案报告"

    major = models.ForeignKey(MajorLoss, models.PROTECT, related_name="reports", verbose_name="大案")
    case = models.ForeignKey(ClaimCase, models.PROTECT, related_name="+", verbose_name="赔案")
    number = models.PositiveSmallIntegerField("序号")
    kind = models.CharField("类别", max_length=10, choices=Kind)
    addressee = models.CharField("报送", max_length=60)
    estimate = models.DecimalField("估损(元)", max_digits=14, decimal_places=2)
    re_estimate = models.DecimalField("再估损(元)", max_digits=14, decimal_places=2, null=True, blank=True)
    deaths = models.PositiveSmallIntegerField("死亡人数", default=0)
    injured = models.PositiveSmallIntegerField("受伤人数", default=0)
    liability = models.CharField("责任", max_length=200)
    progress = models.TextField("进展")
    next_step = models.CharField("下一步", max_length=300)
    reported_at = models.DateTimeField("报告时间")
    reported_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="报告人")

    class Meta:
        verbose_name = verbose_name_plural = "大案报告"
        ordering = ["major", "number"]
        constraints = [
            models.UniqueConstraint(fields=["major", "number"], name="cases_majorreport_number_once"),
            models.UniqueConstraint(
                fields=["major"], condition=Q(kind="first"), name="cases_majorreport_one_first"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["first", "progress", "final"]), name="cases_majorreport_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(estimate__gte=0) & (Q(re_estimate=None) | Q(re_estimate__gt=0)),
                name="cases_majorreport_money_not_negative",
            ),
            models.CheckConstraint(condition=~Q(progress=""), name="cases_majorreport_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.major} {self.get_kind_display()}"


class MajorLossVisit(models.Model):
    """部门提前介入: who of the department went, what was found, what was advised and agreed."""

    major = models.ForeignKey(MajorLoss, models.PROTECT, related_name="visits", verbose_name="大案")
    case = models.ForeignKey(ClaimCase, models.PROTECT, related_name="+", verbose_name="赔案")
    visited_on = models.DateField("日期")
    place = models.CharField("地点", max_length=120)
    people = models.ManyToManyField(Staff, related_name="+", verbose_name="部门参加人员")
    findings = models.TextField("查勘定损情况")
    advice = models.TextField("指导意见")
    agreed_estimate = models.DecimalField(
        "商定估损(元)", max_digits=14, decimal_places=2, null=True, blank=True
    )
    recorded_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="记录人")
    recorded_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = verbose_name_plural = "大案介入"
        ordering = ["-visited_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(agreed_estimate=None) | Q(agreed_estimate__gt=0),
                name="cases_majorvisit_estimate_positive",
            ),
            models.CheckConstraint(condition=~Q(findings=""), name="cases_majorvisit_says_what"),
        ]

    def __str__(self) -> str:
        return f"{self.major} {self.visited_on:%Y-%m-%d}"


class ExpertOpinion(models.Model):
    """专家意见 on a major loss: of whom, from where, what he says."""

    major = models.ForeignKey(MajorLoss, models.PROTECT, related_name="opinions", verbose_name="大案")
    expert = models.CharField("专家", max_length=30)
    organisation = models.CharField("单位", max_length=60)
    opinion = models.TextField("意见")
    given_on = models.DateField("日期")
    recorded_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="记录人")
    recorded_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = verbose_name_plural = "专家意见"
        ordering = ["-given_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(opinion=""), name="cases_expert_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.expert} {self.given_on:%Y-%m-%d}"
