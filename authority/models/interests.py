from __future__ import annotations

import re
import unicodedata
from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from departments.access import MANAGE_UNIT
from departments.models import Staff
from departments.models.people import AdminRole

_IGNORED = re.compile(r"[\s·.\-—_()（）]")


def party_key(name: str) -> str:
    """How a plate, a name or an account is compared: 川A·1234 and "川a 1234" are one."""
    return _IGNORED.sub("", unicodedata.normalize("NFKC", name)).upper()


class InterestQuerySet(models.QuerySet["Interest"]):
    def visible_to(self, staff: Staff) -> InterestQuerySet:
        """One's own, those of the people of the units one manages; all for those who watch over authority."""
        if staff.admin_role in (AdminRole.SECURITY, AdminRole.AUDIT):
            return self
        managed = staff.unit_scope.ids(MANAGE_UNIT)
        subordinates = Staff.objects.filter(appointments__post__unit__in=managed)
        return self.filter(Q(staff=staff) | Q(staff__in=subordinates))

    def open(self) -> InterestQuerySet:
        return self.filter(ended_at=None)

    def at(self, moment: datetime) -> InterestQuerySet:
        """Declared by then and not ended by then."""
        return self.filter(Q(ended_at=None) | Q(ended_at__gt=moment), declared_at__lte=moment)


class Interest(models.Model):
    """利害关系: somebody with whom a person may not decide. Declared at once, ended by a second person."""

    class Kind(models.TextChoices):
        PLATE = "plate", "车辆（车牌或车架号）"
        PARTY = "party", "当事人"
        REPAIR_SHOP = "repair_shop", "修理厂"
        HOSPITAL = "hospital", "医疗机构"
        PAYEE = "payee", "收款账户"

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="interests", verbose_name="申报对象")
    kind = models.CharField("类别", max_length=12, choices=Kind)
    name = models.CharField("名称或号码", max_length=60)
    key = models.CharField(max_length=60, editable=False)
    id_tail = models.CharField("证件号后四位", max_length=4, blank=True)
    relation = models.CharField("关系说明", max_length=200)
    declared_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="申报人")
    declared_at = models.DateTimeField("申报时间", default=timezone.now)
    ended_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="解除人"
    )
    ended_at = models.DateTimeField("解除时间", null=True, blank=True)
    end_reason = models.CharField("解除理由", max_length=200, blank=True)

    objects = InterestQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "利害关系"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["plate", "party", "repair_shop", "hospital", "payee"]),
                name="authority_interest_kind_known",
            ),
            models.CheckConstraint(condition=~Q(key=""), name="authority_interest_names_somebody"),
            models.CheckConstraint(
                condition=Q(ended_by=None, ended_at=None, end_reason="")
                | (Q(ended_by__isnull=False, ended_at__isnull=False) & ~Q(end_reason="")),
                name="authority_interest_ended_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(ended_by=None) | (~Q(ended_by=F("staff")) & ~Q(ended_by=F("declared_by"))),
                name="authority_interest_ended_by_a_second_person",
            ),
            models.UniqueConstraint(
                fields=["staff", "kind", "key"],
                condition=Q(ended_at=None),
                name="authority_interest_declared_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.name}"

    def save(self, *args: object, **options: object) -> None:
        self.key = party_key(self.name)
        super().save(*args, **options)  # type: ignore[arg-type]


class InterestStatement(models.Model):
    """The yearly confirmation: no interest at all, or none beside those declared."""

    staff = models.ForeignKey(
        Staff, models.PROTECT, related_name="interest_statements", verbose_name="确认人"
    )
    year = models.PositiveSmallIntegerField("年度")
    declared = models.PositiveSmallIntegerField("申报中的条数")
    confirmed_at = models.DateTimeField("确认时间", default=timezone.now)

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "年度利害关系确认"
        constraints = [
            models.UniqueConstraint(fields=["staff", "year"], name="authority_statement_once_a_year"),
        ]

    def __str__(self) -> str:
        return f"{self.staff} {self.year}"
