from __future__ import annotations

from datetime import date, datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from departments import access
from departments.models.people import AdminRole, Staff

KEEPING_POSTS = ("ADMIN", "TRAIN")


def usual_warnings() -> list[int]:
    return [90, 30, 7]


class CertificateTypeQuerySet(models.QuerySet["CertificateType"]):
    def enforced_on(self, day: date) -> CertificateTypeQuerySet:
        """Whose lack freezes grants on that day."""
        return self.filter(enforced_from__lte=day)


class CertificateType(models.Model):
    """A certificate that a post may demand. Before `enforced_from` its lack is shown, but freezes nothing.

    The date is empty in a new or upgraded installation: nobody loses authority because of an upgrade. The
    security administrator sets it after having seen whose grants it would freeze.
    """

    code = models.CharField("代码", max_length=20, unique=True)
    name = models.CharField("证件", max_length=30)
    source = models.CharField("依据", max_length=200)
    is_verified = models.BooleanField("已核实", default=False)
    enforced_from = models.DateField("强制执行自", null=True, blank=True)
    warn_days = ArrayField(
        models.PositiveSmallIntegerField(), default=usual_warnings, verbose_name="到期前提醒(天)"
    )
    rank = models.PositiveSmallIntegerField("排序", default=0)

    objects = CertificateTypeQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "证件类别"
        ordering = ["rank", "code"]

    def __str__(self) -> str:
        return self.name


class CertificateQuerySet(models.QuerySet["Certificate"]):
    def visible_to(self, staff: Staff) -> CertificateQuerySet:
        """One's own, those of the people one may see as a superior, all for those who keep them or watch."""
        if staff.admin_role in (AdminRole.SECURITY, AdminRole.AUDIT) or is_keeper(staff):
            return self
        seen = staff.unit_scope.ids(access.SEE_PEOPLE) | staff.unit_scope.ids(access.MANAGE_UNIT)
        return self.filter(
            Q(staff=staff) | Q(staff__in=Staff.objects.filter(appointments__post__unit__in=seen))
        )

    def in_force(self, day: date) -> CertificateQuerySet:
        """Confirmed by a second person, not revoked, dated."""
        return self.confirmed().filter(revoked_at=None, valid_from__lte=day, valid_to__gte=day)

    def in_force_at(self, moment: datetime) -> CertificateQuerySet:
        """Was in force at a moment gone by, as the rows say it today."""
        day = timezone.localdate(moment)
        return self.filter(
            Q(revoked_at=None) | Q(revoked_at__gt=moment),
            confirmed_at__lte=moment,
            valid_from__lte=day,
            valid_to__gte=day,
        )

    def confirmed(self) -> CertificateQuerySet:
        return self.filter(confirmed_at__isnull=False)

    def waiting(self) -> CertificateQuerySet:
        return self.filter(confirmed_at=None, revoked_at=None)


class Certificate(models.Model):
    """A certificate of a person. Entered by who keeps them, good from when a second person confirmed it."""

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="certificates", verbose_name="持证人")
    type = models.ForeignKey(
        CertificateType, models.PROTECT, related_name="certificates", verbose_name="证件"
    )
    number = models.CharField("证件编号", max_length=40)
    issuer = models.CharField("发证单位", max_length=60, blank=True)
    valid_from = models.DateField("有效期起")
    valid_to = models.DateField("有效期止")
    entered_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="录入人")
    entered_at = models.DateTimeField("录入时间", default=timezone.now)
    confirmed_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="复核人"
    )
    confirmed_at = models.DateTimeField("复核时间", null=True, blank=True)
    revoked_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="注销人"
    )
    revoked_at = models.DateTimeField("注销时间", null=True, blank=True)
    revoke_reason = models.CharField("注销原因", max_length=200, blank=True)
    warned = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True, editable=False)

    objects = CertificateQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "证件"
        indexes = [models.Index(fields=["valid_to"], name="departments_certificate_ending")]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from")), name="departments_certificate_dates_in_order"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("entered_by")),
                name="departments_certificate_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(entered_by=F("staff")) & (Q(confirmed_by=None) | ~Q(confirmed_by=F("staff"))),
                name="departments_certificate_not_ones_own",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="departments_certificate_confirmed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(revoked_by=None, revoked_at=None, revoke_reason="")
                | (Q(revoked_by__isnull=False, revoked_at__isnull=False) & ~Q(revoke_reason="")),
                name="departments_certificate_revoked_for_a_reason",
            ),
            models.UniqueConstraint(
                fields=["type", "number"],
                condition=Q(revoked_at=None),
                name="departments_certificate_one_per_number",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type.name} {self.number}"

    @property
    def state(self) -> str:
        """waiting, in_force, expiring (within the longest warning), expired, coming or revoked."""
        today = timezone.localdate()
        if self.revoked_at:
            return "revoked"
        if self.confirmed_at is None:
            return "waiting_confirmation"
        if self.valid_to < today:
            return "expired"
        if self.valid_from > today:
            return "coming"
        near = today + timedelta(days=max(self.type.warn_days, default=0))
        return "expiring" if self.valid_to <= near else "in_force"

    @property
    def state_name(self) -> str:
        return STATE_NAMES[self.state]

    @property
    def days_left(self) -> int:
        return (self.valid_to - timezone.localdate()).days


STATE_NAMES = {
    "revoked": "已注销",
    "waiting_confirmation": "待复核",
    "expired": "已过期",
    "coming": "尚未生效",
    "expiring": "即将到期",
    "in_force": "有效",
}


def is_keeper(staff: Staff) -> bool:
    """综合室's administration and training officers collect, enter and replace certificates (ZH-9)."""
    return any(held.post.post_type.code in KEEPING_POSTS for held in staff.posts_today)
