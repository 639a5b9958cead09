"""授权一览表 (R25) as a workbook, one line per grant in force; and what one person held at a moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter
from django.utils import timezone

from authority.coverage.map import STATE_NAMES, CoverageMap, flat
from authority.coverage.survey import Cell as CoverageCell
from authority.matrix import Uses, scope_of
from authority.models import PersonalGrant
from authority.powers import Power, Powers
from departments.sheets import Cell, sheet

TITLE = "授权一览表"
COLUMNS = (
    ("被授权人", 10),
    ("工号", 12),
    ("机构", 14),
    ("岗位", 16),
    ("环节", 14),
    ("类型", 30),
    ("计量口径", 14),
    ("金额上限(元)", 16),
    ("适用机构", 18),
    ("起", 12),
    ("止", 12),
    ("授权书号", 22),
    ("条款", 10),
    ("使用次数", 10),
    ("超权限上报数", 12),
)


def matrix_workbook(grants: Iterable[PersonalGrant], uses: Mapping[int, Uses]) -> bytes:
    """Texts are written as texts, so that no cell is ever taken for a formula."""
    target = BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(TITLE)
        head = book.add_format({"bold": True, "bg_color": "#EEF2F7", "border": 1, "align": "center"})
        cell = book.add_format({"border": 1})
        money = book.add_format({"border": 1, "num_format": "#,##0.00"})
        sheet.write_string(0, 0, TITLE, book.add_format({"bold": True, "font_size": 14}))
        sheet.write_string(1, 0, f"截至 {timezone.localtime():%Y-%m-%d %H:%M}")
        for column, (name, width) in enumerate(COLUMNS):
            sheet.set_column(column, column, width)
            sheet.write_string(2, column, name, head)
        for line, grant in enumerate(grants, start=3):
            for column, value in enumerate(_values(grant, uses.get(grant.pk, Uses()))):
                is_text = isinstance(value, str)
                write = sheet.write_string if is_text else sheet.write_number
                write(line, column, value, cell if is_text or column != _MONEY else money)
        sheet.freeze_panes(3, 1)
    return target.getvalue()


_MONEY = 7


def _values(grant: PersonalGrant, uses: Uses) -> tuple[Any, ...]:
    """In the order of `COLUMNS`."""
    post = grant.appointment.post
    return (
        grant.holder.name,
        grant.holder.employee_no,
        post.unit.short_name,
        post.post_type.name,
        grant.item.name,
        scope_of(grant) or "不限",
        grant.get_measure_display(),
        grant.amount_max,
        grant.unit.short_name,
        f"{grant.valid_from:%Y-%m-%d}",
        f"{grant.valid_to:%Y-%m-%d}" if grant.valid_to else "长期",
        grant.letter.number,
        grant.clause,
        uses.decided,
        uses.referred,
    )


POWERS_HEADINGS = (
    "有效时点", "所知时点", "工号", "姓名", "事项", "金额上限(元)", "计量口径", "适用机构", "范围",
    "代何人", "岗位", "授权书号", "条款", "版本", "批准人", "生效日期", "失效日期", "与今日所知",
)  # fmt: skip


def powers_workbook(powers: Powers) -> bytes:
    """One line per limit as known then, with the letter it rested on."""
    unlike = {power.key for power in powers.changed_since}
    rows = ((*_asked(powers), *_power(power), "已更正" if power.key in unlike else "一致")
            for power in powers.then.lines)  # fmt: skip
    return sheet("某日某人权限", POWERS_HEADINGS, rows)


def _asked(powers: Powers) -> tuple[Cell, ...]:
    moment = powers.then.moment
    return (moment.moment, moment.known_at or timezone.now(), powers.person.employee_no, powers.then.name)


def _power(power: Power) -> tuple[Cell, ...]:
    grant, limit = power.grant, power.limit
    return (
        power.item_name,
        Decimal(limit.amount_max) / 100,
        grant.get_measure_display(),
        power.unit_name,
        power.scope or "不限",
        limit.via_name,
        limit.post_name,
        limit.letter_no,
        limit.clause,
        limit.version,
        power.approved_by,
        grant.valid_from,
        grant.valid_to,
    )


COVERAGE_HEADINGS = (
    "日期", "机构", "事项", "损失类别", "金额自(元)", "金额至(元)", "状态", "在岗人数", "有权的人",
)  # fmt: skip


def coverage_workbook(found: CoverageMap) -> tuple[bytes, int]:
    """One line per cell, and how many lines there are."""
    rows = [
        (found.question.on, unit.short_name, item.name, losses, *_cell(cell))
        for item in found.items
        for unit, losses, cell in flat(found.cells_of(item))
    ]
    return sheet("权限覆盖图", COVERAGE_HEADINGS, rows), len(rows)


def _cell(cell: CoverageCell) -> tuple[Cell, ...]:
    high = cell.band.high
    names = "、".join(f"{one.name}{'（不在岗）' if one.is_away else ''}" for one in cell.people)
    return (
        Decimal(cell.band.low) / 100,
        None if high is None else Decimal(high) / 100,
        STATE_NAMES[cell.state],
        len(cell.present),
        names,
    )
