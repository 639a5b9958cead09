"""The duties of the department and who answers for them today."""

from collections import Counter

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from departments.http import StaffRequest
from departments.models import Staff
from departments.responsibility import DutyLine, duty_lines


@require_GET
def duties(request: StaffRequest) -> HttpResponse:
    lines = duty_lines(timezone.localdate())
    only_vacant = request.GET.get("vacant") == "1"
    unit_name = request.GET.get("unit", "")
    shown = [line for line in lines if _is_shown(line, unit_name, only_vacant)]
    context = {
        "lines": shown,
        "tally": _tally(lines, unit_name, only_vacant),
        "seen": frozenset(Staff.objects.visible_to(request.user).values_list("pk", flat=True)),
    }
    return render(request, "departments/duties.html", context)


def _is_shown(line: DutyLine, unit_name: str, only_vacant: bool) -> bool:
    return (not only_vacant or line.is_vacant) and unit_name in ("", line.duty.unit_name)


def _tally(lines: list[DutyLine], unit_name: str, only_vacant: bool) -> list[dict[str, object]]:
    """All, each unit's, and the vacant ones: numbers that are links."""
    vacant = Counter(line.duty.unit_name for line in lines if line.is_vacant)
    items: list[dict[str, object]] = [
        _item("全部职责", len(lines), "项", "", not unit_name and not only_vacant)
    ]
    for name, count in Counter(line.duty.unit_name for line in lines).items():
        note = f"无人主责 {vacant[name]}" if vacant[name] else "均有人主责"
        items.append(_item(name, count, note, f"unit={name}", name == unit_name))
    items.append(_item("无人主责", vacant.total(), "项", "vacant=1", only_vacant))
    return items


def _item(label: str, count: int, note: str, query: str, is_current: bool) -> dict[str, object]:
    return {"label": label, "count": count, "note": note, "url": f"?{query}", "is_current": is_current}
