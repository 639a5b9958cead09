"""What a person wants by mail. A statutory kind cannot be kept out of it: ruling and database say so."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction

from departments.models import KindChoice, MailSettings, NotificationKind, Staff
from departments.refusals import insist_on
from departments.rulings import Objection, Ruling


def may_silence(kind: NotificationKind) -> Ruling:
    if not kind.is_statutory:
        return Ruling()
    return Ruling((Objection("statutory", f"{kind.name}为法定时限通知，不能关闭"),))


@transaction.atomic
def keep_mail_settings(wishes: Mapping[str, Any], chosen: Collection[int], *, by: Staff) -> MailSettings:
    """`wishes`: hours, quiet_from, quiet_until; `chosen`: the kinds, by key, that shall go into the mail."""
    settings, _ = MailSettings.objects.update_or_create(staff=by, defaults=dict(wishes))
    for kind in NotificationKind.objects.filter(is_statutory=False):
        wanted = kind.pk in chosen
        if wanted == kind.in_digest:
            KindChoice.objects.filter(staff=by, kind=kind).delete()
        else:
            choose_kind(kind, in_digest=wanted, by=by)
    return settings


@transaction.atomic
def choose_kind(kind: NotificationKind, *, in_digest: bool, by: Staff) -> KindChoice:
    """Raises NotAllowed for a statutory kind that somebody wants silenced."""
    if not in_digest:
        insist_on(may_silence(kind))
    choice, _ = KindChoice.objects.update_or_create(staff=by, kind=kind, defaults={"in_digest": in_digest})
    return choice
