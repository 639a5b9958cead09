from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from cases.models.case import ClaimCase
from cases.models.decisions import Decision
from departments.models import OrgUnit, Staff


class ProblemClass(models.Model):
    """问题件分类 P1…: what a return may be for, with the points it costs the unit."""

    code = models.CharField("代码", max_length=4, unique=True)
    name = models.CharField("类别", max_length=20)
    examples = models.CharField("举例", max_length=200)
    points = models.PositiveSmallIntegerField("默认扣分")
    rank = models.PositiveSmallIntegerField("排序")
    source = models.CharField("依据", max_length=200)
    is_verified = models.BooleanField("已核实", default=False)

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "问题分类"
        ordering = ["rank"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class ProblemFinding(models.Model):
    """问题件: a defect found in review, evidence for the unit's assessment."""

    case = models.ForeignKey(ClaimCase, models.PROTECT, related_name="problems", verbose_name="赔案")
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="problems", verbose_name="审批意见")
    problem_class = models.ForeignKey(
        ProblemClass, models.PROTECT, related_name="findings", verbose_name="类别"
    )
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="problems", verbose_name="机构")
    person = models.ForeignKey(
        Staff, models.PROTECT, null=True, related_name="problems", verbose_name="责任人"
    )
    step = models.CharField("环节", max_length=16)
    description = models.TextField("问题描述")
    points = models.PositiveSmallIntegerField("扣分")
    found_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="发现人")
    found_at = models.DateTimeField("发现时间")

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "问题件"
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "problem_class"], name="cases_problem_once_per_decision"
            ),
            models.CheckConstraint(condition=~Q(description=""), name="cases_problem_described"),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.problem_class}"
