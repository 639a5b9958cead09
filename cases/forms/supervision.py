"""What a reviewer says of a finding, of a sampled case, of the month."""

from __future__ import annotations

from typing import Any

from django import forms

from cases.models import SampledDecision, SupervisionFinding


class ConclusionForm(forms.Form):
    conclusion = forms.ChoiceField(
        label="结论", choices=SupervisionFinding.Conclusion.choices, widget=forms.RadioSelect
    )
    opinion = forms.CharField(
        label="复核意见",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        help_text="写明查了什么、本人怎样解释、依据是什么。",
    )


class CheckForm(forms.Form):
    result = forms.ChoiceField(label="结果", choices=[("", "请选择"), *SampledDecision.Result.choices])
    note = forms.CharField(label="说明", required=False, max_length=300)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("result") in ("defect", "violation") and not cleaned.get("note", "").strip():
            self.add_error("note", "有问题的案件须写明问题")
        return cleaned


class SignForm(forms.Form):
    summary = forms.CharField(
        label="复核结论", widget=forms.Textarea(attrs={"rows": 3}), max_length=1000,
        help_text="对本月权限履行情况的总体结论和需要跟进的事项。",
    )  # fmt: skip
