"""What people are told and how: kinds as data, what each person wants by mail, the mails themselves."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from departments.models.messages import Notification, OutboxMessage
from departments.models.people import Staff


class NotificationKind(models.Model):
    """通知类别. A statutory kind is never silenced: it always goes into the mail too, whatever the hour."""

    code = models.CharField("代码", max_length=30, unique=True)
    name = models.CharField("类别", max_length=30)
    group = models.CharField("分组", max_length=20)
    is_statutory = models.BooleanField("法定", default=False)
    in_digest = models.BooleanField("默认进入邮件摘要", default=True)
    keep_days = models.PositiveSmallIntegerField("已读保留(天)", default=180)
    rank = models.PositiveSmallIntegerField("排序", default=0)
    source = models.CharField("依据", max_length=200)
    is_verified = models.BooleanField("已核实", default=False)

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "通知类别"
        ordering = ["rank", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_statutory=False) | Q(in_digest=True),
                name="departments_noticekind_statutory_is_mailed",
            ),
            models.CheckConstraint(condition=Q(keep_days__gt=0), name="departments_noticekind_kept_a_while"),
        ]

    def __str__(self) -> str:
        return self.name


def usual_hours() -> list[int]:
    return [8]


class MailSettings(models.Model):
    """When a person wants the digest, and when no mail at all but what is statutory."""

    staff = models.OneToOneField(Staff, models.CASCADE, related_name="mail_settings", verbose_name="人员")
    hours = ArrayField(
        models.PositiveSmallIntegerField(validators=[MaxValueValidator(23)]),
        default=usual_hours,
        blank=True,
        verbose_name="摘要时点",
    )
    quiet_from = models.TimeField("免打扰自", null=True, blank=True)
    quiet_until = models.TimeField("免打扰至", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "邮件设置"
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_until=None)
                | (Q(quiet_from__isnull=False, quiet_until__isnull=False) & ~Q(quiet_from=F("quiet_until"))),
                name="departments_mailsettings_quiet_has_two_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff} 邮件设置"


class KindChoice(models.Model):
    """What a person decided about one kind; without a row the kind's own default holds.

    The database refuses a row that keeps a statutory kind out of the mail.
    """

    staff = models.ForeignKey(Staff, models.CASCADE, related_name="kind_choices", verbose_name="人员")
    kind = models.ForeignKey(NotificationKind, models.CASCADE, related_name="+", verbose_name="类别")
    in_digest = models.BooleanField("进入邮件摘要")

    class Meta:
        verbose_name = verbose_name_plural = "通知选择"
        constraints = [
            models.UniqueConstraint(fields=["staff", "kind"], name="departments_kindchoice_once"),
        ]

    def __str__(self) -> str:
        return f"{self.staff} {self.kind}"


class Digest(models.Model):
    """邮件摘要: one mail, promised once per recipient, person it is about and slot.

    `about` differs from the recipient for a stand-in, who is told what is statutory for whoever is away.
    """

    recipient = models.ForeignKey(Staff, models.CASCADE, related_name="digests", verbose_name="收件人")
    about = models.ForeignKey(Staff, models.CASCADE, related_name="+", verbose_name="关于")
    slot = models.DateTimeField("时点")
    outbox = models.OneToOneField(
        OutboxMessage, models.PROTECT, null=True, related_name="digest", verbose_name="投递"
    )
    notifications = models.ManyToManyField(Notification, related_name="digests", verbose_name="通知")
    message_id = models.CharField("邮件标识", max_length=120, unique=True)
    made_at = models.DateTimeField("生成时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "邮件摘要"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "about", "slot"], name="departments_digest_once_per_slot"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recipient} {self.slot:%Y-%m-%d %H:%M}"
