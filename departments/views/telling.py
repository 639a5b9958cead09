"""告知登记: who was told what and when, for the heads of units and the audit administrator."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from departments.delivery import undelivered
from departments.forms import ToldFilter
from departments.http import StaffRequest
from departments.listings import Column, Empty, Listing, show
from departments.mailing import masked
from departments.models import Notification, NotificationKind, Staff
from departments.refusals import insist_on
from departments.standing import reading_register


def columns_for(viewer: Staff) -> Sequence[Column]:
    """Titles without plates, phones and ID numbers for who may not read them."""
    kinds = {kind.code: kind for kind in NotificationKind.objects.all()}
    sees = viewer.sees_personal_data

    def kind_of(row: Notification) -> str:
        kind = kinds.get(row.kind)
        return f"{kind.name}{'（法定）' if kind.is_statutory else ''}" if kind else row.kind

    return (
        Column("产生", lambda row: row.outbox.created_at, "moment"),
        Column("告知", lambda row: row.created_at, "moment"),
        Column("被告知人", lambda row: f"{row.recipient.name} {row.recipient.employee_no}"),
        Column("类别", kind_of),
        Column("内容", lambda row: row.title if sees else masked(row.title, ()), "wrap"),
        Column("已读", lambda row: row.read_at, "moment"),
        Column("邮件", mailed_of, "wrap"),
        Column("编号", lambda row: row.pk, "number", on_page=False),
    )


def mailed_of(row: Notification) -> str:
    """To whom and when it went by mail; in somebody's absence to his stand-in, too."""
    return "；".join(
        f"{digest.recipient.name} {timezone.localtime(digest.outbox.delivered_at):%m-%d %H:%M}"
        if digest.outbox and digest.outbox.delivered_at
        else f"{digest.recipient.name} 待发"
        for digest in row.digests.all()
    )


REGISTER = Listing(
    "告知登记",
    "told",
    columns_for,
    ("-id",),
    Empty("没有这样的告知", "换一个类别或时间再看。法定类别的通知保留三年。"),
    template="departments/told.html",
)


@require_GET
def told(request: StaffRequest) -> HttpResponse:
    insist_on(reading_register(request.user))
    form = ToldFilter(request.GET)
    rows = form.narrow(Notification.objects.overseen_by(request.user))
    return show(request, REGISTER, rows.for_register(), form, waiting=undelivered("notification"))
