from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from cases.models.case import ClaimCase
from departments.models import Staff


class CaseRemark(models.Model):
    """备注: what colleagues tell each other about a case. It changes nothing on the case, so nobody's page
    grows stale by it; it stays as written, and its author may strike it."""

    case = models.ForeignKey(
        ClaimCase, models.CASCADE, related_name="remarks", verbose_name="赔案", db_index=False
    )
    text = models.TextField("备注")
    author = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="作者")
    told = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="提醒"
    )
    written_at = models.DateTimeField("时间", auto_now_add=True)
    struck_at = models.DateTimeField("划去时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "备注"
        indexes = [models.Index(fields=["case", "-written_at"], name="cases_remark_by_case")]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="cases_remark_says_something"),
            models.CheckConstraint(
                condition=Q(struck_at=None) | Q(struck_at__gte=F("written_at")),
                name="cases_remark_struck_later",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:40]
