"""问题件 as a list: what the page, the file and the register R21 show of each finding."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from cases.models import ProblemFinding
from departments.listings import Column, Empty, Listing
from departments.models import Staff


def columns(viewer: Staff) -> Sequence[Column]:
    return (*_SHOWN, *_FILED)


def _local_day(row: ProblemFinding) -> str:
    return f"{timezone.localtime(row.found_at):%Y-%m-%d}"


_SHOWN = (
    Column("编号", lambda row: row.number, "number", url=lambda row: row.get_absolute_url()),
    Column("赔案", lambda row: str(row.case), "number", url=lambda row: row.case.get_absolute_url()),
    Column("责任机构", lambda row: row.unit.short_name),
    Column("类别", lambda row: str(row.problem_class)),
    Column("程度", lambda row: row.get_severity_display()),
    Column("环节", lambda row: row.get_step_display()),
    Column("责任人", lambda row: row.person.name if row.person else ""),
    Column("扣分", lambda row: row.points, "money"),
    Column("状态", lambda row: row.get_status_display(), "status", code=lambda row: row.status),
    Column("答复期限", lambda row: row.reply_due_at, "moment"),
    Column("发现人", lambda row: row.found_by.name),
    Column("发现", lambda row: row.found_at, "moment"),
    Column("考核期", lambda row: row.period_label),
)
_FILED = (
    Column("来源", lambda row: row.get_source_display(), on_page=False),
    Column("问题描述", lambda row: row.description, "wrap", on_page=False),
    Column("答复", lambda row: row.get_reply_kind_display(), on_page=False),
    Column("答复内容", lambda row: row.reply, "wrap", on_page=False),
    Column("答复时间", lambda row: row.replied_at, "moment", on_page=False),
    Column("整改时间", lambda row: row.corrected_at, "moment", on_page=False),
    Column("申诉复核", lambda row: row.get_look_display(), on_page=False),
)
PROBLEMS = Listing(
    "问题件",
    "problems",
    columns,
    ("-found_at", "-pk"),
    Empty("没有这样的问题件", "审核退回时自动登记；也可以在案件页「专项」里登记。换一组筛选再看。"),
    template="cases/problems.html",
    report_code="R21",
)
