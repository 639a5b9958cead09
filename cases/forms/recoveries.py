"""What is filled in about money to be got back, and how the list is narrowed."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet

from cases.forms.work import amount_field
from cases.listing.units import UnitOption, at_or_below, unit_options
from cases.models import RecoveryPlaceholder, RecoveryReceipt
from cases.services.recovering import Receipt
from departments.access import SEE_CASES
from departments.listings import ListFilter
from departments.models import Staff


def _day(label: str, **options: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), **options
    )


class RecoveryFilter(ListFilter):
    lookups: ClassVar[dict[str, str]] = {
        "q": "numbered",
        "status": "status",
        "type": "type",
        "need": "of_mine",
        "unit": "of_unit",
        "since": "acquired_at__date__gte",
        "until": "acquired_at__date__lte",
    }

    q = forms.CharField(label="案件号 / 被追偿人", required=False, max_length=60)
    status = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), *RecoveryPlaceholder.Status.choices]
    )
    type = forms.ChoiceField(
        label="追偿类型", required=False, choices=[("", "全部"), *RecoveryPlaceholder.Type.choices]
    )
    need = forms.ChoiceField(label="待办", required=False, choices=[("", "不限"), ("mine", "由我负责")])
    unit = forms.ChoiceField(label="机构", required=False)
    since = _day("取得自", required=False)
    until = _day("至", required=False)

    def __init__(self, data: Any, *, viewer: Staff) -> None:
        super().__init__(data)
        self.viewer = viewer
        self.options: list[UnitOption] = unit_options(viewer.unit_scope.ids(SEE_CASES))
        choices = [("", "全部"), *((str(one.id), one.indented) for one in self.options)]
        self.fields["unit"].choices = choices  # type: ignore[attr-defined]

    def numbered(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        """A name only whole, and only for who may read it: nobody feels his way to it."""
        text = text.strip()
        found = rows.filter(case__claim_no=text) | rows.filter(case__report_no=text)
        return found | rows.filter(debtor=text) if self.viewer.sees_personal_data else found

    def of_mine(self, rows: QuerySet[Any], which: str) -> QuerySet[Any]:
        return rows.filter(officer=self.viewer)

    def of_unit(self, rows: QuerySet[Any], unit: str) -> QuerySet[Any]:
        return rows.filter(case__unit__in=at_or_below(self.options, int(unit)))


class ReceiptForm(forms.Form):
    amount = amount_field("追回金额(元)")
    received_on = _day("到账日期")
    payer = forms.CharField(label="付款人", max_length=60)
    voucher = forms.CharField(label="入账凭证号", max_length=40)
    posting = forms.ChoiceField(label="入账方式", choices=RecoveryReceipt.Posting.choices)

    def receipt(self) -> Receipt:
        return Receipt(**self.cleaned_data)


class StrikeForm(forms.Form):
    reason = forms.CharField(label="冲正原因", max_length=200)


class OfficerForm(forms.Form):
    officer = forms.ModelChoiceField(
        label="追偿负责人", queryset=Staff.objects.none(), widget=forms.Select({"data-search": ""})
    )

    def __init__(self, data: Any, *, people: QuerySet[Staff]) -> None:
        super().__init__(data)
        self.fields["officer"].queryset = people  # type: ignore[attr-defined]


class WriteOffForm(forms.Form):
    reason = forms.CharField(
        label="核销理由", max_length=1000, widget=forms.Textarea({"rows": 4}),
        help_text="追偿经过、被追偿人偿付能力、继续追偿的成本；提交后由有追偿方案权限的人审批",
    )  # fmt: skip
