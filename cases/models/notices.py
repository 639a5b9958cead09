from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from cases.models.case import ClaimCase, CoverageLine, LossClass
from cases.models.papers import CasePaper
from departments.models import Staff


class RequiredPaperQuerySet(models.QuerySet["RequiredPaper"]):
    def on(self, day: date) -> RequiredPaperQuerySet:
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)

    def asked_of(self, case: ClaimCase) -> RequiredPaperQuerySet:
        """Those that a case of these lines and losses needs."""
        lines = Q(line="") | Q(line__in=case.lines)
        return self.filter(lines, Q(loss_class="") | Q(loss_class__in=case.loss_classes))


class RequiredPaper(models.Model):
    """索赔材料: what a claimant is asked for, on the list handed out and on the notice of what is missing."""

    name = models.CharField("材料", max_length=60)
    paper_kind = models.CharField("案卷材料类别", max_length=16, choices=CasePaper.Kind)
    line = models.CharField(
        "险别", max_length=12, choices=CoverageLine, blank=True, help_text="空白：不分险别"
    )
    loss_class = models.CharField(
        "损失类别", max_length=10, choices=LossClass, blank=True, help_text="空白：每件都要"
    )
    rank = models.PositiveSmallIntegerField("排序", default=0)
    source = models.CharField("依据", max_length=200)
    valid_from = models.DateField("生效日期")
    valid_to = models.DateField("失效日期", null=True, blank=True)
    is_verified = models.BooleanField("已核实", default=False)

    objects = RequiredPaperQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "索赔材料"
        ordering = ["rank", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="cases_required_paper_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(loss_class__in=["", *LossClass.values], line__in=["", *CoverageLine.values]),
                name="cases_required_paper_where_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PapersNoticeQuerySet(models.QuerySet["PapersNotice"]):
    def visible_to(self, staff: Staff) -> PapersNoticeQuerySet:
        return self.filter(case__in=ClaimCase.objects.visible_to(staff))

    def open(self) -> PapersNoticeQuerySet:
        return self.filter(received_at=None, cancelled_at=None)


class PapersNotice(models.Model):
    """补充材料一次性告知书: all that is missing, asked for at once (保险法 art. 22).

    From its delivery until the papers come, the clocks that accept 已通知补充材料 stand still.
    """

    class Status(models.TextChoices):
        DRAFTED = "notice_drafted", "待发出"
        SENT = "notice_sent", "已发出"
        DELIVERED = "notice_delivered", "已送达"
        RECEIVED = "notice_received", "已补齐"
        CANCELLED = "notice_cancelled", "已作废"

    class Channel(models.TextChoices):
        HANDED = "handed", "当面交付"
        POST = "post", "邮寄"
        PHONE = "phone", "短信或电话录音"
        APP = "app", "线上渠道"

    number = models.CharField("编号", max_length=30, unique=True)
    case = models.ForeignKey(ClaimCase, models.PROTECT, related_name="papers_notices", verbose_name="赔案")
    items = ArrayField(models.CharField(max_length=80), verbose_name="需补充的材料")
    note = models.CharField("说明", max_length=200, blank=True)
    found_at = models.DateTimeField("发现材料不全时间")
    sent_at = models.DateTimeField("发出时间", null=True, blank=True)
    channel = models.CharField("送达方式", max_length=8, choices=Channel, blank=True)
    delivered_at = models.DateTimeField("送达时间", null=True, blank=True)
    received_at = models.DateTimeField("材料补齐时间", null=True, blank=True)
    cancelled_at = models.DateTimeField("作废时间", null=True, blank=True)
    reason = models.CharField("作废原因", max_length=200, blank=True)
    made_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="制作人")
    made_at = models.DateTimeField("制作时间", auto_now_add=True)

    objects = PapersNoticeQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "补充材料告知书"
        ordering = ["-found_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(received_at=None, cancelled_at=None),
                name="cases_papers_notice_one_open",
            ),
            models.CheckConstraint(condition=Q(items__len__gt=0), name="cases_papers_notice_asks_something"),
            models.CheckConstraint(
                condition=Q(sent_at=None, channel="", delivered_at=None)
                | Q(sent_at__gte=F("found_at")) & ~Q(channel=""),
                name="cases_papers_notice_sent_in_order",
            ),
            models.CheckConstraint(
                condition=Q(delivered_at=None) | Q(delivered_at__gte=F("sent_at")),
                name="cases_papers_notice_delivered_in_order",
            ),
            models.CheckConstraint(
                condition=Q(received_at=None) | Q(sent_at__isnull=False, received_at__gte=F("found_at")),
                name="cases_papers_notice_received_in_order",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at=None, reason="") | Q(received_at=None) & ~Q(reason=""),
                name="cases_papers_notice_cancelled_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"补充材料告知书 {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("cases:papers_notice", args=[self.pk])

    @property
    def status(self) -> Status:
        for moment, status in (
            (self.cancelled_at, self.Status.CANCELLED),
            (self.received_at, self.Status.RECEIVED),
            (self.delivered_at, self.Status.DELIVERED),
            (self.sent_at, self.Status.SENT),
        ):
            if moment:
                return status
        return self.Status.DRAFTED


def missing_of(case: ClaimCase, required: Iterable[RequiredPaper]) -> list[RequiredPaper]:
    """Those of whose kind the file holds no paper; one statement."""
    filed = set(CasePaper.objects.filter(case=case).values_list("kind", flat=True))
    return [paper for paper in required if paper.paper_kind not in filed]
