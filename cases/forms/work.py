"""What the handler fills in, step by step. Every form carries the version of the case that was shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone

from authority.models import ReferralRule
from cases.models import (
    FLAGS_OF_FIELDS,
    CaseFlag,
    CaseLoss,
    ClaimCase,
    CoverageLine,
    LossClass,
    MajorCriterion,
    Submission,
)
from cases.services import MOMENTS, LossRow
from departments.models import PauseReason, Staff

_MOMENT = {"type": "datetime-local"}


def amount_field(label: str, *, least: str = "0.01", **options: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, min_value=Decimal(least), max_digits=14, decimal_places=2, **options
    )


def moment_field(label: str, *, required: bool = True) -> forms.DateTimeField:
    widget = forms.DateTimeInput(_MOMENT, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, required=required, widget=widget)


def _reason(label: str = "原因") -> forms.CharField:
    return forms.CharField(label=label, max_length=200)


class RegisterForm(forms.Form):
    estimate = amount_field("立案估损(元)")


class EstimateForm(forms.Form):
    estimate = amount_field("新估损(元)")
    reason = _reason("调整原因")


class SuspendForm(forms.Form):
    reason = forms.ChoiceField(label="原因", choices=PauseReason)
    note = forms.CharField(label="说明", max_length=200, help_text="在等谁、等什么，预计何时能继续")


class ResumeForm(forms.Form):
    note = forms.CharField(label="说明", max_length=200, required=False)


class PapersCompleteForm(forms.Form):
    complete_at = moment_field("材料收齐时间")


class MomentsForm(forms.ModelForm):  # type: ignore[type-arg]
    """When what happened: those that concern the case."""

    reason = forms.CharField(
        label="更正原因", max_length=200, required=False, help_text="更改已登记的时点时填写"
    )

    class Meta:
        model = ClaimCase
        fields = MOMENTS
        field_classes = dict.fromkeys(MOMENTS, forms.DateTimeField)
        widgets = {name: forms.DateTimeInput(_MOMENT, format="%Y-%m-%dT%H:%M") for name in MOMENTS}

    def __init__(self, data: Any, **options: Any) -> None:
        super().__init__(data, **options)
        if CoverageLine.CTPL not in self.instance.lines:
            del self.fields["ctpl_decided_at"]
        if self.instance.agency_direction != "in":
            del self.fields["entrusted_done_at"], self.fields["papers_returned_at"]

    def moments(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "reason"}


class SurveyForm(forms.ModelForm):  # type: ignore[type-arg]
    """The findings of the survey; what is filled in replaces what was reported."""

    dispatched_at = moment_field("派工时间", required=False)
    contacted_at = moment_field("首次联系时间", required=False)
    arrived_at = moment_field("到达现场时间", required=False)
    accident_at = moment_field("出险时间", required=False)
    policy_from = forms.DateField(
        label="保险起期", required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    flags = forms.MultipleChoiceField(
        label="案件标识",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="提级规则据此决定由谁审批",
    )
    flag_reason = forms.CharField(
        label="取消标识的原因",
        required=False,
        max_length=200,
        help_text="已登记的标识只能由责任人以外的机构负责人取消",
    )

    class Meta:
        model = ClaimCase
        fields = (
            "dispatched_at",
            "contacted_at",
            "arrived_at",
            "accident_at",
            "accident_place",
            "accident_cause",
            "liability_ratio",
            "vehicle_class",
            "vin",
            "new_price",
            "policy_from",
            "is_injury",
            "is_litigated",
            "is_fraud_suspected",
            "is_major",
            "major_criterion",
            "flags",
        )

    def __init__(self, data: Any, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["flags"].choices = _flag_choices()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A dear coach goes up by its price when new: without it nobody could tell."""
        sent = super().clean() or {}
        if CaseFlag.COACH in sent.get("flags", []) and not sent.get("new_price"):
            self.add_error("new_price", "高价进口车或高档客车须填写新车购置价。")
        return sent

    def findings(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "flag_reason"}

    def clean_flags(self) -> list[str]:
        """What no list offers (a rule that has ended, an extract) stays as it was."""
        offered = {code for code, _ in _flag_choices()}
        kept = [flag for flag in self.instance.flags if flag not in offered]
        return [*kept, *self.cleaned_data["flags"]]


def _flag_choices() -> list[tuple[str, str]]:
    """The flags that rules and criteria in force ask for; one without a name is called like its rule."""
    today = timezone.localdate()
    rules = ReferralRule.objects.on(today).order_by("code")
    criteria = MajorCriterion.objects.on(today).exclude(flag="").values_list("flag", flat=True)
    asked = {flag: rule.name for rule in rules for flag in rule.flags if flag not in FLAGS_OF_FIELDS}
    wanted = {*asked, *criteria}
    known = [(code, str(label)) for code, label in CaseFlag.choices if code in wanted]
    return known + [(flag, name) for flag, name in asked.items() if flag not in CaseFlag.values]


