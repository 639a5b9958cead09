"""工作交接: what somebody held, where each thing went, and who signed for it."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from departments.models.people import Staff


class HandOverQuerySet(models.QuerySet["HandOver"]):
    def visible_to(self, staff: Staff) -> Self:
        """To who took part, and to whoever sees the giver."""
        took_part = Q(giver=staff) | Q(supervisor=staff) | Q(pk__in=_received_by(staff))
        return self.filter(took_part | Q(giver__in=Staff.objects.visible_to(staff)))


def _received_by(staff: Staff) -> models.QuerySet[HandOverLine, int]:
    return HandOverLine.objects.filter(receiver=staff).values_list("hand_over_id", flat=True)


class HandOver(models.Model):
    """交接单. Written once, with all that moved, in the transaction that moved it."""

    class Occasion(models.TextChoices):
        TRANSFER = "transfer", "调任"
        LEAVING = "leaving", "离职"
        LEAVE = "leave", "长期请假"

    giver = models.ForeignKey(Staff, models.PROTECT, related_name="hand_overs", verbose_name="移交人")
    supervisor = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="监交人")
    occasion = models.CharField("事由", max_length=10, choices=Occasion)
    last_day = models.DateField("最后工作日")
    reason = models.CharField("说明", max_length=200)
    made_at = models.DateTimeField("办理时间", auto_now_add=True)

    objects = HandOverQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "工作交接"
        indexes = [models.Index(fields=["-made_at", "-id"], name="departments_handover_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(occasion__in=["transfer", "leaving", "leave"]),
                name="departments_handover_occasion_known",
            ),
            models.CheckConstraint(
                condition=~Q(giver=models.F("supervisor")), name="departments_handover_not_alone"
            ),
        ]

    def __str__(self) -> str:
        return f"交接单 {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("departments:hand_over", args=[self.pk])


class HandOverLine(models.Model):
    """One thing held, and where it went; without a receiver it ended or stayed, as `outcome` says."""

    hand_over = models.ForeignKey(HandOver, models.PROTECT, related_name="lines", verbose_name="交接单")
    kind = models.CharField("类别", max_length=30)
    thing = models.CharField("标识", max_length=60)
    title = models.CharField("事项", max_length=200)
    detail = models.CharField("情况", max_length=200, blank=True)
    receiver = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="接收人"
    )
    outcome = models.CharField("去向", max_length=60)

    class Meta:
        verbose_name = verbose_name_plural = "交接事项"
        constraints = [
            models.UniqueConstraint(
                fields=["hand_over", "kind", "thing"], name="departments_handoverline_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.outcome}"


class HandOverSignature(models.Model):
    """Somebody confirmed his part in the system."""

    hand_over = models.ForeignKey(HandOver, models.PROTECT, related_name="signatures", verbose_name="交接单")
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="签字人")
    signed_at = models.DateTimeField("签字时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "交接签字"
        constraints = [
            models.UniqueConstraint(fields=["hand_over", "staff"], name="departments_handover_signed_once")
        ]

    def __str__(self) -> str:
        return f"{self.hand_over} {self.staff}"
