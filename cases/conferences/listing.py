"""疑难会商台账 as a declaration of a list."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from cases.models import Conference
from departments.listings import Column, Empty, Listing
from departments.models import Staff


def _page(conference: Conference) -> str:
    return conference.get_absolute_url()


def conference_columns(viewer: Staff) -> Sequence[Column]:
    return (
        Column("会商编号", lambda row: row.number, "number", url=_page),
        Column("赔案", lambda row: str(row.case), "number", url=lambda row: row.case.get_absolute_url()),
        Column("机构", lambda row: row.case.unit.short_name),
        Column("种类", lambda row: row.kind.name),
        Column("问题", lambda row: row.question, "wrap"),
        Column("召集", lambda row: timezone.localdate(row.convened_at), "number"),
        Column("主持人", lambda row: row.chair.name),
        Column("书面意见", lambda row: f"{row.written} / {row.seats}", "number"),
        Column("状态", lambda row: row.get_status_display(), "status", code=lambda row: row.status),
        Column("结论", lambda row: row.advice_text if row.advice else ""),
        Column("约束力", lambda row: ("有" if row.is_binding else "供参考") if row.advice else ""),
        Column("会商理由", lambda row: row.reason, "wrap", on_page=False),
        Column("会商结论", lambda row: row.conclusion, "wrap", on_page=False),
        Column("会商时间", lambda row: row.held_at, "moment", on_page=False),
    )


CONFERENCES = Listing(
    "疑难会商",
    "conferences",
    conference_columns,
    ("-convened_at", "-pk"),
    Empty("没有符合条件的会商", "在赔案页面「专项」中召集会商；待您出具意见的会商也列在这里。"),
    template="cases/conferences.html",
    signers=("登记", "核赔室主任", "部门负责人"),
)
