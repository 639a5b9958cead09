from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from cases.models.case import ClaimCase
from cases.models.decisions import Submission
from departments.models import Staff


class EscalationQuerySet(models.QuerySet["Escalation"]):
    def visible_to(self, staff: Staff) -> EscalationQuerySet:
        """Those of the cases a person may see."""
        return self.filter(case__in=ClaimCase.objects.visible_to(staff))

    def waiting(self) -> EscalationQuerySet:
        return self.filter(status="sent")

    def late(self, now: datetime) -> EscalationQuerySet:
        """Not answered though the deadline is over."""
        return self.waiting().filter(due_at__lt=now)

    def answered_late(self) -> EscalationQuerySet:
        return self.filter(answered_at__gt=F("due_at"))

    def unexecuted(self) -> EscalationQuerySet:
        return self.filter(status="answered")

    def kept_by_person(self, staff: Staff) -> EscalationQuerySet:
        """Not over, and his to follow up: handed to him, or sent by him and handed to nobody since."""
        open_ones = self.exclude(status="executed").exclude(answer="refused")
        return open_ones.filter(Q(kept_by=staff) | Q(kept_by=None, sent_by=staff))

    def for_list(self) -> EscalationQuerySet:
        return self.select_related(
            "case__unit", "submission__item", "submission__submitted_by", "sent_by", "kept_by"
        )


class Escalation(models.Model):
    """上报总公司: the department's proposal with its pack, and the head office's answer."""

    class Status(models.TextChoices):
        SENT = "sent", "已上报"
        ANSWERED = "answered", "已批复"
        EXECUTED = "executed", "已执行"

    class Answer(models.TextChoices):
        AGREED = "agreed", "同意"
        ALTERED = "altered", "调整金额"
        REFUSED = "refused", "不同意"

    number = models.CharField("上报编号", max_length=30, unique=True)
    case = models.ForeignKey(ClaimCase, models.PROTECT, related_name="escalations", verbose_name="赔案")
    submission = models.OneToOneField(
        Submission, models.PROTECT, related_name="escalation", verbose_name="报批"
    )
    proposal = models.TextField("部门意见")
    amount = models.DecimalField("上报金额(元)", max_digits=14, decimal_places=2)
    pack = models.JSONField("材料清单")
    sent_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="上报人")
    kept_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="跟进人"
    )
    sent_at = models.DateTimeField("上报时间")
    due_at = models.DateTimeField("批复期限", null=True, blank=True)
    warn_at = models.DateTimeField("提醒时间", null=True, blank=True)
    level = models.CharField("批复级别", max_length=10, blank=True)
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.SENT)
    answer = models.CharField("批复", max_length=10, choices=Answer, blank=True)
    answer_no = models.CharField("批复号", max_length=40, blank=True)
    answer_amount = models.DecimalField(
        "批复金额(元)", max_digits=14, decimal_places=2, null=True, blank=True
    )
    conditions = models.TextField("批复条件", blank=True)
    answered_by_name = models.CharField("批复人", max_length=30, blank=True)
    answered_at = models.DateTimeField("批复时间", null=True, blank=True)
    entered_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="录入人"
    )
    scan = models.FileField("批复扫描件", upload_to="escalations/", blank=True)
    executed_at = models.DateTimeField("执行时间", null=True, blank=True)
    executed_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="执行确认人"
    )

    objects = EscalationQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "上报总公司"
        ordering = ["-sent_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["sent", "answered", "executed"]), name="cases_escalation_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status="sent", answer="", answered_at=None)
                | (
                    ~Q(status="sent") & ~Q(answer="") & Q(answered_at__isnull=False, entered_by__isnull=False)
                ),
                name="cases_escalation_answered_when_over",
            ),
            models.CheckConstraint(
                condition=~Q(answer="altered") | Q(answer_amount__isnull=False),
                name="cases_escalation_altered_names_amount",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("cases:escalation", args=[self.pk])

    @property
    def keeper(self) -> Staff:
        """Who follows it up: whoever sent it, until it was handed to somebody else."""
        return self.kept_by or self.sent_by
