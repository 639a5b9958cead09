from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from cases.lifecycle import Stage
from cases.models.case import ClaimCase
from cases.models.papers import CasePaper
from cases.models.standards import Household, TreatmentState
from departments.masking import mask_name
from departments.models import Staff


class InjuredPersonQuerySet(models.QuerySet["InjuredPerson"]):
    def visible_to(self, staff: Staff) -> Self:
        return self.filter(case__in=ClaimCase.objects.visible_to(staff))

    def tracked(self) -> Self:
        """Those who are still to be visited: the case is open and nobody has ended the tracking."""
        return self.filter(tracking_ended_on=None).exclude(case__stage=Stage.CLOSED)

    def for_list(self) -> Self:
        return self.select_related("case__unit", "tracker")


class InjuredPerson(models.Model):
    """伤者. `label` is that of the injury losses of the case that are this person's: one label, one person.

    Visits are due until the tracking is ended, `next_visit_on` says when.
    """

    class Sex(models.TextChoices):
        MALE = "male", "男"
        FEMALE = "female", "女"

    class Role(models.TextChoices):
        PEDESTRIAN = "pedestrian", "行人"
        RIDER = "rider", "非机动车驾乘人"
        OTHER_DRIVER = "other_driver", "对方车驾驶人"
        OTHER_OCCUPANT = "other_occupant", "对方车乘客"
        OWN_DRIVER = "own_driver", "本车驾驶人"
        OWN_OCCUPANT = "own_occupant", "本车乘客"

    class Grade(models.TextChoices):
        SLIGHT = "slight", "轻微伤"
        LIGHT = "light", "轻伤"
        SERIOUS = "serious", "重伤"
        DISABLED = "disabled", "致残"
        DEAD = "dead", "死亡"

    case = models.ForeignKey(ClaimCase, models.PROTECT, related_name="injured", verbose_name="赔案")
    label = models.CharField("损失名称", max_length=40)
    name = models.CharField("姓名", max_length=60)
    sex = models.CharField("性别", max_length=6, choices=Sex)
    age = models.PositiveSmallIntegerField("年龄")
    household = models.CharField("户别", max_length=5, choices=Household, blank=True)
    role = models.CharField("身份", max_length=14, choices=Role)
    injury_grade = models.CharField("伤情", max_length=8, choices=Grade)
    disability_grade = models.PositiveSmallIntegerField("伤残等级", null=True, blank=True)
    diagnosis = models.CharField("诊断", max_length=200, blank=True)
    hospital = models.CharField("医院", max_length=60, blank=True)
    department = models.CharField("科室", max_length=30, blank=True)
    admitted_on = models.DateField("入院日期", null=True, blank=True)
    discharged_on = models.DateField("出院日期", null=True, blank=True)
    state = models.CharField("治疗状态", max_length=10, choices=TreatmentState)
    region = models.CharField("适用标准地区", max_length=20)
    measured_on = models.DateField("适用标准日期", null=True, blank=True)
    tracker = models.ForeignKey(
        Staff, models.PROTECT, related_name="tracked_injured", verbose_name="跟踪责任人"
    )
    next_visit_on = models.DateField("下次访视", null=True, blank=True)
    tracking_ended_on = models.DateField("跟踪结束日期", null=True, blank=True)
    tracking_ended_why = models.CharField("结束跟踪原因", max_length=100, blank=True)
    registered_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="登记人")
    registered_at = models.DateTimeField("登记时间")

    objects = InjuredPersonQuerySet.as_manager()
    history = HistoricalRecords(no_db_index=["case", "tracker", "registered_by"])

    class Meta:
        verbose_name = verbose_name_plural = "伤者"
        ordering = ["case", "pk"]
        indexes = [
            models.Index(
                fields=["next_visit_on", "id"],
                condition=Q(tracking_ended_on=None),
                name="cases_injured_to_visit",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["case", "label"], name="cases_injured_once_per_label"),
            models.CheckConstraint(condition=~Q(label="") & ~Q(name=""), name="cases_injured_named"),
            models.CheckConstraint(condition=Q(age__lte=120), name="cases_injured_age"),
            models.CheckConstraint(
                condition=Q(disability_grade=None) | Q(disability_grade__gte=1, disability_grade__lte=10),
                name="cases_injured_disability_grade",
            ),
            models.CheckConstraint(
                condition=Q(discharged_on=None)
                | Q(admitted_on=None)
                | Q(discharged_on__gte=F("admitted_on")),
                name="cases_injured_hospital_dates",
            ),
            models.CheckConstraint(
                condition=Q(tracking_ended_on=None, tracking_ended_why="", next_visit_on__isnull=False)
                | (Q(tracking_ended_on__isnull=False, next_visit_on=None) & ~Q(tracking_ended_why="")),
                name="cases_injured_tracked_or_ended",
            ),
            models.CheckConstraint(
                condition=Q(state__in=TreatmentState.values), name="cases_injured_state_known"
            ),
            models.CheckConstraint(
                condition=Q(injury_grade__in=["slight", "light", "serious", "disabled", "dead"]),
                name="cases_injured_grade_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.label}"

    def get_absolute_url(self) -> str:
        return reverse("cases:injured_person", args=[self.pk])

    def named_for(self, staff: Staff) -> str:
        """The name as this viewer may read it."""
        return self.name if staff.sees_personal_data else mask_name(self.name)

    @property
    def inpatient_days(self) -> int | None:
        """Days in hospital, the day of discharge not counted, at least one."""
        if self.admitted_on is None or self.discharged_on is None:
            return None
        return max((self.discharged_on - self.admitted_on).days, 1)


class HospitalVisit(models.Model):
    """One visit to the injured person: what was found, what it costs so far, when to come again."""

    class Way(models.TextChoices):
        HOSPITAL = "hospital", "医院探视"
        HOME = "home", "上门走访"
        PHONE = "phone", "电话跟踪"
        APPRAISAL = "appraisal", "陪同鉴定"

    person = models.ForeignKey(InjuredPerson, models.PROTECT, related_name="visits", verbose_name="伤者")
    visited_at = models.DateTimeField("访视时间")
    visitor = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="访视人")
    way = models.CharField("方式", max_length=10, choices=Way)
    place = models.CharField("地点", max_length=60)
    state = models.CharField("治疗状态", max_length=10, choices=TreatmentState)
    findings = models.TextField("访视所见")
    cost_so_far = models.DecimalField(
        "已发生费用(元)", max_digits=14, decimal_places=2, null=True, blank=True
    )
    expected_cost = models.DecimalField(
        "预计总费用(元)", max_digits=14, decimal_places=2, null=True, blank=True
    )
    was_due_on = models.DateField("应访日期", null=True, blank=True)
    next_visit_on = models.DateField("下次访视", null=True, blank=True)
    papers = models.ManyToManyField(CasePaper, blank=True, related_name="visits", verbose_name="照片资料")
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "人伤访视"
        ordering = ["-visited_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(cost_so_far=None) | Q(cost_so_far__gte=0))
                & (Q(expected_cost=None) | Q(expected_cost__gte=0)),
                name="cases_visit_costs_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(recorded_at__gte=F("visited_at")), name="cases_visit_recorded_after"
            ),
            models.CheckConstraint(
                condition=Q(state__in=TreatmentState.values), name="cases_visit_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.get_way_display()}"


class Dependant(models.Model):
    """被扶养人 of an injured person; `supporters` share the duty, the injured one of them."""

    person = models.ForeignKey(InjuredPerson, models.PROTECT, related_name="dependants", verbose_name="伤者")
    name = models.CharField("姓名", max_length=60)
    relation = models.CharField("关系", max_length=20)
    age = models.PositiveSmallIntegerField("年龄")
    household = models.CharField("户别", max_length=5, choices=Household, blank=True)
    supporters = models.PositiveSmallIntegerField("共同扶养人数", default=1)
    evidence = models.CharField("依据", max_length=100, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "被扶养人"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "name"], name="cases_dependant_once"),
            models.CheckConstraint(condition=Q(supporters__gte=1), name="cases_dependant_supported"),
            models.CheckConstraint(condition=Q(age__lte=120), name="cases_dependant_age"),
        ]

    def __str__(self) -> str:
        return f"{self.relation} {self.age} 岁"
