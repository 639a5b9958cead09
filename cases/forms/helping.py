"""Why somebody no longer works on a case beside its handler."""

from django import forms


class DismissForm(forms.Form):
    reason = forms.CharField(label="撤出原因", max_length=200)
