"""Forms of the referral rules: the rule, its test cases, its end."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone

from authority.models import AuthorityItem, Expectation, ReferralRule
from authority.rulings import ANY
from authority.terms import LEVEL_NAMES
from departments.forms import DateInput
from departments.models import PostType

FIGURES = {"expected_loss": "预计损失超过(元)", "new_price": "新车购置价超过(元)"}
_CODE = re.compile(r"^[a-z][a-z0-9_]*$")
_LEVELS = [(level, f"{level} {name}") for level, name in LEVEL_NAMES.items()]
_AMOUNT = {"max_digits": 14, "decimal_places": 2, "min_value": Decimal(0)}


class FlagsField(forms.CharField):
    """Codes of flags, divided by spaces or commas."""

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        if isinstance(value, list):
            return value
        return [code for code in re.split(r"[\s,，、]+", value or "") if code]

    def validate(self, value: Any) -> None:
        wrong = [code for code in value if not _CODE.match(code)]
        if wrong:
            raise forms.ValidationError(f"标识代码只用小写字母、数字和下划线：{'、'.join(wrong)}")

    def run_validators(self, value: Any) -> None:
        """Nothing beyond `validate`."""

    def prepare_value(self, value: Any) -> Any:
        return " ".join(value) if isinstance(value, list) else value


def _figures(values: Mapping[str, Any], kept: Mapping[str, Any]) -> dict[str, str]:
    """Sums by name as texts of yuan; those the form does not know stay as they were."""
    known = {name: values[name] for name in FIGURES if values.get(name) is not None}
    others = {name: amount for name, amount in kept.items() if name not in FIGURES}
    return {**others, **{name: f"{amount:.2f}" for name, amount in known.items()}}


class RuleForm(forms.Form):
    code = forms.RegexField(
        label="代码",
        regex=r"^[A-Z][A-Z0-9_]{1,29}$",
        help_text="大写字母、数字和下划线，例如 IMPORTED_VEHICLE",
    )
    name = forms.CharField(label="规则", max_length=60)
    kind = forms.ChoiceField(label="效力", choices=ReferralRule.Kind.choices)
    to_level = forms.TypedChoiceField(label="提至级别", choices=_LEVELS, coerce=int, initial=6)
    post = forms.ChoiceField(label="会商或报告岗位", required=False)
    items = forms.MultipleChoiceField(label="适用事项", widget=forms.CheckboxSelectMultiple)
    flags = FlagsField(
        label="案件标识（须同时具备）", required=False, help_text="例如 imported_vehicle death，用空格分开"
    )
    expected_loss = forms.DecimalField(label=FIGURES["expected_loss"], required=False, **_AMOUNT)  # type: ignore[arg-type]
    new_price = forms.DecimalField(label=FIGURES["new_price"], required=False, **_AMOUNT)  # type: ignore[arg-type]
    text = forms.CharField(label="说明（出现在裁定中）", max_length=200)
    source = forms.CharField(label="依据", max_length=200)
    is_verified = forms.BooleanField(label="依据已核实", required=False)
    valid_from = forms.DateField(label="生效", widget=DateInput(), initial=timezone.localdate)
    valid_to = forms.DateField(
        label="失效", widget=DateInput(), required=False, help_text="最后一天；留空为长期"
    )
    reason = forms.CharField(label="变更理由", max_length=200)

    def __init__(self, *args: Any, rule: ReferralRule | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.rule = rule
        items = AuthorityItem.objects.values_list("code", "name")
        self.fields["items"].choices = [(ANY, "全部事项"), *items]  # type: ignore[attr-defined]
        posts = PostType.objects.values_list("code", "name")
        self.fields["post"].choices = [("", "不需要"), *posts]  # type: ignore[attr-defined]
        if rule is not None:
            self.fields["code"].disabled = True

    @property
    def terms(self) -> dict[str, Any]:
        values = dict(self.cleaned_data)
        kept = self.rule.figures_over if self.rule else {}
        figures = _figures(values, kept)
        for name in (*FIGURES, "reason"):
            values.pop(name)
        return {**values, "figures_over": figures}


class TrialForm(forms.Form):
    name = forms.CharField(label="试案", max_length=60, required=False)
    item = forms.ChoiceField(label="事项", required=False)
    amount = forms.DecimalField(label="金额(元)", required=False, initial=Decimal(1000), **_AMOUNT)  # type: ignore[arg-type]
    flags = FlagsField(label="案件标识", required=False)
    expected_loss = forms.DecimalField(label="预计损失(元)", required=False, **_AMOUNT)  # type: ignore[arg-type]
    new_price = forms.DecimalField(label="新车购置价(元)", required=False, **_AMOUNT)  # type: ignore[arg-type]
    level = forms.TypedChoiceField(label="受问人级别", choices=_LEVELS, coerce=int, required=False)
    expects = forms.ChoiceField(label="应有结论", choices=Expectation.choices, required=False)
    to_level = forms.TypedChoiceField(
        label="提至", choices=[("", "—"), *_LEVELS], coerce=int, empty_value=None, required=False
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["item"].choices = AuthorityItem.objects.values_list("code", "name")  # type: ignore[attr-defined]

    @property
    def is_filled(self) -> bool:
        return bool(self.cleaned_data.get("name"))

    @property
    def values(self) -> dict[str, Any]:
        values = dict(self.cleaned_data)
        figures = _figures(values, {})
        for name in FIGURES:
            values.pop(name)
        amount = values["amount"] if values["amount"] is not None else Decimal(0)
        return {**values, "figures": figures, "amount": f"{amount:.2f}"}


TrialFormSet = forms.formset_factory(TrialForm, extra=3, max_num=30)


def trials_in(formset: Any) -> list[dict[str, Any]]:
    """The test cases that have a name: clearing the name removes one."""
    return [form.values for form in formset if form.is_filled]


class EndRuleForm(forms.Form):
    valid_to = forms.DateField(label="最后一天", widget=DateInput(), initial=timezone.localdate)
    reason = forms.CharField(label="理由", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class SeparationForm(forms.Form):
    """What of a rule of separated duties is the company's to set."""

    statement = forms.CharField(label="规则", max_length=200)
    concurrent_limit = forms.DecimalField(
        label="可兼办金额(元)",
        help_text="0 为不得兼办；限额内兼办的进入抽查",
        **_AMOUNT,  # type: ignore[arg-type]
    )
    source = forms.CharField(label="依据", max_length=200)
    is_verified = forms.BooleanField(label="依据已核实", required=False)
    valid_to = forms.DateField(label="失效", widget=DateInput(), required=False)
    reason = forms.CharField(label="变更理由", max_length=200)

    @property
    def terms(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "reason"}
