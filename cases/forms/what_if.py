"""Which letter is tried, on what was decided where and when."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from authority.models import AuthorityLetter, LetterStatus
from cases.what_if.rulings import LONGEST_DAYS
from departments.access import MANAGE_UNIT
from departments.models import OrgUnit, Staff

TRIED = (LetterStatus.DRAFT, LetterStatus.SUBMITTED, LetterStatus.IN_FORCE)
USUAL_DAYS = 90


def _day(label: str, help_text: str = "") -> forms.DateField:
    picker = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, widget=picker, help_text=help_text)


class WhatIfForm(forms.Form):
    letter = forms.ModelChoiceField(
        label="授权书",
        queryset=AuthorityLetter.objects.none(),
        help_text="试算它生效、并替代同一机构现行授权书之后的结果；不改变任何授权。",
    )
    unit = forms.ModelChoiceField(label="机构范围", queryset=OrgUnit.objects.none(), help_text="含下级机构。")
    start = _day("期初")
    end = _day("期末", "按审批终结日期，首尾都算在内。")

    def __init__(self, data: Any = None, *, staff: Staff, letter: AuthorityLetter | None = None) -> None:
        today = timezone.localdate()
        initial = {"start": today - timedelta(days=USUAL_DAYS), "end": today}
        super().__init__(data, initial={**initial, **_about(letter, staff)})
        letters = AuthorityLetter.objects.visible_to(staff).filter(status__in=TRIED)
        choices: Any = self.fields
        choices["letter"].queryset = letters.distinct().order_by("status", "-valid_from", "-pk")
        choices["letter"].label_from_instance = _named
        managed = OrgUnit.objects.filter(pk__in=staff.unit_scope.ids(MANAGE_UNIT))
        choices["unit"].queryset = managed.order_by("path_rank")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        start, end = cleaned.get("start"), cleaned.get("end")
        if start and end and end < start:
            self.add_error("end", "期末早于期初")
        elif start and end and (end - start).days > LONGEST_DAYS:
            self.add_error("start", "期间最长三年")
        return cleaned

    @property
    def period(self) -> tuple[date, date]:
        return self.cleaned_data["start"], self.cleaned_data["end"]


def _about(letter: AuthorityLetter | None, staff: Staff) -> dict[str, Any]:
    """The letter asked for, and its own unit where one manages that."""
    if letter is None:
        return {}
    managed = letter.scope_unit_id in staff.unit_scope.ids(MANAGE_UNIT)
    return {"letter": letter, **({"unit": letter.scope_unit_id} if managed else {})}


def _named(letter: AuthorityLetter) -> str:
    return f"{letter.number} {letter.title}（{letter.get_status_display()}）"
