from __future__ import annotations

from datetime import date, datetime, time

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from departments.access import MANAGE_UNIT, SEE_PEOPLE
from departments.models import OrgUnit, Staff
from departments.models.people import AdminRole


class LetterStatus(models.TextChoices):
    DRAFT = "draft", "草拟"
    SUBMITTED = "submitted", "待批准"
    IN_FORCE = "in_force", "生效"
    SUPERSEDED = "superseded", "已被替代"
    REVOKED = "revoked", "已撤销"


class LetterState(models.TextChoices):
    """What the calendar makes of the status: approved is not begun, and superseded not yet over."""

    DRAFT = "draft", "草拟"
    SUBMITTED = "submitted", "待批准"
    AWAITING = "awaiting", "待生效"
    IN_FORCE = "in_force", "生效"
    LAPSED = "lapsed", "已到期"
    SUPERSEDED = "superseded", "已被替代"
    REVOKED = "revoked", "已撤销"


def start_of(day: date) -> datetime:
    """The first moment of a day, local time."""
    return timezone.make_aware(datetime.combine(day, time.min))


class LetterMode(models.TextChoices):
    """保监发〔2012〕15号 art. 12: 从机构授权 and 从人授权."""

    BY_INSTITUTION = "by_institution", "从机构授权"
    BY_PERSON = "by_person", "从人授权"


class LetterQuerySet(models.QuerySet["AuthorityLetter"]):
    def in_state(self, state: str) -> LetterQuerySet:
        """Those of which `AuthorityLetter.state` says this today."""
        now, today = timezone.now(), timezone.localdate()
        standing = Q(status=LetterStatus.IN_FORCE) | Q(status=LetterStatus.SUPERSEDED, ended_at__gt=now)
        begun, lasting = Q(valid_from__lte=today), Q(valid_to=None) | Q(valid_to__gte=today)
        of_the_day = {
            LetterState.AWAITING: standing & ~begun,
            LetterState.IN_FORCE: standing & begun & lasting,
            LetterState.LAPSED: standing & begun & ~lasting,
        }
        return self.filter(of_the_day.get(LetterState(state), Q(status=state) & ~standing))

    def visible_to(self, staff: Staff) -> LetterQuerySet:
        """What is prepared is seen by those who manage the issuing unit, what took effect by all concerned.

        Security and audit administrators read everything.
        """
        if staff.admin_role in (AdminRole.SECURITY, AdminRole.AUDIT):
            return self
        managed = staff.unit_scope.ids(MANAGE_UNIT)
        seen = staff.unit_scope.ids(SEE_PEOPLE) | managed
        concerned = (
            Q(scope_unit__in=seen)
            | Q(issuing_unit__in=seen)
            | Q(personalgrants__holder=staff)
            | Q(personalgrants__appointment__post__unit__in=seen)
        )
        took_effect = AuthorityLetter.objects.filter(concerned, approved_at__isnull=False)
        return self.filter(
            Q(drafted_by=staff) | Q(issuing_unit__in=managed) | Q(pk__in=took_effect.values("pk"))
        )

    def with_people(self) -> LetterQuerySet:
        """With all that a row of the list and the heading of the page show."""
        return self.select_related(
            "issuing_unit", "scope_unit", "drafted_by", "approved_by", "superseded_by", "revoked_by"
        )


class AuthorityLetter(models.Model):
    """授权书: the paper that ceilings and grants rest on. Drafted by one person, approved by another."""

    number = models.CharField("授权书号", max_length=40, unique=True)
    title = models.CharField("标题", max_length=100)
    mode = models.CharField("授权方式", max_length=16, choices=LetterMode)
    issuing_unit = models.ForeignKey(
        OrgUnit, models.PROTECT, related_name="issued_letters", verbose_name="授权机构"
    )
    scope_unit = models.ForeignKey(
        OrgUnit, models.PROTECT, related_name="received_letters", verbose_name="被授权机构"
    )
    basis = models.CharField("依据", max_length=200)
    status = models.CharField("状态", max_length=12, choices=LetterStatus, default=LetterStatus.DRAFT)
    valid_from = models.DateField("生效日期")
    valid_to = models.DateField("失效日期", null=True, blank=True)
    drafted_by = models.ForeignKey(
        Staff, models.PROTECT, related_name="drafted_letters", verbose_name="起草人"
    )
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True, editable=False)
    approved_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="approved_letters", verbose_name="批准人"
    )
    approved_at = models.DateTimeField("批准时间", null=True, blank=True, editable=False)
    superseded_by = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="supersedes", verbose_name="被替代为"
    )
    revoked_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="撤销人"
    )
    ended_at = models.DateTimeField("终止时间", null=True, blank=True, editable=False)
    end_reason = models.CharField("终止原因", max_length=200, blank=True)

    objects = LetterQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "授权书"
        ordering = ["-valid_from", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=LetterStatus.values), name="authority_letter_status_known"
            ),
            models.CheckConstraint(
                condition=Q(mode__in=LetterMode.values), name="authority_letter_mode_known"
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("drafted_by")),
                name="authority_letter_two_people",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "submitted"], approved_by=None, approved_at=None)
                | Q(
                    status__in=["in_force", "superseded", "revoked"],
                    approved_by__isnull=False,
                    approved_at__isnull=False,
                ),
                name="authority_letter_approved_when_in_force",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["superseded", "revoked"], ended_at__isnull=False)
                | (~Q(status__in=["superseded", "revoked"]) & Q(ended_at=None)),
                name="authority_letter_ended_when_over",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="authority_letter_dates_in_order",
            ),
            models.UniqueConstraint(
                fields=["issuing_unit", "scope_unit", "mode"],
                condition=Q(status="in_force"),
                name="authority_letter_one_in_force",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("authority:letter", args=[self.pk])

    @property
    def starts_at(self) -> datetime:
        """The first moment of its first day."""
        return start_of(self.valid_from)

    @property
    def is_standing(self) -> bool:
        """Approved and not ended: something rests on it, or will from its first day on."""
        is_ending = (
            self.status == LetterStatus.SUPERSEDED and self.ended_at and self.ended_at > timezone.now()
        )
        return self.status == LetterStatus.IN_FORCE or bool(is_ending)

    @property
    def state(self) -> LetterState:
        """The status as of today."""
        today = timezone.localdate()
        if not self.is_standing:
            return LetterState(self.status)
        if self.valid_from > today:
            return LetterState.AWAITING
        return LetterState.LAPSED if self.valid_to and self.valid_to < today else LetterState.IN_FORCE

    def to_supersede(self) -> LetterQuerySet:
        """The letters for the same units and mode that still stand when this one begins, latest first.

        Approving this one ends them then: the one in force, and one that was to begin later.
        """
        same = AuthorityLetter.objects.filter(
            issuing_unit=self.issuing_unit_id, scope_unit=self.scope_unit_id, mode=self.mode
        )
        begins = max(timezone.now(), self.starts_at)
        standing = Q(status=LetterStatus.IN_FORCE) | Q(status=LetterStatus.SUPERSEDED, ended_at__gt=begins)
        return same.filter(standing).exclude(pk=self.pk).order_by("-valid_from", "-pk")
