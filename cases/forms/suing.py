"""What the court's papers say, and what happens in a suit. Every form carries the version that was shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from cases.consultations import holders_of_post
from cases.forms.work import amount_field, moment_field
from cases.handlers import successors_in
from cases.lawsuits.rulings import LEGAL_POST
from cases.models import (
    ClaimCase,
    Counsel,
    CourtLevel,
    Hearing,
    InjuredPerson,
    Judgment,
    Lawsuit,
    LitigationCost,
    Mediation,
    Side,
)
from cases.services.suing import Party, SuitFacts
from departments.models import Staff

PARTIES = 8


def text_area(label: str, *, rows: int = 3, required: bool = True, **options: Any) -> forms.CharField:
    widget = forms.Textarea({"rows": rows})
    return forms.CharField(label=label, max_length=2000, required=required, widget=widget, **options)


def day_field(label: str) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))


class PartyForm(forms.Form):
    side = forms.ChoiceField(label="地位", choices=[("", "—"), *Side.choices], required=False)
    name = forms.CharField(label="名称", max_length=60, required=False)
    relation = forms.CharField(label="与本案关系", max_length=60, required=False)
    is_us = forms.BooleanField(label="本公司", required=False)

    def clean(self) -> dict[str, Any]:
        sent = super().clean() or {}
        if sent.get("name") and not sent.get("side"):
            self.add_error("side", "请选择诉讼地位。")
        return sent


PartyFormSet = forms.formset_factory(PartyForm, extra=3, max_num=PARTIES, validate_max=True)


class LawsuitForm(forms.ModelForm):  # type: ignore[type-arg]
    """The papers as they came; the people who may have signed for them are those of the unit and above."""

    received_at = moment_field("收文时间")
    claimed = amount_field("诉请金额(元)")
    estimate = amount_field("诉讼估损(元)")
    disputed = text_area("争议焦点", required=False)

    class Meta:
        model = Lawsuit
        fields = (
            "court",
            "docket_no",
            "cause",
            "our_side",
            "papers",
            "received_at",
            "received_by",
            "claimed",
            "estimate",
            "disputed",
        )
        help_texts = {
            "papers": "如：起诉状副本、证据、应诉通知书、传票、举证通知书",
            "docket_no": "立案前没有案号的可以空着，以后更正",
        }

    def __init__(self, case: ClaimCase, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        people = successors_in([case.unit.path])
        kept = self.instance.received_by_id
        if kept:
            people = Staff.objects.filter(Q(pk__in=people.values("pk")) | Q(pk=kept)).order_by("name", "pk")
        self.fields["received_by"].queryset = people  # type: ignore[attr-defined]

    def facts(
        self, parties: Iterable[Party], *, pauses_case: bool = False, mediation: Mediation | None = None
    ) -> SuitFacts:
        values = {name: self.cleaned_data[name] for name in self.Meta.fields}
        if mediation is not None:
            values["mediation"] = mediation
        return SuitFacts(values, tuple(parties), pauses_case)


class NewLawsuitForm(LawsuitForm):
    pauses_case = forms.BooleanField(
        label="同时中止本案（原因：诉讼中）", required=False, help_text="中止期间可扣除的时限停止计算"
    )


class CorrectionForm(LawsuitForm):
    reason = forms.CharField(label="更正原因", max_length=200)


def parties_of(formset: Any) -> list[Party]:
    """Rows with a name; the others were left empty."""
    rows = (form.cleaned_data for form in formset.forms if form.cleaned_data.get("name"))
    return [Party(row["side"], row["name"].strip(), row["relation"], row["is_us"]) for row in rows]


def first_parties(case: ClaimCase, *, sees_personal_data: bool) -> list[dict[str, Any]]:
    """Who usually stands there: the insured and the company are sued."""
    insured = {"side": Side.DEFENDANT, "name": case.insured_name, "relation": "被保险人"}
    company = case.insuring_unit or case.unit
    us = {"side": Side.DEFENDANT, "name": company.name, "relation": "保险人", "is_us": True}
    return [{"side": Side.PLAINTIFF}, insured if sees_personal_data else {"side": Side.DEFENDANT}, us]


def parties_after(mediation: Mediation, *, sees_personal_data: bool) -> list[dict[str, Any]]:
    """Whom the failed scheme was for sues; the others as usual."""
    people = list(
        InjuredPerson.objects.filter(mediation_lines__mediation=mediation).distinct().order_by("pk")
    )
    names = [one.name if sees_personal_data else "" for one in people[: PARTIES - 2]]
    plaintiffs = [{"side": Side.PLAINTIFF, "name": name, "relation": "伤者"} for name in names]
    return [*plaintiffs, *first_parties(mediation.case, sees_personal_data=sees_personal_data)[1:]]


def suit_after(mediation: Mediation) -> dict[str, Any]:
    """What the mediation leaves to be said: what was demanded last, what was approved, why it failed."""
    last = mediation.attempts.order_by("-held_at", "-pk").first()
    claimed = last.demanded if last and last.demanded is not None else None
    if claimed is None:
        claimed = mediation.lines.aggregate(total=Sum("claimed"))["total"]
    course = f"\n{last.course}" if last else ""
    return {
        "claimed": claimed,
        "estimate": mediation.approved_amount,
        "disputed": f"调解 {mediation.number} 未成：{mediation.result_note}{course}"[:2000],
    }


def said_parties(lawsuit: Lawsuit) -> list[dict[str, Any]]:
    rows = lawsuit.parties.all()
    return [
        {"side": one.side, "name": one.name, "relation": one.relation, "is_us": one.is_us} for one in rows
    ]


class ReportForm(forms.Form):
    proposal = text_area("应诉方案与理由", rows=5, help_text="案件事实、争议焦点、证据、应诉或调解的打算")


class EnterForm(forms.Form):
    legal_system_no = forms.CharField(label="法律系统编号", max_length=40)


class MomentForm(forms.Form):
    at = moment_field("时间")


class LinkForm(forms.Form):
    number = forms.CharField(label="报案号或赔案号", max_length=30, help_text="同一事故在另一张保单下的赔案")

    def __init__(self, staff: Staff, *args: Any) -> None:
        super().__init__(*args)
        self.staff = staff

    def clean_number(self) -> ClaimCase:
        text = self.cleaned_data["number"].strip()
        found = ClaimCase.objects.visible_to(self.staff).filter(Q(report_no=text) | Q(claim_no=text)).first()
        if found is None:
            raise forms.ValidationError("没有找到该赔案，或您看不到它。")
        return found


class OfficerForm(forms.Form):
    officer = forms.ModelChoiceField(Staff.objects.none(), label="承办法务")

    def __init__(self, lawsuit: Lawsuit, *args: Any) -> None:
        super().__init__(*args)
        known = [one.pk for one in holders_of_post(LEGAL_POST, lawsuit.case.unit)]
        self.fields["officer"].queryset = Staff.objects.filter(pk__in=known).order_by("name")  # type: ignore[attr-defined]


def people_of(lawsuit: Lawsuit) -> QuerySet[Staff]:
    return successors_in([lawsuit.case.unit.path])


def lawyers_of(lawsuit: Lawsuit) -> QuerySet[Counsel]:
    return lawsuit.counsels.filter(staff=None, status=Counsel.Status.CONSENTED)


class SummonsForm(forms.Form):
    court_level = forms.ChoiceField(label="审级", choices=CourtLevel)
    at = moment_field("开庭时间")
    court_room = forms.CharField(label="法庭", max_length=60)
    attendee = forms.ModelChoiceField(Staff.objects.none(), label="出庭人", required=False)
    counsel = forms.ModelChoiceField(
        Counsel.objects.none(), label="出庭律师", required=False, help_text="只列出已经部门负责人同意的律师"
    )

    def __init__(self, lawsuit: Lawsuit, *args: Any) -> None:
        super().__init__(*args)
        self.fields["attendee"].queryset = people_of(lawsuit)  # type: ignore[attr-defined]
        self.fields["counsel"].queryset = lawyers_of(lawsuit)  # type: ignore[attr-defined]
        self.initial["attendee"] = lawsuit.officer_id


class HeardForm(forms.Form):
    status = forms.ChoiceField(label="结果", choices=Hearing.Status.choices[1:])
    outcome = text_area("庭审情况", rows=4)
    next_at = moment_field("延期后的开庭时间", required=False)


class JudgmentForm(forms.ModelForm):  # type: ignore[type-arg]
    received_at = moment_field("收到时间")
    judged_on = day_field("裁判日期")
    amount = amount_field("我方判赔(元)", least="0")
    court_costs = amount_field("我方承担诉讼费(元)", least="0", initial=0)
    summary = text_area("裁判要点", required=False)

    class Meta:
        model = Judgment
        fields = (
            "court_level",
            "kind",
            "docket_no",
            "judged_on",
            "received_at",
            "amount",
            "court_costs",
            "share",
            "summary",
        )


class OpinionForm(forms.Form):
    opinion = forms.ChoiceField(label="意见", choices=Judgment.Opinion)
    proposal = text_area("理由", rows=5)


class AppealForm(forms.Form):
    appellant = forms.ChoiceField(
        label="上诉方", choices=[("us", "我方"), ("other", "对方"), ("both", "双方")]
    )
    at = moment_field("上诉时间")
    note = forms.CharField(label="说明", max_length=200, required=False)


class SchemeForm(forms.Form):
    amount = amount_field("调解上限(元)")
    proposal = text_area("调解方案与理由", rows=5)


class SettleForm(forms.Form):
    at = moment_field("调解时间")
    amount = amount_field("调解金额(元)")
    text = text_area("调解内容")


class PerformForm(forms.Form):
    at = moment_field("履行时间")
    amount = amount_field("履行金额(元)", least="0")
    is_forced = forms.BooleanField(label="由法院强制执行", required=False)
    text = forms.CharField(label="说明", max_length=200, required=False)


class CloseForm(forms.Form):
    result = forms.ChoiceField(label="结果", choices=Lawsuit.Result)
    final_amount = amount_field("最终承担(元)", least="0", help_text="判赔或调解金额加我方承担的诉讼费")
    note = text_area("结果说明", required=False, help_text="最终承担超过诉讼估损时必须说明原因")
    resumes_case = forms.BooleanField(label="同时恢复因诉讼中止的赔案", required=False, initial=True)


class OurCounselForm(forms.Form):
    court_level = forms.ChoiceField(label="审级", choices=CourtLevel)
    staff = forms.ModelChoiceField(Staff.objects.none(), label="代理人")

    def __init__(self, lawsuit: Lawsuit, *args: Any) -> None:
        super().__init__(*args)
        self.fields["staff"].queryset = people_of(lawsuit)  # type: ignore[attr-defined]


class LawyerForm(forms.Form):
    court_level = forms.ChoiceField(label="审级", choices=CourtLevel)
    name = forms.CharField(label="律师", max_length=40)
    firm = forms.CharField(label="律师事务所", max_length=60)
    fee = forms.DecimalField(label="约定律师费(元)", min_value=0, max_digits=12, decimal_places=2)
    reason = forms.CharField(label="聘请理由", max_length=200, help_text="为什么本公司人员不能代理")


class CounselAnswerForm(forms.Form):
    answer = forms.CharField(label="意见", max_length=200, required=False)


class CostForm(forms.ModelForm):  # type: ignore[type-arg]
    amount = amount_field("金额(元)")
    incurred_on = day_field("发生日期")

    class Meta:
        model = LitigationCost
        fields = ("kind", "amount", "incurred_on", "payee", "voucher", "counsel")

    def __init__(self, lawsuit: Lawsuit, *args: Any) -> None:
        super().__init__(*args)
        self.fields["counsel"].queryset = lawyers_of(lawsuit)  # type: ignore[attr-defined]
        self.fields["counsel"].help_text = "律师费须选择对应的律师"
        self.initial["incurred_on"] = timezone.localdate()
