from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from departments.models import IncompatibleDuty, Staff


class SeparationChange(models.Model):
    """A change of a rule of separated duties; takes effect when a second person agrees."""

    class Status(models.TextChoices):
        WAITING = "waiting", "待批准"
        APPROVED = "approved", "已批准"
        REJECTED = "rejected", "未批准"

    duty = models.ForeignKey(IncompatibleDuty, models.PROTECT, related_name="changes", verbose_name="规则")
    terms: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField("变更后")
    reason = models.CharField("理由", max_length=200)
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.WAITING)
    proposed_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="提出人")
    proposed_at = models.DateTimeField("提出时间", default=timezone.now)
    decided_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="批准人"
    )
    decided_at = models.DateTimeField("批准时间", null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "不相容岗位变更"
        constraints = [
            models.CheckConstraint(
                condition=Q(status="waiting", decided_by=None, decided_at=None)
                | Q(status__in=["approved", "rejected"], decided_by__isnull=False, decided_at__isnull=False),
                name="authority_separation_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(status="approved") | ~Q(decided_by=F("proposed_by")),
                name="authority_separation_two_people",
            ),
            models.UniqueConstraint(
                fields=["duty"], condition=Q(status="waiting"), name="authority_separation_one_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.duty.code} {self.get_status_display()}"
