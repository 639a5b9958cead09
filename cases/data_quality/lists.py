"""The lists of doubts and of corrections, masked as the viewer's posts say."""

from __future__ import annotations

from cases.data_quality.fields import FIELDS, shown
from departments.listings import Column, Empty, Listing
from departments.masking import mask_plate
from departments.models import Staff


def issue_columns(viewer: Staff) -> tuple[Column, ...]:
    plain = viewer.sees_personal_data
    return (
        Column("赔案", lambda row: str(row.case), "number", url=lambda row: row.get_absolute_url()),
        Column("机构", lambda row: row.case.unit.short_name),
        Column("疑问", lambda row: row.get_rule_display(), "wrap"),
        Column("情况", lambda row: row.details, "wrap"),
        Column("责任人", lambda row: row.case.handler.name if row.case.handler else None),
        Column("发现", lambda row: row.found_at, "moment"),
        Column("期限", lambda row: row.due_on, "number"),
        Column("状态", lambda row: row.state_name, "status", code=lambda row: row.state),
        Column("来源", lambda row: f"导入 {row.batch_id}" if row.batch_id else "每晚检查"),
        Column(
            "车牌", lambda row: row.case.plate_no if plain else mask_plate(row.case.plate_no), on_page=False
        ),
        Column("处理人", lambda row: row.resolved_by.name if row.resolved_by else None, on_page=False),
        Column("处理结果", lambda row: row.resolution, "wrap", on_page=False),
    )


ISSUES = Listing(
    "数据疑问",
    "data-issues",
    issue_columns,
    ("-found_at", "-pk"),
    Empty("没有符合条件的疑问", "每晚检查变动过的赔案；导入清单时发现的疑问也列在这里。"),
    template="cases/data_issues.html",
)


def correction_columns(viewer: Staff) -> tuple[Column, ...]:
    plain = viewer.sees_personal_data
    return (
        Column("赔案", lambda row: str(row.case), "number", url=lambda row: row.get_absolute_url()),
        Column("机构", lambda row: row.case.unit.short_name),
        Column("字段", lambda row: FIELDS[row.field].label),
        Column("原值", lambda row: shown(row.field, row.before, sees_personal_data=plain) or "（空）"),
        Column("更正为", lambda row: shown(row.field, row.after, sees_personal_data=plain) or "（空）"),
        Column("理由", lambda row: row.reason, "wrap"),
        Column("申请", lambda row: row.requested_by.name),
        Column("时间", lambda row: row.requested_at, "moment"),
        Column("状态", lambda row: row.get_status_display(), "status", code=lambda row: row.status),
        Column("复核", lambda row: row.decided_by.name if row.decided_by else None),
        Column("复核时间", lambda row: row.decided_at, "moment", on_page=False),
        Column("复核意见", lambda row: row.opinion, "wrap", on_page=False),
    )


CORRECTIONS = Listing(
    "数据更正",
    "data-corrections",
    correction_columns,
    ("-requested_at", "-pk"),
    Empty("没有符合条件的更正", "在疑问或案件的专项页申请更正，由另一人复核后生效。"),
    template="cases/data_corrections.html",
    signers=("申请人", "复核人", "机构负责人"),
)
