from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone

from cases.data_quality.fields import FIELDS
from cases.data_quality.places import corrections_for
from cases.data_quality.report import next_month
from cases.models import DataCorrection, DataQualityIssue
from cases.supervision.acts import midnight
from departments.access import SEE_CASES
from departments.listings import ListFilter
from departments.models import OrgUnit, Staff

MONTH = {"type": "month"}


def month_in(text: str) -> date | None:
    """The first of the month; None for what is no month."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return None


class _OfCases(ListFilter):
    """With the units whose cases the viewer sees."""

    unit = forms.ModelChoiceField(label="机构", queryset=OrgUnit.objects.none(), required=False)

    def __init__(self, data: Any, staff: Staff) -> None:
        super().__init__(data)
        self.staff = staff
        field: Any = self.fields["unit"]
        field.queryset = OrgUnit.objects.filter(pk__in=staff.unit_scope.ids(SEE_CASES)).in_order()


class IssueFilter(_OfCases):
    lookups: ClassVar[Mapping[str, str]] = {
        "unit": "case__unit",
        "rule": "rule",
        "state": "in_state",
        "month": "in_month",
        "batch": "batch",
        "mine": "of_mine",
    }
    STATES = (
        ("open", "待处理"),
        ("overdue", "超期未改"),
        ("corrected", "已更正"),
        ("true_as_is", "情况属实"),
        ("gone", "已消除"),
        ("all", "全部"),
    )

    rule = forms.ChoiceField(
        label="规则", choices=[("", "全部"), *DataQualityIssue.Rule.choices], required=False
    )
    state = forms.ChoiceField(label="状态", choices=STATES, required=False)
    month = forms.CharField(
        label="发现月份", required=False, max_length=7, widget=forms.TextInput(attrs=MONTH)
    )
    batch = forms.IntegerField(required=False, widget=forms.HiddenInput)
    mine = forms.BooleanField(label="只看我负责的", required=False)

    def in_state(self, rows: QuerySet[DataQualityIssue], value: str) -> QuerySet[DataQualityIssue]:
        chosen = {
            "open": Q(resolved_at=None),
            "overdue": Q(resolved_at=None, due_on__lt=timezone.localdate()),
            "all": Q(),
        }
        return rows.filter(chosen.get(value, Q(outcome=value)))

    def in_month(self, rows: QuerySet[DataQualityIssue], value: str) -> QuerySet[DataQualityIssue]:
        first = month_in(value)
        if first is None:
            return rows
        return rows.filter(found_at__gte=midnight(first), found_at__lt=midnight(next_month(first)))

    def of_mine(self, rows: QuerySet[DataQualityIssue], value: bool) -> QuerySet[DataQualityIssue]:
        return rows.filter(case__handler=self.staff)


class CorrectionFilter(_OfCases):
    lookups: ClassVar[Mapping[str, str]] = {
        "unit": "case__unit",
        "state": "status",
        "field": "field",
        "waiting": "for_me",
        "own": "by_me",
    }

    field = forms.ChoiceField(
        label="字段",
        choices=[("", "全部"), *((name, one.label) for name, one in FIELDS.items())],
        required=False,
    )
    state = forms.ChoiceField(
        label="状态", choices=[("", "全部"), *DataCorrection.Status.choices], required=False
    )
    waiting = forms.BooleanField(label="待我复核", required=False)
    own = forms.BooleanField(label="我申请的", required=False)

    def for_me(self, rows: Any, value: bool) -> Any:
        return rows.filter(pk__in=corrections_for(self.staff).values("pk"))

    def by_me(self, rows: QuerySet[DataCorrection], value: bool) -> QuerySet[DataCorrection]:
        return rows.filter(requested_by=self.staff)


class CorrectionForm(forms.Form):
    field = forms.ChoiceField(label="字段", choices=[(name, one.label) for name, one in FIELDS.items()])
    after = forms.CharField(
        label="更正为",
        required=False,
        max_length=200,
        help_text="时间写成 2026-11-05 14:30；是否类写“是”或“否”；留空表示清空该字段",
    )
    reason = forms.CharField(
        label="理由与依据", max_length=300, min_length=2, widget=forms.Textarea(attrs={"rows": 2})
    )
    issue = forms.IntegerField(required=False, widget=forms.HiddenInput)


class OpinionForm(forms.Form):
    opinion = forms.CharField(label="复核意见", max_length=300, required=False)


class ReasonForm(forms.Form):
    opinion = forms.CharField(label="不同意的理由", max_length=300, min_length=2)


class TrueForm(forms.Form):
    reason = forms.CharField(label="核实情况", max_length=200, min_length=2)
