"""What is filled in about a re-survey, and how the list is narrowed."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils import timezone

from cases.forms.deciding import problem_choices
from cases.forms.work import amount_field
from cases.models import Resurvey, Step
from cases.resurveys.rulings import OF_THE_LOSS
from cases.services.resurveying import Found, Order
from departments.listings import ListFilter
from departments.models import OrgUnit, Staff

_DAY = {"type": "date"}


def _day(label: str, **options: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(_DAY, format="%Y-%m-%d"), **options)


class ResurveyFilter(ListFilter):
    lookups: ClassVar[dict[str, str]] = {
        "state": "status",
        "result": "result",
        "kind": "kind",
        "need": "in_need",
        "unit": "of_unit",
        "since": "ordered_at__date__gte",
        "until": "ordered_at__date__lte",
    }

    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *Resurvey.Status.choices])
    need = forms.ChoiceField(
        label="待办",
        required=False,
        choices=[("", "不限"), ("mine", "待我复勘"), ("confirm", "待确认"), ("problem", "差异未登记问题件")],
    )
    kind = forms.ChoiceField(label="方式", required=False, choices=[("", "全部"), *Resurvey.Kind.choices])
    result = forms.ChoiceField(label="结果", required=False, choices=[("", "全部"), *Resurvey.Result.choices])
    unit = forms.ModelChoiceField(label="机构", queryset=OrgUnit.objects.none(), required=False)
    since = _day("发起自", required=False)
    until = _day("至", required=False)

    def __init__(self, data: Any, *, viewer: Staff) -> None:
        super().__init__(data)
        self.viewer = viewer
        units = OrgUnit.objects.filter(pk__in=viewer.unit_scope.ids("see_cases")).order_by("path_rank")
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]

    def of_unit(self, rows: Any, value: OrgUnit) -> Any:
        return rows.filter(case__unit__path__startswith=value.path)

    def in_need(self, rows: Any, value: str) -> Any:
        if value == "mine":
            return rows.waiting().filter(assignee=self.viewer)
        if value == "confirm":
            return rows.filter(status=Resurvey.Status.DONE).exclude(done_by=self.viewer)
        return rows.filter(status="confirmed", result__in=["different", "serious"], problem=None)


class AssigneeForm(forms.Form):
    assignee = forms.ModelChoiceField(label="复勘人", queryset=Staff.objects.none())
    due_on = _day("要求完成日期", required=False, help_text="不填按复勘时限计算")

    def __init__(self, data: Any, *, people: Any) -> None:
        super().__init__(data)
        self.fields["assignee"].queryset = people  # type: ignore[attr-defined]


class OrderForm(AssigneeForm):
    reason = forms.CharField(label="复勘原因", max_length=200, min_length=2)

    def __init__(self, data: Any, *, people: Any) -> None:
        super().__init__(data, people=people)
        self.fields["assignee"].required = False
        self.fields["assignee"].empty_label = "复勘岗中待办最少者"  # type: ignore[attr-defined]

    def order(self) -> Order:
        return Order(**self.cleaned_data)


class FoundForm(forms.Form):
    resurveyed_on = _day("复勘日期")
    place = forms.CharField(label="复勘地点", max_length=120, required=False)
    result = forms.ChoiceField(label="结果", choices=Resurvey.Result.choices)
    amount = amount_field("复勘金额(元)", least="0", required=False, help_text="有差异时填写")
    findings = forms.CharField(label="复勘情况", max_length=2000, widget=forms.Textarea({"rows": 4}))

    def __init__(self, data: Any) -> None:
        super().__init__(data, initial={"resurveyed_on": timezone.localdate()})

    def found(self) -> Found:
        return Found(**self.cleaned_data)


class ConfirmForm(forms.Form):
    note = forms.CharField(label="确认意见", max_length=300, required=False)


class CancelForm(forms.Form):
    reason = forms.CharField(label="取消原因", max_length=200, min_length=2)


class ProblemForm(forms.Form):
    class_code = forms.ChoiceField(label="问题分类", initial="P3")
    step = forms.ChoiceField(
        label="发生环节", choices=[(one.value, one.label) for one in OF_THE_LOSS], initial=Step.ASSESS
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.fields["class_code"].choices = problem_choices()  # type: ignore[attr-defined]
