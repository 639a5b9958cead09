"""Which fields changed, from the history; personal data masked for those whose post may not read it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.db import models
from django.utils import timezone

from cases.models import CaseLoss, ClaimCase, InjuredPerson, InjuryCost, InjuryCostKind
from departments.masking import mask_name, mask_plate
from departments.models import OrgUnit, Staff

SHOWN = 50
_SILENT = {
    "id",
    "version",
    "case",
    "stage_entered_at",
    "person",
    "kind",
    "standard",
    "steps",
    "cut_reason",
    "registered_by",
}
_MASKS: dict[str, Callable[[str], str]] = {
    "insured_name": mask_name,
    "plate_no": mask_plate,
    "vin": mask_name,
}
_NAME = InjuredPerson._meta.get_field("name")


@dataclass(frozen=True, slots=True)
class Change:
    """`rows`: label, before, after."""

    at: datetime
    by: str
    rows: list[tuple[str, str, str]]


class _Reader:
    """Turns stored values into text; names of people and units are looked up once."""

    def __init__(self, *, sees_personal_data: bool) -> None:
        self.sees_personal_data = sees_personal_data
        self.people = dict(Staff.objects.values_list("pk", "name"))
        self.units = dict(OrgUnit.objects.values_list("pk", "short_name"))

    def text(self, field: models.Field[Any, Any], value: Any) -> str:
        name = field.name
        if field.related_model in (Staff, OrgUnit):
            return (self.people if field.related_model is Staff else self.units).get(value, "")
        mask = mask_name if field == _NAME else _MASKS.get(name)
        if mask is not None and not self.sees_personal_data:
            return mask(value)
        if field.choices:
            return str(dict(field.flatchoices).get(value, value))
        return _plain(value)


def _plain(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    if isinstance(value, Decimal):
        return f"{value:,.2f}"
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def changes_of(case: ClaimCase, *, sees_personal_data: bool) -> list[Change]:
    """Newest first, at most fifty; seven statements."""
    reader = _Reader(sees_personal_data=sees_personal_data)
    records = case.history.select_related("history_user").order_by("history_date", "history_id")
    found = list(_compared(list(records), ClaimCase, reader))
    kinds = dict(InjuryCostKind.objects.values_list("pk", "name"))
    named: tuple[tuple[type[models.Model], Callable[[Any], str]], ...] = (
        (CaseLoss, lambda row: row.label),
        (InjuredPerson, lambda row: row.label),
        (InjuryCost, lambda row: f"{kinds.get(row.kind_id, '')}{row.part}"),
    )
    for model, name in named:
        for versions in _by_row(model, case):
            found += _compared(versions, model, reader, prefix=f"{name(versions[-1])} ")
    return sorted(found, key=lambda change: change.at, reverse=True)[:SHOWN]


def compared_changes(record: Any) -> list[Change]:
    """Of any record with a history that holds no personal data; newest first, at most fifty."""
    versions = record.history.select_related("history_user").order_by("history_date", "history_id")
    found = list(_compared(list(versions), type(record), _Reader(sees_personal_data=False)))
    return sorted(found, key=lambda change: change.at, reverse=True)[:SHOWN]


def _by_row(model: Any, case: ClaimCase) -> Iterable[list[Any]]:
    """The records of each row of the case, oldest first."""
    found: dict[int, list[Any]] = {}
    records = model.history.filter(case=case.pk).select_related("history_user")
    for record in records.order_by("history_date", "history_id"):
        found.setdefault(record.id, []).append(record)
    return found.values()


def _compared(
    records: list[Any], model: type[models.Model], reader: _Reader, prefix: str = ""
) -> Iterator[Change]:
    fields = [field for field in model._meta.concrete_fields if field.name not in _SILENT]
    for before, after in pairwise(records):
        rows = [
            (f"{prefix}{field.verbose_name}", *_pair(reader, field, before, after))
            for field in fields
            if getattr(before, field.attname) != getattr(after, field.attname)
        ]
        if rows:
            yield Change(after.history_date, str(after.history_user or ""), rows)


def _pair(reader: _Reader, field: models.Field[Any, Any], before: Any, after: Any) -> tuple[str, str]:
    name = field.attname
    return reader.text(field, getattr(before, name)), reader.text(field, getattr(after, name))
