"""A request of another line about an injury: taken in, answered, looked for."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils import timezone

from cases.forms.work import amount_field, moment_field
from cases.injuries.assistance import Dues
from cases.models import InjuryAssistance
from cases.services.assisting import Opinion
from departments.listings import ListFilter
from departments.models import OrgUnit, Staff
from departments.uploads import PaperField


class AssistanceForm(forms.ModelForm):  # type: ignore[type-arg]
    asked_at = moment_field("请求时间")
    claimed = amount_field("索赔金额(元)", least="0", required=False)
    assigned_to = forms.ModelChoiceField(
        label="承办人", queryset=Staff.objects.none(), widget=forms.Select({"data-search": ""})
    )

    class Meta:
        model = InjuryAssistance
        fields = (
            "unit",
            "line",
            "department",
            "asked_by",
            "asked_at",
            "claim_no",
            "injured_name",
            "claimed",
            "subject",
            "papers",
            "assigned_to",
        )

    def __init__(self, data: Any, *, units: Any, assistants: Any) -> None:
        now = f"{timezone.localtime():%Y-%m-%dT%H:%M}"
        only = list(units[:2])
        super().__init__(data, initial={"asked_at": now, "unit": only[0] if len(only) == 1 else None})
        fields: Any = self.fields
        fields["unit"].queryset, fields["assigned_to"].queryset = units, assistants
        fields["papers"].help_text = "如：病历 3 份、票据 12 张、伤残鉴定 1 份"
        fields["subject"].help_text = "请我们审核什么：费用、天数、伤残等级……"


class OpinionForm(forms.Form):
    text = forms.CharField(label="审核意见", max_length=4000, widget=forms.Textarea({"rows": 6}))
    advised = amount_field("建议金额(元)", least="0", required=False)

    def opinion(self) -> Opinion:
        return Opinion(**self.cleaned_data)


class WithdrawalForm(forms.Form):
    why = forms.CharField(label="撤回原因", max_length=100, min_length=2)


class AssistancePaperForm(forms.Form):
    file = PaperField()


class ReassignForm(forms.Form):
    to = forms.ModelChoiceField(label="转由", queryset=Staff.objects.none())

    def __init__(self, data: Any = None, *, assistants: Any) -> None:
        super().__init__(data)
        self.fields["to"].queryset = assistants  # type: ignore[attr-defined]


class AssistanceFilter(ListFilter):
    q = forms.CharField(label="编号、对方案号", required=False, max_length=40)
    unit = forms.ModelChoiceField(label="受理机构", queryset=OrgUnit.objects.none(), required=False)
    line = forms.ChoiceField(
        label="险种", required=False, choices=[("", "全部"), *InjuryAssistance.Line.choices]
    )
    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[
            ("", "全部"),
            ("open", "待答复"),
            ("late", "逾期未答复"),
            ("answered", "已答复"),
            ("withdrawn", "已撤回"),
        ],
    )
    mine = forms.BooleanField(label="只看由我承办", required=False)

    lookups: ClassVar = {
        "q": "searched",
        "unit": "in_unit",
        "line": "line",
        "state": "in_state",
        "mine": "mine_only",
    }

    def __init__(self, data: Any, *, viewer: Staff, units: Any) -> None:
        super().__init__(data)
        self.viewer = viewer
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]

    def searched(self, rows: Any, text: str) -> Any:
        return rows.filter(number=text) | rows.filter(claim_no__startswith=text)

    def in_unit(self, rows: Any, unit: OrgUnit) -> Any:
        return rows.filter(unit__path__startswith=unit.path)

    def in_state(self, rows: Any, state: str) -> Any:
        if state == "late":
            return Dues.today().late(rows)
        if state == "open":
            return rows.open()
        return rows.exclude(**{f"{state}_at": None})

    def mine_only(self, rows: Any, _asked: bool) -> Any:
        return rows.filter(assigned_to=self.viewer)
