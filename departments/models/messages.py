from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from departments.access import MANAGE_UNIT
from departments.models.people import AdminRole, Staff


class OutboxMessage(models.Model):
    """A side effect promised by a committed transaction; delivered at least once, applied once."""

    topic = models.CharField("主题", max_length=30)
    payload = models.JSONField("内容")
    created_at = models.DateTimeField("产生时间", auto_now_add=True)
    delivered_at = models.DateTimeField("送达时间", null=True, blank=True)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    last_error = models.TextField("最近错误", blank=True)
    next_try_at = models.DateTimeField("下次重试", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "待送消息"
        indexes = [
            models.Index(fields=["id"], condition=Q(delivered_at=None), name="departments_outbox_waiting")
        ]

    def __str__(self) -> str:
        return f"{self.topic} #{self.pk}"


class NotificationQuerySet(models.QuerySet["Notification"]):
    def overseen_by(self, viewer: Staff) -> NotificationQuerySet:
        """For the register of who was told: all of it for the audit administrator; for whoever manages units
        what was told to their people of today. It is nobody else's business.
        """
        if viewer.admin_role == AdminRole.AUDIT or viewer.is_superuser:
            return self.all()
        managed = viewer.unit_scope.ids(MANAGE_UNIT)
        if viewer.admin_role or not managed:
            return self.none()
        lasting = Q(appointments__ends_on=None) | Q(appointments__ends_on__gte=timezone.localdate())
        people = Staff.objects.filter(lasting, appointments__post__unit__in=managed)
        return self.filter(recipient__in=people.values("pk"))

    def for_register(self) -> NotificationQuerySet:
        """With all that one row of the register shows; three further statements."""
        rows = self.select_related("recipient", "outbox")
        return rows.prefetch_related("digests__outbox", "digests__recipient")


class Notification(models.Model):
    """A line in somebody's notification list; `outbox` makes a repeated delivery harmless."""

    recipient = models.ForeignKey(Staff, models.CASCADE, related_name="notifications", verbose_name="收件人")
    outbox = models.OneToOneField(
        OutboxMessage, models.PROTECT, related_name="notification", verbose_name="来源"
    )
    kind = models.CharField("类别", max_length=30)
    title = models.CharField("标题", max_length=120)
    url = models.CharField("链接", max_length=200, blank=True)
    created_at = models.DateTimeField("时间", auto_now_add=True)
    read_at = models.DateTimeField("已读时间", null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "通知"
        indexes = [
            models.Index(fields=["recipient", "-id"], name="departments_notification_list"),
            models.Index(
                fields=["recipient"], condition=Q(read_at=None), name="departments_notification_new"
            ),
            models.Index(fields=["kind", "-id"], name="departments_notification_kind"),
        ]

    def __str__(self) -> str:
        return self.title


class AccessRecord(models.Model):
    """Who took sensitive data out of the system or looked behind a mask, and why."""

    class Kind(models.TextChoices):
        EXPORT = "export", "导出"
        DOWNLOAD = "download", "下载"
        REVEAL = "reveal", "查看完整信息"

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="access_records", verbose_name="人员")
    kind = models.CharField("类别", max_length=10, choices=Kind)
    subject = models.CharField("对象", max_length=200)
    row_count = models.PositiveIntegerField("行数", default=1)
    reason = models.CharField("理由", max_length=200, blank=True)
    request_id = models.CharField("请求号", max_length=40, blank=True)
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "访问记录"

    def __str__(self) -> str:
        return f"{self.staff} {self.get_kind_display()} {self.subject}"
