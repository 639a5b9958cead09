from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from cases.conferences.rulings import Heeding
from cases.escalation.figures import BY
from cases.escalation.listing import EscalationFilter
from cases.models import Conference, ConferenceUse, Escalation
from cases.services import Answer
from departments.uploads import checked


class FiguresForm(EscalationFilter):
    """The filters of the list that make sense for figures, and by what they are grouped."""

    by = forms.ChoiceField(label="按", required=False, choices=tuple(BY.items()))
    field_order = ("by", "sent_from", "sent_to", "unit", "item")

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        for name in ("state", "answer", "q"):
            del self.fields[name]

    def grouping(self) -> str:
        self.is_valid()
        return self.cleaned_data.get("by") or "unit"

    def asked(self) -> dict[str, Any]:
        """The filters as the list takes them."""
        self.is_valid()
        asked = {name: self.cleaned_data.get(name) for name in ("sent_from", "sent_to", "item")}
        unit = self.cleaned_data.get("unit")
        return {**asked, "unit": unit.pk if unit else ""}


class ConditionForm(forms.Form):
    status = forms.ChoiceField(choices=[("met", "已落实"), ("failed", "不能落实")], required=False)
    evidence = forms.CharField(max_length=300, required=False)


class AnswerForm(forms.Form):
    """总公司批复: entered by head office itself, or by 综合室 from paper with its scan."""

    answer = forms.ChoiceField(label="批复", choices=Escalation.Answer.choices, widget=forms.RadioSelect)
    amount = forms.DecimalField(
        label="批复金额(元，仅调整时)", required=False, min_value=0, max_digits=14, decimal_places=2
    )
    number = forms.CharField(
        label="批复号",
        required=False,
        max_length=40,
        help_text="由综合室录入时必须填写；总公司在系统内批复时留空则自动编号",
    )
    answered_by_name = forms.CharField(label="批复人", required=False, max_length=30)
    conditions = forms.CharField(
        label="条件",
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text="每行一条，分公司逐条核对落实情况；不同意时写明理由",
    )
    scan = forms.FileField(
        label="批复扫描件", required=False, help_text="由综合室录入时必须上传；JPG、PNG 或 PDF，不超过 10 MB"
    )

    conference = forms.TypedChoiceField(label="引用会商", required=False, coerce=int, empty_value=None)
    heed = forms.ChoiceField(
        label="与会商结论的关系", required=False, choices=[("", "—"), *ConferenceUse.Heed.choices]
    )
    heed_reason = forms.CharField(label="未按会商结论办理的理由", required=False, max_length=500)

    def __init__(self, *sent: Any, conferences: Sequence[Conference]) -> None:
        """`conferences`: those in which head office had a seat; without one nothing is asked about them."""
        super().__init__(*sent)
        if not conferences:
            for name in ("conference", "heed", "heed_reason"):
                del self.fields[name]
            return
        named = [(one.pk, f"{one.number} {one.advice_text}") for one in conferences]
        self.fields["conference"].choices = [("", "不引用"), *named]  # type: ignore[attr-defined]

    def clean_scan(self) -> Any:
        """The same rules as for any paper of a case."""
        scan = self.cleaned_data["scan"]
        return checked(scan) if scan else None

    def clean(self) -> dict[str, Any]:
        sent = super().clean() or {}
        if sent.get("answer") == Escalation.Answer.ALTERED and sent.get("amount") is None:
            self.add_error("amount", "调整金额须填写批复金额。")
        return sent

    def as_answer(self) -> Answer:
        sent = self.cleaned_data
        return Answer(
            sent["answer"],
            sent["number"],
            sent["amount"] if sent["answer"] == Escalation.Answer.ALTERED else None,
            sent["conditions"],
            sent["answered_by_name"],
            sent["scan"] or None,
            Heeding(sent.get("conference"), sent.get("heed", ""), sent.get("heed_reason", "")),
        )
