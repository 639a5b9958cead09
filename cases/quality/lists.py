"""The lists of the files drawn and of the drawings."""

from __future__ import annotations

from django.utils import timezone

from departments.listings import Column, Empty, Listing
from departments.masking import mask_plate
from departments.models import Staff


def columns_for(viewer: Staff) -> tuple[Column, ...]:
    today = timezone.localdate()
    plain = viewer.sees_personal_data
    return (
        Column("赔案", lambda row: str(row.case), "number", url=lambda row: row.get_absolute_url()),
        Column("机构", lambda row: row.unit.short_name),
        Column("车牌", lambda row: row.case.plate_no if plain else mask_plate(row.case.plate_no)),
        Column("抽中规则", lambda row: row.drawn_rule.rule.name),
        Column("评分人", lambda row: row.assigned_to.name if row.assigned_to else "未分派"),
        Column("期限", lambda row: row.due_on, "number"),
        Column(
            "状态",
            lambda row: "超期未评" if row.is_overdue(today) else row.get_status_display(),
            "status",
            code=lambda row: "overdue" if row.is_overdue(today) else row.status,
        ),
        Column("得分", lambda row: f"{row.score:.1f}" if row.score is not None else None, "number"),
        Column("一票否决", lambda row: "是" if row.is_vetoed else None),
        Column("抽样", lambda row: row.draw.title, on_page=False),
        Column("序号", lambda row: row.number, "number", on_page=False),
        Column("评分表", lambda row: str(row.sheet), on_page=False),
        Column("总评", lambda row: row.comment, "wrap", on_page=False),
        Column("申诉", lambda row: row.appeal, "wrap", on_page=False),
        Column("复评意见", lambda row: row.answer, "wrap", on_page=False),
    )


SAMPLES = Listing(
    "案卷抽检",
    "quality-samples",
    columns_for,
    ("-draw_id", "number", "pk"),
    Empty("没有符合条件的案卷", "每月初按抽样规则自动抽取上月案卷；品质管理岗也可以发起专项抽检。"),
    template="cases/quality_samples.html",
    signers=("品质管理岗", "部门负责人"),
)


def draw_columns(viewer: Staff) -> tuple[Column, ...]:
    return (
        Column("抽样", lambda row: row.title, url=lambda row: row.get_absolute_url()),
        Column("类别", lambda row: row.get_kind_display()),
        Column("部门", lambda row: row.unit.short_name),
        Column("期间", lambda row: f"{row.since:%Y-%m-%d} 至 {row.until:%Y-%m-%d}", "number"),
        Column("案卷", lambda row: row.drawn, "number"),
        Column("已评", lambda row: row.done, "number"),
        Column("超期", lambda row: row.late or None, "number"),
        Column("平均分", lambda row: f"{row.average:.1f}" if row.average is not None else None, "number"),
        Column("抽取", lambda row: row.drawn_by.name if row.drawn_by else "系统"),
        Column("时间", lambda row: row.drawn_at, "moment"),
    )


DRAWS = Listing(
    "抽样清单",
    "quality-draws",
    draw_columns,
    ("-until", "-pk"),
    Empty("还没有抽样", "每月初自动抽取上月案卷，或由品质管理岗发起专项抽检。"),
    template="cases/quality_draws.html",
)
