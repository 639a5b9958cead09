from __future__ import annotations

from django import forms

from cases.models import CasePaper
from departments.uploads import PaperField


class PaperForm(forms.Form):
    kind = forms.ChoiceField(label="类别", choices=CasePaper.Kind.choices)
    file = PaperField()
