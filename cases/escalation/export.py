"""The figures of head office's answers as a sheet."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpResponse
from django.utils import timezone

from cases.escalation.figures import BY, COUNTS, Line
from departments.access_log import record_export
from departments.models import Staff
from departments.sheets import XLSX, Cell, sheet


def figures_file(viewer: Staff, by: str, lines: Iterable[Line]) -> HttpResponse:
    """Exactly the rows of the page, entered in the access log."""
    rows = [_row(line) for line in lines]
    record_export(viewer, "总公司批复统计", len(rows))
    headings = [
        BY[by],
        *(heading for heading, _ in COUNTS.values()),
        "上报金额(元)",
        "同意率",
        "平均批复天数",
    ]
    name = f"attachment; filename=escalation-figures-{timezone.localdate():%Y%m%d}.xlsx"
    content = sheet("总公司批复统计", headings, rows)
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": name})


def _row(line: Line) -> list[Cell]:
    days = None if line.days is None else f"{line.days:.1f}"
    return [line.name, *(cell.count for cell in line.cells), line.amount, line.share_agreed, days]
