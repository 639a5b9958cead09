"""Forms about people: certificates and interests."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone

from authority.models import Interest
from authority.services import CertificateFacts, Declaration
from departments.forms import DateInput, StaffChoice
from departments.models import CertificateType, Staff

_NEAR = timedelta(days=90)
_STATES = (
    ("", "全部"),
    ("waiting", "待复核"),
    ("in_force", "有效"),
    ("expiring", "90 天内到期"),
    ("expired", "已过期"),
    ("revoked", "已注销"),
)


class InterestForm(forms.Form):
    kind = forms.ChoiceField(label="类别", choices=Interest.Kind.choices)
    name = forms.CharField(
        label="名称或号码",
        max_length=60,
        help_text="车牌、姓名、修理厂、医院名称或收款账号；空格和间隔号不影响比对",
    )
    id_tail = forms.RegexField(
        label="证件号后四位",
        regex=r"^[0-9A-Za-z]{4}$",
        required=False,
        help_text="仅当事人填写，只保存后四位，用于区分同名",
    )
    relation = forms.CharField(
        label="关系说明",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="例如：配偶的车辆",
    )

    @property
    def declaration(self) -> Declaration:
        values = self.cleaned_data
        return Declaration(values["kind"], values["name"], values["relation"], values["id_tail"])


class InterestFilter(forms.Form):
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), ("open", "申报中"), ("ended", "已解除")]
    )
    kind = forms.ChoiceField(label="类别", required=False, choices=[("", "全部"), *Interest.Kind.choices])
    person = forms.CharField(label="姓名", required=False, max_length=30)

    def chosen(self) -> Q:
        values = self.cleaned_data if self.is_valid() else {}
        chosen = Q()
        if values.get("state"):
            chosen &= Q(ended_at__isnull=values["state"] == "open")
        if values.get("kind"):
            chosen &= Q(kind=values["kind"])
        if values.get("person"):
            chosen &= Q(staff__name__startswith=values["person"])
        return chosen


class CertificateForm(forms.Form):
    staff = StaffChoice(
        label="持证人", queryset=Staff.objects.none(), widget=forms.Select(attrs={"data-search": ""})
    )
    type = forms.ModelChoiceField(CertificateType.objects.all(), label="证件", empty_label="请选择")
    number = forms.CharField(label="证件编号", max_length=40)
    issuer = forms.CharField(label="发证单位", max_length=60, required=False)
    valid_from = forms.DateField(label="有效期起", widget=DateInput())
    valid_to = forms.DateField(label="有效期止", widget=DateInput(), help_text="最后一个有效日")

    def __init__(self, *args: Any, viewer: Staff, **options: Any) -> None:
        super().__init__(*args, **options)
        people = Staff.objects.filter(is_active=True, admin_role="").exclude(pk=viewer.pk)
        self.fields["staff"].queryset = people.order_by("employee_no")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        first, last = values.get("valid_from"), values.get("valid_to")
        if first and last and last < first:
            self.add_error("valid_to", "有效期止早于有效期起")
        return values

    @property
    def facts(self) -> CertificateFacts:
        return CertificateFacts(**{name: self.cleaned_data[name] for name in _PRINTED})


_PRINTED = ("type", "number", "valid_from", "valid_to", "issuer")


class CertificateFilter(forms.Form):
    state = forms.ChoiceField(label="状态", required=False, choices=_STATES)
    type = forms.ModelChoiceField(
        CertificateType.objects.all(), label="证件", required=False, empty_label="全部"
    )
    person = forms.CharField(label="姓名", required=False, max_length=30)

    def chosen(self) -> Q:
        values = self.cleaned_data if self.is_valid() else {}
        chosen = _in_state(values.get("state", ""), timezone.localdate())
        if values.get("type"):
            chosen &= Q(type=values["type"])
        if values.get("person"):
            chosen &= Q(staff__name__startswith=values["person"])
        return chosen


def _in_state(state: str, today: date) -> Q:
    """A state that does not exist filters nothing."""
    good = Q(confirmed_at__isnull=False, revoked_at=None)
    return {
        "waiting": Q(confirmed_at=None, revoked_at=None),
        "in_force": good & Q(valid_from__lte=today, valid_to__gte=today),
        "expiring": good & Q(valid_to__range=(today, today + _NEAR)),
        "expired": good & Q(valid_to__lt=today),
        "revoked": Q(revoked_at__isnull=False),
    }.get(state, Q())


class EnforcementForm(forms.Form):
    enforced_from = forms.DateField(
        label="强制执行自", required=False, widget=DateInput(), help_text="留空：只提示，不冻结"
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["enforced_from"].widget.attrs["class"] = "form-control"
