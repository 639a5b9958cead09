"""A mediation scheme person by person, rounds of talking, the agreement; and the filters of the list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from django import forms
from django.utils import timezone

from cases.forms.injuries import day_field
from cases.forms.work import amount_field, moment_field
from cases.injuries.mediations import Proposable
from cases.models import CasePaper, Mediation, MediationAttempt, MediationLine
from cases.services.mediating import Agreement, Round, Scheme, SchemeLine
from departments.listings import ListFilter
from departments.models import OrgUnit, Staff
from departments.uploads import PaperField


class SchemeForm(forms.Form):
    mediator = forms.ModelChoiceField(
        label="调解人", queryset=Staff.objects.none(), widget=forms.Select({"data-search": ""})
    )
    basis = forms.CharField(label="责任认定与计算依据", max_length=2000, widget=forms.Textarea({"rows": 3}))
    conditions = forms.CharField(
        label="调解条件", max_length=1000, required=False, widget=forms.Textarea({"rows": 2})
    )

    def __init__(
        self, data: Any, *, mediators: Any, proposable: Sequence[Proposable], **options: Any
    ) -> None:
        super().__init__(data, **options)
        self.proposable = proposable
        self.fields["mediator"].queryset = mediators  # type: ignore[attr-defined]
        self.fields["conditions"].help_text = "如：一次性了结、付款前提交票据原件"
        for one in proposable:
            initial = one.stands if one.drafted is None else one.drafted
            field = amount_field(f"{one.label} {one.kind}", least="0", required=False, initial=initial)
            field.widget.attrs |= {"data-sum": "amount", "aria-label": f"{one.label}{one.kind}方案金额"}
            self.fields[one.field] = field

    @property
    def amount_rows(self) -> Iterator[tuple[Proposable, forms.BoundField]]:
        return ((one, self[one.field]) for one in self.proposable)

    def scheme(self) -> Scheme:
        """Items left empty or at nothing are not part of it."""
        sent = self.cleaned_data
        lines = [
            SchemeLine(one.person_id, one.kind.pk, one.claimed, sent[one.field])
            for one in self.proposable
            if sent.get(one.field)
        ]
        return Scheme(sent["mediator"], sent["basis"], lines, sent["conditions"])


class RoundForm(forms.ModelForm):  # type: ignore[type-arg]
    held_at = moment_field("调解时间")
    demanded = amount_field("对方要求(元)", least="0", required=False)
    offered = amount_field("我方报价(元)", least="0", required=False)

    class Meta:
        model = MediationAttempt
        fields = ("held_at", "way", "attendants", "demanded", "offered", "course")
        widgets = {"course": forms.Textarea({"rows": 3})}

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"held_at": f"{timezone.localtime():%Y-%m-%dT%H:%M}"})

    def round(self) -> Round:
        return Round(**self.cleaned_data)


class AgreementForm(forms.Form):
    """The agreed sum of every line, and the signed paper: chosen from the file, or filed now."""

    agreed_on = day_field("协议日期", required=True)
    paper = forms.ModelChoiceField(
        label="已归档的调解协议", queryset=CasePaper.objects.none(), required=False
    )
    scan = PaperField(label="或上传扫描件", required=False)
    note = forms.CharField(label="说明", max_length=300, required=False)

    def __init__(
        self, data: Any = None, files: Any = None, *, mediation: Mediation, lines: Sequence[MediationLine]
    ) -> None:
        super().__init__(data, files, initial={"agreed_on": f"{timezone.localdate():%Y-%m-%d}"})
        self.lines = lines
        papers = mediation.case.papers.filter(kind=CasePaper.Kind.JUDGMENT).order_by("-pk")
        self.fields["paper"].queryset = papers  # type: ignore[attr-defined]
        for line in lines:
            field = amount_field(str(line), least="0", initial=line.amount)
            field.widget.attrs |= {"data-sum": "agreed", "aria-label": f"{line}协议金额"}
            self.fields[f"agreed_{line.pk}"] = field

    @property
    def amount_rows(self) -> Iterator[tuple[MediationLine, forms.BoundField]]:
        return ((line, self[f"agreed_{line.pk}"]) for line in self.lines)

    def clean(self) -> dict[str, Any]:
        sent = super().clean() or {}
        if not sent.get("paper") and not sent.get("scan") and "scan" not in self.errors:
            self.add_error("scan", "须选择或上传双方签字的调解协议。")
        return sent

    def agreement(self, paper: CasePaper) -> Agreement:
        sent = self.cleaned_data
        agreed = {line.pk: sent[f"agreed_{line.pk}"] for line in self.lines}
        return Agreement(agreed, paper, sent["agreed_on"], sent["note"])


class FailureForm(forms.Form):
    note = forms.CharField(label="未达成的原因", max_length=300, min_length=2)
    to_court = forms.BooleanField(label="对方起诉，转诉讼", required=False)


class MediatorForm(forms.Form):
    to = forms.ModelChoiceField(label="改由", queryset=Staff.objects.none())
    reason = forms.CharField(label="改派原因", max_length=100, min_length=2)

    def __init__(self, data: Any = None, *, mediators: Any) -> None:
        super().__init__(data)
        self.fields["to"].queryset = mediators  # type: ignore[attr-defined]


class MediationFilter(ListFilter):
    q = forms.CharField(label="案件号、方案号", required=False, max_length=30)
    unit = forms.ModelChoiceField(label="机构", queryset=OrgUnit.objects.none(), required=False)
    status = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), *Mediation.Status.choices]
    )
    since = day_field("拟定自")
    until = day_field("至")
    mine = forms.BooleanField(label="只看由我调解", required=False)

    lookups: ClassVar = {
        "q": "searched",
        "unit": "in_unit",
        "status": "status",
        "since": "proposed_at__date__gte",
        "until": "proposed_at__date__lte",
        "mine": "mediated_by_viewer",
    }

    def __init__(self, data: Any, *, viewer: Staff, units: Any) -> None:
        super().__init__(data)
        self.viewer = viewer
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]

    def searched(self, rows: Any, text: str) -> Any:
        cases = rows.filter(case__report_no=text) | rows.filter(case__claim_no=text)
        return cases | rows.filter(number=text)

    def in_unit(self, rows: Any, unit: OrgUnit) -> Any:
        return rows.filter(case__unit__path__startswith=unit.path)

    def mediated_by_viewer(self, rows: Any, _asked: bool) -> Any:
        return rows.filter(mediator=self.viewer)
