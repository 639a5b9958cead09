"""总公司批复统计: what was sent up and what came back, by unit, item or month; numbers open cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.urls import reverse
from django.utils import timezone

from cases.models import Escalation

BY = {"unit": "机构", "item": "事项", "month": "月份"}
_NAMES = {
    "unit": ("case__unit", "case__unit__short_name"),
    "item": ("submission__item__code", "submission__item__name"),
    "month": ("month", "month"),
}
# Figure: its heading, and the filters of the list that give exactly its rows.
COUNTS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "sent": ("上报", {}),
    "agreed": ("同意", {"answer": "agreed"}),
    "altered": ("调整金额", {"answer": "altered"}),
    "refused": ("不同意", {"answer": "refused"}),
    "waiting": ("待批复", {"state": "waiting"}),
    "late": ("逾期未批复", {"state": "late"}),
    "answered_late": ("逾期批复", {"state": "answered_late"}),
    "unexecuted": ("已批复未执行", {"state": "unexecuted"}),
}


@dataclass(frozen=True, slots=True)
class Cell:
    count: int
    url: str


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table. Amounts in yuan, `days` the mean time to the answer."""

    name: str
    cells: Sequence[Cell]
    amount: Decimal
    days: float | None

    @property
    def share_agreed(self) -> str:
        """Of what was answered, how much unchanged."""
        agreed, altered, refused = (self.cells[place].count for place in (1, 2, 3))
        answered = agreed + altered + refused
        return f"{agreed / answered:.1%}" if answered else "—"


def lines_of(rows: QuerySet[Escalation], by: str, asked: Mapping[str, Any]) -> list[Line]:
    """One statement; `asked` are the filters of the page, which go on into the list."""
    key, name = _NAMES[by]
    grouped = rows.annotate(month=TruncMonth("sent_at")).order_by().values(key, name)
    found = grouped.annotate(**_figures()).order_by(key)
    return [_line(row, by, row[key], row[name], asked) for row in found]


def total_of(rows: QuerySet[Escalation], asked: Mapping[str, Any]) -> Line:
    row = rows.aggregate(**_figures())
    return _line(row, "", None, "合计", asked)


def _figures() -> dict[str, Any]:
    now = timezone.now()
    took = ExpressionWrapper(F("answered_at") - F("sent_at"), output_field=DurationField())
    return {
        "sent": Count("pk"),
        **{answer: Count("pk", filter=Q(answer=answer)) for answer in Escalation.Answer.values},
        "waiting": Count("pk", filter=Q(status="sent")),
        "late": Count("pk", filter=Q(status="sent", due_at__lt=now)),
        "answered_late": Count("pk", filter=Q(answered_at__gt=F("due_at"))),
        "unexecuted": Count("pk", filter=Q(status="answered")),
        "total": Sum("amount"),
        "took": Avg(took, filter=Q(answered_at__isnull=False)),
    }


def _line(row: Mapping[str, Any], by: str, key: Any, name: Any, asked: Mapping[str, Any]) -> Line:
    own = {**asked, **_narrowed(by, key)}
    took: timedelta | None = row["took"]
    return Line(
        f"{name:%Y-%m}" if by == "month" else str(name),
        [Cell(row[code], _address({**own, **filters})) for code, (_, filters) in COUNTS.items()],
        row["total"] or Decimal(0),
        took / timedelta(days=1) if took else None,
    )


def _narrowed(by: str, key: Any) -> dict[str, Any]:
    if by == "month":
        first = timezone.localdate(key)
        return {"sent_from": first, "sent_to": _last_day(first)}
    return {by: key} if by else {}


def _last_day(first: date) -> date:
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _address(filters: Mapping[str, Any]) -> str:
    given = {name: str(value) for name, value in filters.items() if value not in (None, "")}
    return f"{reverse('cases:escalations')}?{urlencode(given)}"
