"""The filters of the case list, from the query string."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict

from cases.lifecycle import Stage
from cases.listing.columns import COLUMNS
from cases.listing.criteria import CLOSED, LATE, OPEN, SOON, THREE_DAYS, TODAY
from cases.listing.sorts import SORTS
from cases.listing.units import UnitOption, at_or_below
from cases.models import LossClass, SavedFilter
from departments.models import PostType

EITHER = [("", "不限"), ("yes", "是"), ("no", "否")]


def _day(label: str) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=forms.DateInput({"type": "date"}))


def _amount(label: str) -> forms.DecimalField:
    return forms.DecimalField(label=label, required=False, min_value=0, max_digits=14, decimal_places=2)


def _either(label: str) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=EITHER)


class CaseFilterForm(forms.Form):
    """`cleaned_data` holds what was understood; a wrong value is named on the page and left out."""

    q = forms.CharField(label="查找", required=False, max_length=60)
    unit = forms.TypedChoiceField(label="机构", required=False, coerce=int, empty_value=None)
    group = forms.ChoiceField(
        label="未结/已结", required=False, choices=[("", "全部"), (OPEN, "未结"), (CLOSED, "已结")]
    )
    stage = forms.MultipleChoiceField(
        label="状态", required=False, choices=Stage.choices, widget=forms.CheckboxSelectMultiple
    )
    losses = forms.MultipleChoiceField(
        label="损失类别", required=False, choices=LossClass.choices, widget=forms.CheckboxSelectMultiple
    )
    injury = _either("涉及人伤")
    litigated = _either("涉诉")
    major = _either("重大案件")
    amount_from = _amount("估损不低于(元)")
    amount_to = _amount("估损不高于(元)")
    reported_from = _day("报案从")
    reported_to = _day("报案到")
    closed_from = _day("结案从")
    closed_to = _day("结案到")
    older_than = forms.IntegerField(label="未结超过(天)", required=False, min_value=1, max_value=9999)
    handler = forms.CharField(label="责任人", required=False, max_length=30)
    due = forms.ChoiceField(
        label="时限",
        required=False,
        choices=[
            ("", "不限"),
            (LATE, "已超"),
            (SOON, "到预警"),
            (TODAY, "今天到期或已超"),
            (THREE_DAYS, "三天内到期或已超"),
        ],
    )
    source = forms.CharField(label="来源", required=False, max_length=20)
    sort = forms.ChoiceField(
        label="排序", required=False, choices=[(sort.key, sort.label) for sort in SORTS.values()]
    )
    col = forms.MultipleChoiceField(
        label="列",
        required=False,
        choices=[(column.key, column.label) for column in COLUMNS.values()],
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any, *, units: Sequence[UnitOption]) -> None:
        super().__init__(data)
        self.units = units
        field = self.fields["unit"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (tells the type checker)
        field.choices = [("", "全部机构"), *((unit.id, unit.indented) for unit in units)]

    def clean_unit(self) -> list[int]:
        """A unit stands for itself and all below it."""
        unit_id = self.cleaned_data["unit"]
        return at_or_below(self.units, unit_id) if unit_id else []


class SavedFilterForm(forms.ModelForm):  # type: ignore[type-arg]
    """Keeps the filters of an address under a name; two of one person may not share it."""

    posts = forms.MultipleChoiceField(
        label="发布给岗位",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="这些岗位的人员在清单上方直接看到",
    )

    class Meta:
        model = SavedFilter
        fields = ("name", "holds", "query", "is_shared", "posts")

    def __init__(self, *arguments: Any, may_publish: bool = False, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["holds"].required = False
        if may_publish:
            posts = PostType.objects.order_by("rank", "code").values_list("code", "name")
            self.fields["posts"].choices = list(posts)  # type: ignore[attr-defined]
        else:
            del self.fields["posts"]

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        others = SavedFilter.objects.filter(owner=self.instance.owner, name=name).exclude(pk=self.instance.pk)
        if others.exists():
            raise forms.ValidationError("您已有同名的筛选，请换一个名称。")
        return name

    def clean_holds(self) -> str:
        return self.cleaned_data["holds"] or SavedFilter.Holds.FILTER

    def clean(self) -> dict[str, Any]:
        """Of a set of columns only the columns are kept."""
        sent = super().clean() or {}
        if sent.get("holds") == SavedFilter.Holds.COLUMNS:
            chosen = QueryDict(sent.get("query") or "").getlist("col")
            columns = QueryDict(mutable=True)
            columns.setlist("col", [key for key in chosen if key in COLUMNS])
            sent["query"] = columns.urlencode()
            if not sent["query"]:
                raise forms.ValidationError("请先在“列”中选择要显示的列，再保存列组合。")
        return sent
