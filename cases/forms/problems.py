"""问题件: finding one, answering it, looking at it again; and the filters of its list."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from django import forms
from django.db.models import Q
from django.utils import timezone

from cases.listing.units import unit_options
from cases.models import CasePaper, CaseStep, ClaimCase, ProblemClass, ProblemFinding, Severity, Step
from cases.problems.periods import month_after
from cases.problems.waiting import WAITING
from cases.services import Amended, Problem, SecondLook
from departments.access import SEE_CASES
from departments.listings import ListFilter
from departments.models import Staff

ANY = ("", "全部")
MINE = (
    ANY,
    ("reply", "待我答复"),
    ("correct", "待整改"),
    ("confirm", "我发现待确认"),
    ("look", "待我复核申诉"),
)
_STEPS = [(step.value, step.label) for step in Step if step not in (Step.HEAD_OFFICE, Step.EDIT_AMOUNT)]


def month_of(text: str) -> date | None:
    """2026-11 as the first of the month; None for anything else."""
    try:
        return datetime.strptime(f"{text}-01", "%Y-%m-%d").date()  # noqa: DTZ007
    except ValueError:
        return None


class ProblemFilter(ListFilter):
    lookups: ClassVar[Mapping[str, str]] = {
        "mine": "waiting",
        "unit": "in_unit",
        "problem_class": "problem_class__code",
        "status": "in_status",
        "severity": "severity",
        "source": "source",
        "person": "of_person",
        "month": "found_in",
        "period": "counted_in",
    }

    mine = forms.ChoiceField(label="我的", choices=MINE, required=False)
    unit = forms.ChoiceField(label="责任机构", required=False)
    problem_class = forms.ChoiceField(label="类别", required=False)
    status = forms.ChoiceField(label="状态", required=False)
    severity = forms.ChoiceField(label="程度", choices=[ANY, *Severity.choices], required=False)
    source = forms.ChoiceField(label="来源", choices=[ANY, *ProblemFinding.Source.choices], required=False)
    person = forms.CharField(label="责任人", required=False, max_length=30)
    month = forms.CharField(
        label="发现月份", required=False, max_length=7, widget=forms.TextInput({"type": "month"})
    )
    period = forms.CharField(
        label="考核期", required=False, max_length=7, widget=forms.TextInput({"type": "month"})
    )

    def __init__(self, data: Any, viewer: Staff) -> None:
        super().__init__(data)
        self.viewer = viewer
        posts = [held.post.unit_id for held in viewer.posts_today]
        self.units = unit_options({*viewer.unit_scope.ids(SEE_CASES), *posts})
        units: list[tuple[Any, str]] = [ANY, *((one.id, one.indented) for one in self.units)]
        classes = [(one.code, str(one)) for one in ProblemClass.objects.all()]
        states = [*ProblemFinding.Status.choices, ("overdue", "逾期未答复"), ("uncorrected", "未整改")]
        for name, choices in (
            ("unit", units),
            ("problem_class", [ANY, *classes]),
            ("status", [ANY, *states]),
        ):
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def waiting(self, rows: Any, value: str) -> Any:
        return rows.filter(pk__in=WAITING[value](self.viewer).values("pk"))

    def in_unit(self, rows: Any, value: str) -> Any:
        path = next(one.path for one in self.units if one.id == int(value))
        return rows.filter(unit__path__startswith=path)

    def in_status(self, rows: Any, value: str) -> Any:
        if value == "overdue":
            return rows.overdue(timezone.now())
        if value == "uncorrected":
            return rows.filter(needs_correction=True, corrected_at=None).exclude(status="lifted")
        return rows.filter(status=value)

    def of_person(self, rows: Any, value: str) -> Any:
        return rows.filter(Q(person__name=value) | Q(person__employee_no=value))

    def found_in(self, rows: Any, value: str) -> Any:
        month = month_of(value)
        if month is None:
            return rows
        return rows.filter(found_at__date__gte=month, found_at__date__lt=month_after(month))

    def counted_in(self, rows: Any, value: str) -> Any:
        month = month_of(value)
        return rows if month is None else rows.filter(period=month)


def _people_of(case: ClaimCase) -> Any:
    """Who did a step of the case, or handles it: nobody else can be at fault in it."""
    done = CaseStep.objects.filter(case=case).values("person")
    return Staff.objects.filter(Q(pk__in=done) | Q(pk=case.handler_id)).order_by("name")


def _text(label: str, *, rows: int = 3, required: bool = True) -> forms.CharField:
    widget = forms.Textarea({"rows": rows})
    return forms.CharField(label=label, max_length=1000, widget=widget, required=required)


class ProblemForm(forms.Form):
    problem_class = forms.ModelChoiceField(label="类别", queryset=ProblemClass.objects.all())
    severity = forms.ChoiceField(label="程度", choices=Severity.choices, initial="normal")
    step = forms.ChoiceField(label="环节", choices=_STEPS)
    person = forms.ModelChoiceField(
        label="责任人",
        queryset=Staff.objects.none(),
        required=False,
        empty_label="由环节办理人确定",
        help_text="只列办理过本案的人员",
    )
    source = forms.ChoiceField(label="来源", choices=ProblemFinding.Source.choices[1:])
    needs_correction = forms.BooleanField(label="须整改", required=False, initial=True)
    description = _text("问题描述")
    papers = forms.ModelMultipleChoiceField(
        label="证据材料",
        queryset=CasePaper.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any, case: ClaimCase, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["person"].queryset = _people_of(case)  # type: ignore[attr-defined]
        self.fields["papers"].queryset = CasePaper.objects.filter(case=case).order_by("pk")  # type: ignore[attr-defined]

    def problem(self) -> Problem:
        sent = dict(self.cleaned_data)
        return Problem(class_code=sent.pop("problem_class").code, **sent)


class AmendForm(forms.Form):
    severity = forms.ChoiceField(label="程度", choices=Severity.choices)
    person = forms.ModelChoiceField(
        label="责任人", queryset=Staff.objects.none(), required=False, empty_label="未确定"
    )
    needs_correction = forms.BooleanField(label="须整改", required=False)
    description = _text("问题描述")
    papers = forms.ModelMultipleChoiceField(
        label="证据材料",
        queryset=CasePaper.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any, finding: ProblemFinding) -> None:
        names = ("severity", "person", "needs_correction", "description")
        initial: dict[str, Any] = {name: getattr(finding, name) for name in names}
        super().__init__(data, initial={**initial, "papers": list(finding.papers.all())})
        self.fields["person"].queryset = _people_of(finding.case)  # type: ignore[attr-defined]
        self.fields["papers"].queryset = CasePaper.objects.filter(case=finding.case)  # type: ignore[attr-defined]

    def amended(self) -> Amended:
        return Amended(**self.cleaned_data)


class ReplyForm(forms.Form):
    kind = forms.ChoiceField(label="答复", choices=ProblemFinding.Reply.choices, widget=forms.RadioSelect)
    text = _text("答复内容")


class CorrectForm(forms.Form):
    text = _text("整改情况")


class AppealForm(forms.Form):
    text = _text("申诉理由")


class LookForm(forms.Form):
    look = forms.ChoiceField(label="复核结论", choices=ProblemFinding.Look.choices, widget=forms.RadioSelect)
    points = forms.IntegerField(
        label="减轻后扣分", min_value=0, max_value=1000, required=False, help_text="只在减轻时填写"
    )
    opinion = _text("复核意见")

    def second(self) -> SecondLook:
        sent = self.cleaned_data
        return SecondLook(sent["look"], sent["opinion"], sent["points"] or 0)


class ConfirmForm(forms.Form):
    note = forms.CharField(label="确认意见", max_length=200, required=False)


class WithdrawForm(forms.Form):
    note = _text("撤销理由", rows=2)
