"""Forms of 临时授权. They shape input; whether it may be done is said by the services."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone

from authority.models import EmergencyRule, LineCode, PersonalGrant
from authority.urgent import EmergencyTerms
from departments.models import Appointment, OrgUnit, Staff


class GrantChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        limit, paper = f"{obj.amount_max:,.2f} 元", f"{obj.letter.number} {obj.clause}"
        return f"{obj.item.name} {limit} · {obj.unit.short_name} · {paper}"


class EmergencyForm(forms.Form):
    """Offers the giver's own grants of today; other ids are no valid choice."""

    holder = forms.ModelChoiceField(
        Staff.objects.none(),
        label="被授权人",
        empty_label="请选择",
        widget=forms.Select(attrs={"data-search": ""}),
    )
    based_on = GrantChoice(PersonalGrant.objects.none(), label="从本人的权限", empty_label="请选择")
    amount_max = forms.DecimalField(
        label="金额上限(元)",
        min_value=Decimal("0.01"),
        max_digits=14,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"step": "0.01", "class": "money"}),
    )
    hours = forms.IntegerField(label="小时数", min_value=1)
    unit = forms.ModelChoiceField(
        OrgUnit.objects.none(), label="限于机构", required=False, empty_label="不另加限制"
    )
    lines = forms.MultipleChoiceField(
        label="限于险别", choices=LineCode.choices, initial=["any"], widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(
        label="事由", max_length=200, widget=forms.Textarea(attrs={"rows": 2}), min_length=4
    )

    def __init__(self, *args: Any, giver: Staff, rule: EmergencyRule, **options: Any) -> None:
        options["initial"] = {"hours": rule.grant_hours}
        super().__init__(*args, **options)
        today = timezone.localdate()
        grants = PersonalGrant.objects.effective(today).filter(holder=giver).with_terms()
        posted = Appointment.objects.on(today).values("staff")
        people = Staff.objects.visible_to(giver).filter(pk__in=posted, is_active=True, admin_role="")
        below = OrgUnit.objects.under([grant.unit.path for grant in grants])
        choices = {
            "based_on": grants.order_by("item__rank", "pk"),
            "holder": people.exclude(pk=giver.pk).order_by("name", "pk"),
            "unit": below.in_order(),
        }
        for name, rows in choices.items():
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
        self.fields["hours"].help_text = f"最长 {rule.grant_hours} 小时，到时自动失效。"

    @property
    def terms(self) -> EmergencyTerms:
        return EmergencyTerms(**{**self.cleaned_data, "lines": tuple(self.cleaned_data["lines"])})
