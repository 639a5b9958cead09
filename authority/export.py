"""What one person held at a moment, and who covers what, as workbooks."""

from __future__ import annotations

from decimal import Decimal

from django.utils import timezone

from authority.coverage.map import STATE_NAMES, CoverageMap, flat
from authority.coverage.survey import Cell as CoverageCell
from authority.powers import Power, Powers
from departments.sheets import Cell, sheet

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
