"""待追偿 as a list, a file and a sheet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone

from cases.clocks import Clocks
from cases.models import RecoveryPlaceholder, RecoveryReceipt
from cases.models.recoveries import RecoveryQuerySet
from departments.clocks import Course, Reading, read
from departments.listings import Column, Empty, Listing
from departments.masking import mask_name
from departments.models import Staff

LIMITATION = "recovery_limitation"


def limitation(row: RecoveryPlaceholder, clocks: Clocks) -> Reading | None:
    """民法典 188: from the right or the payment; None where no rule is in force."""
    rule = clocks.rules.get(LIMITATION)
    if rule is None:
        return None
    stopped = timezone.localtime(row.closed_at) if row.closed_at else None
    return read(rule, Course(timezone.localtime(row.acquired_at), stopped), clocks.now, clocks.calendar)


def columns(viewer: Staff) -> Sequence[Column]:
    clocks = Clocks.today()
    return (
        Column("赔案号", lambda row: str(row.case), "number", url=lambda row: row.case.get_absolute_url()),
        Column("机构", lambda row: row.case.unit.short_name),
        Column("追偿类型", lambda row: row.get_type_display(), url=lambda row: row.get_absolute_url()),
        Column("状态", lambda row: row.get_status_display(), "status", code=lambda row: row.status),
        Column("被追偿人", lambda row: debtor_of(row, viewer)),
        Column("依据", lambda row: row.note, "wrap", on_page=False),
        Column("应追金额(元)", lambda row: row.amount, "money"),
        Column("已追回(元)", lambda row: row.recovered or None, "money"),
        Column("已核销(元)", lambda row: row.written_off or None, "money"),
        Column("尚待追回(元)", lambda row: row.left or None, "money"),
        Column("取得追偿权", lambda row: timezone.localdate(row.acquired_at), "number"),
        Column("时效到期日", lambda row: _day(_due(row, clocks)), "number"),
        Column("最近到账日", lambda row: max((one.received_on for one in _standing(row)), default=None),
               "number", on_page=False),
        Column("冲减赔款(元)", _against, "money", on_page=False),
        Column("追偿负责人", lambda row: row.officer.name if row.officer else ""),
    )  # fmt: skip


def debtor_of(row: RecoveryPlaceholder, viewer: Staff) -> str:
    return row.debtor if viewer.sees_personal_data else mask_name(row.debtor)


def _due(row: RecoveryPlaceholder, clocks: Clocks) -> datetime | None:
    reading = limitation(row, clocks)
    return reading.due_at if reading else None


def _day(moment: datetime | None) -> Any:
    return timezone.localdate(moment) if moment else None


def _standing(row: RecoveryPlaceholder) -> list[RecoveryReceipt]:
    return [one for one in row.receipts.all() if one.struck_at is None]


def _against(row: RecoveryPlaceholder) -> Any:
    """What reduces the paid loss."""
    against = RecoveryReceipt.Posting.AGAINST
    return sum(one.amount for one in _standing(row) if one.posting == against) or None


def with_receipts(rows: RecoveryQuerySet) -> RecoveryQuerySet:
    """With all that a row shows; a constant number of statements."""
    return rows.for_list().prefetch_related(Prefetch("receipts", RecoveryReceipt.objects.order_by("pk")))


RECOVERIES = Listing(
    "待追偿",
    "recoveries",
    columns,
    ("-acquired_at", "-pk"),
    Empty("没有符合条件的待追偿", "抢救费垫付付款、预付超过核赔金额时自动产生；追回款和核销从其页面办理。"),
    template="cases/recoveries.html",
)
