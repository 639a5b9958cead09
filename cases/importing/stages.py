"""What the core system calls the state of a case, and what that is here."""

from __future__ import annotations

from cases.importing.cells import FULL_WIDTH, text_of
from cases.importing.errors import CellError
from cases.lifecycle import ClosingKind, Stage
from departments.workbooks.workbook import Cell

# Our stage and, for closed ones, how it closed ("" means: by what was paid). States in which the core
# system waits for a reviewer come in before the review: the review here has its own submission.
STAGES: dict[str, tuple[Stage, str]] = {
    "已报案": (Stage.REPORTED, ""),
    "报案": (Stage.REPORTED, ""),
    "未立案": (Stage.REPORTED, ""),
    "已立案": (Stage.REGISTERED, ""),
    "立案": (Stage.REGISTERED, ""),
    "未决": (Stage.REGISTERED, ""),
    "未结案": (Stage.REGISTERED, ""),
    "处理中": (Stage.REGISTERED, ""),
    "查勘中": (Stage.REGISTERED, ""),
    "已查勘": (Stage.SURVEYED, ""),
    "定损中": (Stage.SURVEYED, ""),
    "已定损": (Stage.ASSESSED, ""),
    "核损中": (Stage.ASSESSED, ""),
    "已核损": (Stage.REVIEWED, ""),
    "理算中": (Stage.REVIEWED, ""),
    "已理算": (Stage.ADJUSTED, ""),
    "核赔中": (Stage.ADJUSTED, ""),
    "已核赔": (Stage.APPROVED, ""),
    "核赔通过": (Stage.APPROVED, ""),
    "待支付": (Stage.APPROVED, ""),
    "已支付": (Stage.PAID, ""),
    "已结案": (Stage.CLOSED, ""),
    "结案": (Stage.CLOSED, ""),
    "已决": (Stage.CLOSED, ""),
    "零结案": (Stage.CLOSED, ClosingKind.ZERO),
    "零赔付": (Stage.CLOSED, ClosingKind.ZERO),
    "零结": (Stage.CLOSED, ClosingKind.ZERO),
    "拒赔": (Stage.CLOSED, ClosingKind.REFUSED),
    "已拒赔": (Stage.CLOSED, ClosingKind.REFUSED),
    "注销": (Stage.CLOSED, ClosingKind.CANCELLED),
    "已注销": (Stage.CLOSED, ClosingKind.CANCELLED),
    "报案注销": (Stage.CLOSED, ClosingKind.CANCELLED),
    "立案注销": (Stage.CLOSED, ClosingKind.CANCELLED),
}

# How far a stage is; a case only moves forward by an import.
RANKS = {
    Stage.REPORTED: 0,
    Stage.REGISTERED: 1,
    Stage.RETURNED: 3,
    Stage.SUSPENDED: 3,
    Stage.SURVEYED: 2,
    Stage.ASSESSED: 3,
    Stage.REVIEWING: 4,
    Stage.REVIEWED: 5,
    Stage.ADJUSTED: 6,
    Stage.ADJUDICATING: 7,
    Stage.OVER_AUTHORITY: 7,
    Stage.APPROVED: 8,
    Stage.PAID: 9,
    Stage.CLOSED: 10,
}


def stage_of(cell: Cell) -> tuple[Stage, str] | None:
    text = text_of(cell, 20)
    if text is None:
        return None
    found = STAGES.get(text.translate(FULL_WIDTH))
    if found is None:
        raise CellError("没有这种案件状态")
    return found
