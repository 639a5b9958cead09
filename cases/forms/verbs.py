"""加签、转办、拿回: what is filled in; whether it may be done is the service's ruling."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from cases.models import ClaimCase
from cases.services import SignerRequest, Transfer
from cases.verbs import AFTER, BEFORE
from departments.models import Appointment, Staff

WHERE = ((BEFORE, "在本人之前：先签署，再回到本人"), (AFTER, "在本人之后：本人提交后签署，再到下一环节"))


def _reason(label: str) -> forms.CharField:
    return forms.CharField(label=label, max_length=200)


def posts_today() -> dict[int, str]:
    """By person, the posts held today; one query."""
    held = Appointment.objects.on(timezone.localdate()).select_related("post__unit", "post__post_type")
    found: dict[int, str] = {}
    for one in held.order_by("kind", "pk"):
        found.setdefault(one.staff_id, str(one.post))
    return found


class SignersForm(forms.Form):
    """People of any post; one who cannot see the case is refused by name."""

    people = forms.ModelMultipleChoiceField(
        label="加签人",
        queryset=Staff.objects.none(),
        widget=forms.SelectMultiple({"data-search": ""}),
        help_text="只签署意见，不因加签取得审批权限",
    )
    where = forms.ChoiceField(label="位置", choices=WHERE, initial=BEFORE, widget=forms.RadioSelect)
    needed = forms.IntegerField(
        label="须几人同意", required=False, min_value=1, help_text="留空：所选人全部同意"
    )
    reason = _reason("加签理由")

    def __init__(self, data: Any = None, *, by: Staff) -> None:
        super().__init__(data)
        posts = posts_today()
        people = Staff.objects.filter(is_active=True, admin_role="", pk__in=posts).exclude(pk=by.pk)
        field: Any = self.fields["people"]
        field.queryset = people.order_by("name", "pk")
        field.label_from_instance = lambda one: f"{one.name}（{posts[one.pk]}）"

    def request(self, case: ClaimCase, seen: int) -> SignerRequest:
        sent = self.cleaned_data
        return SignerRequest(list(sent["people"]), sent["where"], sent["reason"], seen, sent["needed"] or 0)


class TransferForm(forms.Form):
    """Only those who could have been the station's person."""

    receiver = forms.ModelChoiceField(
        label="接手人",
        queryset=Staff.objects.none(),
        widget=forms.Select({"data-search": ""}),
        empty_label="请选择",
        help_text="只列出有权办理本环节、且未参与本案不相容工作的人员",
    )
    reason = _reason("转办理由")

    def __init__(self, data: Any = None, *, receivers: dict[int, str]) -> None:
        super().__init__(data)
        field: Any = self.fields["receiver"]
        field.queryset = Staff.objects.filter(pk__in=receivers).order_by("name", "pk")
        field.label_from_instance = lambda one: receivers[one.pk]

    def order(self, seen: int) -> Transfer:
        return Transfer(self.cleaned_data["receiver"], self.cleaned_data["reason"], seen)


class ReasonForm(forms.Form):
    reason = _reason("理由")
