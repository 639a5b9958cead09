"""What the dashboard shows: sums over the units a person may see, from the roll-up and the open cases."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncMonth
from django.urls import reverse

from cases.lifecycle import Stage
from cases.models import ClaimCase
from departments.models import OrgUnit
from reports.figures.table import midnight
from reports.models import DayFact

AGES = ((0, 30), (31, 90), (91, 180), (181, 365), (366, None))
MONTHS = 12
LONGEST_ID = 18


def _list_of(**filters: object) -> str:
    return f"{reverse('cases:index')}?{urlencode(filters)}"


def cards(units: Collection[int], today: date) -> list[dict[str, Any]]:
    """Six numbers, each with the list of cases behind it; amounts in yuan."""
    facts = DayFact.objects.filter(unit__in=units)
    day = facts.filter(day=today).aggregate(*map(Sum, ("reported", "registered", "closed")))
    month = facts.filter(day__gte=today.replace(day=1)).aggregate(Sum("paid_amount"), Sum("closed"))
    stock = _open_cases(units).aggregate(count=Count("pk"), amount=Sum("estimate"))
    said = today.isoformat()
    return [
        _card("今日报案", day["reported__sum"] or 0, _list_of(reported_from=said, reported_to=said)),
        _card("今日立案", day["registered__sum"] or 0, _list_of(registered_from=said, registered_to=said)),
        _card("今日结案", day["closed__sum"] or 0, _list_of(closed_from=said, closed_to=said)),
        _card("本月结案", month["closed__sum"] or 0, _list_of(closed_from=said[:8] + "01", closed_to=said)),
        _card("未决件数", stock["count"], _list_of(group="open")),
        _card("未决金额(万元)", _in_wan(stock["amount"]), _list_of(group="open")),
    ]


def _card(label: str, count: object, url: str) -> dict[str, Any]:
    return {"label": label, "count": count, "url": url, "note": "", "is_current": False}


def _in_wan(amount: Decimal | None) -> str:
    return f"{(amount or Decimal(0)) / 10_000:,.2f}"


def _open_cases(units: Collection[int]) -> Any:
    return ClaimCase.objects.filter(~Q(stage=Stage.CLOSED), unit__in=units)


def _months_before(day: date, months: int) -> date:
    """The first day of the month so many months before that of `day`."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, 1)


def flow(units: Collection[int], today: date) -> dict[str, Any]:
    """Reported, registered and closed per month, the last twelve."""
    since = _months_before(today, MONTHS - 1)
    months = (
        DayFact.objects.filter(unit__in=units, day__gte=since)
        .values(month=TruncMonth("day"))
        .annotate(Sum("reported"), Sum("registered"), Sum("closed"))
        .order_by("month")
    )
    rows = list(months.values_list("month", "reported__sum", "registered__sum", "closed__sum"))
    return {
        "label": "月份",
        "labels": [f"{row[0]:%Y-%m}" for row in rows],
        "series": [
            {"name": name, "values": [row[place] for row in rows]}
            for place, name in enumerate(("报案", "立案", "结案"), 1)
        ],
        "unit": "件",
    }


def ageing(units: Collection[int], today: date) -> dict[str, Any]:
    """Open cases by days since the report."""
    counts = {f"age{low}": Count("pk", filter=_reported_between(today, low, high)) for low, high in AGES}
    found = _open_cases(units).aggregate(**counts)
    return {
        "label": "账龄",
        "labels": [f"{low}–{high} 天" if high else f"{low - 1} 天以上" for low, high in AGES],
        "series": [{"name": "未决件数", "values": list(found.values())}],
        "unit": "件",
        "links": [_list_of(group="open", **_reported_dates(today, low, high)) for low, high in AGES],
    }


def _reported_between(today: date, low: int, high: int | None) -> Q:
    latest = Q(reported_at__lt=_after(today - timedelta(days=low)))
    return latest if high is None else latest & Q(reported_at__gte=midnight(today - timedelta(days=high)))


def _after(day: date) -> datetime:
    return midnight(day + timedelta(days=1))


def _reported_dates(today: date, low: int, high: int | None) -> dict[str, str]:
    dates = {"reported_to": (today - timedelta(days=low)).isoformat()}
    return dates if high is None else {**dates, "reported_from": (today - timedelta(days=high)).isoformat()}


def by_unit(units: Collection[int], today: date) -> dict[str, Any]:
    """Open cases per unit and those of them older than 90 days, most first."""
    old = _reported_between(today, 91, None)
    rows = list(
        _open_cases(units)
        .values("unit", "unit__short_name")
        .annotate(count=Count("pk"), old=Count("pk", filter=old))
        .order_by("-count")
    )
    return {
        "label": "机构",
        "labels": [row["unit__short_name"] for row in rows],
        "series": [
            {"name": "90 天以内", "values": [row["count"] - row["old"] for row in rows]},
            {"name": "90 天以上", "values": [row["old"] for row in rows]},
        ],
        "unit": "件",
        "links": [_list_of(group="open", unit=row["unit"]) for row in rows],
    }


CHARTS = {"flow": flow, "ageing": ageing, "by_unit": by_unit}


def narrowed(units: frozenset[int], wanted: str) -> frozenset[int]:
    """The units below the wanted one that are in scope; all of the scope where nothing is wanted."""
    if not wanted.isdecimal() or len(wanted) > LONGEST_ID:
        return units
    root = OrgUnit.objects.filter(pk=wanted, pk__in=units).first()
    below = OrgUnit.objects.under([root.path]).values_list("pk", flat=True) if root else []
    return units & frozenset(below)
