from __future__ import annotations

from typing import Any

from django import forms

from authority.models import AuthorityItem
from cases.items import CASE_ITEMS
from cases.models import OpinionPhrase, Outcome
from cases.services import Wording


class PhraseForm(forms.Form):
    text = forms.CharField(label="常用语", max_length=200, widget=forms.Textarea({"rows": 2}))
    items = forms.MultipleChoiceField(
        label="适用事项",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="不选即适用于所有事项",
    )
    outcome = forms.ChoiceField(label="适用结论", required=False, choices=[("", "不限"), *Outcome.choices])
    rank = forms.IntegerField(label="次序", min_value=1, max_value=999, initial=100, help_text="小的在前")
    is_shared = forms.BooleanField(label="部门共用", required=False)

    def __init__(self, data: Any = None, *, phrase: OpinionPhrase | None = None, may_share: bool) -> None:
        super().__init__(data, initial=_shown(phrase) if phrase else None)
        named = AuthorityItem.objects.filter(code__in=CASE_ITEMS).values_list("code", "name")
        self.fields["items"].choices = list(named)  # type: ignore[attr-defined]
        if phrase is not None or not may_share:
            del self.fields["is_shared"]

    def wording(self) -> Wording:
        sent = self.cleaned_data
        return Wording(
            sent["text"], sent["items"], sent["outcome"], sent.get("is_shared", False), sent["rank"]
        )


def _shown(phrase: OpinionPhrase) -> dict[str, Any]:
    return {
        "text": phrase.text,
        "items": phrase.items,
        "outcome": phrase.outcome,
        "rank": phrase.rank,
    }
