"""案卷抽检: what was drawn of a period, by whom it is scored, what came of it."""

from __future__ import annotations

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from cases.models.case import ClaimCase
from cases.models.problems import ProblemFinding
from cases.models.sheets import SampleRule, ScoreItem, ScoreSheet
from departments.models import OrgUnit, Staff


class QualityDraw(models.Model):
    """抽样: one drawing for a department and a period. Its seed draws the same list with any tool."""

    class Kind(models.TextChoices):
        MONTHLY = "monthly", "月度"
        SPECIAL = "special", "专项"

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="quality_draws", verbose_name="部门")
    kind = models.CharField("类别", max_length=8, choices=Kind)
    title = models.CharField("名称", max_length=60)
    since = models.DateField("期间始")
    until = models.DateField("期间止")
    seed = models.CharField("种子", max_length=32)
    drawn_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="抽取人"
    )
    drawn_at = models.DateTimeField("抽取时间")

    class Meta:
        verbose_name = verbose_name_plural = "案卷抽样"
        ordering = ["-until", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "since", "until"],
                condition=Q(kind="monthly"),
                name="cases_qualitydraw_once_per_month",
            ),
            models.CheckConstraint(
                condition=Q(kind="monthly") | Q(kind="special", drawn_by__isnull=False),
                name="cases_qualitydraw_special_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(until__gte=F("since")), name="cases_qualitydraw_dates_in_order"
            ),
            models.CheckConstraint(condition=~Q(seed=""), name="cases_qualitydraw_has_seed"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("cases:quality_draw", args=[self.pk])


class DrawnRule(models.Model):
    """One rule of a drawing as it was on that day, with the whole population it was drawn from.

    The population is kept: a case that is reopened later changes nothing in the proof.
    """

    draw = models.ForeignKey(QualityDraw, models.CASCADE, related_name="rules", verbose_name="抽样")
    rule = models.ForeignKey(SampleRule, models.PROTECT, related_name="+", verbose_name="规则")
    settings = models.JSONField("规则内容")
    case_ids = ArrayField(models.BigIntegerField(), default=list, verbose_name="总体")
    unit_ids = ArrayField(models.BigIntegerField(), default=list, verbose_name="总体机构")
    digest = models.CharField("总体摘要", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "抽样所用规则"
        ordering = ["draw", "rule__rank", "id"]
        constraints = [
            models.UniqueConstraint(fields=["draw", "rule"], name="cases_drawnrule_once_per_draw"),
            models.CheckConstraint(
                condition=Q(unit_ids__len=F("case_ids__len")), name="cases_drawnrule_units_match"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.draw} {self.rule}"


class QualitySampleQuerySet(models.QuerySet["QualitySample"]):
    def visible_to(self, staff: Staff, supervised: frozenset[int]) -> QualitySampleQuerySet:
        """Those who inspect the department see all of it; the units see what was scored, never what is drawn.

        `supervised`: the units whose quality this person inspects.
        """
        if staff.admin_role:
            return self.none()
        scored = Q(scored_at__isnull=False, case__in=ClaimCase.objects.visible_to(staff))
        return self.filter(Q(draw__unit__in=supervised) | Q(assigned_to=staff) | scored)

    def waiting_for(self, staff: Staff) -> QualitySampleQuerySet:
        """To be scored, or looked at again, by this person."""
        return self.filter(
            Q(status="waiting", assigned_to=staff) | Q(status="appealed", second_assigned_to=staff)
        )

    def with_people(self) -> QualitySampleQuerySet:
        return self.select_related(
            "case__unit", "case__handler", "unit", "drawn_rule__rule", "draw", "sheet", "assigned_to",
            "scored_by", "appealed_by", "second_assigned_to", "second_by",
        )  # fmt: skip


class QualitySample(models.Model):
    """抽检案卷: one file on the list, from the drawing to the settled score.

    waiting → scored → settled, or scored → appealed → settled after a second look by somebody else.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", "待评分"
        SCORED = "scored", "已评分"
        APPEALED = "appealed", "申诉复评中"
        SETTLED = "settled", "已定稿"

    draw = models.ForeignKey(QualityDraw, models.PROTECT, related_name="samples", verbose_name="抽样")
    drawn_rule = models.ForeignKey(DrawnRule, models.PROTECT, related_name="samples", verbose_name="抽中规则")
    number = models.PositiveIntegerField("序号")
    case = models.ForeignKey(ClaimCase, models.PROTECT, related_name="quality_samples", verbose_name="赔案")
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="quality_samples", verbose_name="机构")
    sheet = models.ForeignKey(ScoreSheet, models.PROTECT, related_name="+", verbose_name="评分表")
    assigned_to = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="quality_samples", verbose_name="评分人"
    )
    due_on = models.DateField("完成期限")
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.WAITING)
    score = models.DecimalField("得分", max_digits=4, decimal_places=1, null=True, blank=True)
    is_vetoed = models.BooleanField("一票否决", default=False)
    comment = models.CharField("总评", max_length=300, blank=True)
    scored_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="评分人"
    )
    scored_at = models.DateTimeField("评分时间", null=True, blank=True)
    appeal_until = models.DateField("申诉截止", null=True, blank=True)
    appealed_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="申诉人"
    )
    appealed_at = models.DateTimeField("申诉时间", null=True, blank=True)
    appeal = models.CharField("申诉理由", max_length=500, blank=True)
    second_assigned_to = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="复评人"
    )
    second_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="复评人"
    )
    second_at = models.DateTimeField("复评时间", null=True, blank=True)
    first_score = models.DecimalField("初评得分", max_digits=4, decimal_places=1, null=True, blank=True)
    answer = models.CharField("复评意见", max_length=500, blank=True)
    settled_at = models.DateTimeField("定稿时间", null=True, blank=True)

    objects = QualitySampleQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "抽检案卷"
        ordering = ["draw", "number"]
        indexes = [
            models.Index(
                fields=["assigned_to", "due_on"], condition=Q(status="waiting"), name="cases_sample_to_score"
            ),
            models.Index(
                fields=["second_assigned_to"], condition=Q(status="appealed"), name="cases_sample_to_relook"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["draw", "case"], name="cases_qualitysample_once_per_draw"),
            models.UniqueConstraint(fields=["draw", "number"], name="cases_qualitysample_numbered"),
            models.CheckConstraint(
                condition=Q(status="waiting", score=None, scored_by=None, scored_at=None, settled_at=None)
                | Q(
                    status__in=["scored", "appealed", "settled"],
                    score__isnull=False,
                    scored_by__isnull=False,
                    scored_at__isnull=False,
                ),
                name="cases_qualitysample_scored_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(appealed_by=None, appealed_at=None, appeal="")
                | (Q(appealed_by__isnull=False, appealed_at__isnull=False) & ~Q(appeal="")),
                name="cases_qualitysample_appeal_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(second_by=None, second_at=None, answer="")
                | (
                    Q(second_by__isnull=False, second_at__isnull=False, first_score__isnull=False)
                    & ~Q(answer="")
                ),
                name="cases_qualitysample_second_look_answered",
            ),
            models.CheckConstraint(
                condition=Q(second_by=None) | ~Q(second_by=F("scored_by")),
                name="cases_qualitysample_second_look_by_another",
            ),
            models.CheckConstraint(
                condition=Q(appealed_by=None) | ~Q(appealed_by=F("scored_by")),
                name="cases_qualitysample_not_ones_own_appeal",
            ),
            models.CheckConstraint(
                condition=Q(status="settled", settled_at__isnull=False)
                | (~Q(status="settled") & Q(settled_at=None)),
                name="cases_qualitysample_settled_when_settled",
            ),
            models.CheckConstraint(
                condition=Q(score=None) | Q(score__gte=0, score__lte=100),
                name="cases_qualitysample_score_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.draw} 第{self.number}号"

    def get_absolute_url(self) -> str:
        return reverse("cases:quality_sample", args=[self.pk])

    def is_overdue(self, today: date) -> bool:
        return self.status == self.Status.WAITING and self.due_on < today


class SampleAnswer(models.Model):
    """What was found under one question, at the first look or the second.

    `person`: who did the step that the question is about, by the steps of the case.
    """

    class Verdict(models.TextChoices):
        GOOD = "good", "符合"
        PARTIAL = "partial", "部分符合"
        BAD = "bad", "不符合"
        NOT_APPLICABLE = "none", "不适用"

    sample = models.ForeignKey(QualitySample, models.CASCADE, related_name="answers", verbose_name="案卷")
    item = models.ForeignKey(ScoreItem, models.PROTECT, related_name="+", verbose_name="评分项")
    look = models.PositiveSmallIntegerField("第几次", default=1)
    verdict = models.CharField("结论", max_length=8, choices=Verdict)
    deducted = models.DecimalField("扣分", max_digits=4, decimal_places=1, default=0)
    note = models.CharField("说明", max_length=300, blank=True)
    person = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="责任人"
    )
    finding = models.ForeignKey(
        ProblemFinding, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="问题件"
    )

    class Meta:
        verbose_name = verbose_name_plural = "评分结果"
        ordering = ["sample", "look", "item__rank"]
        constraints = [
            models.UniqueConstraint(fields=["sample", "item", "look"], name="cases_answer_once_per_look"),
            models.CheckConstraint(condition=Q(look__in=[1, 2]), name="cases_answer_look_known"),
            models.CheckConstraint(
                condition=Q(verdict__in=["good", "none"], deducted=0)
                | (Q(verdict__in=["partial", "bad"], deducted__gte=0) & ~Q(note="")),
                name="cases_answer_fault_with_note",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.get_verdict_display()}"
