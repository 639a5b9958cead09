from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from authority.models.items import AuthorityItem
from departments.access import MANAGE_UNIT
from departments.models import OrgUnit, Staff
from departments.models.people import AdminRole


class FindingCode(models.TextChoices):
    GAP = "gap", "空缺"
    AWAY = "away", "当天无人在岗"
    SINGLE = "single", "单点"
    UNHELD = "unheld", "无人持有"
    INVERSION = "inversion", "级别倒挂"
    SHADOWED = "shadowed", "重复授权"
    UNNEEDED = "unneeded", "岗位不需要"
    EXPIRING = "expiring", "即将到期"


class FindingKind(models.Model):
    """What the nightly round looks for, and what is to be done about it."""

    code = models.CharField("代码", max_length=12, choices=FindingCode, unique=True)
    name = models.CharField("名称", max_length=20)
    advice = models.CharField("处理建议", max_length=200)
    days = models.PositiveSmallIntegerField("提前天数", null=True, blank=True)
    is_watched = models.BooleanField("参与巡查", default=True)
    rank = models.PositiveSmallIntegerField("排序", default=0)
    source = models.CharField("依据", max_length=200)
    is_verified = models.BooleanField("已核实", default=False)

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "巡查项目"
        ordering = ["rank", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(code__in=FindingCode.values), name="authority_findingkind_code_known"
            ),
            models.CheckConstraint(
                condition=~Q(code="expiring") | Q(days__isnull=False), name="authority_findingkind_has_days"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FindingQuerySet(models.QuerySet["CoverageFinding"]):
    def visible_to(self, staff: Staff) -> FindingQuerySet:
        """Those who watch over authority see all; managers what concerns the units they manage."""
        if staff.admin_role in (AdminRole.SECURITY, AdminRole.AUDIT):
            return self
        return self.filter(unit__in=staff.unit_scope.ids(MANAGE_UNIT))

    def standing(self) -> FindingQuerySet:
        return self.filter(gone_on=None)

    def waiting(self) -> FindingQuerySet:
        """Standing, and nobody has said that he knows."""
        return self.standing().filter(acknowledged_at=None)


class CoverageFinding(models.Model):
    """巡查发现: a hole or an oddity in who holds what, from the night it was first seen until it is gone.

    `key` says what it is about: as long as it stands there is one row of it.
    """

    kind = models.ForeignKey(FindingKind, models.PROTECT, related_name="findings", verbose_name="巡查项目")
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+", verbose_name="机构")
    item = models.ForeignKey(
        AuthorityItem, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="事项"
    )
    people = models.ManyToManyField(Staff, related_name="+", blank=True, verbose_name="涉及的人")
    key = models.CharField("标识", max_length=200)
    text = models.CharField("发现", max_length=300)
    url = models.CharField("链接", max_length=300, blank=True)
    first_seen_on = models.DateField("首次发现")
    last_seen_on = models.DateField("最近发现")
    gone_on = models.DateField("消失", null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="知悉人"
    )
    acknowledged_at = models.DateTimeField("知悉时间", null=True, blank=True)
    acknowledgement = models.CharField("处理意见", max_length=200, blank=True)

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "巡查发现"
        indexes = [
            models.Index(fields=["unit"], condition=Q(gone_on=None), name="authority_finding_standing")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=Q(gone_on=None), name="authority_finding_stands_once"
            ),
            models.CheckConstraint(
                condition=Q(last_seen_on__gte=F("first_seen_on"))
                & (Q(gone_on=None) | Q(gone_on__gt=F("last_seen_on"))),
                name="authority_finding_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_by=None, acknowledged_at=None, acknowledgement="")
                | (Q(acknowledged_by__isnull=False, acknowledged_at__isnull=False) & ~Q(acknowledgement="")),
                name="authority_finding_acknowledged_in_words",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class CoverageNight(models.Model):
    """巡查: one round per day, done or not begun."""

    day = models.DateField("日期", unique=True)
    finished_at = models.DateTimeField("完成时间")
    standing = models.PositiveIntegerField("现有发现")
    fresh = models.PositiveIntegerField("新发现")
    gone = models.PositiveIntegerField("已消失")

    class Meta:
        verbose_name = verbose_name_plural = "巡查记录"

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"
