from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from departments.access import SEE_CASES
from departments.masking import mask_name
from departments.models import OrgUnit, Staff

ASSISTANCE_CLOCK = "injury_assistance"
"""The rule of `departments.ClockRule` by which an answer is due."""
ASSISTING_POSTS = frozenset({"INJ_REV", "INJ_SURV"})


class AssistanceQuerySet(models.QuerySet["InjuryAssistance"]):
    def visible_to(self, staff: Staff) -> AssistanceQuerySet:
        """Of the units whose cases the person sees, and his own, asked or answered."""
        mine = Q(recorded_by=staff) | Q(assigned_to=staff)
        return self.filter(mine | Q(unit__in=staff.unit_scope.ids(SEE_CASES)))

    def open(self) -> AssistanceQuerySet:
        return self.filter(answered_at=None, withdrawn_at=None)

    def for_list(self) -> AssistanceQuerySet:
        return self.select_related("unit", "assigned_to", "answered_by", "recorded_by")


class InjuryAssistance(models.Model):
    """非车险人伤协助: another line asks what an injury may cost; an opinion is owed, no case of ours."""

    class Line(models.TextChoices):
        ACCIDENT = "accident", "意外险"
        EMPLOYER = "employer", "雇主责任险"
        PUBLIC = "public", "公众责任险"
        CARRIER = "carrier", "承运人责任险"
        SCHOOL = "school", "校方责任险"
        HEALTH = "health", "健康险"
        OTHER = "other", "其他"

    number = models.CharField("编号", max_length=20, unique=True)
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+", verbose_name="受理机构")
    line = models.CharField("险种", max_length=10, choices=Line)
    department = models.CharField("请求部门", max_length=40)
    asked_by = models.CharField("请求人", max_length=30)
    claim_no = models.CharField("对方案号", max_length=40, blank=True)
    injured_name = models.CharField("伤者姓名", max_length=60, blank=True)
    subject = models.CharField("请求事项", max_length=200)
    claimed = models.DecimalField("索赔金额(元)", max_digits=14, decimal_places=2, null=True, blank=True)
    papers = models.CharField("随附材料", max_length=200, blank=True)
    asked_at = models.DateTimeField("请求时间")
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="injury_assistance", verbose_name="承办人"
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人"
    )
    recorded_at = models.DateTimeField("登记时间")
    opinion = models.TextField("审核意见", blank=True)
    advised = models.DecimalField("建议金额(元)", max_digits=14, decimal_places=2, null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="答复人",
    )
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)
    withdrawn_why = models.CharField("撤回原因", max_length=100, blank=True)

    objects = AssistanceQuerySet.as_manager()
    history = HistoricalRecords(no_db_index=["number", "unit", "assigned_to", "recorded_by", "answered_by"])

    class Meta:
        verbose_name = verbose_name_plural = "非车险人伤协助"
        ordering = ["-asked_at", "-pk"]
        indexes = [
            models.Index(
                fields=["asked_at"],
                condition=Q(answered_at=None, withdrawn_at=None),
                name="cases_assistance_open",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=(Q(claimed=None) | Q(claimed__gte=0)) & (Q(advised=None) | Q(advised__gte=0)),
                name="cases_assistance_amounts",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None, opinion="")
                | (Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(opinion="")),
                name="cases_assistance_answered_with_opinion",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_why="")
                | (Q(withdrawn_at__isnull=False, answered_at=None) & ~Q(withdrawn_why="")),
                name="cases_assistance_withdrawn_with_reason",
            ),
            models.CheckConstraint(
                condition=(Q(answered_at=None) | Q(answered_at__gte=F("asked_at")))
                & Q(recorded_at__gte=F("asked_at")),
                name="cases_assistance_times_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("cases:assistance", args=[self.pk])

    def named_for(self, staff: Staff) -> str:
        return self.injured_name if staff.sees_personal_data else mask_name(self.injured_name)

    @property
    def state(self) -> str:
        if self.withdrawn_at:
            return "withdrawn"
        return "answered" if self.answered_at else "open"

    @property
    def state_name(self) -> str:
        return {"withdrawn": "已撤回", "answered": "已答复", "open": "待答复"}[self.state]


class AssistancePaper(models.Model):
    """随附材料: what the other line sent along, kept and served like the papers of a case."""

    assistance = models.ForeignKey(
        InjuryAssistance, models.PROTECT, related_name="files", verbose_name="人伤协助"
    )
    name = models.CharField("文件名", max_length=120)
    file = models.FileField("文件", upload_to="assistance/%Y/%m/")
    content_type = models.CharField("类型", max_length=60)
    size = models.PositiveIntegerField("大小(字节)")
    sha256 = models.CharField("摘要", max_length=64)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人"
    )
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "人伤协助材料"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["assistance", "sha256"], name="cases_assistance_paper_once"),
            models.CheckConstraint(condition=Q(size__gt=0), name="cases_assistance_paper_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name
