"""Forms of a draft letter. They shape input; whether it may be done is said by the services."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.utils import timezone

from authority.models import (
    AuthorityItem,
    AuthorityLetter,
    LineCode,
    Litigation,
    LossCode,
    SpecialCode,
)
from authority.services import CeilingLine, GrantLine, LetterDraft
from authority.sheets.reading import MOST_BYTES
from departments.access import MANAGE_UNIT
from departments.models import Appointment, OrgUnit, PostType, Staff
from departments.models.people import AdminRole
from departments.uploads import PaperField


def searchable() -> forms.Select:
    return forms.Select(attrs={"data-search": ""})


def _day(label: str, *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label, required=required, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


def amount_field(label: str, **options: Any) -> forms.DecimalField:
    widget = forms.NumberInput(attrs={"step": "0.01", "min": "0", "class": "money"})
    return forms.DecimalField(
        label=label, min_value=Decimal(0), max_digits=14, decimal_places=2, widget=widget, **options
    )


def _codes(label: str, choices: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=choices, initial=["any"], widget=forms.CheckboxSelectMultiple
    )


class LetterForm(forms.ModelForm):  # type: ignore[type-arg]
    valid_from = _day("生效日期")
    valid_to = _day("失效日期", required=False)

    class Meta:
        model = AuthorityLetter
        fields = [
            "number", "title", "mode", "issuing_unit", "scope_unit", "basis", "valid_from", "valid_to",
        ]  # fmt: skip
        widgets = {"issuing_unit": searchable(), "scope_unit": searchable()}

    def __init__(self, *args: Any, staff: Staff, **options: Any) -> None:
        super().__init__(*args, **options)
        open_units = OrgUnit.objects.open_on(timezone.localdate()).in_order()
        issuing, scope = self.fields["issuing_unit"], self.fields["scope_unit"]
        scope.queryset = open_units  # type: ignore[attr-defined]
        if staff.admin_role != AdminRole.SECURITY:
            open_units = open_units.filter(pk__in=staff.unit_scope.ids(MANAGE_UNIT))
        issuing.queryset = open_units  # type: ignore[attr-defined]

    def draft(self) -> LetterDraft:
        return LetterDraft(**self.cleaned_data)


class MatrixUploadForm(LetterForm):
    """The heading of the draft to be, and the workbook with its lines."""

    file = forms.FileField(
        label="授权矩阵（XLSX）",
        help_text="不超过 5 MB、2,000 行；可用「授权一览」或授权书页面导出的文件，改好后直接导入",
        widget=forms.ClearableFileInput({"accept": ".xlsx"}),
    )

    def clean_file(self) -> UploadedFile[bytes]:
        upload: UploadedFile[bytes] = self.cleaned_data["file"]
        if (upload.size or 0) > MOST_BYTES:
            raise forms.ValidationError("文件超过 5 MB，请分成几份授权书导入。")
        return upload

    def draft(self) -> LetterDraft:
        return LetterDraft(**{name: self.cleaned_data[name] for name in self._meta.fields or ()})


class _LineForm(forms.Form):
    clause = forms.CharField(label="条款", max_length=20)
    item = forms.ModelChoiceField(AuthorityItem.objects.all(), label="事项", empty_label="请选择")
    unit = forms.ModelChoiceField(OrgUnit.objects.none(), label="适用机构", widget=searchable())
    amount_max = amount_field("金额上限(元)")
    lines = _codes("险别", LineCode.choices)
    loss_classes = _codes("损失类别", LossCode.choices)
    special_kinds = _codes("特殊案件类型", SpecialCode.choices)
    litigation = forms.ChoiceField(label="涉诉", choices=Litigation.choices, initial=Litigation.ANY)

    def _offer_units(self, path: str) -> None:
        self.fields["unit"].queryset = units_offered(path)  # type: ignore[attr-defined]


class CeilingForm(_LineForm):
    def __init__(self, *args: Any, letter: AuthorityLetter, **options: Any) -> None:
        super().__init__(*args, **options)
        self._offer_units(letter.scope_unit.path)
        self.initial.setdefault("unit", letter.scope_unit_id)

    def line(self) -> CeilingLine:
        return CeilingLine(**self.cleaned_data)


class GrantForm(_LineForm):
    """Offers the posts held today in the units the letter is for; other ids are no valid choice."""

    appointment = forms.ModelChoiceField(
        Appointment.objects.none(), label="被授权人（岗位）", empty_label="请选择", widget=searchable()
    )
    includes_below = forms.BooleanField(label="含下级机构", required=False, initial=True)
    amount_min = amount_field("金额下限(元)", initial=0)
    cosign_count = forms.IntegerField(label="会签人数", min_value=0, max_value=9, initial=0)
    cosign_post_type = forms.ModelChoiceField(
        PostType.objects.all(), label="会签岗位", required=False, empty_label="不会签"
    )

    field_order = ("appointment", "item", "unit", "includes_below", "amount_max", "amount_min", "clause")

    def __init__(self, *args: Any, letter: AuthorityLetter, **options: Any) -> None:
        super().__init__(*args, **options)
        self._offer_units(letter.issuing_unit.path)
        self.initial.setdefault("unit", letter.scope_unit_id)
        self.fields["appointment"].queryset = posts_held(letter)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if (values.get("amount_min") or 0) > values.get("amount_max", Decimal("Infinity")):
            self.add_error("amount_min", "金额下限不能高于上限")
        if bool(values.get("cosign_count")) != bool(values.get("cosign_post_type")):
            self.add_error("cosign_post_type", "会签人数与会签岗位须同时填写")
        return values

    def line(self) -> GrantLine:
        return GrantLine(**self.cleaned_data)


def units_offered(path: str) -> QuerySet[OrgUnit]:
    """The unit at a path and all below it, those that are open."""
    return OrgUnit.objects.under([path]).open_on(timezone.localdate()).in_order()


def posts_held(letter: AuthorityLetter) -> QuerySet[Appointment]:
    return (
        Appointment.objects.on(timezone.localdate())
        .filter(post__unit__path__startswith=letter.scope_unit.path)
        .select_related("staff", "post__unit", "post__post_type")
        .order_by("post__unit__path_rank", "-post__post_type__level", "staff__employee_no")
    )


class ScanForm(forms.Form):
    file = PaperField(label="扫描件")


class ReasonForm(forms.Form):
    reason = forms.CharField(label="理由", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class DespiteForm(forms.Form):
    """Why something is done although nobody covers afterwards what somebody covered."""

    despite = forms.CharField(
        label="明知空缺仍办理的理由",
        required=False,
        max_length=200,
        help_text="此后若有事项不再有人有权决定，须写明理由才能办理；理由记入台账。",
    )


class RevokingForm(ReasonForm, DespiteForm):
    field_order = ("reason", "despite")
