"""What is filled in about a lead of fraud, and how the list is narrowed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.db.models import Q
from django.utils import timezone

from cases.forms.work import amount_field, moment_field
from cases.fraud.hints import Hint
from cases.models import CasePaper, FraudLead, FraudTask, SpecialRequest
from cases.services.fraud import Conclusion, HandOver, Suspicion
from departments.access import INVESTIGATE
from departments.listings import ListFilter
from departments.models import OrgUnit, Staff


def _day(label: str, **options: Any) -> forms.DateField:
    widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **options)


def _text(label: str, rows: int = 4) -> forms.CharField:
    return forms.CharField(label=label, max_length=3000, min_length=2, widget=forms.Textarea({"rows": rows}))


class LeadFilter(ListFilter):
    lookups: ClassVar[dict[str, str]] = {
        "state": "in_state",
        "need": "in_need",
        "source": "source",
        "indicator": "of_indicator",
        "unit": "of_unit",
        "since": "opened_at__date__gte",
        "until": "opened_at__date__lte",
    }

    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[("", "全部"), ("under_way", "办理中"), *FraudLead.Status.choices],
    )
    need = forms.ChoiceField(
        label="待办",
        required=False,
        choices=[
            ("", "不限"),
            ("mine", "待我调查"),
            ("tasks", "我的任务"),
            ("undecided", "待指派或结论"),
            ("late", "超过要求日期"),
        ],
    )
    source = forms.ChoiceField(
        label="来源", required=False, choices=[("", "全部"), *FraudLead.Source.choices]
    )
    indicator = forms.CharField(label="指标代码", required=False, max_length=20)
    unit = forms.ModelChoiceField(label="机构", queryset=OrgUnit.objects.none(), required=False)
    since = _day("登记自", required=False)
    until = _day("至", required=False)

    def __init__(self, data: Any, *, viewer: Staff) -> None:
        super().__init__(data)
        self.viewer = viewer
        units = OrgUnit.objects.filter(pk__in=viewer.unit_scope.ids("see_cases")).order_by("path_rank")
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]

    def in_state(self, rows: Any, value: str) -> Any:
        return rows.under_way() if value == "under_way" else rows.filter(status=value)

    def of_indicator(self, rows: Any, value: str) -> Any:
        return rows.filter(indicators__contains=[value.strip().upper()])

    def of_unit(self, rows: Any, value: OrgUnit) -> Any:
        return rows.filter(case__unit__path__startswith=value.path)

    def in_need(self, rows: Any, value: str) -> Any:
        viewer = self.viewer
        if value == "tasks":
            tasks = FraudTask.objects.filter(assignee=viewer, done_at=None)
            return rows.under_way().filter(pk__in=tasks.values("lead"))
        if value == "undecided":
            units = viewer.unit_scope.ids(INVESTIGATE)
            waiting = rows.filter(status__in=["open", "reported"], case__unit__in=units)
            return waiting.exclude(investigator=viewer)
        wanted = {
            "mine": Q(investigator=viewer, status="investigating"),
            "late": Q(due_on__lt=timezone.localdate(), status__in=["open", "investigating"]),
        }
        return rows.filter(wanted[value])


class SuspicionForm(forms.Form):
    source = forms.ChoiceField(label="来源", choices=FraudLead.Source.choices)
    indicators = forms.MultipleChoiceField(
        label="依据的提示", required=False, widget=forms.CheckboxSelectMultiple
    )
    description = _text("可疑情况")

    def __init__(self, data: Any, *, hints: list[Hint]) -> None:
        super().__init__(data, initial={"source": "hint" if hints else "survey"})
        choices = [(one.code, f"{one.name}：{one.reason}") for one in hints]
        self.fields["indicators"].choices = choices  # type: ignore[attr-defined]
        if not choices:
            del self.fields["indicators"]

    def suspicion(self) -> Suspicion:
        return Suspicion(**self.cleaned_data)


class InvestigatorForm(forms.Form):
    investigator = forms.ModelChoiceField(
        label="调查人", queryset=Staff.objects.none(), widget=forms.Select({"data-search": ""})
    )
    due_on = _day("要求完成日期", required=False)

    def __init__(self, data: Any, *, people: Any) -> None:
        super().__init__(data)
        self.fields["investigator"].queryset = people  # type: ignore[attr-defined]


class TaskForm(forms.Form):
    what = forms.CharField(label="调查事项", max_length=200)
    assignee = forms.ModelChoiceField(
        label="承办人", queryset=Staff.objects.none(), widget=forms.Select({"data-search": ""})
    )
    due_on = _day("要求完成日期", required=False)

    def __init__(self, data: Any, *, people: Any) -> None:
        super().__init__(data)
        self.fields["assignee"].queryset = people  # type: ignore[attr-defined]


class TaskDoneForm(forms.Form):
    outcome = _text("结果")


class EvidenceForm(forms.Form):
    paper = forms.ModelChoiceField(
        label="案卷材料", queryset=CasePaper.objects.none(), help_text="先在案件页「材料」中归档"
    )
    note = forms.CharField(label="证明什么", max_length=200)

    def __init__(self, data: Any, *, papers: Any) -> None:
        super().__init__(data)
        self.fields["paper"].queryset = papers  # type: ignore[attr-defined]


class LeadReportForm(forms.Form):
    report = _text("调查经过和意见", 6)


class ConcludeForm(forms.Form):
    status = forms.ChoiceField(
        label="结论", choices=[(one, FraudLead.Status(one).label) for one in FraudLead.ENDED]
    )
    loss_avoided = amount_field(
        "减损金额(元)",
        least="0",
        required=False,
        help_text="属实的填写；已关联拒赔的不填，按拒赔核准金额计算",
    )
    text = _text("结论说明")

    def conclusion(self) -> Conclusion:
        sent = self.cleaned_data
        return Conclusion(sent["status"], sent["text"], sent["loss_avoided"] or Decimal(0))


class RefusalForm(forms.Form):
    refusal = forms.ModelChoiceField(
        label="拒赔申请",
        queryset=SpecialRequest.objects.none(),
        required=False,
        empty_label="不关联",
        help_text="减损金额随拒赔的核准金额计算",
    )

    def __init__(self, data: Any, *, refusals: Any, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["refusal"].queryset = refusals  # type: ignore[attr-defined]


class PoliceForm(forms.Form):
    station = forms.CharField(label="受理公安机关", max_length=60)
    at = moment_field("移送时间")
    number = forms.CharField(label="受理文号", max_length=40, required=False)

    def hand_over(self) -> HandOver:
        return HandOver(**self.cleaned_data)
