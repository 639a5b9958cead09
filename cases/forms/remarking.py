from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q

from cases.models import ChainStep, ClaimCase
from cases.services import Note
from cases.services.remarking import LONGEST
from departments.models import Staff


class RemarkForm(forms.Form):
    """What is written, and which of the people of the case is pointed to it."""

    text = forms.CharField(
        label="备注", max_length=LONGEST, widget=forms.Textarea({"rows": 2, "placeholder": "不影响案件状态"})
    )
    told = forms.ModelChoiceField(
        label="提醒", queryset=Staff.objects.none(), required=False, empty_label="不提醒"
    )

    def __init__(self, data: Any = None, *, case: ClaimCase) -> None:
        super().__init__(data)
        self.fields["told"].queryset = people_of(case)  # type: ignore[attr-defined]

    def note(self) -> Note:
        return Note(self.cleaned_data["text"], self.cleaned_data["told"])


def people_of(case: ClaimCase) -> Any:
    """Who had or has to do with the case: its handler, who worked on it, who decides on it, who remarked."""
    stations = ChainStep.objects.filter(submission__case=case, staff__isnull=False).values("staff")
    concerned = (
        Q(pk=case.handler_id)
        | Q(pk__in=case.steps.values("person"))
        | Q(pk__in=stations)
        | Q(pk__in=case.remarks.values("author"))
    )
    return Staff.objects.filter(concerned, is_active=True, admin_role="").order_by("name", "pk")
