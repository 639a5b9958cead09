"""临时授权 and 追认: given at once by one person, for hours; each act under it is answered for afterwards."""

from __future__ import annotations

from datetime import date, datetime
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from authority.models.ledger import LedgerEntry
from authority.models.limits import PersonalGrant
from departments.access import MANAGE_UNIT, SEE_PEOPLE
from departments.models import Appointment, OrgUnit, Staff
from departments.models.people import AdminRole


class EmergencyRuleQuerySet(models.QuerySet["EmergencyRule"]):
    def on(self, day: date) -> Self:
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)


class EmergencyRule(models.Model):
    """For how many hours at most, and within how many working hours each act is to be ratified."""

    grant_hours = models.PositiveSmallIntegerField("授权最长小时数")
    ratify_hours = models.PositiveSmallIntegerField("追认工作小时数")
    source = models.CharField("依据", max_length=200)
    is_verified = models.BooleanField("已核实", default=False)
    valid_from = models.DateField("生效", unique=True)
    valid_to = models.DateField("失效", null=True, blank=True)

    objects = EmergencyRuleQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "应急授权规则"
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(grant_hours__gt=0, ratify_hours__gt=0), name="authority_emergencyrule_positive"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="authority_emergencyrule_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grant_hours} 小时，{self.ratify_hours} 个工作小时内追认"

    @property
    def code(self) -> str:
        return f"emergency/{self.valid_from}"


def _people_seen(staff: Staff) -> models.QuerySet[Staff]:
    seen = staff.unit_scope.ids(SEE_PEOPLE) | staff.unit_scope.ids(MANAGE_UNIT)
    held = Appointment.objects.on(timezone.localdate()).filter(post__unit__in=seen)
    return Staff.objects.filter(pk__in=held.values("staff"))


class EmergencyQuerySet(models.QuerySet["EmergencyGrant"]):
    def visible_to(self, staff: Staff) -> Self:
        """Given or held oneself, or by the people of units one may see."""
        if staff.admin_role in (AdminRole.SECURITY, AdminRole.AUDIT):
            return self
        return self.filter(Q(holder=staff) | Q(giver=staff) | Q(holder__in=_people_seen(staff)))

    def in_force(self, moment: datetime) -> Self:
        return self.filter(ended_at=None, starts_at__lte=moment, ends_at__gt=moment, giver__is_active=True)

    def in_force_at(self, moment: datetime) -> Self:
        """Was in force at a moment gone by, as the rows say it today."""
        is_open = Q(ended_at=None) | Q(ended_at__gt=moment)
        return self.filter(is_open, starts_at__lte=moment, ends_at__gt=moment)

    def with_people(self) -> Self:
        return self.select_related("holder", "giver", "unit", "ended_by", "based_on__item", "based_on__unit")


