"""沿革: what happened to a unit and to the posts of a unit or a person, read from history, newest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from departments.models import Appointment, OrgUnit, Staff

LONGEST = 30


@dataclass(frozen=True, slots=True)
class Event:
    """A line of the timeline component."""

    at: datetime
    title: str
    who: str
    text: str = ""
    tone: str = "idle"


def chronicle_of_unit(unit: OrgUnit) -> list[Event]:
    """The latest events of the unit itself and of its posts; two queries."""
    rows = list(
        unit.history.select_related("history_user").order_by("-history_date", "-history_id")[:LONGEST]
    )
    of_posts = _appointments(Appointment.history.filter(post__unit=unit))
    return _latest([*_of_unit(rows), *of_posts])


def chronicle_of_person(staff: Staff) -> list[Event]:
    """The latest appointments and their ends; one query."""
    return _latest(list(_appointments(Appointment.history.filter(staff=staff))))


def _latest(events: list[Event]) -> list[Event]:
    return sorted(events, key=lambda event: event.at, reverse=True)[:LONGEST]


def _of_unit(rows: Sequence[Any]) -> Iterator[Event]:
    """`rows`: history of one unit, newest first."""
    for after, before in pairwise(rows):
        for title, text, tone in _differences(before, after):
            yield Event(after.history_date, title, _author(after), text, tone)
    if rows and rows[-1].history_type == "+":
        yield Event(rows[-1].history_date, "设立机构", _author(rows[-1]), rows[-1].name, "good")


def _differences(before: Any, after: Any) -> Iterator[tuple[str, str, str]]:
    if before.name != after.name:
        yield "更名", f"{before.name} → {after.name}", "active"
    if before.path != after.path:
        yield "调整上级", f"{before.path} → {after.path}", "attention"
    if after.closed_on and not before.closed_on:
        yield "撤销机构", f"自 {after.closed_on:%Y-%m-%d} 起", "bad"


def _appointments(history: Any) -> Iterator[Event]:
    rows = history.select_related("staff", "post__unit", "post__post_type", "history_user")
    for row in rows.order_by("-history_date", "-history_id")[:LONGEST]:
        if row.history_type == "+":
            text = f"自 {row.starts_on:%Y-%m-%d} 起，{row.get_kind_display()}，依据 {row.basis}"
            yield Event(row.history_date, f"任命 {row.staff} 任{row.post}", _author(row), text, "good")
        elif row.history_type == "-":
            text = f"原定自 {row.starts_on:%Y-%m-%d} 起"
            yield Event(row.history_date, f"取消 {row.staff} 任{row.post}", _author(row), text, "attention")
        elif row.relieved_by_id:
            text = f"最后一天 {row.ends_on:%Y-%m-%d}"
            yield Event(row.history_date, f"免去 {row.staff} 的{row.post}", _author(row), text, "attention")


def _author(row: Any) -> str:
    return f"经办 {row.history_user}" if row.history_user else ""
