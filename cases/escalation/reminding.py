"""催办: before and after the deadline whoever follows it up is reminded, and his superior; once each."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection, transaction
from django.utils import timezone

from cases.models import Escalation, EscalationReminder
from departments.models import Staff
from departments.outbox import notify
from departments.standing import superiors_of

Mark = EscalationReminder.Mark
_ONE_ROUND = 7_314_002  # the advisory lock of this round
AT_ONCE = 500
_WORDS = {Mark.WARNING: "临近批复期限", Mark.OVERDUE: "已过批复期限，请催办"}


@transaction.atomic
def remind() -> int:
    """How many were reminded. May run twice, late, or beside itself."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [_ONE_ROUND])
        if not cursor.fetchone()[0]:
            return 0
    now = timezone.now()
    waiting = Escalation.objects.waiting().select_related("sent_by", "kept_by", "case").order_by("pk")
    near = list(waiting.filter(warn_at__lte=now, due_at__gt=now)[:AT_ONCE])
    late = list(waiting.filter(due_at__lte=now)[:AT_ONCE])
    return _remind(near, Mark.WARNING) + _remind(late, Mark.OVERDUE)


def _remind(escalations: Iterable[Escalation], mark: Mark) -> int:
    rows = list(escalations)
    above = superiors_of({row.keeper.pk for row in rows}, timezone.localdate())
    known = EscalationReminder.objects.filter(escalation__in=rows, mark=mark)
    told = set(known.values_list("escalation", "told"))
    fresh = [
        EscalationReminder(escalation=row, mark=mark, told_id=person, told_at=timezone.now())
        for row in rows
        for person in dict.fromkeys((row.keeper.pk, above.get(row.keeper.pk)))
        if person is not None and (row.pk, person) not in told
    ]
    EscalationReminder.objects.bulk_create(fresh)
    people = Staff.objects.in_bulk({one.told_id for one in fresh})
    for one in fresh:
        title = f"上报件 {one.escalation.number} {_WORDS[mark]}"
        notify(people[one.told_id], kind="escalation", title=title, url=one.escalation.get_absolute_url())
    return len(fresh)