class NewCaseForm(forms.ModelForm):  # type: ignore[type-arg]
    """A loss reported by hand, for cases that do not come from the core system."""

    reported_at = moment_field("报案时间")
    accident_at = moment_field("出险时间", required=False)
    lines = forms.MultipleChoiceField(
        label="险别", choices=CoverageLine.choices, widget=forms.CheckboxSelectMultiple
    )
    loss_classes = forms.MultipleChoiceField(
        label="损失类别", choices=LossClass.choices, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = ClaimCase
        fields = (
            "unit",
            "insured_name",
            "plate_no",
            "policy_no",
            "vehicle_class",
            "reported_at",
            "accident_at",
            "accident_place",
            "accident_cause",
            "lines",
            "loss_classes",
        )

    def __init__(self, data: Any, *, units: Any, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        only = list(units[:2])
        self.fields["unit"].initial = only[0] if len(only) == 1 else None
        self.fields["insured_name"].required = True

    def clean_plate_no(self) -> str:
        plate: str = self.cleaned_data["plate_no"]
        return plate.replace("·", "").replace(" ", "").upper()


class LossForm(forms.Form):
    """One row of the assessment; a row without name and amount does not count, whatever its lists say."""

    line = forms.ChoiceField(label="险别", choices=CoverageLine.choices)
    loss_class = forms.ChoiceField(label="损失类别", choices=LossClass.choices)
    label = forms.CharField(label="损失（车辆、物品或伤者）", max_length=40)
    assessed = amount_field("定损金额(元)", least="0")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.label

    def has_changed(self) -> bool:
        return any(self[name].data for name in ("label", "assessed"))


class BaseLossFormSet(forms.BaseFormSet):  # type: ignore[type-arg]
    def add_fields(self, form: forms.Form, index: int | None) -> None:
        """A row that stood there before may be emptied, too."""
        super().add_fields(form, index)
        form.empty_permitted = True

    def clean(self) -> None:
        if any(self.errors):
            return
        rows = self.rows()
        if not rows:
            raise forms.ValidationError("至少填写一项损失。")
        keys = [(row.line, row.loss_class, row.label) for row in rows]
        if len(set(keys)) < len(keys):
            raise forms.ValidationError("同一险别、类别和名称的损失只能填一行。")

    def rows(self) -> list[LossRow]:
        return [LossRow(**form.cleaned_data) for form in self.forms if form.has_changed()]


LossFormSet = forms.formset_factory(LossForm, formset=BaseLossFormSet, extra=3, max_num=60)


class LossAmountsForm(forms.Form):
    """One amount per loss of the case: `field` says which, `most` what it may not exceed."""

    def __init__(self, data: Any, *, losses: Sequence[CaseLoss], field: str, most: str = "") -> None:
        super().__init__(data)
        self.losses = losses
        for loss in losses:
            bound = getattr(loss, most) if most else None
            initial = getattr(loss, field) or bound
            self.fields[f"amount_{loss.pk}"] = amount_field(
                str(loss), least="0", max_value=bound, initial=initial
            )

    @property
    def amount_rows(self) -> Iterator[tuple[CaseLoss, forms.BoundField]]:
        return ((loss, self[f"amount_{loss.pk}"]) for loss in self.losses)

    def amounts(self) -> dict[int, Decimal]:
        return {loss.pk: self.cleaned_data[f"amount_{loss.pk}"] for loss in self.losses}


class AmendForm(LossAmountsForm):
    reason = _reason("更正原因")


class SubmissionChoiceForm(forms.Form):
    """Which of the open requests, and why."""

    submission = forms.ModelChoiceField(
        label="报批", queryset=Submission.objects.none(), empty_label=None, widget=forms.RadioSelect
    )
    reason = _reason("撤回原因")

    def __init__(self, data: Any, *, submissions: Any) -> None:
        super().__init__(data)
        field = self.fields["submission"]
        field.queryset = submissions  # type: ignore[attr-defined]
        field.initial = submissions.first()


class SubmitForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput)
    opinion = forms.CharField(
        label="提交意见", required=False, max_length=2000, widget=forms.Textarea({"rows": 3})
    )

    def __init__(self, *args: Any, needs_reason: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        if needs_reason:
            self.fields["opinion"].label, self.fields["opinion"].required = "理由", True


class PayForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput)
    amount = amount_field("支付金额(元)")
    payee = forms.CharField(label="收款人", max_length=60)
    payee_account = forms.CharField(label="收款账号", max_length=34, required=False)


class CloseForm(forms.Form):
    kind = forms.ChoiceField(
        label="结案方式", choices=[("paid", "赔付结案"), ("zero", "零赔付")], widget=forms.RadioSelect
    )


class HandOverForm(forms.Form):
    successor = forms.ModelChoiceField(
        label="接手人", queryset=Staff.objects.none(), widget=forms.Select({"data-search": ""})
    )
    reason = _reason("移交原因")

    def __init__(self, data: Any, *, successors: Any) -> None:
        super().__init__(data)
        self.fields["successor"].queryset = successors  # type: ignore[attr-defined]


class SpreadForm(forms.Form):
    """One person takes all, or several take them by what each has already."""

    successor = forms.ModelMultipleChoiceField(
        label="接手人",
        queryset=Staff.objects.none(),
        widget=forms.SelectMultiple({"data-search": ""}),
        help_text="选几人时按各人现有未结件数均分，先预览再移交",
    )
    reason = _reason("移交原因")

    def __init__(self, data: Any, *, successors: Any) -> None:
        super().__init__(data)
        self.fields["successor"].queryset = successors  # type: ignore[attr-defined]