class EmergencyGrant(models.Model):
    """临时授权: part of one grant of the giver's own, to somebody of lower rank, for some hours."""

    number = models.CharField("编号", max_length=20, unique=True)
    holder = models.ForeignKey(Staff, models.PROTECT, related_name="emergencies", verbose_name="被授权人")
    giver = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="授权人")
    based_on = models.ForeignKey(
        PersonalGrant, models.PROTECT, related_name="emergencies", verbose_name="所依据权限"
    )
    unit = models.ForeignKey(
        OrgUnit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="限于机构"
    )
    lines = ArrayField(models.CharField(max_length=30), verbose_name="限于险别")
    amount_max = models.DecimalField("金额上限(元)", max_digits=14, decimal_places=2)
    reason = models.CharField("事由", max_length=200)
    starts_at = models.DateTimeField("开始", default=timezone.now)
    ends_at = models.DateTimeField("结束")
    ratify_hours = models.PositiveSmallIntegerField("追认工作小时数")
    ended_at = models.DateTimeField("终止时间", null=True, blank=True)
    ended_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="终止人"
    )
    end_reason = models.CharField("终止原因", max_length=200, blank=True)

    objects = EmergencyQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "临时授权"
        ordering = ["-starts_at", "-id"]
        indexes = [
            models.Index(fields=["holder"], condition=Q(ended_at=None), name="authority_emergency_open")
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(holder=F("giver")), name="authority_emergency_not_to_oneself"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="authority_emergency_dates_in_order"
            ),
            models.CheckConstraint(condition=Q(amount_max__gt=0), name="authority_emergency_amount_positive"),
            models.CheckConstraint(condition=~Q(reason=""), name="authority_emergency_has_a_reason"),
            models.CheckConstraint(condition=Q(lines__len__gt=0), name="authority_emergency_names_lines"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("authority:emergency", args=[self.pk])

    @property
    def state(self) -> str:
        if self.ended_at is None and self.ends_at > timezone.now():
            return "in_force"
        return "revoked" if self.ended_by_id else "ended"

    @property
    def state_name(self) -> str:
        return {"in_force": "生效中", "revoked": "已终止", "ended": "已到期"}[self.state]


class RatificationQuerySet(models.QuerySet["Ratification"]):
    def visible_to(self, staff: Staff) -> Self:
        """One's own acts, what one is to ratify, and the acts of the people of units one may see."""
        if staff.admin_role in (AdminRole.SECURITY, AdminRole.AUDIT):
            return self
        own = Q(acted_by=staff) | Q(ratifier=staff)
        return self.filter(own | Q(acted_by__in=_people_seen(staff)))

    def waiting(self) -> Self:
        return self.filter(status=Ratification.Status.WAITING)

    def overdue(self, moment: datetime) -> Self:
        return self.waiting().filter(due_at__lt=moment)

    def with_people(self) -> Self:
        return self.select_related("emergency__based_on__item", "acted_by", "ratifier", "answered_by")


class Ratification(models.Model):
    """追认: one act under an emergency grant, to be answered for by somebody above within working hours.

    What was done is in the ledger; `subject` and `url` lead to it.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", "待追认"
        RATIFIED = "ratified", "已追认"
        REFUSED = "refused", "不予追认"

    emergency = models.ForeignKey(
        EmergencyGrant, models.PROTECT, related_name="ratifications", verbose_name="临时授权"
    )
    ledger_entry = models.OneToOneField(LedgerEntry, models.PROTECT, related_name="+", verbose_name="台账")
    acted_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="行使人")
    ratifier = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="追认人")
    subject = models.CharField("事项", max_length=100)
    url = models.CharField("链接", max_length=200, blank=True)
    amount = models.DecimalField("金额(元)", max_digits=14, decimal_places=2)
    acted_at = models.DateTimeField("行使时间")
    due_at = models.DateTimeField("追认期限")
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.WAITING)
    answered_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="答复人"
    )
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    note = models.CharField("意见", max_length=200, blank=True)

    objects = RatificationQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "追认"
        ordering = ["due_at", "id"]
        indexes = [
            models.Index(
                fields=["ratifier", "due_at"],
                condition=Q(status="waiting"),
                name="authority_ratify_waiting",
            ),
            models.Index(fields=["acted_at"], name="authority_ratify_by_month"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="waiting", answered_at=None, answered_by=None)
                | Q(
                    status__in=["ratified", "refused"],
                    answered_at__isnull=False,
                    answered_by__isnull=False,
                ),
                name="authority_ratification_answered",
            ),
            models.CheckConstraint(
                condition=Q(answered_by=None) | ~Q(answered_by=F("acted_by")),
                name="authority_ratification_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(status="refused") | ~Q(note=""), name="authority_ratification_refused_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.emergency} {self.subject}"

    @property
    def is_overdue(self) -> bool:
        return self.status == self.Status.WAITING and self.due_at < timezone.now()

    @property
    def state(self) -> str:
        return "overdue" if self.is_overdue else self.status

    @property
    def state_name(self) -> str:
        return "逾期未追认" if self.is_overdue else self.Status(self.status).label
