"""What is filled in about a major loss, and how the list is narrowed."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from cases.clocks import Clocks
from cases.forms.work import amount_field
from cases.majors.reading import late_ids
from cases.models import MajorLoss
from cases.services import OpinionFacts, ReportFacts, VisitFacts
from departments.listings import ListFilter
from departments.models import OrgUnit, Staff

HEAD_OFFICE = "总公司车险理赔管理中心"


def _text(label: str, rows: int = 3, **options: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=2000, widget=widget, **options)


def _day(label: str) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))


class MajorFilter(ListFilter):
    """`due`: what burns. The register and the list of work narrow alike."""

    lookups: ClassVar[dict[str, str]] = {
        "state": "in_state",
        "due": "in_need",
        "unit": "of_unit",
        "since": "recognised_at__date__gte",
        "until": "recognised_at__date__lte",
    }

    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[("", "跟踪中"), ("closed", "已结束"), ("withdrawn", "已撤销认定"), ("all", "全部")],
    )
    due = forms.ChoiceField(
        label="待办",
        required=False,
        choices=[
            ("", "不限"),
            ("unreported", "未首报"),
            ("late", "报告逾期"),
            ("soon", "报告将到期"),
            ("unvisited", "部门未介入"),
            ("mine", "由我负责"),
        ],
    )
    unit = forms.ModelChoiceField(label="机构", queryset=OrgUnit.objects.none(), required=False)
    since = forms.DateField(label="认定自", required=False, widget=forms.DateInput({"type": "date"}))
    until = forms.DateField(label="至", required=False, widget=forms.DateInput({"type": "date"}))

    def __init__(self, data: Any, *, viewer: Staff) -> None:
        super().__init__(data)
        self.viewer = viewer
        units = OrgUnit.objects.filter(pk__in=viewer.unit_scope.ids("see_cases")).order_by("path_rank")
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]

    def narrow(self, rows: QuerySet[Any, Any]) -> Any:
        """Without a state asked for, those that are followed."""
        narrowed = super().narrow(rows)
        return narrowed if self.cleaned_data.get("state") else narrowed.open()

    def in_state(self, rows: Any, value: str) -> Any:
        return rows if value == "all" else rows.filter(status=value)

    def of_unit(self, rows: Any, value: OrgUnit) -> Any:
        return rows.filter(case__unit__path__startswith=value.path)

    def in_need(self, rows: Any, value: str) -> Any:
        if value == "mine":
            return rows.filter(officer=self.viewer)
        if value in ("unreported", "unvisited"):
            return getattr(rows, value)()
        late = late_ids(list(rows.open()), Clocks.today(), pressing=value == "soon")
        return rows.filter(pk__in=late)


class RecogniseForm(forms.Form):
    ground = forms.CharField(label="认定理由", max_length=300, min_length=2, help_text="对应的标准和依据")


class ReportForm(forms.Form):
    """首报 and 进展 ask for the same; a new estimate goes the way of every estimate change."""

    addressee = forms.CharField(label="报送", max_length=60, initial=HEAD_OFFICE)
    deaths = forms.IntegerField(label="死亡人数", min_value=0, max_value=999, initial=0)
    injured = forms.IntegerField(label="受伤人数", min_value=0, max_value=999, initial=0)
    liability = forms.CharField(label="责任", max_length=200, help_text="事故责任和保险责任的判断")
    progress = _text("经过和进展", 4)
    next_step = forms.CharField(label="下一步", max_length=300)
    re_estimate = amount_field("再估损(元)", required=False, help_text="填写后按估损调整办理；不变则不填")

    def __init__(self, data: Any, *, major: MajorLoss) -> None:
        last = major.reports.last()
        initial = {"liability": f"本方责任 {major.case.liability_ratio}%"}
        if last:
            names = ("addressee", "deaths", "injured", "liability", "next_step")
            initial = {name: getattr(last, name) for name in names}
        super().__init__(data, initial=initial)

    def facts(self) -> ReportFacts:
        names = ("liability", "progress", "next_step", "addressee", "deaths", "injured", "re_estimate")
        return ReportFacts(**{name: self.cleaned_data[name] for name in names})


class CloseMajorForm(ReportForm):
    no_visit_reason = forms.CharField(
        label="部门未到现场的原因", max_length=200, required=False, help_text="有介入记录的不必填写"
    )

    def __init__(self, data: Any, *, major: MajorLoss) -> None:
        super().__init__(data, major=major)
        del self.fields["re_estimate"]
        self.fields["progress"].label = "处理结论"

    def facts(self) -> ReportFacts:
        names = ("liability", "progress", "next_step", "addressee", "deaths", "injured")
        return ReportFacts(**{name: self.cleaned_data[name] for name in names})


class VisitForm(forms.Form):
    visited_on = _day("日期")
    place = forms.CharField(label="地点", max_length=120)
    people = forms.ModelMultipleChoiceField(
        label="部门参加人员", queryset=Staff.objects.none(), widget=forms.SelectMultiple({"data-search": ""})
    )
    findings = _text("查勘定损情况")
    advice = _text("指导意见")
    agreed_estimate = amount_field("商定估损(元)", required=False)

    def __init__(self, data: Any, *, people: Any, place: str) -> None:
        super().__init__(data, initial={"visited_on": timezone.localdate(), "place": place})
        self.fields["people"].queryset = people  # type: ignore[attr-defined]

    def facts(self) -> VisitFacts:
        sent = self.cleaned_data
        return VisitFacts(**{**sent, "people": list(sent["people"])})


class ExpertForm(forms.Form):
    expert = forms.CharField(label="专家", max_length=30)
    organisation = forms.CharField(label="单位", max_length=60)
    given_on = _day("日期")
    opinion = _text("意见")

    def facts(self) -> OpinionFacts:
        return OpinionFacts(**self.cleaned_data)


class WithdrawMajorForm(forms.Form):
    reason = forms.CharField(label="撤销认定的理由", max_length=200, min_length=2)


class OfficerForm(forms.Form):
    officer = forms.ModelChoiceField(label="大案负责人", queryset=Staff.objects.none())

    def __init__(self, data: Any, *, people: Any) -> None:
        super().__init__(data)
        self.fields["officer"].queryset = people  # type: ignore[attr-defined]
