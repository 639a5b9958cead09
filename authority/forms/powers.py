"""The question about one person at one moment, with or without a matter to rule on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from authority.forms.filters import WhoCanForm
from authority.moments import Moment
from authority.powers import people_shown
from authority.rulings import Matter
from departments.forms import StaffChoice
from departments.models import Staff

_MATTER = ("item", "amount", "unit", "lines", "loss_classes")


class ExactMomentInput(forms.DateTimeInput):
    """Shows a moment to the second, in local time, also one that an address brought with its zone."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(attrs={"step": "1"}, format="%Y-%m-%dT%H:%M:%S")

    def format_value(self, value: Any) -> str | None:
        if isinstance(value, str):
            value = _read(value)
        if isinstance(value, datetime) and timezone.is_aware(value):
            value = timezone.make_naive(value)
        return super().format_value(value)


def _read(text: str) -> datetime | str:
    try:
        found = forms.DateTimeField().to_python(text)
    except ValidationError:
        return text
    return found or text


class PowersForm(WhoCanForm):
    """Nothing of the matter, or all of it: half a matter would be ruled on as something else."""

    person = StaffChoice(
        Staff.objects.none(),
        label="人员",
        empty_label="请选择",
        widget=forms.Select(attrs={"data-search": ""}),
    )
    at = forms.DateTimeField(
        label="有效时点", required=False, widget=ExactMomentInput(), help_text="看哪一刻的权限；不填为此刻。"
    )
    known_at = forms.DateTimeField(
        label="所知时点",
        required=False,
        widget=ExactMomentInput(),
        help_text="按哪一刻系统里已有的记录；不填为今日所知。",
    )
    field_order = ("person", "at", "known_at")

    def __init__(self, *args: Any, staff: Staff, **options: Any) -> None:
        super().__init__(*args, **options)
        people = people_shown(staff).order_by("employee_no")
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
        for name in _MATTER:
            self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        given = [name for name in _MATTER if values.get(name) not in (None, "", [])]
        for name in _MATTER:
            if given and name not in given and name not in self.errors:
                self.add_error(name, "要判定一个事项，须填全；只看权限，则都不填")
        return values

    @property
    def asks(self) -> bool:
        """Is there a matter to rule on?"""
        return bool(self.is_valid() and self.cleaned_data.get("item"))

    def question(self) -> tuple[Staff, Moment, Matter | None]:
        values = self.cleaned_data
        moment = Moment(values["at"], values["known_at"])
        return values["person"], moment, self.matter() if self.asks else None

    def of_time(self) -> list[forms.BoundField]:
        return [self[name] for name in ("person", "at", "known_at")]

    def of_matter(self) -> list[forms.BoundField]:
        return [bound for bound in self if bound.name not in ("person", "at", "known_at")]
