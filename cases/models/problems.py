from __future__ import annotations

from datetime import date, datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from cases.models.case import ClaimCase
from cases.models.decisions import Decision
from cases.models.papers import CasePaper
from cases.models.steps import Step
from departments.access import SEE_CASES
from departments.models import OrgUnit, Staff


class Severity(models.TextChoices):
    MINOR = "minor", "轻微"
    NORMAL = "normal", "一般"
    SERIOUS = "serious", "严重"


class ProblemClass(models.Model):
    """问题件分类 P1…: what a return may be for; what it costs the unit stands in `ProblemPoints`."""

    code = models.CharField("代码", max_length=4, unique=True)
    name = models.CharField("类别", max_length=20)
    examples = models.CharField("举例", max_length=200)
    rank = models.PositiveSmallIntegerField("排序")
    source = models.CharField("依据", max_length=200)
    is_verified = models.BooleanField("已核实", default=False)

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "问题分类"
        ordering = ["rank"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class ProblemPointsQuerySet(models.QuerySet["ProblemPoints"]):
    def on(self, day: date) -> Self:
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)


class ProblemPoints(models.Model):
    """扣分标准: what a finding of the class and severity costs from a day on.

    Another value is another row.
    """

    problem_class = models.ForeignKey(ProblemClass, models.PROTECT, related_name="scale", verbose_name="类别")
    severity = models.CharField("程度", max_length=8, choices=Severity)
    points = models.PositiveSmallIntegerField("扣分")
    source = models.CharField("依据", max_length=200)
    is_verified = models.BooleanField("已核实", default=False)
    valid_from = models.DateField("生效日期")
    valid_to = models.DateField("失效日期", null=True, blank=True)

    objects = ProblemPointsQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "问题件扣分标准"
        ordering = ["problem_class__rank", "severity", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["problem_class", "severity", "valid_from"], name="cases_problem_points_once"
            ),
            models.UniqueConstraint(
                fields=["problem_class", "severity"],
                condition=Q(valid_to=None),
                name="cases_problem_points_one_open",
            ),
            models.CheckConstraint(
                condition=Q(severity__in=Severity.values), name="cases_problem_points_severity_known"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="cases_problem_points_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.problem_class} {self.get_severity_display()} {self.points} 分"


class ProblemFindingQuerySet(models.QuerySet["ProblemFinding"]):
    def visible_to(self, staff: Staff) -> Self:
        """Of the cases this person may see, of his own units, and those about himself."""
        posts = [held.post.unit_id for held in staff.posts_today]
        if staff.admin_role:
            return self.none()
        units = staff.unit_scope.ids(SEE_CASES)
        return self.filter(Q(case__unit__in=units) | Q(unit__in=posts) | Q(person=staff))

    def pending(self) -> Self:
        return self.filter(status__in=["found", "replied", "appealed"])

    def unanswered(self) -> Self:
        return self.filter(status="found")

    def overdue(self, now: datetime) -> Self:
        return self.filter(status="found", reply_due_at__lt=now)

    def counted(self, first: date, last: date) -> Self:
        """Confirmed, in the assessment periods from the month `first` to the month `last`."""
        return self.filter(status="confirmed", period__gte=first, period__lte=last)

    def for_list(self) -> Self:
        return self.select_related("case", "unit", "person", "problem_class", "found_by")


class ProblemFinding(models.Model):
    """问题件: a defect found in review, with its evidence; once confirmed it counts against the unit.

    `period` is the first of the month in whose assessment it counts. From the moment `frozen_at`, when the
    letter of that month was signed, points, person, unit and period cannot change any more.
    """

    class Source(models.TextChoices):
        RETURN = "return", "审核退回"
        REVIEW = "review", "审核登记"
        QUALITY = "quality", "质量抽检"
        RESURVEY = "resurvey", "复勘"
        CLEARING = "clearing", "未决清理"

    class Status(models.TextChoices):
        FOUND = "found", "待答复"
        REPLIED = "replied", "已答复"
        APPEALED = "appealed", "申诉中"
        CONFIRMED = "confirmed", "已确认"
        LIFTED = "lifted", "已撤销"

    class Reply(models.TextChoices):
        ACCEPTS = "accepts", "认可"
        EXPLAINS = "explains", "说明情况"

    class Look(models.TextChoices):
        UPHELD = "upheld", "维持"
        REDUCED = "reduced", "减轻"
        LIFTED = "lifted", "撤销"

    number = models.CharField("编号", max_length=24, unique=True)
    case = models.ForeignKey(ClaimCase, models.PROTECT, related_name="problems", verbose_name="赔案")
    decision = models.ForeignKey(
        Decision, models.PROTECT, null=True, blank=True, related_name="problems", verbose_name="审批意见"
    )
    source = models.CharField("来源", max_length=8, choices=Source, default=Source.RETURN)
    problem_class = models.ForeignKey(
        ProblemClass, models.PROTECT, related_name="findings", verbose_name="类别"
    )
    severity = models.CharField("程度", max_length=8, choices=Severity, default=Severity.NORMAL)
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="problems", verbose_name="责任机构")
    person = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="problems", verbose_name="责任人"
    )
    step = models.CharField("环节", max_length=16, choices=Step)
    description = models.TextField("问题描述")
    papers = models.ManyToManyField(CasePaper, blank=True, related_name="problems", verbose_name="证据材料")
    points = models.PositiveSmallIntegerField("扣分")
    points_before = models.PositiveSmallIntegerField("申诉前扣分", null=True, blank=True)
    found_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="发现人")
    found_at = models.DateTimeField("发现时间")
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.FOUND)
    reply_due_at = models.DateTimeField("答复期限", null=True, blank=True)
    reply_kind = models.CharField("答复", max_length=8, choices=Reply, blank=True)
    reply = models.TextField("答复内容", blank=True)
    replied_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="答复人"
    )
    replied_at = models.DateTimeField("答复时间", null=True, blank=True)
    needs_correction = models.BooleanField("须整改", default=True)
    correction = models.TextField("整改情况", blank=True)
    corrected_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="整改人"
    )
    corrected_at = models.DateTimeField("整改时间", null=True, blank=True)
    appeal = models.TextField("申诉理由", blank=True)
    appealed_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="申诉人"
    )
    appealed_at = models.DateTimeField("申诉时间", null=True, blank=True)
    look = models.CharField("复核结论", max_length=8, choices=Look, blank=True)
    look_opinion = models.TextField("复核意见", blank=True)
    looked_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="复核人"
    )
    looked_at = models.DateTimeField("复核时间", null=True, blank=True)
    closed_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="确认人"
    )
    closed_at = models.DateTimeField("确认时间", null=True, blank=True)
    closing_note = models.TextField("确认意见", blank=True)
    period = models.DateField("考核期", null=True, blank=True)
    frozen_at = models.DateTimeField("通报时间", null=True, blank=True)

    objects = ProblemFindingQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "问题件"
        indexes = [
            models.Index(fields=["-found_at", "-id"], name="cases_problem_newest"),
            models.Index(fields=["unit", "-found_at", "-id"], name="cases_problem_unit_newest"),
            models.Index(
                fields=["reply_due_at"], condition=Q(status="found"), name="cases_problem_unanswered"
            ),
            models.Index(
                fields=["period", "unit"], condition=Q(status="confirmed"), name="cases_problem_counted"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "problem_class"], name="cases_problem_once_per_decision"
            ),
            models.CheckConstraint(condition=~Q(description=""), name="cases_problem_described"),
            models.CheckConstraint(
                condition=Q(severity__in=Severity.values), name="cases_problem_severity_known"
            ),
            models.CheckConstraint(
                condition=Q(source="return", decision__isnull=False)
                | Q(source__in=["review", "quality", "resurvey", "clearing"]),
                name="cases_problem_source_known",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["found", "replied", "appealed", "lifted"], period=None)
                | Q(status="confirmed", period__isnull=False, period__day=1),
                name="cases_problem_counts_when_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(reply_kind="", reply="", replied_by=None, replied_at=None)
                | (
                    Q(
                        reply_kind__in=["accepts", "explains"],
                        replied_by__isnull=False,
                        replied_at__isnull=False,
                    )
                    & ~Q(reply="")
                ),
                name="cases_problem_replied_in_writing",
            ),
            models.CheckConstraint(
                condition=Q(correction="", corrected_by=None, corrected_at=None)
                | (Q(corrected_by__isnull=False, corrected_at__isnull=False) & ~Q(correction="")),
                name="cases_problem_corrected_in_writing",
            ),
            models.CheckConstraint(
                condition=Q(appeal="", appealed_by=None, appealed_at=None)
                | (Q(appealed_by__isnull=False, appealed_at__isnull=False) & ~Q(appeal="")),
                name="cases_problem_appealed_in_writing",
            ),
            models.CheckConstraint(
                condition=Q(look="", look_opinion="", looked_by=None, looked_at=None)
                | (
                    Q(
                        look__in=["upheld", "reduced", "lifted"],
                        looked_by__isnull=False,
                        looked_at__isnull=False,
                    )
                    & ~Q(look_opinion="")
                    & ~Q(appeal="")
                ),
                name="cases_problem_looked_at_after_appeal",
            ),
            models.CheckConstraint(
                condition=Q(looked_by=None)
                | (~Q(looked_by=F("found_by")) & (Q(person=None) | ~Q(looked_by=F("person")))),
                name="cases_problem_second_look_by_another",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["found", "replied", "appealed"], closed_by=None, closed_at=None)
                | Q(status__in=["confirmed", "lifted"], closed_by__isnull=False, closed_at__isnull=False),
                name="cases_problem_closed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(frozen_at=None) | Q(status="confirmed"),
                name="cases_problem_frozen_when_confirmed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.problem_class}"

    def get_absolute_url(self) -> str:
        return reverse("cases:problem", args=[self.pk])

    @property
    def is_overdue(self) -> bool:
        return bool(self.status == "found" and self.reply_due_at and self.reply_due_at < timezone.now())

    @property
    def awaits_correction(self) -> bool:
        return self.needs_correction and self.corrected_at is None and self.status != "lifted"

    @property
    def period_label(self) -> str:
        return f"{self.period.year}年{self.period.month}月" if self.period else ""
