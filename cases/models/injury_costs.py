from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from cases.models.case import ClaimCase
from cases.models.injuries import InjuredPerson
from cases.models.standards import CutReason, InjuryCostKind, JudicialStandard
from departments.models import Staff


class InjuryCost(models.Model):
    """One cost of one injured person: claimed, by the standard, assessed by the unit, left by the review.

    Once the case is assessed, what is assessed adds up to the assessed losses of the person's label, and what
    is reviewed to the reviewed ones; a trigger looks at the end of the transaction.
    """

    case = models.ForeignKey(ClaimCase, models.PROTECT, related_name="injury_costs", verbose_name="赔案")
    person = models.ForeignKey(InjuredPerson, models.PROTECT, related_name="costs", verbose_name="伤者")
    kind = models.ForeignKey(InjuryCostKind, models.PROTECT, related_name="+", verbose_name="项目")
    part = models.CharField("说明", max_length=40, blank=True)
    days = models.PositiveSmallIntegerField("天数", null=True, blank=True)
    daily = models.DecimalField("日标准(元)", max_digits=10, decimal_places=2, null=True, blank=True)
    count = models.DecimalField("人数", max_digits=4, decimal_places=1, default=Decimal(1))
    percent = models.PositiveSmallIntegerField("系数(%)", null=True, blank=True)
    claimed = models.DecimalField("索赔(元)", max_digits=14, decimal_places=2)
    standard = models.ForeignKey(
        JudicialStandard, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="适用标准"
    )
    computed = models.DecimalField("按标准(元)", max_digits=14, decimal_places=2, null=True, blank=True)
    steps = models.JSONField("计算过程", default=list, blank=True)
    assessed = models.DecimalField("定损(元)", max_digits=14, decimal_places=2)
    reviewed = models.DecimalField("核定(元)", max_digits=14, decimal_places=2, null=True, blank=True)
    cut_reason = models.ForeignKey(
        CutReason, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="核减原因"
    )
    cut_basis = models.CharField("核减依据", max_length=200, blank=True)
    reviewer = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审核人"
    )

    history = HistoricalRecords(no_db_index=["case", "person", "kind", "standard", "cut_reason", "reviewer"])

    class Meta:
        verbose_name = verbose_name_plural = "人伤费用"
        ordering = ["kind__rank", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "part"], name="cases_injury_cost_once"),
            models.CheckConstraint(
                condition=Q(claimed__gte=0, assessed__gte=0, count__gt=0)
                & (Q(computed=None) | Q(computed__gte=0)),
                name="cases_injury_cost_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(reviewed=None) | Q(reviewed__gte=0),
                name="cases_injury_cost_reviewed_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(reviewed=None) | Q(reviewed__gte=F("assessed")) | ~Q(cut_basis=""),
                name="cases_injury_cost_cut_explained",
            ),
            models.CheckConstraint(
                condition=Q(percent=None) | Q(percent__lte=100), name="cases_injury_cost_percent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.part}".strip()

    @property
    def cut(self) -> Decimal | None:
        return None if self.reviewed is None else self.assessed - self.reviewed

    @property
    def stands(self) -> Decimal:
        """What the review leaves; not looked at yet, what was assessed."""
        return self.assessed if self.reviewed is None else self.reviewed
