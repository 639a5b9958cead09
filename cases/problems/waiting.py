"""问题件 that wait for a person: to answer, to put right, to confirm, to look at again."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from cases.models import ProblemFinding
from cases.models.problems import ProblemFindingQuerySet
from cases.problems.rulings import party
from departments.access import MANAGE_UNIT
from departments.models import Staff

Findings = ProblemFindingQuerySet


def own_fault(staff: Staff) -> Q:
    """Of oneself, and of the units that one leads by a post held in them."""
    managed = staff.unit_scope.ids(MANAGE_UNIT)
    led = [held.post.unit_id for held in staff.posts_today if held.post.unit_id in managed]
    return Q(person=staff) | Q(unit__in=led)


def to_reply(staff: Staff) -> Findings:
    return ProblemFinding.objects.visible_to(staff).filter(own_fault(staff), status="found")


def to_correct(staff: Staff) -> Findings:
    """Accepted or confirmed, and not put right yet."""
    open_ones = Q(status="replied", reply_kind="accepts") | Q(status="confirmed")
    mine = ProblemFinding.objects.visible_to(staff).filter(own_fault(staff), open_ones)
    return mine.filter(needs_correction=True, corrected_at=None)


def to_confirm(staff: Staff) -> Findings:
    """What this person found and the unit has answered, or let the time pass."""
    answered = Q(status="replied") | Q(status="found", reply_due_at__lt=timezone.now())
    return ProblemFinding.objects.visible_to(staff).filter(answered, found_by=staff)


def confirmable(staff: Staff) -> Findings:
    """What this person could confirm, whoever found it."""
    who = party(staff)
    if not who.is_in_business or not who.reviews:
        return ProblemFinding.objects.none()
    answered = Q(status="replied") | Q(status="found", reply_due_at__lt=timezone.now())
    seen = ProblemFinding.objects.filter(answered, case__unit__in=who.sees)
    return seen.exclude(person=staff).exclude(unit__in=who.units)


def to_look_again(staff: Staff) -> Findings:
    who = party(staff)
    if not who.is_in_business or not who.looks_again:
        return ProblemFinding.objects.none()
    appealed = ProblemFinding.objects.filter(status="appealed", case__unit__in=who.sees)
    others = appealed.exclude(found_by=staff).exclude(person=staff).exclude(appealed_by=staff)
    return others.exclude(unit__in=who.units)


WAITING = {
    "reply": to_reply,
    "correct": to_correct,
    "confirm": to_confirm,
    "look": to_look_again,
}
