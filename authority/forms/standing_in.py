"""Forms of 代岗. They shape input; whether it may be done is said by the services."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone

from authority.models import InFlight, LineCode, Substitution
from authority.standing_in import StandInTerms, own_grants
from departments.models import Absence, Appointment, OrgUnit, Staff

_MOMENT = "%Y-%m-%dT%H:%M"


def _moment(label: str) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MOMENT)
    return forms.DateTimeField(label=label, widget=widget)


class StandInForm(forms.Form):
    """Offers what the absent person holds today and everybody in a post of the company."""

    delegate = forms.ModelChoiceField(
        Staff.objects.none(),
        label="代岗人",
        empty_label="请选择",
        widget=forms.Select(attrs={"data-search": ""}),
    )
    items = forms.MultipleChoiceField(
        label="移交事项",
        widget=forms.CheckboxSelectMultiple,
        help_text="只列出本人现有的权限，未勾选的不移交。",
    )
    starts_at = _moment("开始")
    ends_at = _moment("结束")
    unit = forms.ModelChoiceField(
        OrgUnit.objects.none(), label="限于机构", required=False, empty_label="不另加限制"
    )
    lines = forms.MultipleChoiceField(
        label="限于险别", choices=LineCode.choices, initial=["any"], widget=forms.CheckboxSelectMultiple
    )
    amount_max = forms.DecimalField(
        label="金额上限(元)",
        required=False,
        min_value=Decimal("0.01"),
        max_digits=14,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"step": "0.01", "class": "money"}),
        help_text="空白：以被代岗人权限和代岗人岗位上限中较低者为限。",
    )
    in_flight = forms.ChoiceField(label="结束时在办案件", choices=InFlight.choices, initial=InFlight.BACK)
    reason = forms.CharField(label="说明", max_length=200, required=False)

    def __init__(self, *args: Any, absence: Absence, **options: Any) -> None:
        now = timezone.now()
        first = {"starts_at": max(absence.starts_at, now), "ends_at": absence.ends_at}
        options["initial"] = first
        super().__init__(*args, **options)
        grants = own_grants(absence.staff)
        items = list({grant.item.code: grant.item.name for grant in grants}.items())
        posted = Appointment.objects.on(timezone.localdate()).values("staff")
        people = Staff.objects.filter(pk__in=posted, is_active=True, admin_role="")
        below = Q(pk__in=())
        for path in {grant.unit.path for grant in grants}:
            below |= Q(path__startswith=path)
        self.fields["items"].choices = items  # type: ignore[attr-defined]
        self.initial["items"] = [code for code, _ in items]
        self.fields["delegate"].queryset = people.exclude(pk=absence.staff_id).order_by("name", "pk")  # type: ignore[attr-defined]
        self.fields["unit"].queryset = OrgUnit.objects.filter(below).in_order()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        starts_at, ends_at = values.get("starts_at"), values.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", "结束时间须晚于开始时间")
        return values

    @property
    def terms(self) -> StandInTerms:
        values = self.cleaned_data
        return StandInTerms(**{**values, "items": tuple(values["items"]), "lines": tuple(values["lines"])})


class StandInAnswerForm(forms.Form):
    note = forms.CharField(label="说明", max_length=200, required=False)


class StandInDeclineForm(forms.Form):
    note = forms.CharField(label="谢绝理由", max_length=200, min_length=2)


class StandInFilter(forms.Form):
    """Filters of the list; anything unreadable counts as not given."""

    WHOSE = (("", "全部"), ("mine", "我移交的"), ("for", "我代岗的"), ("people", "我的人员"))

    whose = forms.ChoiceField(label="范围", choices=WHOSE, required=False)
    status = forms.ChoiceField(
        label="状态", choices=[("", "全部"), *Substitution.Status.choices], required=False
    )

    def chosen(self, staff: Staff) -> Q:
        self.is_valid()
        whose = {
            "mine": Q(delegator=staff),
            "for": Q(delegate=staff),
            "people": ~Q(delegator=staff) & ~Q(delegate=staff),
        }.get(self.cleaned_data.get("whose", ""), Q())
        status = self.cleaned_data.get("status")
        return whose & Q(status=status) if status else whose
