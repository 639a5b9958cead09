"""What the system notes about itself: messages that wait or failed, and who took data out."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from departments.admin.kept import SeenByAdministrators, who
from departments.delivery import MOST_ATTEMPTS
from departments.models import AccessRecord, Digest, OutboxMessage
from departments.models.people import AdminRole
from departments.standing import is_administrator

TOPIC_NAMES = {"notification": "通知", "digest": "邮件摘要"}


class StateFilter(admin.SimpleListFilter):
    title = "状态"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("failed", "已停止重试"), ("waiting", "待送"), ("delivered", "已送达")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "delivered":
            return queryset.exclude(delivered_at=None)
        waiting = queryset.filter(delivered_at=None)
        chosen = {
            "failed": waiting.filter(attempts__gte=MOST_ATTEMPTS),
            "waiting": waiting.filter(attempts__lt=MOST_ATTEMPTS),
        }
        return chosen.get(self.value() or "", queryset)


@admin.register(OutboxMessage)
class OutboxMessageAdmin(SeenByAdministrators):
    """A message that failed five times stands here until somebody mends the cause and has it tried again."""

    list_display = ("id", "topic_name", "created_at", "delivered_at", "attempts", "next_try_at", "last_error")
    list_filter = (StateFilter, "topic")
    fields = ("topic_name", "created_at", "delivered_at", "attempts", "next_try_at", "last_error")
    ordering = ("-id",)
    show_full_result_count = False
    actions = ("try_again",)

    @admin.display(description="主题", ordering="topic")
    def topic_name(self, message: OutboxMessage) -> str:
        return TOPIC_NAMES.get(message.topic, message.topic)

    @admin.action(description="重新投递所选的失败消息")
    def try_again(self, request: HttpRequest, queryset: QuerySet) -> None:
        if not is_administrator(who(request), AdminRole.SYSTEM):
            messages.error(request, "只有系统管理员可以重新投递。")
            return
        count = queryset.filter(delivered_at=None).update(attempts=0, last_error="", next_try_at=None)
        messages.success(request, f"{count} 条消息将重新投递。")


@admin.register(Digest)
class DigestAdmin(SeenByAdministrators):
    """Each mail with its delivery; what it says is not shown, only how much of it there is."""

    list_display = (
        "slot",
        "recipient",
        "about",
        "delivered",
        "attempts",
        "next_try",
        "last_error",
        "message_id",
    )
    list_select_related = ("recipient", "about", "outbox")
    search_fields = ("recipient__name", "recipient__employee_no", "message_id")
    fields = ("slot", "recipient", "about", "delivered", "attempts", "next_try", "last_error", "message_id")
    ordering = ("-id",)
    show_full_result_count = False
    actions = ("try_again",)

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return request.user.is_authenticated and is_administrator(who(request), AdminRole.SYSTEM)

    @admin.display(description="送达时间")
    def delivered(self, digest: Digest) -> Any:
        return digest.outbox.delivered_at if digest.outbox else None

    @admin.display(description="次数")
    def attempts(self, digest: Digest) -> int:
        return digest.outbox.attempts if digest.outbox else 0

    @admin.display(description="下次重试")
    def next_try(self, digest: Digest) -> Any:
        return digest.outbox.next_try_at if digest.outbox else None

    @admin.display(description="最近错误")
    def last_error(self, digest: Digest) -> str:
        return digest.outbox.last_error if digest.outbox else ""

    @admin.action(description="重新投递所选的失败邮件")
    def try_again(self, request: HttpRequest, queryset: QuerySet) -> None:
        waiting = OutboxMessage.objects.filter(digest__in=queryset, delivered_at=None)
        count = waiting.update(attempts=0, last_error="", next_try_at=None)
        messages.success(request, f"{count} 封邮件将重新投递。")


@admin.register(AccessRecord)
class AccessRecordAdmin(SeenByAdministrators):
    """For the audit administrator: exports, downloads, looks behind a mask."""

    list_display = ("at", "staff", "kind", "subject", "row_count", "reason")
    list_filter = ("kind",)
    list_select_related = ("staff",)
    search_fields = ("staff__name", "staff__employee_no", "subject")
    ordering = ("-id",)
    show_full_result_count = False

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return request.user.is_authenticated and is_administrator(who(request), AdminRole.AUDIT)
