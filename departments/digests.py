"""邮件摘要: what a person has not read goes into one mail at the hours he chose, promised through the outbox.

Exactly one mail per recipient and slot: the unique row is made in the transaction that promises the mail, so
two schedules make one of them and a killed worker makes none. The mail itself carries an id of its own that
a repeated sending would carry again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from departments.models import Absence, Digest, KindChoice, Notification, NotificationKind, Staff
from departments.outbox import promise

OTHER = "other"
USUAL_HOURS = (8,)
OLDEST = timedelta(days=14)
"""What was told longer ago and never read is no news: it stays in the list."""
StandIns = Callable[[Staff, datetime], Iterable[Staff]]
_stand_ins: list[StandIns] = []


def register_stand_ins(find: StandIns) -> None:
    """An app to the right says who stands in for somebody at a moment."""
    if find not in _stand_ins:
        _stand_ins.append(find)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What one person wants by mail, and when."""

    hours: Sequence[int] = USUAL_HOURS
    quiet_from: time | None = None
    quiet_until: time | None = None

    def slot(self, now: datetime) -> datetime | None:
        """The newest of today's hours that has come; `now` in local time. None before the first."""
        come = [hour for hour in self.hours if hour <= now.hour]
        return now.replace(hour=max(come), minute=0, second=0, microsecond=0) if come else None

    def is_quiet(self, now: datetime) -> bool:
        """Within the quiet hours, which may run over midnight."""
        if self.quiet_from is None or self.quiet_until is None:
            return False
        begins, ends, at = self.quiet_from, self.quiet_until, now.time()
        return begins <= at < ends if begins < ends else at >= begins or at < ends


def wishes_of(staff: Staff) -> Wishes:
    settings = getattr(staff, "mail_settings", None)
    return Wishes(settings.hours, settings.quiet_from, settings.quiet_until) if settings else Wishes()


def make_digests(now: datetime) -> int:
    """For everybody with an address whose hour has come; how many mails were promised."""
    local = timezone.localtime(now)
    waiting = Notification.objects.filter(read_at=None, created_at__gte=now - OLDEST)
    people = Staff.objects.filter(Exists(waiting.filter(recipient=OuterRef("pk"))), is_active=True)
    away = set(Absence.objects.at(now).values_list("staff", flat=True))
    return sum(
        _make_for(staff, local, is_away=staff.pk in away)
        for staff in people.select_related("mail_settings").order_by("pk")
    )


def _make_for(staff: Staff, now: datetime, *, is_away: bool) -> int:
    wishes = wishes_of(staff)
    slot = wishes.slot(now)
    if slot is None:
        return 0
    only_statutory = is_away or wishes.is_quiet(now)
    recipients = [staff, *(_standing_in(staff, now) if is_away else ())]
    return sum(
        _promise(recipient, staff, slot, only_statutory=only_statutory)
        for recipient in recipients
        if recipient.email
    )


def _standing_in(staff: Staff, now: datetime) -> list[Staff]:
    return [one for find in _stand_ins for one in find(staff, now)]


@transaction.atomic
def _promise(recipient: Staff, about: Staff, slot: datetime, *, only_statutory: bool) -> bool:
    """One mail, or none where it is made already or nothing is new."""
    found = list(_news(recipient, about, only_statutory=only_statutory))
    if not found:
        return False
    message_id = f"<digest.{about.pk}.{recipient.pk}.{slot:%Y%m%d%H}@claims-admin>"
    row = Digest(recipient=recipient, about=about, slot=slot, message_id=message_id)
    Digest.objects.bulk_create([row], ignore_conflicts=True)
    made = Digest.objects.select_for_update().get(recipient=recipient, about=about, slot=slot)
    if made.outbox_id is not None:
        return False
    made.notifications.set(found)
    made.outbox = promise("digest", {"digest": made.pk})
    made.save(update_fields=["outbox"])
    return True


def _news(recipient: Staff, about: Staff, *, only_statutory: bool) -> Iterable[Notification]:
    """Unread, not mailed to this recipient before, of kinds that he wants by mail."""
    unread = about.notifications.filter(read_at=None, created_at__gte=timezone.now() - OLDEST)
    fresh = unread.exclude(digests__recipient=recipient).order_by("id")
    kinds = mailed_kinds(about, only_statutory=only_statutory)
    named = Q(kind__in=kinds)
    if OTHER in kinds:
        named |= ~Q(kind__in=NotificationKind.objects.values("code"))
    return fresh.filter(named)


def mailed_kinds(staff: Staff, *, only_statutory: bool = False) -> set[str]:
    """Codes of the kinds that this person gets by mail; the statutory ones always."""
    kinds = NotificationKind.objects.filter(is_statutory=True) if only_statutory else NotificationKind.objects
    chosen = dict(KindChoice.objects.filter(staff=staff).values_list("kind", "in_digest"))
    return {kind.code for kind in kinds.all() if kind.is_statutory or chosen.get(kind.pk, kind.in_digest)}


def purge(now: datetime) -> int:
    """Read notifications older than their kind keeps them; what is unread stays. How many went."""
    gone = 0
    for kind in NotificationKind.objects.all():
        old = Notification.objects.filter(read_at__lt=now - timedelta(days=kind.keep_days))
        own = Q(kind=kind.code)
        if kind.code == OTHER:
            own |= ~Q(kind__in=NotificationKind.objects.values("code"))
        gone += old.filter(own).delete()[0]
    return gone
