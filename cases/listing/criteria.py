"""What the filters of the case list mean, one condition per filter, and how the search box reads a text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q
from django.utils import timezone

from cases.lifecycle import Stage
from cases.models import ClaimCase
from departments.models import Staff

OPEN, CLOSED = "open", "closed"
SEARCH_CAP = 1000
_PLATE = re.compile(r"^[\u4e00-\u9fff][A-Z][0-9A-Z\u4e00-\u9fff]*$")
_HAN = re.compile(r"[\u4e00-\u9fff]")


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _from(field: str) -> Callable[[date], Q]:
    return lambda day: Q(**{f"{field}__gte": _midnight(day)})


def _until(field: str) -> Callable[[date], Q]:
    """The named day counts in full."""
    return lambda day: Q(**{f"{field}__lt": _midnight(day + timedelta(days=1))})


def _older_than(days: int) -> Q:
    return Q(reported_at__lte=timezone.now() - timedelta(days=days)) & ~Q(stage=Stage.CLOSED)


def _handled_by(name: str) -> Q:
    people = Staff.objects.filter(Q(name__startswith=name) | Q(employee_no=name))
    return Q(handler__in=people)


LATE, SOON, TODAY, THREE_DAYS = "late", "soon", "today", "three_days"


def _due(asked: str) -> Q:
    """By what is due next, as the list keeps it (cases.services.dues)."""
    now = timezone.now()
    until = {
        LATE: Q(due__due_at__lt=now),
        SOON: Q(due__due_at__gte=now, due__warn_at__lte=now),
        TODAY: Q(due__due_at__lte=_midnight(timezone.localdate() + timedelta(days=1))),
        THREE_DAYS: Q(due__due_at__lte=now + timedelta(days=3)),
    }
    return until.get(asked, Q()) & ~Q(stage=Stage.CLOSED)


CRITERIA: dict[str, Callable[[Any], Q]] = {
    "unit": lambda ids: Q(unit__in=ids),
    "group": lambda group: Q(stage=Stage.CLOSED) if group == CLOSED else ~Q(stage=Stage.CLOSED),
    "stage": lambda stages: Q(stage__in=stages),
    "losses": lambda classes: Q(loss_classes__overlap=classes),
    "injury": lambda flag: Q(is_injury=flag == "yes"),
    "litigated": lambda flag: Q(is_litigated=flag == "yes"),
    "major": lambda flag: Q(is_major=flag == "yes"),
    "amount_from": lambda amount: Q(estimate__gte=amount),
    "amount_to": lambda amount: Q(estimate__lte=amount),
    "reported_from": _from("reported_at"),
    "reported_to": _until("reported_at"),
    "closed_from": _from("closed_at"),
    "closed_to": _until("closed_at"),
    "older_than": _older_than,
    "handler": _handled_by,
    "due": _due,
    "source": lambda source: Q(source=source),
}


def condition(values: Mapping[str, Any]) -> Q:
    """The filters that say something, joined by and. `values` are those of a cleaned filter form."""
    wanted = Q()
    for name, meaning in CRITERIA.items():
        value = values.get(name)
        if value not in (None, "", [], ()):
            wanted &= meaning(value)
    return wanted


def search_condition(text: str) -> Q:
    """Cases whose number, plate, insured or handler begins with the text.

    Few hits are looked up by the prefix indexes and named by id: an `or` over four columns would be tried
    row by row along the list's order. Many hits are found in that order quickly.
    """
    text = text.strip()
    if not text:
        return Q()
    begins = _search_alternatives(text)
    found = [ClaimCase.objects.filter(one).values_list("pk")[: SEARCH_CAP + 1] for one in begins]
    hits = [pk for (pk,) in found[0].union(*found[1:], all=True)[: SEARCH_CAP + 1]]
    return Q(pk__in=hits) if len(hits) <= SEARCH_CAP else reduce(or_, begins)


def _search_alternatives(text: str) -> list[Q]:
    plain = re.sub(r"[\s·•]", "", text).upper()
    if _PLATE.match(plain):
        return [Q(plate_no__startswith=plain)]
    if _HAN.search(text):
        return [Q(insured_name__startswith=text), _handled_by(text) & ~Q(stage=Stage.CLOSED)]
    return [Q(**{f"{field}__startswith": plain}) for field in ("report_no", "claim_no", "policy_no")]
