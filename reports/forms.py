from django import forms

from reports.models import ReportDefinition, RunStatus


class RunFilterForm(forms.Form):
    definition = forms.ModelChoiceField(
        ReportDefinition.objects.all(), label="报表", required=False, empty_label="全部"
    )
    status = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *RunStatus.choices])


class RunAgainForm(forms.Form):
    reason = forms.CharField(
        label="重做理由", min_length=4, max_length=200, widget=forms.Textarea(attrs={"rows": 2})
    )
