"""办理时点: when the loss was dispatched, the client called, the claim made, the list handed out …"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from authority.refusals import insist_on
from authority.rulings import Objection
from cases.lifecycle import Action
from cases.models import ClaimCase
from cases.rulings import refused_for
from cases.services.transition import apply, start_work, stay
from departments.models import Staff

SERVICE_MOMENTS = ("dispatched_at", "contacted_at", "arrived_at")
MOMENTS = (
    *SERVICE_MOMENTS,
    "claimed_at",
    "list_given_at",
    "ctpl_decided_at",
    "entrusted_done_at",
    "papers_returned_at",
)
_AFTER = {
    "contacted_at": "dispatched_at",
    "list_given_at": "claimed_at",
    "papers_returned_at": "entrusted_done_at",
}
_NEEDED = frozenset({"list_given_at", "papers_returned_at"})


@transaction.atomic
def note_moments(
    case: ClaimCase, moments: Mapping[str, datetime | None], *, by: Staff, seen: int, reason: str = ""
) -> ClaimCase:
    """登记时点: those named of MOMENTS, any other is a KeyError. Altering one that stood needs a reason."""
    case = start_work(case, Action.NOTE_MOMENTS, by, seen)
    changed = changed_moments(case, moments)
    insist_on(refused_for([*moment_objections(case, changed), *_correcting(case, changed, reason)]))
    details = {name: [getattr(case, name), after] for name, after in changed.items()}
    for name, after in changed.items():
        setattr(case, name, after)
    change = stay(case, Action.NOTE_MOMENTS, *changed)
    apply(case, change.because(reason).with_details(details), by)
    return case


def changed_moments(case: ClaimCase, moments: Mapping[str, datetime | None]) -> dict[str, datetime | None]:
    """To the minute: forms know no seconds."""
    unknown = set(moments) - set(MOMENTS)
    if unknown:
        raise KeyError(*sorted(unknown))
    return {name: at for name, at in moments.items() if _minute(at) != _minute(getattr(case, name))}


def _minute(moment: datetime | None) -> datetime | None:
    return moment and moment.replace(second=0, microsecond=0)


def moment_objections(case: ClaimCase, changed: Mapping[str, datetime | None]) -> Iterator[Objection]:
    """Between the report and now, and each after what comes before it."""
    now, reported = timezone.now(), _minute(case.reported_at)
    after = {name: _minute(changed.get(name, getattr(case, name))) for name in MOMENTS}
    for name in changed:
        moment, label = after[name], _label(name)
        if moment and moment > now:
            yield Objection("in_future", f"{label}不能晚于现在")
        if moment and reported and moment < reported:
            yield Objection("before_report", f"{label}不能早于报案时间")
    for name, first in _AFTER.items():
        yield from _order(after, name, first)


def _order(moments: Mapping[str, datetime | None], name: str, first: str) -> Iterator[Objection]:
    moment, before = moments[name], moments[first]
    if moment and before and moment < before:
        yield Objection("out_of_order", f"{_label(name)}不能早于{_label(first)}")
    if moment and before is None and name in _NEEDED:
        yield Objection("comes_first", f"请先填写{_label(first)}")


def _label(name: str) -> str:
    field: Any = ClaimCase._meta.get_field(name)
    return str(field.verbose_name)


def _correcting(case: ClaimCase, changed: Mapping[str, datetime | None], reason: str) -> Iterator[Objection]:
    if not changed:
        yield Objection("nothing_changed", "没有填写或更改任何时点")
    if not reason.strip() and any(getattr(case, name) for name in changed):
        yield Objection("no_reason", "更正已登记的时点须说明原因")
