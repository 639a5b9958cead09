"""问题件通报 and the matrix: what is chosen and written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils import timezone

from cases.forms.problems import ANY, month_of
from cases.models import FeedbackLetter, FeedbackLine
from cases.problems.periods import months_of_quarter
from cases.services.feedback import Text
from departments.access import SEE_CASES
from departments.listings import ListFilter
from departments.models import OrgUnit, Staff

REMARK = "remark_"


def month_field(label: str, *, required: bool = False) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=7, required=required, widget=forms.TextInput({"type": "month"})
    )


def units_seen(viewer: Staff) -> Any:
    """Those whose cases the viewer sees: sub-branches, and offices that make mistakes of their own."""
    return OrgUnit.objects.filter(pk__in=viewer.unit_scope.ids(SEE_CASES)).in_order()


class LetterFilter(ListFilter):
    lookups: ClassVar[Mapping[str, str]] = {"unit": "unit", "month": "in_month", "status": "status"}

    unit = forms.ModelChoiceField(
        label="机构", queryset=OrgUnit.objects.none(), required=False, empty_label="全部"
    )
    month = month_field("月份")
    status = forms.ChoiceField(label="状态", choices=[ANY, *FeedbackLetter.Status.choices], required=False)

    def __init__(self, data: Any, viewer: Staff) -> None:
        super().__init__(data)
        self.fields["unit"].queryset = units_seen(viewer)  # type: ignore[attr-defined]

    def in_month(self, rows: Any, value: str) -> Any:
        month = month_of(value)
        return rows if month is None else rows.filter(month=month)


class DraftForm(forms.Form):
    unit = forms.ModelChoiceField(label="机构", queryset=OrgUnit.objects.none())
    month = month_field("月份", required=True)

    def __init__(self, data: Any, viewer: Staff) -> None:
        super().__init__(data, initial={"month": f"{timezone.localdate():%Y-%m}"})
        self.fields["unit"].queryset = units_seen(viewer)  # type: ignore[attr-defined]

    def clean_month(self) -> date:
        month = month_of(self.cleaned_data["month"])
        if month is None:
            raise forms.ValidationError("请按 2026-11 的样子填写月份。")
        return month


class LetterForm(forms.Form):
    """Summary, demands, and one remark per line."""

    summary = forms.CharField(
        label="总体情况", max_length=2000, widget=forms.Textarea({"rows": 3}), required=False
    )
    demands = forms.CharField(
        label="整改要求", max_length=2000, widget=forms.Textarea({"rows": 3}), required=False
    )

    def __init__(self, data: Any, letter: FeedbackLetter, lines: list[FeedbackLine]) -> None:
        super().__init__(data, initial={"summary": letter.summary, "demands": letter.demands})
        for line in lines:
            self.fields[f"{REMARK}{line.pk}"] = forms.CharField(
                label=f"第 {line.position} 项通报意见", max_length=300, required=False, initial=line.remark
            )

    def text(self) -> Text:
        sent = self.cleaned_data
        remarks = {
            int(name.removeprefix(REMARK)): value for name, value in sent.items() if name.startswith(REMARK)
        }
        return Text(sent["summary"], sent["demands"], remarks)


class ReceiptForm(forms.Form):
    note = forms.CharField(label="签收意见", max_length=200, required=False)


class CorrectionForm(forms.Form):
    reason = forms.CharField(label="更正理由", max_length=200, min_length=2)


class BoardForm(forms.Form):
    """A span of months; this quarter until others are chosen, what cannot be read counts as not given."""

    since = month_field("自")
    until = month_field("至")
    MOST = 24

    def span(self) -> tuple[date, date]:
        self.is_valid()
        first, last = months_of_quarter(timezone.localdate())
        first = month_of(self.cleaned_data.get("since", "")) or first
        last = max(first, month_of(self.cleaned_data.get("until", "")) or last)
        months = (last.year - first.year) * 12 + last.month - first.month
        return first, last if months < self.MOST else first
