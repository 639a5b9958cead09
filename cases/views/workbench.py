"""The first screen: what waits for this person, oldest first, with the ruling on each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from authority.models import AuthorityItem, CoverageFinding
from cases import queue
from cases.casefile.work import next_work
from cases.clocks import Clocks, most_urgent, overdue_of
from cases.forms.deciding import return_steps
from cases.models import ProblemClass
from cases.ratifications import unanswered
from cases.services.supervising import waiting_for
from departments.http import StaffRequest
from departments.models import Staff
from departments.owed import owed_by
from departments.paging import Page, keyset_page
from departments.spans import in_words

TIMED_SHOWN = 3
WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Section:
    """One list of the workbench: its rows, their order, and the fragment that shows them."""

    key: str
    label: str
    rows: Callable[[Staff], QuerySet[Any]]
    order: tuple[str, str]
    template: str
    empty: str


_CASES = "cases/_my_cases.html"
_OLDEST_HERE = ("stage_entered_at", "id")


def _stations(staff: Staff) -> QuerySet[Any]:
    return queue.with_case(queue.stations_of(staff))


def _handled(staff: Staff) -> QuerySet[Any]:
    return queue.handled_by(staff).select_related("unit")


def _returned(staff: Staff) -> QuerySet[Any]:
    return queue.returned_to(staff).select_related("unit")


def _started(staff: Staff) -> QuerySet[Any]:
    return queue.started_by(staff).select_related("case__unit", "item").prefetch_related("chain__staff")


def _decided(staff: Staff) -> QuerySet[Any]:
    return queue.decided_by(staff).select_related("case__unit", "submission__item", "acted_for", "taken_back")


SECTIONS = {
    section.key: section
    for section in (
        Section(
            "decide", "待我审批", _stations, ("arrived_at", "id"), "cases/_queue.html", "没有等您审批的案件"
        ),
        Section("handle", "待我处理", _handled, _OLDEST_HERE, _CASES, "没有等您办理的案件"),
        Section("returned", "退回给我", _returned, _OLDEST_HERE, _CASES, "没有退回给您的案件"),
        Section(
            "started",
            "我发起",
            _started,
            ("submitted_at", "id"),
            "cases/_my_submissions.html",
            "您没有在途的报批",
        ),
        Section(
            "done",
            "已办",
            _decided,
            ("-decided_at", "-id"),
            "cases/_my_decisions.html",
            "本周您还没有审批过案件",
        ),
    )
}


@require_GET
def workbench(request: StaffRequest) -> HttpResponse:
    waiting = _waiting(request.user, clocks := Clocks.today())
    section = SECTIONS.get(request.GET.get("list", "")) or _first_with_work(waiting)
    page = _page(section, request)
    context = {
        "section": section,
        "tallies": [*_tallies(waiting, section), *_elsewhere(request.user)],
        "page": page,
        **_rows(section, page, request.user, clocks),
        "to_sign": waiting_for(request.user),
        "owed": owed_by(request.user),
        **_burning(request.user, waiting, clocks),
        "today": _today(clocks),
    }
    return render(request, "cases/workbench.html", context)


def _first_with_work(waiting: dict[str, queue.Waiting]) -> Section:
    """Whoever decides begins with that, whoever handles cases with those; nobody with an empty list."""
    keys = ("decide", "handle", "returned")
    return SECTIONS[next((key for key in keys if waiting[key].count), "decide")]


def _burning(staff: Staff, waiting: dict[str, queue.Waiting], clocks: Clocks) -> dict[str, Any]:
    """What the strips above the list tell."""
    timed = [one for one in clocks.owed_by(staff) if one.reading.is_pressing]
    return {
        "late": waiting["decide"].late,
        "timed": timed[:TIMED_SHOWN],
        "timed_late": any(one.reading.is_late for one in timed),
        "timed_more": max(len(timed) - TIMED_SHOWN, 0),
        "overdue": overdue_of(staff).count(),
        "ratify": unanswered(staff),
        "findings": CoverageFinding.objects.visible_to(staff).waiting().count(),
    }


def _rows(section: Section, page: Page[Any], staff: Staff, clocks: Clocks) -> dict[str, Any]:
    """The rows as the section's fragment wants them, with what only that fragment needs."""
    if section.key == "decide":
        return {
            "rows": queue.ruled(page.rows, staff),
            "dues": {step.pk: clocks.of_station(step) for step in page.rows},
            "items": AuthorityItem.objects.all(),
            "problems": ProblemClass.objects.all(),
            "return_steps": return_steps(),
            "form_key": uuid4(),
        }
    if section.template == _CASES:
        running = clocks.of_cases(page.rows)
        return {
            "rows": [(case, next_work(case)) for case in page.rows],
            "dues": {pk: most_urgent(several) for pk, several in running.items()},
        }
    return {"rows": page.rows}


def _page(section: Section, request: StaffRequest) -> Page[Any]:
    rows = section.rows(request.user)
    if section.key == "decide" and (item := request.GET.get("item")):
        rows = rows.filter(submission__item__code=item)
    return keyset_page(rows, section.order, request.GET.get("cursor", ""))


def _waiting(staff: Staff, clocks: Clocks) -> dict[str, queue.Waiting]:
    handled, returned = queue.waiting_cases(staff)
    return {
        "decide": queue.waiting_stations(staff, clocks),
        "handle": handled,
        "returned": returned,
        "started": queue.Waiting(queue.started_by(staff).count()),
        "done": queue.Waiting(queue.decided_by(staff).count()),
    }


def _tallies(found: dict[str, queue.Waiting], current: Section) -> list[dict[str, Any]]:
    notes = {"started": "在途", "done": "本周"}
    return [
        {
            "label": section.label,
            "count": found[key].count,
            "note": notes.get(key) or _oldest(found[key].oldest),
            "url": f"?list={key}",
            "is_current": section is current,
        }
        for key, section in SECTIONS.items()
    ]


def _elsewhere(staff: Staff) -> list[dict[str, Any]]:
    """What waits on pages of its own, for the few whom it waits for; one statement each."""
    review = f"{reverse('admin:cases_overauthoritycase_changelist')}?level=department"
    answer = f"{reverse('cases:escalations')}?state=waiting"
    found = (
        ("超权限待审", queue.over_authority_stations(staff), "arrived_at", review),
        ("待批复上报件", queue.unanswered(staff), "sent_at", answer),
    )
    return [
        _tally(label, queue.waiting_rows(rows, since), url)
        for label, rows, since, url in found
        if not rows.query.is_empty()
    ]


def _tally(label: str, waiting: queue.Waiting, url: str) -> dict[str, Any]:
    return {"label": label, "count": waiting.count, "note": _oldest(waiting.oldest), "url": url}


def _oldest(since: datetime | None) -> str:
    return f"最久 {in_words(timezone.now() - since)}" if since else "没有等待"


def _today(clocks: Clocks) -> str:
    now = clocks.now
    is_working = clocks.calendar.is_working(now.date())
    weekday = WEEKDAYS[now.weekday()]
    return f"{now:%Y年%m月%d日} 星期{weekday} · {'工作日' if is_working else '休息日'}"
