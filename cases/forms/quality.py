"""抽样 and 评分: what is drawn, the sheet as a form, the filters of the lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone

from cases.models import ProblemClass, QualityDraw, QualitySample, SampleAnswer, SampleRule, ScoreItem
from cases.quality.results import SETTLED_LOOK
from cases.quality.scoring import FULL
from cases.services.inspecting import Mark, marking_objections
from departments.listings import ListFilter
from departments.models import OrgUnit, Staff

DAY = {"type": "date"}
OPEN = Q(status__in=["waiting", "appealed"])


class SampleFilter(ListFilter):
    lookups: ClassVar[Mapping[str, str]] = {
        "draw": "draw",
        "unit": "unit",
        "state": "in_state",
        "mine": "of_mine",
        "person": "lost_by",
        "problem": "of_class",
        "rule": "drawn_rule__rule__code",
        "since": "drawn_since",
        "until": "drawn_until",
    }
    STATES = (
        ("", "全部"),
        ("open", "待评分或复评"),
        ("done", "已有得分"),
        ("overdue", "超期未评"),
        ("scored", "已评分，可申诉"),
        ("appealed", "申诉复评中"),
        ("settled", "已定稿"),
        ("vetoed", "一票否决"),
        ("low", "80 分以下"),
    )

    since = forms.CharField(required=False, max_length=7, widget=forms.HiddenInput)
    until = forms.CharField(required=False, max_length=7, widget=forms.HiddenInput)
    draw = forms.ModelChoiceField(label="抽样", queryset=QualityDraw.objects.all(), required=False)
    unit = forms.ModelChoiceField(label="机构", queryset=OrgUnit.objects.none(), required=False)
    state = forms.ChoiceField(label="状态", choices=STATES, required=False)
    rule = forms.CharField(label="规则", required=False, max_length=20, widget=forms.HiddenInput)
    person = forms.IntegerField(required=False, widget=forms.HiddenInput)
    problem = forms.ModelChoiceField(label="扣分类别", queryset=ProblemClass.objects.all(), required=False)
    mine = forms.BooleanField(label="只看待我评", required=False)

    def __init__(self, data: Any, staff: Staff, samples: QuerySet[QualitySample]) -> None:
        super().__init__(data)
        self.staff = staff
        fields: Any = self.fields
        fields["draw"].queryset = QualityDraw.objects.filter(pk__in=samples.order_by().values("draw"))
        fields["unit"].queryset = OrgUnit.objects.filter(pk__in=samples.order_by().values("unit")).in_order()

    def in_state(self, rows: QuerySet[QualitySample], value: str) -> QuerySet[QualitySample]:
        chosen = {
            "open": OPEN,
            "done": Q(score__isnull=False),
            "overdue": Q(status="waiting", due_on__lt=timezone.localdate()),
            "vetoed": Q(is_vetoed=True),
            "low": Q(score__lt=80),
        }
        return rows.filter(chosen.get(value, Q(status=value)))

    def of_mine(self, rows: Any, value: bool) -> Any:
        return rows.waiting_for(self.staff)

    def drawn_since(self, rows: QuerySet[QualitySample], value: str) -> QuerySet[QualitySample]:
        first = _month(value)
        return rows.filter(draw__since__gte=first) if first else rows

    def drawn_until(self, rows: QuerySet[QualitySample], value: str) -> QuerySet[QualitySample]:
        first = _month(value)
        return rows.filter(draw__until__lt=_next(first)) if first else rows

    def lost_by(self, rows: QuerySet[QualitySample], value: int) -> QuerySet[QualitySample]:
        return rows.filter(pk__in=_faults().filter(person=value).values("sample"))

    def of_class(self, rows: QuerySet[QualitySample], value: ProblemClass) -> QuerySet[QualitySample]:
        return rows.filter(pk__in=_faults().filter(item__problem_class=value).values("sample"))


def _faults() -> QuerySet[SampleAnswer]:
    return SampleAnswer.objects.filter(
        SETTLED_LOOK, verdict__in=["bad", "partial"], sample__score__isnull=False
    )


class ResultsFilter(forms.Form):
    """Which drawings the results are about: one of them, or all of the months."""

    since = forms.CharField(
        label="自", required=False, max_length=7, widget=forms.TextInput(attrs={"type": "month"})
    )
    until = forms.CharField(
        label="至", required=False, max_length=7, widget=forms.TextInput(attrs={"type": "month"})
    )

    def months(self) -> tuple[date, date]:
        """The first and the last day; last month where nothing readable is given."""
        last_month = (timezone.localdate().replace(day=1) - timedelta(days=1)).replace(day=1)
        first = _month(self.data.get("since", "")) or last_month
        last = _month(self.data.get("until", "")) or first
        first, last = min(first, last), max(first, last)
        return first, _next(last) - timedelta(days=1)


def _next(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def _month(text: str) -> date | None:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return None


class SpecialDrawForm(forms.Form):
    title = forms.CharField(label="名称", max_length=60)
    unit = forms.ModelChoiceField(label="部门", queryset=OrgUnit.objects.none())
    since = forms.DateField(label="期间始", widget=forms.DateInput(attrs=DAY))
    until = forms.DateField(label="期间止", widget=forms.DateInput(attrs=DAY))
    rules = forms.ModelMultipleChoiceField(
        label="抽样规则", queryset=SampleRule.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any, units: Iterable[int]) -> None:
        super().__init__(data)
        fields: Any = self.fields
        fields["unit"].queryset = OrgUnit.objects.filter(pk__in=list(units), kind="department").in_order()
        fields["unit"].initial = fields["unit"].queryset.first()
        fields["rules"].queryset = SampleRule.objects.on(timezone.localdate())

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        since, until = values.get("since"), values.get("until")
        if since and until and until < since:
            self.add_error("until", "须不早于期间始")
        if until and until > timezone.localdate():
            self.add_error("until", "期间尚未结束")
        return values


class AssignForm(forms.Form):
    to = forms.ModelChoiceField(label="改派给", queryset=Staff.objects.none())

    def __init__(self, data: Any, people: QuerySet[Staff]) -> None:
        super().__init__(data)
        field: Any = self.fields["to"]
        field.queryset = people


class AppealForm(forms.Form):
    appeal = forms.CharField(
        label="申诉理由", max_length=500, min_length=4, widget=forms.Textarea(attrs={"rows": 3})
    )


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One question with what is filled in; `options` are (value, label, chosen, key)."""

    item: ScoreItem
    mark: Mark | None
    options: list[tuple[str, str, bool, int]]
    begins_section: bool
    deducted: str
    note: str


