"""The digest as a mail: text and HTML, personal data masked, links that lead back into the system."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from departments.delivery import handles
from departments.digests import OTHER
from departments.masking import mask_name, mask_phone, mask_plate
from departments.models import Digest, Notification, NotificationKind, OutboxMessage, Staff

PLATES = re.compile(r"[\u4e00-\u9fff][A-Z][·•]?[A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警港澳领使]")
PHONES = re.compile(r"(?<!\d)1\d{10}(?!\d)")
ID_NUMBERS = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")


@dataclass(frozen=True, slots=True)
class MailLine:
    title: str
    url: str
    at: str


@dataclass(frozen=True, slots=True)
class MailGroup:
    name: str
    is_statutory: bool
    lines: list[MailLine]


def masked(text: str, names: Iterable[str]) -> str:
    """A title without plates, phones, ID numbers and full names of people."""
    text = ID_NUMBERS.sub("******", text)
    text = PHONES.sub(lambda found: mask_phone(found[0]), text)
    text = PLATES.sub(lambda found: mask_plate(found[0]), text)
    for name in names:
        if name and name in text:
            text = text.replace(name, mask_name(name))
    return text


@handles("digest", acts_outside=True)
def send_digest(message: OutboxMessage) -> None:
    """Raises what the mail server says; the outbox tries again later, and gives up in the end."""
    digest = Digest.objects.select_related("recipient", "about").get(pk=message.payload["digest"])
    mail_of(digest).send()


def mail_of(digest: Digest) -> EmailMultiAlternatives:
    groups = groups_of(digest)
    number = sum(len(group.lines) for group in groups)
    context = {
        "groups": groups,
        "number": number,
        "recipient": digest.recipient.name,
        "stands_in_for": mask_name(digest.about.name) if digest.about_id != digest.recipient_id else "",
        "settings_url": address_of(reverse("departments:mail_settings")),
    }
    mail = EmailMultiAlternatives(
        f"[车险理赔部] {number} 条未读通知",
        render_to_string("departments/mail_digest.txt", context),
        to=[digest.recipient.email],
        headers={"Message-ID": digest.message_id, "Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(render_to_string("departments/mail_digest.html", context), "text/html")
    return mail


def groups_of(digest: Digest) -> list[MailGroup]:
    """The statutory ones first; every link is answered after a login only."""
    kinds = {kind.code: kind for kind in NotificationKind.objects.all()}
    names = list(Staff.objects.values_list("name", flat=True))

    def kind_of(one: Notification) -> NotificationKind:
        return kinds.get(one.kind, kinds[OTHER])

    def place(one: Notification) -> tuple[bool, int, int]:
        kind = kind_of(one)
        return (not kind.is_statutory, kind.rank, kind.pk)

    rows = sorted(digest.notifications.order_by("id"), key=place)
    return [
        MailGroup(
            kind_of(first).name, kind_of(first).is_statutory, [_line(one, names) for one in (first, *rest)]
        )
        for _, (first, *rest) in groupby(rows, key=place)
    ]


def _line(one: Notification, names: list[str]) -> MailLine:
    url = address_of(reverse("departments:notification_open", args=[one.pk]))
    return MailLine(masked(one.title, names), url, f"{timezone.localtime(one.created_at):%m-%d %H:%M}")


def address_of(path: str) -> str:
    return f"{settings.BASE_URL.rstrip('/')}{path}"
