from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from authority.models import Ratification
from cases.models.case import ClaimCase
from cases.models.decisions import Decision
from departments.models import Staff


class ReversalQuerySet(models.QuerySet["ReversalTask"]):
    def visible_to(self, staff: Staff) -> Self:
        return self.filter(case__in=ClaimCase.objects.visible_to(staff))

    def open(self) -> Self:
        return self.filter(done_at=None)

    def with_people(self) -> Self:
        return self.select_related(
            "case__unit", "decision__submission__item", "responsible", "opened_by", "done_by"
        )


class ReversalTask(models.Model):
    """撤销任务: what was done in an emergency and not ratified is undone, by whom, with what proof.

    While it is open nothing more is paid on the case; `to_recover` is what had gone out before.
    """

    case = models.ForeignKey(ClaimCase, models.PROTECT, related_name="reversals", verbose_name="赔案")
    decision = models.OneToOneField(
        Decision, models.PROTECT, related_name="reversal", verbose_name="审批意见"
    )
    ratification = models.OneToOneField(
        Ratification, models.PROTECT, related_name="reversal", verbose_name="追认"
    )
    responsible = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="责任人")
    to_undo = models.CharField("须撤销", max_length=200)
    to_recover = models.DecimalField("须追回(元)", max_digits=14, decimal_places=2, default=0)
    opened_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="发起人")
    opened_at = models.DateTimeField("发起时间")
    done_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办结人"
    )
    done_at = models.DateTimeField("办结时间", null=True, blank=True)
    evidence = models.TextField("办理结果与凭证", blank=True)

    objects = ReversalQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "撤销任务"
        ordering = ["-opened_at", "-id"]
        indexes = [models.Index(fields=["case"], condition=Q(done_at=None), name="cases_reversal_open")]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None, evidence="")
                | (Q(done_at__isnull=False, done_by__isnull=False) & ~Q(evidence="")),
                name="cases_reversal_done_with_evidence",
            ),
            models.CheckConstraint(condition=Q(to_recover__gte=0), name="cases_reversal_recovers_no_less"),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.to_undo}"

    def get_absolute_url(self) -> str:
        return reverse("cases:reversal", args=[self.pk])

    @property
    def state(self) -> str:
        return "done" if self.done_at else "open"

    @property
    def state_name(self) -> str:
        return "已办结" if self.done_at else "办理中"
