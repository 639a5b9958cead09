"""开庭提醒: whoever goes to court is told once, as long before the hearing as the rule says."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from cases.clocks import Clocks
from cases.models import Hearing
from departments.clocks import Course, read
from departments.models import Staff
from departments.outbox import notify

RULE = "hearing_reminder"
AT_ONCE = 500


@transaction.atomic
def remind_of_hearings() -> int:
    """How many hearings somebody was reminded of. May run twice, late, or beside itself.

    A hearing fixed on shorter notice than the rule's is told of at the next round; one that is over, put off
    or called off, never. Without a rule in force nobody is reminded.
    """
    clocks = Clocks.today()
    rule = clocks.rules.get(RULE)
    horizon = read(rule, Course(clocks.now), clocks.now, clocks.calendar).due_at if rule else None
    if horizon is None:
        return 0
    near = Hearing.objects.select_for_update(of=("self",), skip_locked=True).filter(reminded_at=None)
    rows = list(near.ahead(clocks.now, horizon).select_related("lawsuit__case__handler")[:AT_ONCE])
    for hearing in rows:
        _remind(hearing)
    return len(rows)


def _remind(hearing: Hearing) -> None:
    hearing.reminded_at = timezone.now()
    hearing.save(update_fields=["reminded_at"])
    person = _who_goes(hearing)
    if person is not None:
        when = timezone.localtime(hearing.at)
        title = f"{when:%m-%d %H:%M} {hearing.court_room} 开庭 {hearing.lawsuit}"
        notify(person, kind="hearing", title=title, url=hearing.lawsuit.get_absolute_url())


def _who_goes(hearing: Hearing) -> Staff | None:
    """The attendee; where only a lawyer goes, or he has left, the officer of the suit, then the handler."""
    suit = hearing.lawsuit
    people = (hearing.attendee, suit.officer, suit.case.handler)
    return next((one for one in people if one is not None and one.is_active), None)
