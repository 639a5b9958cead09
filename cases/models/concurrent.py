from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from cases.models.case import ClaimCase
from cases.models.decisions import Decision
from departments.models import Staff


class ConcurrentActQuerySet(models.QuerySet["ConcurrentAct"]):
    def visible_to(self, staff: Staff) -> ConcurrentActQuerySet:
        """Those on the cases a person may see."""
        return self.filter(decision__case__in=ClaimCase.objects.visible_to(staff))

    def with_decision(self) -> ConcurrentActQuerySet:
        return self.select_related(
            "decision__case__unit", "decision__submission__item", "decision__decided_by", "checked_by"
        )


class ConcurrentAct(models.Model):
    """兼办抽查: a decision that one person made though he did incompatible work on the case, within a limit.

    Every one enters the pool; a share of them is drawn, and looked at by somebody else.
    """

    class Result(models.TextChoices):
        IN_ORDER = "in_order", "无问题"
        DEFECT = "defect", "有瑕疵"
        VIOLATION = "violation", "违规"

    decision = models.ForeignKey(
        Decision, models.PROTECT, related_name="concurrent_acts", verbose_name="审批意见"
    )
    rule_code = models.CharField("规则", max_length=10)
    text = models.CharField("情形", max_length=200)
    entered_at = models.DateTimeField("进入时间", default=timezone.now)
    is_drawn = models.BooleanField("抽中", default=False)
    result = models.CharField("结果", max_length=10, choices=Result, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)
    checked_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="抽查人"
    )
    checked_at = models.DateTimeField("抽查时间", null=True, blank=True)

    objects = ConcurrentActQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "兼办抽查"
        constraints = [
            models.UniqueConstraint(fields=["decision", "rule_code"], name="cases_concurrent_once_per_rule"),
            models.CheckConstraint(
                condition=Q(result="", checked_by=None, checked_at=None)
                | Q(
                    result__in=["in_order", "defect", "violation"],
                    checked_by__isnull=False,
                    checked_at__isnull=False,
                ),
                name="cases_concurrent_checked_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decision} {self.rule_code}"
