from __future__ import annotations

from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils import timezone
from simple_history.models import HistoricalRecords

from departments.models.people import Staff, id_as_range
from departments.models.units import OrgUnit, UnitKind


class FunctionType(models.TextChoices):
    """保监发〔2012〕15号 art. 10: management, operation and customer service are kept apart."""

    MANAGEMENT = "management", "管理"
    OPERATION = "operation", "作业"
    SERVICE = "service", "客户服务"


class PostScope(models.TextChoices):
    """How far the unit permissions of a post reach."""

    UNIT = "unit", "本机构及以下"
    SERVED = "served", "本机构；设于室的为全理赔部"
    DEPARTMENT = "department", "全理赔部"
    EVERYWHERE = "everywhere", "全公司"


class PostType(models.Model):
    """A post of the catalogue (domain reference 1.3); the same post may be set up in many units."""

    code = models.CharField("代码", max_length=20, unique=True)
    name = models.CharField("岗位", max_length=30)
    english_name = models.CharField("英文", max_length=60)
    unit_kinds = ArrayField(models.CharField(max_length=20, choices=UnitKind), verbose_name="设于")
    function_type = models.CharField("职能", max_length=12, choices=FunctionType)
    level = models.PositiveSmallIntegerField("权限级别", default=0)
    is_key_post = models.BooleanField("关键岗位", default=False)
    employees_only = models.BooleanField("仅限正式员工", default=False)
    required_certificates = ArrayField(
        models.CharField(max_length=20), default=list, blank=True, verbose_name="须持证件"
    )
    permissions = ArrayField(
        models.CharField(max_length=20), default=list, blank=True, verbose_name="机构权限"
    )
    scope = models.CharField("权限范围", max_length=12, choices=PostScope, default=PostScope.UNIT)
    enters_admin = models.BooleanField("可进入管理后台", default=False)
    sees_personal_data = models.BooleanField("可见完整个人信息", default=False)
    duty = models.CharField("职责", max_length=300)
    authority_kind = models.CharField("权限说明", max_length=200, blank=True)
    source = models.CharField("依据", max_length=200)
    is_verified = models.BooleanField("已核实", default=False)
    rank = models.PositiveSmallIntegerField("排序", default=0)

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "岗位目录"
        ordering = ["rank", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(function_type__in=FunctionType.values), name="departments_posttype_function_known"
            ),
            models.CheckConstraint(
                condition=Q(scope__in=PostScope.values), name="departments_posttype_scope_known"
            ),
            models.CheckConstraint(condition=Q(level__lte=6), name="departments_posttype_level_known"),
        ]

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """A post set up in a unit, with the number of people it is meant for."""

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="posts", verbose_name="机构")
    post_type = models.ForeignKey(PostType, models.PROTECT, related_name="posts", verbose_name="岗位")
    headcount = models.PositiveSmallIntegerField("编制", default=1)

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "岗位设置"
        constraints = [
            models.UniqueConstraint(fields=["unit", "post_type"], name="departments_post_once_per_unit"),
            models.CheckConstraint(condition=Q(headcount__gt=0), name="departments_post_headcount_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.unit.short_name}{self.post_type.name}"


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def on(self, day: date) -> AppointmentQuerySet:
        """In force on that day."""
        return self.ending_from(day).filter(starts_on__lte=day)

    def ending_from(self, day: date) -> AppointmentQuerySet:
        """In force on that day, or only later."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day))


class Appointment(models.Model):
    """A person holds a post, dated. `ends_on` is the last day."""

    class Kind(models.TextChoices):
        REGULAR = "regular", "正式"
        ACTING = "acting", "代理"

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="appointments", verbose_name="人员")
    post = models.ForeignKey(Post, models.PROTECT, related_name="appointments", verbose_name="岗位")
    kind = models.CharField("任岗方式", max_length=10, choices=Kind, default=Kind.REGULAR)
    starts_on = models.DateField("到岗日期")
    ends_on = models.DateField("离岗日期", null=True, blank=True)
    basis = models.CharField("依据", max_length=100)
    appointed_by = models.ForeignKey(
        Staff, models.PROTECT, related_name="+", null=True, verbose_name="任命人"
    )
    relieved_by = models.ForeignKey(
        Staff, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="免职人"
    )

    objects = AppointmentQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "任岗"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["regular", "acting"]), name="departments_appointment_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="departments_appointment_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(appointed_by=None) | ~Q(appointed_by=F("staff")),
                name="departments_appointment_not_by_oneself",
            ),
            models.CheckConstraint(
                condition=Q(relieved_by=None) | ~Q(relieved_by=F("staff")),
                name="departments_appointment_not_relieved_by_oneself",
            ),
            ExclusionConstraint(
                name="departments_appointment_no_overlap",
                expressions=[
                    (id_as_range("staff"), RangeOperators.OVERLAPS),
                    (id_as_range("post"), RangeOperators.OVERLAPS),
                    (
                        Func(
                            "starts_on",
                            "ends_on",
                            Value("[]"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff} {self.post}"

    @property
    def is_to_come(self) -> bool:
        return self.starts_on > timezone.localdate()

    @property
    def is_current(self) -> bool:
        today = timezone.localdate()
        return self.starts_on <= today and (self.ends_on is None or self.ends_on >= today)
