"""What is filled in about a special case: a form per kind, and one per act that follows the decision."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from cases.forms.work import amount_field, moment_field
from cases.listing.units import UnitOption, at_or_below, unit_options
from cases.models import Kind, RefusalNotice, SpecialReason, SpecialRequest
from cases.services import Followed, Sending
from cases.services.special import COMMON
from cases.specials.kinds import KINDS
from departments.access import SEE_CASES
from departments.listings import ListFilter
from departments.models import Staff

_WIDE = {"statement", "evidence", "reason"}
_NEEDED = ("police_notice_no", "police_notice_at", "hospital", "patient", "declared_on", "declarant", "basis")
_ADVANCE = ("ground", "debtor")
_DAY = {"type": "date"}


class SpecialForm(forms.ModelForm):  # type: ignore[type-arg]
    """The columns of one kind. The rules are the service's: a draft may be kept before they are met."""

    class Meta:
        model = SpecialRequest
        fields = (
            *COMMON, "is_partial", "clause", "evidence", "known_on", "declared_on", "declarant",
            "basis", "basis_amount", "invoices", "police_notice_no", "police_notice_at", "hospital",
            "patient", "ground", "debtor", "is_attested", "is_sole", "payee", "payee_account",
        )  # fmt: skip
        widgets = {
            "statement": forms.Textarea({"rows": 3}),
            "evidence": forms.Textarea({"rows": 2}),
            "known_on": forms.DateInput(_DAY, format="%Y-%m-%d"),
            "declared_on": forms.DateInput(_DAY, format="%Y-%m-%d"),
        }

    def __init__(self, data: Any, *, kind: str, **options: Any) -> None:
        super().__init__(data, **options)
        known = KINDS[kind]
        kept = {*COMMON, *known.fields} - ({"amount"} if known.whole_case else set())
        for name in set(self.fields) - kept:
            del self.fields[name]
        for name in (*_NEEDED, *(_ADVANCE if kind == Kind.RESCUE_ADVANCE else ())):
            if name in self.fields:
                self.fields[name].required = True
        self._label(kind)
        self.order_fields(["reason", "basis", "basis_amount", "amount", *known.fields, "statement"])

    def _label(self, kind: str) -> None:
        known = KINDS[kind]
        today = timezone.localdate()
        self.fields["reason"].queryset = SpecialReason.objects.on(today).filter(kind=kind)  # type: ignore[attr-defined]
        self.fields["reason"].required = True
        if "amount" in self.fields:
            self.fields["amount"] = amount_field(known.asks)
        if kind == Kind.REFUSAL:
            self.fields["amount"].required = False
            self.fields["amount"].help_text = "整案拒赔不必填：按估损金额"
        if "basis_amount" in self.fields:
            self.fields["basis_amount"] = amount_field(known.basis_label)
        if "police_notice_at" in self.fields:
            self.fields["police_notice_at"] = moment_field("交警通知时间")

    def spans(self) -> Iterable[tuple[forms.BoundField, str]]:
        """Each field with how wide it is."""
        return ((self[name], "12" if name in _WIDE else "6") for name in self.fields)

    def clean_amount(self) -> Any:
        return self.cleaned_data["amount"] or 0

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.fields}


class GiveUpForm(forms.Form):
    reason = forms.CharField(label="作废原因", max_length=200)


class PaySpecialForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput)
    amount = amount_field("支付金额(元)")
    payee_account = forms.CharField(label="收款账号", max_length=34, required=False)


class NoticeForm(forms.Form):
    addressee = forms.CharField(label="收件人", max_length=60)
    way = forms.ChoiceField(label="送达方式", choices=RefusalNotice.Way.choices)
    sent_at = moment_field("发出时间")

    def __init__(self, data: Any, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["sent_at"].initial = timezone.localtime()

    def sending(self) -> Sending:
        return Sending(**self.cleaned_data)


class FollowForm(forms.ModelForm):  # type: ignore[type-arg]
    """Only what is new; what was told before stays."""

    class Meta:
        model = RefusalNotice
        fields = (
            "delivered_on", "receipt", "objected_on", "objection", "sued_on", "court", "result", "result_on",
        )  # fmt: skip
        widgets = {
            **{
                name: forms.DateInput(_DAY, format="%Y-%m-%d")
                for name in ("delivered_on", "objected_on", "sued_on", "result_on")
            },
            "objection": forms.Textarea({"rows": 2}),
        }

    def news(self) -> Followed:
        return Followed(**self.cleaned_data)


class EnterForm(forms.Form):
    reported_on = forms.DateField(
        label="报总公司日期", required=False, widget=forms.DateInput(_DAY, format="%Y-%m-%d")
    )


class SpecialFilter(ListFilter):
    """Tabs choose kind and state; the rest narrows. `mine`: what waits for the viewer."""

    lookups = {
        "q": "numbered",
        "kind": "kind",
        "state": "state",
        "unit": "of_unit",
        "since": "requested_at__date__gte",
        "until": "requested_at__date__lte",
        "mine": "of_mine",
    }
    MINE = {
        "asked": "我申请的",
        "returned": "退回给我",
        "notice": "待发通知",
        "pay": "待支付",
        "set_off": "待冲销",
        "enter": "待登记",
        "close": "待通融结案",
    }

    q = forms.CharField(label="编号 / 案件号", required=False, max_length=30)
    kind = forms.ChoiceField(label="类型", required=False, choices=[("", "全部"), *Kind.choices])
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), *SpecialRequest.State.choices]
    )
    unit = forms.ChoiceField(label="机构", required=False)
    since = forms.DateField(label="申请自", required=False, widget=forms.DateInput(_DAY))
    until = forms.DateField(label="至", required=False, widget=forms.DateInput(_DAY))
    mine = forms.ChoiceField(label="与我有关", required=False, choices=[("", "全部"), *MINE.items()])

    def __init__(self, data: Any, *, viewer: Staff) -> None:
        super().__init__(data)
        self.viewer = viewer
        self.options: list[UnitOption] = unit_options(viewer.unit_scope.ids(SEE_CASES))
        choices = [("", "全部"), *((str(one.id), one.indented) for one in self.options)]
        self.fields["unit"].choices = choices  # type: ignore[attr-defined]

    def numbered(self, rows: QuerySet[SpecialRequest], text: str) -> QuerySet[SpecialRequest]:
        text = text.strip()
        return rows.filter(number=text) | rows.filter(case__claim_no=text) | rows.filter(case__report_no=text)

    def of_unit(self, rows: QuerySet[SpecialRequest], unit: str) -> QuerySet[SpecialRequest]:
        return rows.filter(case__unit__in=at_or_below(self.options, int(unit)))

    def of_mine(self, rows: QuerySet[SpecialRequest], which: str) -> QuerySet[SpecialRequest]:
        waiting = SpecialRequest.objects.waiting_for(self.viewer, which)
        return rows.filter(pk__in=waiting.values("pk"))