class SheetForm:
    """The score sheet as it was sent: three values per question, by its key."""

    def __init__(
        self, items: Iterable[ScoreItem], data: Mapping[str, str] | None, kept: Mapping[int, Mark]
    ) -> None:
        self.items = list(items)
        self.data = data
        self.marks = dict(kept) if data is None else self._read(data)

    def _read(self, data: Mapping[str, str]) -> dict[int, Mark]:
        found = {}
        for item in self.items:
            verdict = data.get(f"verdict-{item.pk}", "")
            if verdict in SampleAnswer.Verdict.values:
                note = data.get(f"note-{item.pk}", "").strip()[:300]
                found[item.pk] = Mark(verdict, _points(data.get(f"deducted-{item.pk}", "")), note)
        return found

    @property
    def errors(self) -> list[str]:
        return [objection.text for objection in marking_objections(self.items, self.marks)]

    @property
    def rows(self) -> list[SheetRow]:
        before = ""
        rows = []
        for item in self.items:
            rows.append(self._row(item, begins_section=item.section != before))
            before = item.section
        return rows

    def _row(self, item: ScoreItem, *, begins_section: bool) -> SheetRow:
        mark = self.marks.get(item.pk)
        verdicts = [one for one in SampleAnswer.Verdict.choices if not (item.is_veto and one[0] == "partial")]
        options = [
            (value, str(label), mark is not None and mark.verdict == value, place)
            for place, (value, label) in enumerate(verdicts, start=1)
        ]
        deducted = f"{mark.deducted:f}" if mark and mark.verdict == "partial" else ""
        return SheetRow(item, mark, options, begins_section, deducted, mark.note if mark else "")


def _points(text: str) -> Decimal:
    """What cannot be read counts as nothing, which a partial fault may not have."""
    try:
        value = Decimal(text.strip() or "0")
    except ArithmeticError:
        return Decimal(0)
    return value.quantize(Decimal("0.1")) if value.is_finite() and 0 <= value <= FULL else Decimal(0)
