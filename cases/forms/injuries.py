"""Injured people: who they are, how they are visited, what they claim and what is left of it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone

from cases.forms.work import amount_field, moment_field
from cases.injuries.measures import CostRow
from cases.models import (
    CasePaper,
    CutReason,
    Dependant,
    HospitalVisit,
    InjuredPerson,
    InjuryCost,
    InjuryCostKind,
    JudicialStandard,
)
from cases.services.injuries import REGISTERED_FIELDS, SupportedPerson, Visit
from cases.services.injury_costs import Cut
from departments.models import Staff
from departments.uploads import PaperField

_DAY = {"type": "date"}


def day_field(label: str, *, required: bool = False, help_text: str = "") -> forms.DateField:
    widget = forms.DateInput(_DAY, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget, help_text=help_text)


def regions() -> list[tuple[str, str]]:
    """Those that have standards."""
    names = JudicialStandard.objects.order_by("region").values_list("region", flat=True).distinct()
    return [(name, name) for name in names]


class InjuredForm(forms.ModelForm):  # type: ignore[type-arg]
    """`labels`: the injury losses of the case that are nobody's yet, offered as names."""

    admitted_on = day_field("入院日期")
    discharged_on = day_field("出院日期")
    measured_on = day_field("适用标准日期", help_text="空：按办理当日的标准")
    region = forms.ChoiceField(label="适用标准地区")
    tracker = forms.ModelChoiceField(
        label="跟踪责任人", queryset=Staff.objects.none(), widget=forms.Select({"data-search": ""})
    )

    class Meta:
        model = InjuredPerson
        fields = (
            "label",
            "name",
            "sex",
            "age",
            "role",
            "injury_grade",
            "disability_grade",
            "diagnosis",
            "hospital",
            "department",
            "admitted_on",
            "discharged_on",
            "state",
            "household",
            "region",
            "measured_on",
            "tracker",
        )

    def __init__(self, data: Any, *, trackers: Any, labels: Sequence[str] = (), **options: Any) -> None:
        super().__init__(data, **options)
        fields: Any = self.fields
        fields["region"].choices = regions()
        fields["tracker"].queryset = trackers
        fields["disability_grade"].help_text = "1–10 级，未定级留空"
        fields["household"].help_text = "出险时的标准仍区分户别"
        if self.instance.pk:
            del fields["label"]
        else:
            fields["label"].initial = labels[0] if labels else ""
            fields["label"].help_text = "与定损的损失名称一致" + (f"：{'、'.join(labels)}" if labels else "")

    def clean(self) -> dict[str, Any]:
        sent = super().clean() or {}
        admitted, discharged = sent.get("admitted_on"), sent.get("discharged_on")
        if admitted and discharged and discharged < admitted:
            self.add_error("discharged_on", "出院日期不能早于入院日期。")
        if sent.get("injury_grade") == InjuredPerson.Grade.DISABLED and not sent.get("disability_grade"):
            self.add_error("disability_grade", "伤情为致残时须填写伤残等级。")
        grade = sent.get("disability_grade")
        if grade is not None and not 1 <= grade <= 10:  # noqa: PLR2004 - the scale of the standard
            self.add_error("disability_grade", "伤残等级在 1 与 10 之间。")
        return sent

    def facts(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name in REGISTERED_FIELDS}


class VisitForm(forms.ModelForm):  # type: ignore[type-arg]
    """`photo` is filed with the case's papers and belongs to the visit."""

    visited_at = moment_field("访视时间")
    cost_so_far = amount_field("已发生费用(元)", least="0", required=False)
    expected_cost = amount_field("预计总费用(元)", least="0", required=False)
    next_visit_on = day_field("下次访视", help_text="空：按治疗状态的跟踪频次")
    photo = PaperField(label="照片资料", required=False)

    class Meta:
        model = HospitalVisit
        fields = (
            "visited_at",
            "way",
            "place",
            "state",
            "findings",
            "cost_so_far",
            "expected_cost",
            "next_visit_on",
            "papers",
        )
        widgets = {"findings": forms.Textarea({"rows": 4}), "papers": forms.CheckboxSelectMultiple}

    def __init__(self, data: Any = None, files: Any = None, *, person: InjuredPerson) -> None:
        now = f"{timezone.localtime():%Y-%m-%dT%H:%M}"
        initial = {"visited_at": now, "state": person.state, "place": person.hospital, "way": "hospital"}
        super().__init__(data, files, initial=initial)
        kinds = (CasePaper.Kind.PHOTO, CasePaper.Kind.MEDICAL, CasePaper.Kind.DISABILITY)
        papers: Any = self.fields["papers"]
        papers.queryset = person.case.papers.filter(kind__in=kinds).order_by("-pk")

    def visit(self, extra: Sequence[CasePaper] = ()) -> Visit:
        sent = {name: value for name, value in self.cleaned_data.items() if name not in ("photo", "papers")}
        return Visit(**sent, papers=(*self.cleaned_data["papers"], *extra))


class DependantForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Dependant
        fields = ("name", "relation", "age", "supporters", "evidence")
        help_texts = {"supporters": "共同承担扶养的人数，含伤者本人"}

    def supported(self) -> SupportedPerson:
        return SupportedPerson(**self.cleaned_data)


class TrackingEndForm(forms.Form):
    why = forms.CharField(label="结束跟踪的原因", max_length=100, min_length=2)


class CostForm(forms.Form):
    """One item of damages; a row without a claimed sum does not count."""

    kind = forms.ModelChoiceField(label="项目", queryset=InjuryCostKind.objects.none(), required=False)
    part = forms.CharField(label="说明", max_length=40, required=False)
    days = forms.IntegerField(label="天数", min_value=0, max_value=9999, required=False)
    daily = amount_field("日标准(元)", required=False)
    count = forms.DecimalField(
        label="人数", min_value=Decimal("0.1"), max_digits=4, decimal_places=1, required=False
    )
    percent = forms.IntegerField(label="系数(%)", min_value=0, max_value=100, required=False)
    claimed = amount_field("索赔(元)", least="0", required=False)
    assessed = amount_field("定损(元)", least="0", required=False)

    def __init__(self, *args: Any, kinds: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["kind"].queryset = kinds  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.label
        self.fields["assessed"].widget.attrs["data-sum"] = "assessed"
        self.fields["claimed"].widget.attrs["data-sum"] = "claimed"

    def has_changed(self) -> bool:
        return bool(self["claimed"].data)

    def clean(self) -> dict[str, Any]:
        sent = super().clean() or {}
        if not sent.get("kind"):
            self.add_error("kind", "请选择项目。")
        return sent

    def row(self) -> CostRow:
        sent = {name: value for name, value in self.cleaned_data.items() if name != "kind"}
        return CostRow(self.cleaned_data["kind"].pk, **{**sent, "count": sent["count"] or Decimal(1)})


class BaseCostFormSet(forms.BaseFormSet):  # type: ignore[type-arg]
    def add_fields(self, form: forms.Form, index: int | None) -> None:
        """A row that stood there before may be emptied, too."""
        super().add_fields(form, index)
        form.empty_permitted = True

    def rows(self) -> list[CostRow]:
        return [form.row() for form in self.forms if form.has_changed()]


CostFormSet = forms.formset_factory(CostForm, formset=BaseCostFormSet, extra=2, max_num=60)


def cost_formset(data: Any, costs: Sequence[InjuryCost], kinds: Any) -> Any:
    """What is there, a row for every kind that is not, and two more."""
    known = {cost.kind_id for cost in costs}
    names = ("part", "days", "daily", "count", "percent", "claimed", "assessed")
    initial = [{"kind": cost.kind_id, **{name: getattr(cost, name) for name in names}} for cost in costs]
    initial += [{"kind": kind.pk} for kind in kinds if kind.pk not in known]
    return CostFormSet(data, initial=initial, form_kwargs={"kinds": kinds})


class CutForm(forms.Form):
    reviewed = amount_field("核定(元)", least="0")
    cut_reason = forms.ModelChoiceField(label="核减原因", queryset=CutReason.objects.none(), required=False)
    cut_basis = forms.CharField(label="核减依据", max_length=200, required=False)

    def __init__(self, data: Any, *, cost: InjuryCost, reasons: Any) -> None:
        initial = {
            "reviewed": cost.stands,
            "cut_reason": cost.cut_reason_id,
            "cut_basis": cost.cut_basis,
        }
        super().__init__(data, prefix=f"cost{cost.pk}", initial=initial)
        self.cost = cost
        self.fields["cut_reason"].queryset = reasons  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = f"{cost} {field.label}"
        self.fields["reviewed"].widget.attrs["data-sum"] = "reviewed"

    def cut(self) -> Cut:
        sent = self.cleaned_data
        reason = sent["cut_reason"]
        return Cut(sent["reviewed"], reason.pk if reason else None, sent["cut_basis"])


class CostSheetForm(forms.Form):
    """Rows pasted from a spreadsheet, or a workbook of the same columns."""

    pasted = forms.CharField(
        label="粘贴表格内容",
        required=False,
        widget=forms.Textarea({"rows": 10, "spellcheck": "false"}),
        help_text="从表格复制后直接粘贴，第一行为表头",
    )
    workbook = forms.FileField(
        label="或上传 XLSX", required=False, widget=forms.ClearableFileInput({"accept": ".xlsx"})
    )

    def clean(self) -> dict[str, Any]:
        sent = super().clean() or {}
        if not sent.get("pasted", "").strip() and not sent.get("workbook"):
            raise forms.ValidationError("请粘贴内容或上传文件。")
        return sent
