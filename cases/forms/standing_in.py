from __future__ import annotations

from django import forms

from authority.models import InFlight


class RecallForm(forms.Form):
    """What becomes of the cases that wait for the delegate is asked, never assumed."""

    way = forms.ChoiceField(label="代岗人手上的在办案件", choices=InFlight.choices, widget=forms.RadioSelect)
    reason = forms.CharField(label="收回原因", max_length=200, min_length=2)
