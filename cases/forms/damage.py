"""Lines of an assessment: entering them, pasting them, reviewing them; prices and their filter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.db.models import Q
from django.utils import timezone

from cases.damage.arithmetic import name_key
from cases.damage.parsing import MOST_ROWS, LineRow
from cases.forms.work import amount_field
from cases.models import DamageItem, DamageSheet, PartPrice, ReductionReason
from cases.services.itemising import LineVerdict, SheetFacts
from departments.listings import ListFilter
from departments.models import OrgUnit, Staff

EXTRA = 3


class SheetForm(forms.Form):
    brand = forms.CharField(label="品牌", max_length=30, required=False)
    series = forms.CharField(label="车系", max_length=40, required=False)
    shop = forms.CharField(label="修理厂", max_length=60, required=False)
    shop_kind = forms.ChoiceField(label="修理厂类别", choices=DamageSheet.Shop.choices, initial="general")

    def facts(self) -> SheetFacts:
        return SheetFacts(**self.cleaned_data)


class LineForm(forms.Form):
    """One line; a row without name and price does not count."""

    kind = forms.ChoiceField(label="类别", choices=DamageItem.Kind.choices)
    code = forms.CharField(label="编码", max_length=40, required=False)
    name = forms.CharField(label="名称", max_length=60)
    quantity = forms.DecimalField(
        label="数量/工时", min_value=Decimal("0.01"), max_digits=8, decimal_places=2, initial=1
    )
    price = forms.DecimalField(label="单价(元)", min_value=0, max_digits=12, decimal_places=2)
    residual = forms.DecimalField(
        label="残值(元)", min_value=0, max_digits=12, decimal_places=2, required=False
    )
    supplier = forms.CharField(label="供应商", max_length=60, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, field in self.fields.items():
            field.widget.attrs |= {"aria-label": field.label, "data-cell": name}

    def has_changed(self) -> bool:
        return any(self[name].data for name in ("name", "price", "code"))

    def row(self) -> LineRow:
        sent = self.cleaned_data
        return LineRow(**{**sent, "residual": sent["residual"] or Decimal(0)})


class BaseLineFormSet(forms.BaseFormSet):  # type: ignore[type-arg]
    def add_fields(self, form: forms.Form, index: int | None) -> None:
        """A row that stood there before may be emptied, too."""
        super().add_fields(form, index)
        form.empty_permitted = True

    def rows(self) -> list[LineRow]:
        return [form.row() for form in self.forms if form.has_changed()]


LineFormSet = forms.formset_factory(LineForm, formset=BaseLineFormSet, extra=EXTRA, max_num=MOST_ROWS)


def lines_initial(items: Sequence[DamageItem]) -> list[dict[str, Any]]:
    names = ("kind", "code", "name", "quantity", "price", "residual", "supplier")
    return [{name: getattr(one, name) for name in names} for one in items]


class PasteForm(forms.Form):
    """A workbook, or what was copied from one."""

    text = forms.CharField(
        label="粘贴",
        required=False,
        max_length=200_000,
        widget=forms.Textarea({"rows": 8, "wrap": "off", "spellcheck": "false"}),
        help_text="从 Excel 复制的行；没有表头时按 类别、编码、名称、数量、单价、残值、供应商 的顺序",
    )
    file = forms.FileField(
        label="或上传 XLSX", required=False, widget=forms.ClearableFileInput({"accept": ".xlsx"})
    )

    def clean(self) -> dict[str, Any]:
        sent = super().clean() or {}
        if not sent.get("text", "").strip() and not sent.get("file"):
            raise forms.ValidationError("请粘贴明细或选择文件。")
        return sent


class ReviewForm(forms.Form):
    """Per line what it is worth; `lines` are those that may be changed here."""

    def __init__(self, data: Any, *, lines: Sequence[DamageItem], prices_only: bool) -> None:
        super().__init__(data)
        self.lines, self.prices_only = lines, prices_only
        reasons = [("", "—"), *((one.pk, one.name) for one in _reasons())]
        for line in lines:
            self._add(line, reasons)

    def _add(self, line: DamageItem, reasons: list[tuple[Any, str]]) -> None:
        kept = line if line.reviewed is not None else None
        for name, digits in (("quantity", 8), ("price", 12), ("residual", 12)):
            initial = getattr(kept, f"reviewed_{name}") if kept else getattr(line, name)
            field = forms.DecimalField(
                min_value=0, max_digits=digits, decimal_places=2, initial=initial, label=f"{line.name} {name}"
            )
            field.disabled = self.prices_only and name != "price"
            field.widget.attrs |= {"data-cell": name, "aria-label": f"{line.name} 核定{_WORDS[name]}"}
            self.fields[f"{name}_{line.pk}"] = field
        self.fields[f"reason_{line.pk}"] = forms.TypedChoiceField(
            choices=reasons,
            required=False,
            coerce=int,
            empty_value=None,
            initial=line.reason_id or "",
            widget=forms.Select({"aria-label": f"{line.name} 核减原因", "data-cell": "reason"}),
        )
        self.fields[f"note_{line.pk}"] = forms.CharField(
            required=False,
            max_length=200,
            initial=line.note,
            widget=forms.TextInput({"aria-label": f"{line.name} 核减说明", "data-cell": "note"}),
        )

    def cells(self, line: DamageItem) -> dict[str, forms.BoundField]:
        return {
            name: self[f"{name}_{line.pk}"] for name in ("quantity", "price", "residual", "reason", "note")
        }

    def verdicts(self) -> dict[int, LineVerdict]:
        return {line.pk: self._verdict(line) for line in self.lines}

    def _verdict(self, line: DamageItem) -> LineVerdict:
        names = ("quantity", "price", "residual", "reason", "note")
        return LineVerdict(**{name: self.cleaned_data[f"{name}_{line.pk}"] for name in names})


_WORDS = {"quantity": "数量", "price": "单价", "residual": "残值"}


def _reasons() -> Iterator[ReductionReason]:
    return ReductionReason.objects.on(timezone.localdate()).iterator()


class PriceFilter(ListFilter):
    lookups: ClassVar[dict[str, str]] = {
        "part": "of_part",
        "brand": "brand__startswith",
        "series": "series__startswith",
        "unit": "of_unit",
        "origin": "origin",
        "since": "priced_on__gte",
        "until": "priced_on__lte",
    }

    part = forms.CharField(label="配件", required=False, max_length=60, help_text="编码或名称")
    brand = forms.CharField(label="品牌", required=False, max_length=30)
    series = forms.CharField(label="车系", required=False, max_length=40)
    unit = forms.ModelChoiceField(label="地区", queryset=OrgUnit.objects.none(), required=False)
    origin = forms.ChoiceField(
        label="来源", required=False, choices=[("", "全部"), *PartPrice.Origin.choices]
    )
    since = forms.DateField(label="自", required=False, widget=forms.DateInput({"type": "date"}))
    until = forms.DateField(label="至", required=False, widget=forms.DateInput({"type": "date"}))

    def __init__(self, data: Any, *, viewer: Staff) -> None:
        super().__init__(data)
        units = OrgUnit.objects.filter(pk__in=viewer.unit_scope.ids("see_cases")).order_by("path_rank")
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]

    def of_part(self, rows: Any, value: str) -> Any:
        return rows.filter(
            Q(code__startswith=value.strip().upper()) | Q(name_key__startswith=name_key(value))
        )

    def of_unit(self, rows: Any, value: OrgUnit) -> Any:
        return rows.filter(unit__path__startswith=value.path)


class QuoteForm(forms.Form):
    """市场询价: what a supplier asks for a part."""

    unit = forms.ModelChoiceField(label="地区(机构)", queryset=OrgUnit.objects.none())
    name = forms.CharField(label="配件名称", max_length=60)
    code = forms.CharField(label="配件编码", max_length=40, required=False)
    brand = forms.CharField(label="品牌", max_length=30, required=False)
    series = forms.CharField(label="车系", max_length=40, required=False)
    supplier = forms.CharField(label="供应商", max_length=60)
    price = amount_field("单价(元)")
    priced_on = forms.DateField(label="询价日期", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    note = forms.CharField(label="说明", max_length=200, required=False)

    def __init__(self, data: Any, *, units: Any) -> None:
        super().__init__(data, initial={"priced_on": timezone.localdate()})
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]

    def clean_priced_on(self) -> Any:
        day = self.cleaned_data["priced_on"]
        if day > timezone.localdate():
            raise forms.ValidationError("询价日期不能晚于今天。")
        return day
