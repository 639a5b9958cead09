from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils import timezone

from cases.injuries.tracking import AGES, age_label, aged, this_week
from cases.models import InjuredPerson, TreatmentState
from departments.listings import ListFilter
from departments.models import OrgUnit, Staff

_AGES = [("", "全部"), *((str(place), age_label(*ages)) for place, ages in enumerate(AGES))]


class InjuredFilter(ListFilter):
    """Of all injured persons whose cases the viewer may see."""

    q = forms.CharField(label="案件号、姓名", required=False, max_length=30)
    unit = forms.ModelChoiceField(label="机构", queryset=OrgUnit.objects.none(), required=False)
    grade = forms.ChoiceField(
        label="伤情", required=False, choices=[("", "全部"), *InjuredPerson.Grade.choices]
    )
    state = forms.ChoiceField(
        label="治疗状态", required=False, choices=[("", "全部"), *TreatmentState.choices]
    )
    age = forms.ChoiceField(label="伤后时间", required=False, choices=_AGES)
    due = forms.ChoiceField(
        label="访视",
        required=False,
        choices=[
            ("", "全部"),
            ("overdue", "逾期"),
            ("today", "今日及逾期"),
            ("week", "本周应访"),
            ("ended", "已结束跟踪"),
        ],
    )
    mine = forms.BooleanField(label="只看由我跟踪", required=False)

    lookups: ClassVar = {
        "q": "searched",
        "unit": "in_unit",
        "grade": "injury_grade",
        "state": "state",
        "age": "aged_so",
        "due": "due_so",
        "mine": "tracked_by_viewer",
    }

    def __init__(self, data: Any, *, viewer: Staff, units: Any) -> None:
        super().__init__(data)
        self.viewer = viewer
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]

    def searched(self, rows: Any, text: str) -> Any:
        """By the case's numbers, or the beginning of the name."""
        cases = rows.filter(case__report_no=text) | rows.filter(case__claim_no=text)
        return cases | rows.filter(name__startswith=text)

    def in_unit(self, rows: Any, unit: OrgUnit) -> Any:
        return rows.filter(case__unit__path__startswith=unit.path)

    def aged_so(self, rows: Any, place: str) -> Any:
        return rows.filter(aged(int(place)))

    def due_so(self, rows: Any, due: str) -> Any:
        today = timezone.localdate()
        if due == "ended":
            return rows.exclude(tracking_ended_on=None)
        if due == "overdue":
            return rows.filter(next_visit_on__lt=today)
        if due == "today":
            return rows.filter(next_visit_on__lte=today)
        return rows.filter(next_visit_on__range=this_week(today))

    def tracked_by_viewer(self, rows: Any, _asked: bool) -> Any:
        return rows.filter(tracker=self.viewer)


class TrackingFilter(InjuredFilter):
    """Of those who are still to be visited."""

    field_order = ("due", "unit", "grade", "age", "mine", "q")

    def __init__(self, data: Any, **options: Any) -> None:
        super().__init__(data, **options)
        del self.fields["state"]
        due: Any = self.fields["due"]
        due.choices = [("", "全部"), ("overdue", "逾期"), ("today", "今日及逾期"), ("week", "本周应访")]
