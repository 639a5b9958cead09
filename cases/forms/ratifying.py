from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone


class RatifyForm(forms.Form):
    note = forms.CharField(label="追认意见", max_length=200, required=False)


class RefuseForm(forms.Form):
    note = forms.CharField(label="不予追认的理由", max_length=200, min_length=2)


class ReversalForm(forms.Form):
    evidence = forms.CharField(
        label="如何撤销，凭证编号", max_length=1000, min_length=4, widget=forms.Textarea(attrs={"rows": 3})
    )


class RatificationFilter(forms.Form):
    """A month of acts and their state; what cannot be read counts as not given."""

    STATES = (
        ("unratified", "未追认（待追认、逾期、不予）"),
        ("waiting", "待追认"),
        ("overdue", "逾期"),
        ("refused", "不予追认"),
        ("ratified", "已追认"),
        ("all", "全部"),
    )

    month = forms.CharField(
        label="月份", required=False, widget=forms.TextInput(attrs={"type": "month"}), max_length=7
    )
    state = forms.ChoiceField(label="状态", choices=STATES, required=False)
    mine = forms.BooleanField(label="只看待我追认", required=False)

    @property
    def first(self) -> date:
        try:
            return datetime.strptime(self.data.get("month", "") + "-01", "%Y-%m-%d").date()  # noqa: DTZ007
        except ValueError:
            return timezone.localdate().replace(day=1)

    def in_month(self) -> Q:
        first = self.first
        starts = timezone.make_aware(datetime(first.year, first.month, 1))  # noqa: DTZ001 - made aware
        days = timedelta(days=monthrange(first.year, first.month)[1])
        return Q(acted_at__gte=starts, acted_at__lt=starts + days)

    def chosen(self, staff: Any) -> Q:
        self.is_valid()
        values = self.cleaned_data
        found: Q = _STATES[values.get("state") or "unratified"](timezone.now())
        return found & Q(ratifier=staff) if values.get("mine") else found


_STATES: dict[str, Any] = {
    "unratified": lambda now: ~Q(status="ratified"),
    "waiting": lambda now: Q(status="waiting", due_at__gte=now),
    "overdue": lambda now: Q(status="waiting", due_at__lt=now),
    "refused": lambda now: Q(status="refused"),
    "ratified": lambda now: Q(status="ratified"),
    "all": lambda now: Q(),
}
