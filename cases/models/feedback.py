from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from cases.models.problems import ProblemFinding, Severity
from departments.access import SEE_CASES
from departments.models import OrgUnit, Staff


class FeedbackLetterQuerySet(models.QuerySet["FeedbackLetter"]):
    def visible_to(self, staff: Staff) -> Self:
        """For those who see the unit's cases, once issued also for everybody who works in it."""
        if staff.admin_role:
            return self.none()
        posts = [held.post.unit_id for held in staff.posts_today]
        department = {held.post.unit_id for held in staff.posts_today if held.post.unit.kind != "sub_branch"}
        seen = Q(unit__in=staff.unit_scope.ids(SEE_CASES)) if department else Q(pk__in=[])
        return self.filter(seen | (Q(unit__in=posts) & ~Q(status="draft")))

    def issued(self) -> Self:
        return self.filter(status__in=["issued", "received"])

    def for_list(self) -> Self:
        return self.select_related("unit", "drafted_by", "signed_by", "received_by")


class FeedbackLetter(models.Model):
    """问题件通报 R21: what was found in a unit in one month, signed by the head of the office, received by
    the head of the unit. A correction is a further version with its reason; the earlier one stays.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", "拟稿"
        ISSUED = "issued", "已签发"
        RECEIVED = "received", "已签收"
        SUPERSEDED = "superseded", "已被替代"

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="feedback_letters", verbose_name="机构")
    month = models.DateField("月份")
    version = models.PositiveSmallIntegerField("版本", default=1)
    number = models.CharField("文号", max_length=40, blank=True)
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.DRAFT)
    summary = models.TextField("总体情况", blank=True)
    demands = models.TextField("整改要求", blank=True)
    reason = models.CharField("更正理由", max_length=200, blank=True)
    volume = models.PositiveIntegerField("当月立案件数", default=0)
    drafted_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="拟稿人")
    drafted_at = models.DateTimeField("拟稿时间")
    signed_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="签发人"
    )
    signed_at = models.DateTimeField("签发时间", null=True, blank=True)
    received_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="签收人"
    )
    received_at = models.DateTimeField("签收时间", null=True, blank=True)
    receipt_note = models.CharField("签收意见", max_length=200, blank=True)

    objects = FeedbackLetterQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "问题件通报"
        ordering = ["-month", "unit", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "month", "version"], name="cases_feedback_version_once"),
            models.UniqueConstraint(
                fields=["unit", "month"], condition=Q(status="draft"), name="cases_feedback_one_draft"
            ),
            models.UniqueConstraint(
                fields=["unit", "month"],
                condition=Q(status__in=["issued", "received"]),
                name="cases_feedback_one_in_force",
            ),
            models.UniqueConstraint(
                fields=["number", "version"], condition=~Q(number=""), name="cases_feedback_number_once"
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="cases_feedback_month_begins"),
            models.CheckConstraint(
                condition=Q(version=1) | ~Q(reason=""), name="cases_feedback_correction_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(status="draft", number="", signed_by=None, signed_at=None)
                | (
                    Q(status__in=["issued", "received", "superseded"])
                    & Q(signed_by__isnull=False, signed_at__isnull=False)
                    & ~Q(number="")
                ),
                name="cases_feedback_signed_when_issued",
            ),
            models.CheckConstraint(
                condition=Q(status="received", received_by__isnull=False, received_at__isnull=False)
                | Q(status="superseded")
                | Q(status__in=["draft", "issued"], received_by=None, received_at=None),
                name="cases_feedback_received_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(signed_by=None) | ~Q(signed_by=F("drafted_by")), name="cases_feedback_two_people"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit.short_name} {self.label}问题件通报"

    def get_absolute_url(self) -> str:
        return reverse("cases:feedback_letter", args=[self.pk])

    @property
    def label(self) -> str:
        return f"{self.month.year}年{self.month.month}月"


class FeedbackLine(models.Model):
    """A finding as the letter tells it: what it was when the letter was drafted, last read when signed."""

    letter = models.ForeignKey(FeedbackLetter, models.CASCADE, related_name="lines", verbose_name="通报")
    finding = models.ForeignKey(ProblemFinding, models.PROTECT, related_name="lines", verbose_name="问题件")
    position = models.PositiveIntegerField("序号")
    class_code = models.CharField("类别代码", max_length=4)
    class_name = models.CharField("类别", max_length=20)
    severity = models.CharField("程度", max_length=8, choices=Severity)
    case_no = models.CharField("赔案号", max_length=30)
    person_name = models.CharField("责任人", max_length=30, blank=True)
    description = models.TextField("问题描述")
    points = models.PositiveSmallIntegerField("扣分")
    outcome = models.CharField("处理情况", max_length=60)
    remark = models.CharField("通报意见", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "通报明细"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["letter", "finding"], name="cases_feedback_line_once"),
            models.UniqueConstraint(fields=["letter", "position"], name="cases_feedback_position_once"),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.case_no} {self.class_code}"
