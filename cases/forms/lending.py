from __future__ import annotations

from typing import Any

from django import forms

from cases.services import Loan
from departments.models import Staff


class LoanForm(forms.Form):
    """To whom a case is lent, until which day, and why."""

    borrower = forms.ModelChoiceField(
        label="借阅人", queryset=Staff.objects.none(), widget=forms.Select({"data-search": ""})
    )
    until = forms.DateField(label="借阅至", widget=forms.DateInput({"type": "date"}))
    reason = forms.CharField(label="借阅理由", max_length=200)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        people = Staff.objects.filter(is_active=True, admin_role="").order_by("name", "pk")
        self.fields["borrower"].queryset = people  # type: ignore[attr-defined]

    def loan(self) -> Loan:
        sent = self.cleaned_data
        return Loan(sent["borrower"], sent["until"], sent["reason"])
