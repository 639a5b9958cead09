"""Forms that only ask: filters, and the question who can decide a matter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone

from authority.comparison.sheet import BY_ITEM, BY_PERSON, comparable_with
from authority.models import (
    AuthorityItem,
    AuthorityLetter,
    LineCode,
    LossCode,
    Measure,
    ReferralRule,
    SpecialCode,
)
from authority.models.letters import LetterMode, LetterQuerySet, LetterState
from authority.rulings import Matter, StepDone
from authority.terms import fen
from departments.access import MANAGE_UNIT, SEE_PEOPLE
from departments.models import OrgUnit, PostType, Staff


class MatrixFilter(forms.Form):
    unit = forms.ModelChoiceField(OrgUnit.objects.none(), label="机构", required=False, empty_label="全部")
    post_type = forms.ModelChoiceField(
        PostType.objects.all(), label="岗位", required=False, empty_label="全部"
    )
    item = forms.ModelChoiceField(
        AuthorityItem.objects.all(), label="事项", required=False, empty_label="全部"
    )
    person = forms.CharField(label="姓名", required=False, max_length=30)

    def __init__(self, *args: Any, staff: Staff, **options: Any) -> None:
        super().__init__(*args, **options)
        units = OrgUnit.objects.open_on(timezone.localdate()).in_order()
        if not staff.admin_role:
            seen = staff.unit_scope.ids(SEE_PEOPLE) | staff.unit_scope.ids(MANAGE_UNIT)
            units = units.filter(pk__in=seen)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]

    def chosen(self) -> Q:
        """On appointments. What cannot be read as a choice filters nothing."""
        values = self.cleaned_data if self.is_valid() else {}
        chosen = Q()
        if values.get("unit"):
            chosen &= Q(post__unit__path__startswith=values["unit"].path)
        if values.get("post_type"):
            chosen &= Q(post__post_type=values["post_type"])
        if values.get("person"):
            chosen &= Q(staff__name__startswith=values["person"])
        return chosen

    @property
    def chosen_item(self) -> AuthorityItem | None:
        return self.cleaned_data.get("item") if self.is_valid() else None


class LetterFilter(forms.Form):
    status = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *LetterState.choices])
    mode = forms.ChoiceField(label="授权方式", required=False, choices=[("", "全部"), *LetterMode.choices])
    number = forms.CharField(label="授权书号或标题", required=False, max_length=40)

    def among(self, letters: LetterQuerySet) -> LetterQuerySet:
        """What cannot be read as a choice filters nothing."""
        values = self.cleaned_data if self.is_valid() else {}
        if values.get("status"):
            letters = letters.in_state(values["status"])
        if values.get("mode"):
            letters = letters.filter(mode=values["mode"])
        if values.get("number"):
            named = Q(number__icontains=values["number"]) | Q(title__icontains=values["number"])
            letters = letters.filter(named)
        return letters


class CompareForm(forms.Form):
    """Which two letters, and how the changes are put together."""

    before = forms.ModelChoiceField(
        AuthorityLetter.objects.none(), label="与哪一份比较", required=False, empty_label="现行授权书"
    )
    by = forms.ChoiceField(
        label="归并", required=False, choices=[(BY_PERSON, "按人员或机构"), (BY_ITEM, "按事项")]
    )
    same = forms.BooleanField(label="显示不变的条款", required=False)

    def __init__(self, *args: Any, letter: AuthorityLetter, staff: Staff, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["before"].queryset = comparable_with(letter, staff)  # type: ignore[attr-defined]
        self.is_valid()

    @property
    def chosen_letter(self) -> AuthorityLetter | None:
        return self.cleaned_data.get("before")

    @property
    def grouping(self) -> str:
        return self.cleaned_data.get("by") or BY_PERSON

    @property
    def shows_same(self) -> bool:
        return bool(self.cleaned_data.get("same"))


def _without_any(choices: Any) -> list[tuple[str, Any]]:
    return [(code, label) for code, label in choices if code != "any"]


class _KnownCodes(forms.MultipleChoiceField):
    """A case may carry flags that no rule asks about: they are passed over."""

    def to_python(self, value: Any) -> list[str]:
        return [code for code in super().to_python(value) if self.valid_value(code)]


class WhoCanForm(forms.Form):
    """A matter made up on the page, or brought along in the address from a case (`approvers.address_of`).

    `steps` is only brought along: who did what on the case, as step:person.
    """

    item = forms.ModelChoiceField(
        AuthorityItem.objects.all(), label="事项", to_field_name="code", empty_label="请选择"
    )
    amount = forms.DecimalField(
        label="金额(元)", min_value=Decimal(0), max_digits=14, decimal_places=2,
        help_text="核赔等按案件累计计量的事项，填案件累计金额",
    )  # fmt: skip
    unit = forms.ModelChoiceField(
        OrgUnit.objects.none(),
        label="案件所属机构",
        to_field_name="path",
        empty_label="请选择",
        widget=forms.Select(attrs={"data-search": ""}),
    )
    lines = forms.MultipleChoiceField(
        label="险别", choices=_without_any(LineCode.choices), widget=forms.CheckboxSelectMultiple
    )
    loss_classes = forms.MultipleChoiceField(
        label="损失类别", choices=_without_any(LossCode.choices), widget=forms.CheckboxSelectMultiple
    )
    special_kind = forms.ChoiceField(
        label="特殊案件类型", required=False, choices=_without_any(SpecialCode.choices)
    )
    is_litigated = forms.BooleanField(label="涉诉案件", required=False)
    flags = _KnownCodes(label="案件标识", required=False, widget=forms.CheckboxSelectMultiple)
    steps = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        today = timezone.localdate()
        self.fields["unit"].queryset = OrgUnit.objects.open_on(today).in_order()  # type: ignore[attr-defined]
        self.fields["flags"].choices = _flags(ReferralRule.objects.on(today))  # type: ignore[attr-defined]

    def matter(self) -> Matter:
        """Every measure is the one sum asked about, so that ceilings of another measure apply as well."""
        values = self.cleaned_data
        amount = fen(values["amount"])
        item: AuthorityItem = values["item"]
        return Matter(
            item=item.code,
            measure=item.measure,
            amounts=dict.fromkeys(Measure.values, amount),
            unit_path=values["unit"].path,
            lines=frozenset(values["lines"]),
            loss_classes=frozenset(values["loss_classes"]),
            special_kind=values["special_kind"],
            is_litigated=values["is_litigated"],
            flags=frozenset(values["flags"]),
            figures={"expected_loss": amount},
            steps=tuple(_steps(values["steps"])),
            is_key=item.is_key,
        )


def _steps(text: str) -> Iterator[StepDone]:
    """What cannot be read was written by hand and is passed over."""
    for step, person in re.findall(r"(\w+):(\d+)", text):
        yield StepDone(step, int(person))


def _flags(rules: Any) -> list[tuple[str, str]]:
    """Each flag that a rule asks about, named by the first rule that asks about it alone."""
    names: dict[str, str] = {}
    for rule in rules:
        for flag in rule.flags:
            names.setdefault(flag, rule.name)
    return sorted(names.items())
