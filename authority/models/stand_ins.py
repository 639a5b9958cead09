"""代岗: who stands in for whom while somebody is away, and how much a post may hold for another."""

from __future__ import annotations

from datetime import date, datetime
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from authority.models.items import AuthorityItem
from departments.access import MANAGE_UNIT, SEE_PEOPLE
from departments.models import Absence, Appointment, OrgUnit, Staff
from departments.models.people import AdminRole


class StandInCeilingQuerySet(models.QuerySet["StandInCeiling"]):
    def on(self, day: date) -> Self:
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)


class StandInCeiling(models.Model):
    """The most that somebody in a post of this level may hold for another; without a row, nothing.

    A row without an item is for all items that have no row of their own.
    """

    level = models.PositiveSmallIntegerField("岗位级别")
    item = models.ForeignKey(
        AuthorityItem, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="事项"
    )
    amount_max = models.DecimalField("代岗上限(元)", max_digits=14, decimal_places=2)
    source = models.CharField("依据", max_length=200)
    is_verified = models.BooleanField("已核实", default=False)
    valid_from = models.DateField("生效")
    valid_to = models.DateField("失效", null=True, blank=True)

    objects = StandInCeilingQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "代岗上限"
        ordering = ["level", "item__rank", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["level", "item", "valid_from"],
                nulls_distinct=False,
                name="authority_standinceiling_once",
            ),
            models.CheckConstraint(
                condition=Q(amount_max__gte=0), name="authority_standinceiling_amount_not_negative"
            ),
            models.CheckConstraint(condition=Q(level__lte=6), name="authority_standinceiling_level_known"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="authority_standinceiling_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"级别 {self.level} {self.item or '其他事项'} {self.amount_max:,.2f}"

    @property
    def code(self) -> str:
        return f"{self.level}/{self.item.code if self.item else 'any'}"


class InFlight(models.TextChoices):
    """What becomes of the cases that wait for the delegate when a stand-in ends."""

    BACK = "back", "退回被代岗人"
    REROUTE = "reroute", "重新安排审批链"
    STAY = "stay", "留由代岗人，须以其本人权限办理"


class SubstitutionQuerySet(models.QuerySet["Substitution"]):
    def visible_to(self, staff: Staff) -> Self:
        """One's own, on either side, and those of the people of units one may see."""
        if staff.admin_role in (AdminRole.SECURITY, AdminRole.AUDIT):
            return self
        seen = staff.unit_scope.ids(SEE_PEOPLE) | staff.unit_scope.ids(MANAGE_UNIT)
        held = Appointment.objects.on(timezone.localdate()).filter(post__unit__in=seen)
        return self.filter(
            Q(pk__in=self.model.objects.concerning(staff)) | Q(delegator__in=held.values("staff"))
        )

    def concerning(self, staff: Staff) -> Self:
        return self.filter(_concerning(staff))

    def in_force(self, moment: datetime) -> Self:
        """Accepted, neither ended nor recalled, dated around the moment, and the delegator is away."""
        return self.filter(
            _around(moment), ended_at=None, accepted_at__isnull=False, absence__cancelled_at=None
        )

    def in_force_at(self, moment: datetime) -> Self:
        """Was in force at a moment gone by, as the rows say it today."""
        return self.filter(
            _around(moment),
            Q(ended_at=None) | Q(ended_at__gt=moment),
            Q(absence__cancelled_at=None) | Q(absence__cancelled_at__gt=moment),
            accepted_at__lte=moment,
        )

    def with_people(self) -> Self:
        """With all that a row of the list and the page show."""
        return self.select_related("absence", "delegator", "delegate", "proposed_by", "ended_by", "unit")


def _concerning(staff: Staff) -> Q:
    return Q(delegator=staff) | Q(delegate=staff) | Q(proposed_by=staff)


def _around(moment: datetime) -> Q:
    return Q(
        starts_at__lte=moment,
        ends_at__gt=moment,
        absence__starts_at__lte=moment,
        absence__ends_at__gt=moment,
    )


class Substitution(models.Model):
    """代岗: part of what somebody may decide, for another to decide in his place while he is away.

    An empty set of items means nothing; what is handed over is named. It counts while the absence lasts, from
    `starts_at` to `ends_at`, from acceptance on; nobody has to end it.
    """

    class Status(models.TextChoices):
        PROPOSED = "proposed", "待接受"
        ACCEPTED = "accepted", "已接受"
        DECLINED = "declined", "已谢绝"
        RECALLED = "recalled", "已收回"
        ENDED = "ended", "已到期"

    absence = models.ForeignKey(Absence, models.PROTECT, related_name="substitutions", verbose_name="缺勤")
    delegator = models.ForeignKey(Staff, models.PROTECT, related_name="handed_over", verbose_name="被代岗人")
    delegate = models.ForeignKey(Staff, models.PROTECT, related_name="stands_in", verbose_name="代岗人")
    items = ArrayField(models.CharField(max_length=30), verbose_name="移交事项")
    unit = models.ForeignKey(
        OrgUnit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="限于机构"
    )
    lines = ArrayField(models.CharField(max_length=30), verbose_name="限于险别")
    amount_max = models.DecimalField("金额上限(元)", max_digits=14, decimal_places=2, null=True, blank=True)
    starts_at = models.DateTimeField("开始")
    ends_at = models.DateTimeField("结束")
    in_flight = models.CharField("结束时在办案件", max_length=10, choices=InFlight, default=InFlight.BACK)
    reason = models.CharField("说明", max_length=200, blank=True)
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.PROPOSED)
    proposed_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="提出人")
    proposed_at = models.DateTimeField("提出时间", default=timezone.now)
    accepted_at = models.DateTimeField("接受时间", null=True, blank=True)
    answer = models.CharField("答复说明", max_length=200, blank=True)
    ended_at = models.DateTimeField("终止时间", null=True, blank=True)
    ended_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="终止人"
    )
    end_reason = models.CharField("终止原因", max_length=200, blank=True)

    objects = SubstitutionQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "代岗"
        ordering = ["-starts_at", "-id"]
        indexes = [
            models.Index(
                fields=["delegate"], condition=Q(ended_at=None), name="authority_standin_by_delegate"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(delegate=F("delegator")), name="authority_standin_not_oneself"
            ),
            models.CheckConstraint(
                condition=~Q(proposed_by=F("delegate")), name="authority_standin_two_people"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="authority_standin_dates_in_order"
            ),
            models.CheckConstraint(
                condition=Q(items__len__gt=0, lines__len__gt=0), name="authority_standin_names_something"
            ),
            models.CheckConstraint(
                condition=Q(amount_max=None) | Q(amount_max__gt=0), name="authority_standin_amount_positive"
            ),
            models.CheckConstraint(
                condition=Q(in_flight__in=InFlight.values), name="authority_standin_in_flight_known"
            ),
            models.CheckConstraint(
                condition=Q(status="proposed", accepted_at=None, ended_at=None)
                | Q(status="accepted", accepted_at__isnull=False, ended_at=None)
                | Q(status="declined", accepted_at=None, ended_at__isnull=False)
                | Q(status__in=["recalled", "ended"], ended_at__isnull=False),
                name="authority_standin_status_dated",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delegate.name}代{self.delegator.name}"

    def get_absolute_url(self) -> str:
        return reverse("authority:stand_in", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    @property
    def state(self) -> str:
        """The status as of now: what ended by its dates shows so before anybody has written it down."""
        now = timezone.now()
        is_over = self.ends_at <= now or self.absence.ends_at <= now or self.absence.cancelled_at
        if self.is_open and is_over:
            return self.Status.ENDED
        if self.status == self.Status.ACCEPTED:
            return "in_force" if self.starts_at <= now else "coming"
        return self.status

    @property
    def state_name(self) -> str:
        return {"in_force": "生效中", "coming": "未开始"}.get(self.state) or self.Status(self.state).label
