from django import forms


class OpinionForm(forms.Form):
    opinion = forms.CharField(label="会商意见", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
