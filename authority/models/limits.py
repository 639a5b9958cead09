from __future__ import annotations

from datetime import date, datetime
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from authority.models.items import AuthorityItem, Measure
from authority.models.letters import AuthorityLetter, start_of
from departments.access import MANAGE_UNIT, SEE_PEOPLE
from departments.models import Appointment, OrgUnit, PostType, Staff
from departments.models.people import AdminRole


class Litigation(models.TextChoices):
    YES = "yes", "仅涉诉"
    NO = "no", "仅非诉"
    ANY = "any", "不限"


class GrantSource(models.TextChoices):
    BASE = "base", "常规"
    TEMPORARY = "temporary", "临时"
    EMERGENCY = "emergency", "应急"


def _codes(label: str) -> ArrayField[list[str], list[str]]:
    """A set of codes; empty means nothing, everything is written as "any"."""
    return ArrayField(
        models.CharField(max_length=30, blank=True), verbose_name=label, default=list, blank=True
    )


class LimitTerms(models.Model):
    """The dimensions that ceilings and grants share. All must contain a matter for the amount to count."""

    letter = models.ForeignKey(
        AuthorityLetter, models.PROTECT, related_name="%(class)ss", verbose_name="授权书"
    )
    clause = models.CharField("条款", max_length=20)
    item = models.ForeignKey(AuthorityItem, models.PROTECT, related_name="%(class)ss", verbose_name="事项")
    lines = _codes("险别")
    loss_classes = _codes("损失类别")
    special_kinds = _codes("特殊案件类型")
    litigation = models.CharField("涉诉", max_length=3, choices=Litigation, default=Litigation.ANY)
    measure = models.CharField("计量口径", max_length=12, choices=Measure)
    amount_max = models.DecimalField("金额上限(元)", max_digits=14, decimal_places=2)
    valid_from = models.DateField("生效日期")
    valid_to = models.DateField("失效日期", null=True, blank=True)
    revoked_at = models.DateTimeField("撤销时间", null=True, blank=True)

    class Meta:
        abstract = True


class LimitQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def in_force(self, day: date, *, now: datetime | None = None) -> Self:
        """Rests on a letter in force, dated, not revoked; today or a day to come.

        A letter superseded by one that begins later stands until then; its lines carry no mark of their end.
        `now`: what the clock says, for who has read it already.
        """
        until = now or max(timezone.now(), start_of(day))
        return self.filter(
            Q(valid_to=None) | Q(valid_to__gte=day),
            Q(letter__valid_to=None) | Q(letter__valid_to__gte=day),
            Q(letter__status="in_force") | Q(letter__status="superseded", letter__ended_at__gt=until),
            letter__valid_from__lte=day,
            valid_from__lte=day,
            revoked_at=None,
        )

    def in_force_at(self, moment: datetime) -> Self:
        """Was in force at a moment gone by, as the rows say it today."""
        day = timezone.localdate(moment)
        return self.filter(
            Q(valid_to=None) | Q(valid_to__gte=day),
            Q(letter__valid_to=None) | Q(letter__valid_to__gte=day),
            Q(letter__ended_at=None) | Q(letter__ended_at__gt=moment),
            Q(revoked_at=None) | Q(revoked_at__gt=moment),
            letter__approved_at__lte=moment,
            letter__valid_from__lte=day,
            valid_from__lte=day,
        )


class CeilingQuerySet(LimitQuerySet):
    def visible_to(self, staff: Staff) -> Self:
        """Those over the units whose people one may see; all of them for those who watch over authority."""
        if staff.admin_role in (AdminRole.SECURITY, AdminRole.AUDIT):
            return self
        seen = staff.unit_scope.ids(SEE_PEOPLE) | staff.unit_scope.ids(MANAGE_UNIT)
        return self.filter(Q(unit__in=seen) | Q(letter__issuing_unit__in=seen))


class GrantQuerySet(LimitQuerySet):
    def visible_to(self, staff: Staff) -> Self:
        """One's own and those of people in units one may see."""
        if staff.admin_role in (AdminRole.SECURITY, AdminRole.AUDIT):
            return self
        seen = staff.unit_scope.ids(SEE_PEOPLE) | staff.unit_scope.ids(MANAGE_UNIT)
        return self.filter(Q(holder=staff) | Q(appointment__post__unit__in=seen))

    def effective(self, day: date, *, now: datetime | None = None) -> Self:
        """In force, and the person named is in the post on that day: what a decision may rest on."""
        return self.in_force(day, now=now).of_appointments_on(day)

    def effective_at(self, moment: datetime) -> Self:
        return self.in_force_at(moment).of_appointments_on(timezone.localdate(moment))

    def of_appointments_on(self, day: date) -> Self:
        return self.filter(holder=F("appointment__staff"), appointment__in=Appointment.objects.on(day))

    def with_terms(self) -> Self:
        """With all that its limit and a line of the letter show."""
        return self.select_related(
            "letter",
            "item",
            "unit",
            "holder",
            "cosign_post_type",
            "appointment__post__unit",
            "appointment__post__post_type",
        )


class UnitCeiling(LimitTerms):
    """机构授权: the most that anybody may hold for matters of a unit and all below it."""

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="ceilings", verbose_name="机构")

    objects = CeilingQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "机构授权"
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_max__gte=0), name="authority_unitceiling_amount_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(measure__in=Measure.values), name="authority_unitceiling_measure_known"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="authority_unitceiling_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit.short_name} {self.item.name} {self.amount_max}"


class PersonalGrant(LimitTerms):
    """个人授权: to a person in a post, for the matters of a unit (and those below it)."""

    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="grants", verbose_name="任岗")
    holder = models.ForeignKey(Staff, models.PROTECT, related_name="grants", verbose_name="被授权人")
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+", verbose_name="适用机构")
    includes_below = models.BooleanField("含下级机构", default=True)
    amount_min = models.DecimalField("金额下限(元)", max_digits=14, decimal_places=2, default=0)
    source = models.CharField("来源", max_length=10, choices=GrantSource, default=GrantSource.BASE)
    cosign_count = models.PositiveSmallIntegerField("会签人数", default=0)
    cosign_post_type = models.ForeignKey(
        PostType, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="会签岗位"
    )
    granted_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="授权人"
    )
    revoked_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="撤销人"
    )
    version = models.PositiveIntegerField("版本", default=1)

    objects = GrantQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "个人授权"
        indexes = [models.Index(fields=["holder", "item"], name="authority_grant_by_holder")]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_min__gte=0), name="authority_grant_minimum_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(amount_max__gte=F("amount_min")), name="authority_grant_amounts_in_order"
            ),
            models.CheckConstraint(
                condition=Q(measure__in=Measure.values), name="authority_grant_measure_known"
            ),
            models.CheckConstraint(
                condition=Q(source__in=GrantSource.values), name="authority_grant_source_known"
            ),
            models.CheckConstraint(
                condition=Q(granted_by=None) | ~Q(granted_by=F("holder")),
                name="authority_grant_not_to_oneself",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="authority_grant_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(cosign_count=0, cosign_post_type=None)
                | Q(cosign_count__gt=0, cosign_post_type__isnull=False),
                name="authority_grant_cosign_names_post",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.holder.name} {self.item.name} {self.amount_max}"
