"""What the audit administrator looks for in the ledger."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.utils import timezone

from authority.chain_kinds import acts, chains_found, kinds
from authority.models import PersonalGrant
from departments.forms import DateInput

IN_OUR_TIME = [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2999, 12, 31))]


class LedgerFilter(forms.Form):
    """`number` is the number of a case, a letter or whatever else has a chain, as people write it."""

    number = forms.CharField(label="报案号、授权书号", required=False, max_length=40)
    kind = forms.ChoiceField(label="类别", required=False)
    action = forms.ChoiceField(label="动作", required=False)
    person = forms.CharField(label="操作人", required=False, max_length=30, help_text="姓名或工号")
    acted_for = forms.CharField(label="代何人", required=False, max_length=30)
    letter = forms.CharField(label="所依据的授权书", required=False, max_length=40)
    amount_from = forms.DecimalField(label="金额自(元)", required=False, max_digits=14, decimal_places=2)
    amount_to = forms.DecimalField(label="金额至(元)", required=False, max_digits=14, decimal_places=2)
    day_from = forms.DateField(label="日期自", required=False, widget=DateInput(), validators=IN_OUR_TIME)
    day_to = forms.DateField(label="日期至", required=False, widget=DateInput(), validators=IN_OUR_TIME)
    grant = forms.IntegerField(required=False, min_value=1, max_value=2**31, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        every = ("", "全部")
        self.fields["kind"].choices = [every, *((k.prefix, k.name) for k in kinds())]  # type: ignore[attr-defined]
        self.fields["action"].choices = [every, *acts().items()]  # type: ignore[attr-defined]

    def chosen(self) -> Q:
        """On entries. What cannot be read as a choice filters nothing."""
        self.is_valid()
        values = {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
        return _about(values) & _by(values) & _when(values) & _on_what(values)


def _about(values: dict[str, Any]) -> Q:
    chosen = Q()
    if "number" in values:
        chosen &= Q(chain__in=chains_found(values["number"]))
    if "kind" in values:
        chosen &= Q(chain__startswith=f"{values['kind']}:") | Q(chain=values["kind"])
    if "action" in values:
        chosen &= Q(action=values["action"])
    return chosen


def _by(values: dict[str, Any]) -> Q:
    chosen = Q()
    for name, field in (("person", "actor"), ("acted_for", "acted_for")):
        if name in values:
            called = {f"{field}__name__startswith": values[name]}
            chosen &= Q(**called) | Q(**{f"{field}__employee_no": values[name]})
    return chosen


def _when(values: dict[str, Any]) -> Q:
    chosen = Q()
    if "day_from" in values:
        chosen &= Q(at__gte=_midnight(values["day_from"]))
    if "day_to" in values:
        chosen &= Q(at__lt=_midnight(values["day_to"]) + timedelta(days=1))
    return chosen


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _on_what(values: dict[str, Any]) -> Q:
    names = {"amount_from": "amount__gte", "amount_to": "amount__lte", "grant": "grant_id"}
    chosen = Q(**{lookup: values[name] for name, lookup in names.items() if name in values})
    if "letter" in values:
        grants = PersonalGrant.objects.filter(letter__number__icontains=values["letter"])
        chosen &= Q(grant_id__in=grants.values("pk"))
    return chosen
