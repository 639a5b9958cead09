from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from departments.models.posts import PostType
from departments.models.units import UnitKind


class Duty(models.Model):
    """One of the duties that the department answers for, with one lead post and any supporting ones."""

    class Cadence(models.TextChoices):
        DAILY = "daily", "每日"
        WEEKLY = "weekly", "每周"
        MONTHLY = "monthly", "每月"
        QUARTERLY = "quarterly", "每季"
        YEARLY = "yearly", "每年"
        EVENT = "event", "按事项"

    code = models.CharField("编号", max_length=10, unique=True)
    unit_kind = models.CharField("机构类型", max_length=20, choices=UnitKind)
    unit_name = models.CharField("机构", max_length=20)
    number = models.PositiveSmallIntegerField("序号")
    title = models.CharField("职责", max_length=200)
    english_title = models.CharField("英文", max_length=300)
    cadence = models.CharField("频次", max_length=10, choices=Cadence)
    evidence = models.CharField("履职证据", max_length=300)
    lead_post_type = models.ForeignKey(
        PostType, models.PROTECT, null=True, blank=True, related_name="led_duties", verbose_name="主责岗位"
    )
    support_post_types = models.ManyToManyField(
        PostType, blank=True, related_name="supported_duties", verbose_name="协办岗位"
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "职责"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(cadence__in=["daily", "weekly", "monthly", "quarterly", "yearly", "event"]),
                name="departments_duty_cadence_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class IncompatibleDuty(models.Model):
    """不相容岗位 SOD-01…: static rules are asked at appointment, dynamic ones at each decision on a case.

    `enforcement` says where the rule bites; it does not before `is_enforced`, for want of a register.
    """

    class Kind(models.TextChoices):
        STATIC = "static", "任岗时"
        DYNAMIC = "dynamic", "逐案"
        BOTH = "both", "任岗时与逐案"

    code = models.CharField("编号", max_length=10, unique=True)
    kind = models.CharField("检查时点", max_length=10, choices=Kind)
    statement = models.CharField("规则", max_length=200)
    post_types = ArrayField(models.CharField(max_length=20), default=list, blank=True, verbose_name="岗位甲")
    other_post_types = ArrayField(
        models.CharField(max_length=20), default=list, blank=True, verbose_name="岗位乙"
    )
    steps = ArrayField(models.CharField(max_length=20), default=list, blank=True, verbose_name="已办环节")
    items = ArrayField(
        models.CharField(max_length=30), default=list, blank=True, verbose_name="不得决定的事项"
    )
    concurrent_limit = models.DecimalField("可兼办金额(元)", max_digits=14, decimal_places=2, default=0)
    source = models.CharField("依据", max_length=200)
    is_verified = models.BooleanField("已核实", default=False)
    enforcement = models.CharField("核对之处", max_length=200, blank=True)
    is_enforced = models.BooleanField("已能核对", default=True)
    valid_from = models.DateField("生效")
    valid_to = models.DateField("失效", null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "不相容岗位"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["static", "dynamic", "both"]),
                name="departments_incompatible_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(concurrent_limit__gte=0), name="departments_incompatible_limit_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.statement}"
