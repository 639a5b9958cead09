"""What is missing from a claim's papers, and when its notice went out, arrived and was answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from cases.forms.work import moment_field
from cases.models import PapersNotice, RequiredPaper
from cases.services import NoticeRequest, NoticeStep
from departments.listings import ListFilter

_LONGEST = 80
_STATES: Mapping[str, Mapping[str, Any]] = {
    "drafted": {"sent_at": None, "cancelled_at": None},
    "sent": {"sent_at__isnull": False, "received_at": None, "cancelled_at": None},
    "received": {"received_at__isnull": False},
    "cancelled": {"cancelled_at__isnull": False},
}


class NoticeForm(forms.Form):
    """`missing`: those of the asked papers that the file does not hold, ticked beforehand."""

    found_at = moment_field("发现材料不全时间")
    items = forms.MultipleChoiceField(
        label="需补充的材料", required=False, widget=forms.CheckboxSelectMultiple
    )
    others = forms.CharField(
        label="其他材料",
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text="一行一项；须一次列全，之后不能再要求补充其他材料",
    )
    note = forms.CharField(label="说明", max_length=200, required=False)

    def __init__(
        self, data: Any, *, asked: Iterable[RequiredPaper], missing: Iterable[RequiredPaper]
    ) -> None:
        initial = {"found_at": timezone.localtime(), "items": [paper.name for paper in missing]}
        super().__init__(data, initial=initial)
        field: Any = self.fields["items"]
        field.choices = [(paper.name, paper.name) for paper in asked]

    def clean_others(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["others"].splitlines() if line.strip()]
        if any(len(line) > _LONGEST for line in lines):
            raise forms.ValidationError(f"每项最多 {_LONGEST} 字。")
        return lines

    def request(self) -> NoticeRequest:
        sent = self.cleaned_data
        items = list(dict.fromkeys([*sent["items"], *sent["others"]]))
        return NoticeRequest(items, sent["found_at"], sent["note"])


class StepForm(forms.Form):
    """The next moment of a notice; how it was delivered is asked with the sending."""

    at = moment_field("时间")
    channel = forms.ChoiceField(label="送达方式", choices=PapersNotice.Channel)

    def __init__(self, data: Any, *, label: str, asks_channel: bool) -> None:
        super().__init__(data, initial={"at": timezone.localtime()})
        self.fields["at"].label = f"{label}时间"
        if not asks_channel:
            del self.fields["channel"]

    def step(self) -> NoticeStep:
        return NoticeStep(self.cleaned_data["at"], self.cleaned_data.get("channel", ""))


class CancelForm(forms.Form):
    reason = forms.CharField(label="作废原因", max_length=200)


class NoticeFilter(ListFilter):
    lookups: ClassVar[Mapping[str, str]] = {
        "state": "in_state",
        "from_day": "found_at__date__gte",
        "to_day": "found_at__date__lte",
        "q": "with_number",
    }
    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[
            ("", "全部"),
            ("drafted", "待发出"),
            ("sent", "已发出，未补齐"),
            ("received", "已补齐"),
            ("cancelled", "已作废"),
        ],
    )
    from_day = forms.DateField(label="发现日期起", required=False, widget=forms.DateInput({"type": "date"}))
    to_day = forms.DateField(label="止", required=False, widget=forms.DateInput({"type": "date"}))
    q = forms.CharField(label="编号 / 案件号", required=False)

    def in_state(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        return rows.filter(**_STATES[value])

    def with_number(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        by_case = rows.filter(case__report_no__startswith=value) | rows.filter(
            case__claim_no__startswith=value
        )
        return rows.filter(number__startswith=value) | by_case
