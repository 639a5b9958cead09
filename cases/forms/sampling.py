from django import forms
from django.db.models import Q

from cases.models import ConcurrentAct


class ConcurrentFilter(forms.Form):
    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[("", "抽中待查"), ("checked", "已抽查"), ("pool", "全部兼办")],
    )
    rule = forms.CharField(label="规则", required=False, max_length=10)

    def chosen(self) -> Q:
        values = self.cleaned_data if self.is_valid() else {}
        state = values.get("state", "")
        chosen = {"checked": ~Q(result=""), "pool": Q()}.get(state, Q(is_drawn=True, result=""))
        return chosen & Q(rule_code__istartswith=values["rule"]) if values.get("rule") else chosen


class ConcurrentForm(forms.Form):
    result = forms.ChoiceField(label="结果", choices=ConcurrentAct.Result.choices)
    note = forms.CharField(label="说明", max_length=300, required=False)
