"""授权一览表 as a workbook: of what is in force, of one letter, or empty as a template."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter
from django.db.models import TextChoices
from django.utils import timezone

from authority.matrix import Uses, labels, scope_of
from authority.models import (
    AuthorityItem,
    LetterMode,
    LineCode,
    Litigation,
    LossCode,
    PersonalGrant,
    SpecialCode,
    UnitCeiling,
)
from authority.sheets.columns import Column, columns_for
from departments.models import OrgUnit, PostType

TITLE = "授权一览表"
ANYTHING = "不限"


def grants_workbook(grants: Iterable[PersonalGrant], uses: Mapping[int, Uses]) -> bytes:
    rows = [{**_grant(grant), **_used(uses.get(grant.pk, Uses()))} for grant in grants]
    return _workbook(columns_for(LetterMode.BY_PERSON), rows)


def ceilings_workbook(ceilings: Iterable[UnitCeiling]) -> bytes:
    return _workbook(columns_for(LetterMode.BY_INSTITUTION), [_shared(row) for row in ceilings])


def template_workbook(mode: str, units: Iterable[OrgUnit]) -> bytes:
    """The headings alone, with a second sheet that says what each column takes and which words are known."""
    return _workbook(columns_for(mode), [], _notes(mode, units))


def _grant(grant: PersonalGrant) -> dict[str, Any]:
    post = grant.appointment.post
    return {
        **_shared(grant),
        "name": grant.holder.name,
        "employee_no": grant.holder.employee_no,
        "unit": post.unit.short_name,
        "post": post.post_type.name,
        "reach": grant.unit.short_name,
        "includes_below": "是" if grant.includes_below else "否",
        "amount_min": grant.amount_min,
        "cosign_count": grant.cosign_count,
        "cosign_post": grant.cosign_post_type.name if grant.cosign_post_type else "",
    }


def _shared(row: PersonalGrant | UnitCeiling) -> dict[str, Any]:
    return {
        "unit": row.unit.short_name,
        "item": row.item.name,
        "kind": scope_of(row) or ANYTHING,
        "measure": row.get_measure_display(),
        "amount_max": row.amount_max,
        "valid_from": f"{row.valid_from:%Y-%m-%d}",
        "valid_to": f"{row.valid_to:%Y-%m-%d}" if row.valid_to else "长期",
        "letter": row.letter.number,
        "clause": row.clause,
        "lines": labels(LineCode, row.lines) or ANYTHING,
        "loss_classes": labels(LossCode, row.loss_classes) or ANYTHING,
        "special_kinds": labels(SpecialCode, row.special_kinds) or ANYTHING,
        "litigation": str(Litigation(row.litigation).label),
    }


def _used(uses: Uses) -> dict[str, int]:
    return {"decided": uses.decided, "referred": uses.referred}


def _workbook(
    columns: Sequence[Column], rows: Iterable[Mapping[str, Any]], notes: Iterable[tuple[str, str]] = ()
) -> bytes:
    """Texts are written as texts, so that no cell is ever taken for a formula."""
    target = BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False}) as book:
        _sheet(book, columns, rows)
        if notes:
            page = book.add_worksheet("填写说明")
            page.set_column(0, 0, 18)
            page.set_column(1, 1, 90)
            for line, pair in enumerate(notes):
                for place, text in enumerate(pair):
                    page.write_string(line, place, text)
    return target.getvalue()


def _sheet(book: Any, columns: Sequence[Column], rows: Iterable[Mapping[str, Any]]) -> None:
    sheet = book.add_worksheet(TITLE)
    head = book.add_format({"bold": True, "bg_color": "#EEF2F7", "border": 1, "align": "center"})
    cell = book.add_format({"border": 1})
    money = book.add_format({"border": 1, "num_format": "#,##0.00"})
    sheet.write_string(0, 0, TITLE, book.add_format({"bold": True, "font_size": 14}))
    sheet.write_string(1, 0, f"截至 {timezone.localtime():%Y-%m-%d %H:%M}")
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(2, place, column.heading, head)
    for line, row in enumerate(rows, start=3):
        for place, column in enumerate(columns):
            value = row.get(column.key, "")
            write = sheet.write_string if isinstance(value, str) else sheet.write_number
            write(line, place, value, money if isinstance(value, Decimal) else cell)
    sheet.freeze_panes(3, 1)


def _notes(mode: str, units: Iterable[OrgUnit]) -> list[tuple[str, str]]:
    columns = [
        (column.heading, f"{'必填。' if column.required else ''}{column.help}")
        for column in columns_for(mode)
    ]
    return [
        ("栏目", "怎么填"),
        *columns,
        ("", ""),
        ("可用的事项", "、".join(item.name for item in AuthorityItem.objects.all())),
        ("可用的险别", _known(LineCode)),
        ("可用的损失类别", _known(LossCode)),
        ("可用的特殊类型", _known(SpecialCode)),
        ("可用的岗位", "、".join(PostType.objects.values_list("name", flat=True))),
        ("可用的机构", "、".join(unit.short_name for unit in units)),
    ]


def _known(names: type[TextChoices]) -> str:
    return "、".join([ANYTHING, *(str(label) for code, label in names.choices if code != "any")])
