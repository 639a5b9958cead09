"""The page on which all lines of a draft are changed at once: sums, removals, and a few new lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms

from authority.forms.drafting import amount_field, posts_held, searchable, units_offered
from authority.matrix import scope_of
from authority.models import AuthorityItem, AuthorityLetter, LetterMode, PersonalGrant, UnitCeiling
from authority.services import CeilingLine, GrantLine, Revision
from departments.models import Appointment, OrgUnit

NEW_LINES = 3
_LINE = re.compile(r"(?:amount|drop)_(\d{1,18})")


class LinesForm(forms.Form):
    """The upper limits of a draft, one field a row, and a box to take the row out.

    `was`: the limit in the letter in force, in yuan by row id, shown beside it.
    """

    def __init__(
        self,
        *args: Any,
        rows: Iterable[PersonalGrant | UnitCeiling],
        was: Mapping[int, Decimal] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self._rows = {row.pk: row for row in rows}
        self._was = was or {}
        for row_id, row in self._rows.items():
            self.fields[f"amount_{row_id}"] = field = amount_field("金额上限", initial=row.amount_max)
            field.widget.attrs |= {
                "aria-label": f"{row.clause} {row} 金额上限",
                "data-sum": str(row.amount_max),
            }
            self.fields[f"drop_{row_id}"] = drop = forms.BooleanField(label="删除", required=False)
            drop.widget.attrs |= {"aria-label": f"删除 {row.clause} {row}", "data-drop": ""}

    @property
    def lines(self) -> list[dict[str, Any]]:
        """What a row of the table shows: the line, its fields, and the limit in force."""
        return [
            {
                "row": row,
                "scope": scope_of(row),
                "amount": self[f"amount_{row_id}"],
                "drop": self[f"drop_{row_id}"],
                "was": self._was.get(row_id),
            }
            for row_id, row in self._rows.items()
        ]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        for row_id, row in self._rows.items():
            amount, least = values.get(f"amount_{row_id}"), getattr(row, "amount_min", 0)
            if amount is not None and amount < least and not values.get(f"drop_{row_id}"):
                self.add_error(f"amount_{row_id}", f"低于金额下限 {least:,.2f}")
        return values

    def named(self) -> list[int]:
        """The ids of all lines that the request speaks of, also such as the page did not show."""
        return [int(found[1]) for found in map(_LINE.fullmatch, self.data) if found]

    def amounts(self) -> dict[int, Decimal]:
        return {row_id: self.cleaned_data[f"amount_{row_id}"] for row_id in self._rows}

    def dropped(self) -> list[int]:
        return [row_id for row_id in self._rows if self.cleaned_data[f"drop_{row_id}"]]


class _NewLine(forms.Form):
    """A line for everything its item is about; narrower ones have a page of their own."""

    item = forms.ModelChoiceField(AuthorityItem.objects.all(), label="事项", empty_label="请选择")
    amount_max = amount_field("金额上限(元)")

    def terms(self, clause: str) -> dict[str, Any]:
        return {"clause": clause, **self.cleaned_data}


class NewGrant(_NewLine):
    appointment: forms.ModelChoiceField[Appointment] = forms.ModelChoiceField(
        Appointment.objects.none(), label="被授权人（岗位）", empty_label="请选择"
    )

    field_order = ("appointment", "item", "amount_max")

    def __init__(self, *args: Any, letter: AuthorityLetter, choices: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._letter = letter
        field = self.fields["appointment"]
        field.widget = searchable()
        field.queryset = posts_held(letter)  # type: ignore[attr-defined]
        field.widget.choices = choices

    def line(self, clause: str) -> GrantLine:
        """For the cases of the unit that the letter is for, and all below it."""
        return GrantLine(unit=self._letter.scope_unit, **self.terms(clause))


class NewCeiling(_NewLine):
    unit: forms.ModelChoiceField[OrgUnit] = forms.ModelChoiceField(
        OrgUnit.objects.none(), label="机构", empty_label="请选择"
    )

    field_order = ("unit", "item", "amount_max")

    def __init__(self, *args: Any, letter: AuthorityLetter, choices: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["unit"]
        field.widget = searchable()
        field.queryset = units_offered(letter.scope_unit.path)  # type: ignore[attr-defined]
        field.widget.choices = choices

    def line(self, clause: str) -> CeilingLine:
        return CeilingLine(**self.terms(clause))


class NewLines:
    """A few rows for new lines; those left empty are passed over. `next_number`: of the first new clause."""

    def __init__(self, data: Any, letter: AuthorityLetter, next_number: int) -> None:
        is_from_institution = letter.mode == LetterMode.BY_INSTITUTION
        kind: type[NewGrant | NewCeiling] = NewCeiling if is_from_institution else NewGrant
        offered = units_offered(letter.scope_unit.path) if is_from_institution else posts_held(letter)
        options: dict[str, Any] = {"letter": letter, "choices": _choices(offered)}
        options |= {"empty_permitted": True, "use_required_attribute": False}
        self.forms = [kind(data, prefix=f"new{number}", **options) for number in range(NEW_LINES)]
        self._next = next_number

    def is_valid(self) -> bool:
        """Of every row, so that each shows its errors."""
        answers = [form.is_valid() for form in self.forms]
        return all(answers)

    def lines(self) -> list[GrantLine | CeilingLine]:
        filled = [form for form in self.forms if form.has_changed()]
        return [form.line(f"第{number}条") for number, form in enumerate(filled, start=self._next)]


def revision(form: LinesForm, new: NewLines) -> Revision:
    return Revision(amounts=form.amounts(), dropped=form.dropped(), named=form.named(), added=new.lines())


def _choices(rows: Iterable[Any]) -> list[tuple[Any, str]]:
    """Read once for all rows of new lines."""
    return [("", "请选择"), *((row.pk, str(row)) for row in rows)]
