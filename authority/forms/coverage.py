"""Which part of the coverage map is shown, and the one cell that is opened."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from authority.coverage.bands import LINES, LOSS_CLASSES, SPECIAL_KINDS
from authority.coverage.map import Question, covered_units
from authority.models import AuthorityItem, FindingKind, LineCode, LossCode, SpecialCode
from authority.models.findings import FindingQuerySet
from authority.rulings import Matter
from authority.terms import fen
from departments.forms import DateInput
from departments.models import OrgUnit, Staff


class CoverageForm(forms.Form):
    item = forms.ModelChoiceField(
        AuthorityItem.objects.all(), label="事项", to_field_name="code", required=False, empty_label=None
    )
    loss_class = forms.ChoiceField(
        label="损失类别",
        required=False,
        choices=[("", "全部"), *((code, LossCode(code).label) for code in LOSS_CLASSES)],
    )
    line = forms.ChoiceField(
        label="险别",
        required=False,
        choices=[("", "按损失类别"), *((code, LineCode(code).label) for code in LINES)],
    )
    special_kind = forms.ChoiceField(
        label="特殊案件类型",
        required=False,
        choices=[("", "按事项"), *((code, SpecialCode(code).label) for code in SPECIAL_KINDS if code)],
    )
    on = forms.DateField(label="日期", required=False, widget=DateInput())
    is_litigated = forms.BooleanField(label="涉诉案件", required=False)

    def question(self) -> Question:
        """What cannot be read as a choice is left as it usually is."""
        values = self.cleaned_data if self.is_valid() else {}
        names = ("loss_class", "line", "special_kind", "is_litigated")
        chosen = {name: values[name] for name in names if values.get(name)}
        return Question(values.get("on") or timezone.localdate(), **chosen)

    @property
    def chosen_item(self) -> AuthorityItem | None:
        return self.cleaned_data.get("item") if self.is_valid() else None


class CellForm(CoverageForm):
    """One matter of the map, brought along in the address."""

    amount = forms.DecimalField(min_value=0, max_digits=14, decimal_places=2)
    unit = forms.ModelChoiceField(OrgUnit.objects.all(), to_field_name="path")

    def __init__(self, *args: Any, staff: Staff, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["unit"].queryset = OrgUnit.objects.visible_to(staff)  # type: ignore[attr-defined]
        for name in ("item", "loss_class"):
            self.fields[name].required = True

    def matter(self) -> Matter:
        values = self.cleaned_data
        kind = self.question().kind(values["item"], values["loss_class"])
        return kind.matter(values["unit"].path, fen(values["amount"]))


def units_shown(staff: Staff, form: CoverageForm) -> list[OrgUnit]:
    """The units in which cases arise, of those that this person sees."""
    on = form.question().on
    seen = set(OrgUnit.objects.visible_to(staff).values_list("pk", flat=True))
    return [unit for unit in covered_units(on) if unit.pk in seen]


class FindingFilter(forms.Form):
    STATES = (("waiting", "待知悉"), ("standing", "现有"), ("gone", "已消失"), ("all", "全部"))

    state = forms.ChoiceField(label="状态", required=False, choices=STATES)
    kind = forms.ModelChoiceField(
        FindingKind.objects.all(), label="项目", to_field_name="code", required=False, empty_label="全部"
    )
    words = forms.CharField(label="内容", required=False, max_length=30)

    def chosen(self, rows: FindingQuerySet) -> FindingQuerySet:
        values = self.cleaned_data if self.is_valid() else {}
        rows = _in_state(rows, values.get("state", ""))
        if values.get("kind"):
            rows = rows.filter(kind=values["kind"])
        return rows.filter(text__icontains=values["words"]) if values.get("words") else rows


def _in_state(rows: FindingQuerySet, state: str) -> FindingQuerySet:
    if state == "gone":
        return rows.exclude(gone_on=None)
    if state == "all":
        return rows
    return rows.standing() if state == "standing" else rows.waiting()
