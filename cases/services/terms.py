"""总公司批复时限: which level answers, and until when, by item and amount."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from cases.models import AnswerTerm
from departments.clocks import Course, read
from departments.models import CalendarDay, ClockRule


@dataclass(frozen=True, slots=True)
class Term:
    """Without a rule in force nothing is due."""

    level: str = ""
    due_at: datetime | None = None
    warn_at: datetime | None = None


def term_for(item_code: str, amount: Decimal, at: datetime) -> Term:
    """The item's own row before the general one; of those the one with the highest sum below the amount."""
    day = timezone.localdate(at)
    rows = AnswerTerm.objects.on(day).filter(item__in=["", item_code], amount_over__lte=amount)
    nearest = max(rows, key=lambda row: (row.item != "", row.amount_over, row.valid_from), default=None)
    if nearest is None:
        return Term()
    rule = ClockRule.objects.all().as_rules(day).get(nearest.clock)
    if rule is None:
        return Term(nearest.level)
    local = timezone.localtime(at)
    reading = read(rule, Course(local), local, CalendarDay.objects.all().as_calendar())
    return Term(nearest.level, reading.due_at, reading.warn_at)
