"""The list of special cases and its registers R07, R08, R14: one declaration each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from authority.models import AuthorityItem
from cases.items import CASE_ITEMS
from cases.models import (
    MONEY,
    RESCUE,
    CoverageLine,
    CtplLimit,
    Decision,
    Kind,
    RecoveryPlaceholder,
    SpecialRequest,
    Submission,
)
from cases.specials.kinds import item_of
from departments.listings import Column, Empty, Listing
from departments.masking import mask_name
from departments.models import Staff

ZERO = Decimal(0)
ORDER = ("-requested_at", "-pk")
_LINES = dict(CoverageLine.choices)
_CASE = Column("赔案号", lambda row: str(row.case), "number", url=lambda row: row.case.get_absolute_url())
_UNIT = Column("机构", lambda row: row.case.unit.short_name)
_NUMBER = Column("编号", lambda row: row.number, "number", url=lambda row: row.get_absolute_url())
_KIND = Column("类型", lambda row: row.get_kind_display())


def _insured(viewer: Staff) -> Column:
    def name(row: SpecialRequest) -> str:
        text = row.case.insured_name
        return text if viewer.sees_personal_data else mask_name(text)

    return Column("被保险人", name)


def _day(moment: Any) -> Any:
    return timezone.localtime(moment).date() if moment else None


def list_columns(viewer: Staff) -> Sequence[Column]:
    return (
        _NUMBER,
        _KIND,
        Column("状态", lambda row: row.get_state_display(), "status", code=lambda row: row.state),
        _CASE,
        _UNIT,
        _insured(viewer),
        Column("申请金额(元)", lambda row: row.amount, "money"),
        Column("核准(元)", lambda row: row.granted or None, "money"),
        Column("已付(元)", lambda row: row.paid or None, "money"),
        Column("原因", lambda row: str(row.reason or ""), "wrap"),
        Column("申请人", lambda row: row.requested_by.name),
        Column("申请时间", lambda row: row.requested_at, "moment"),
    )


def r07_columns(viewer: Staff) -> Sequence[Column]:
    """特殊案件台账."""
    return (
        _NUMBER,
        _KIND,
        _CASE,
        _UNIT,
        _insured(viewer),
        Column("出险日", lambda row: _day(row.case.accident_at), "number"),
        Column("估损(元)", lambda row: row.case.estimate, "money"),
        Column("申请金额(元)", lambda row: row.amount, "money"),
        Column("原因码", lambda row: row.reason.code if row.reason else ""),
        Column("申请人/日", lambda row: f"{row.requested_by.name} {_day(row.requested_at)}"),
        Column("各级意见/人/日", lambda row: "；".join(map(_opinion, decisions_of(row))), "wrap"),
        Column("结论", lambda row: row.get_state_display(), "status", code=lambda row: row.state),
        Column("核准金额(元)", lambda row: row.granted or None, "money"),
        Column("报HQ日", _reported, "number"),
        Column("批复号", _answer_no, "number"),
        Column("结果", _result),
    )


def _opinion(decision: Decision) -> str:
    said = f"{decision.get_outcome_display()} {decision.decided_by.name} {_day(decision.decided_at)}"
    return f"{said} {decision.opinion}".strip()


def decisions_of(row: SpecialRequest) -> list[Decision]:
    return [decision for one in _submissions(row) for decision in one.decisions.all()]


def _submissions(row: SpecialRequest) -> list[Submission]:
    """Those about this request; prefetched with its case."""
    item = item_of(row.kind)
    return [one for one in row.case.submissions.all() if one.subject_id == row.pk and one.item.code == item]


def _escalation(row: SpecialRequest) -> Any:
    return next((one.escalation for one in _submissions(row) if hasattr(one, "escalation")), None)


def _reported(row: SpecialRequest) -> Any:
    escalation = _escalation(row)
    return _day(escalation.sent_at) if escalation else row.reported_on


def _answer_no(row: SpecialRequest) -> str:
    escalation = _escalation(row)
    return escalation.answer_no if escalation else ""


def _result(row: SpecialRequest) -> str:
    notice = getattr(row, "notice", None)
    if notice:
        return str(notice.state_name)
    if row.set_off_at:
        return f"{_day(row.set_off_at)} 冲销"
    if row.executed_at:
        return f"{_day(row.executed_at)} 执行"
    return ""


def r08_columns(viewer: Staff) -> Sequence[Column]:
    """拒赔台账."""
    return (
        _CASE,
        _UNIT,
        Column("险别", lambda row: " ".join(str(_LINES.get(one, one)) for one in row.case.lines)),
        Column("估损(拒赔金额)(元)", lambda row: row.granted or row.amount, "money"),
        Column("拒赔原因码", lambda row: str(row.reason or "")),
        Column("依据条款", lambda row: row.clause, "wrap"),
        Column("证据", lambda row: row.evidence, "wrap"),
        Column("核定日", lambda row: _day(row.decided_at), "number"),
        Column("拒赔通知书日", lambda row: _day(_of_notice(row, "sent_at")), "number"),
        Column("送达", lambda row: _of_notice(row, "delivered_on"), "number"),
        Column("异议/诉讼", _dispute, "wrap"),
        Column("结果", lambda row: _result(row) or row.get_state_display()),
    )


def _of_notice(row: SpecialRequest, name: str) -> Any:
    notice = getattr(row, "notice", None)
    return getattr(notice, name) if notice else None


def _dispute(row: SpecialRequest) -> str:
    told = []
    if day := _of_notice(row, "objected_on"):
        told.append(f"{day} 异议：{_of_notice(row, 'objection')}")
    if day := _of_notice(row, "sued_on"):
        told.append(f"{day} 起诉 {_of_notice(row, 'court')}")
    return "；".join(told)


def r14_columns(viewer: Staff) -> Sequence[Column]:
    """预付/垫付台账."""
    limits = list(CtplLimit.objects.filter(part="medical"))
    return (
        _CASE,
        _KIND,
        Column("交警通知书号", lambda row: row.police_notice_no),
        Column("医院", lambda row: row.hospital),
        Column("金额(元)", lambda row: row.granted or row.amount, "money"),
        Column("限额余额(元)", lambda row: _limit_left(limits, row), "money"),
        Column("日期", lambda row: _day(row.executed_at or row.decided_at), "number"),
        Column("冲销日", lambda row: _day(row.set_off_at), "number"),
        Column("追偿状态", _recovery),
    )


def _recovery(row: SpecialRequest) -> str:
    return "、".join(f"{one.get_status_display()} {one.amount:,.2f} 元" for one in row.recoveries.all())


def with_opinions(rows: QuerySet[SpecialRequest]) -> QuerySet[SpecialRequest]:
    """What the register shows of each, in a constant number of statements."""
    items = AuthorityItem.objects.filter(code__in=CASE_ITEMS)
    submissions = Submission.objects.filter(item__in=items, subject_id__isnull=False)
    decided = Decision.objects.select_related("decided_by").order_by("decided_at")
    wanted = submissions.select_related("item", "escalation").prefetch_related(
        Prefetch("decisions", queryset=decided)
    )
    return rows.prefetch_related(
        Prefetch("case__submissions", queryset=wanted.order_by("pk")),
        Prefetch("recoveries", queryset=RecoveryPlaceholder.objects.order_by("pk")),
        "case__special_requests",
    )


def _limit_left(limits: Sequence[CtplLimit], row: SpecialRequest) -> Decimal | None:
    """What was left of the medical limit after this rescue request, by what was granted up to it."""
    if row.kind not in RESCUE or not row.case.accident_at:
        return None
    limit = _limit(limits, row)
    others = (one for one in row.case.special_requests.all() if one.kind in RESCUE and one.pk <= row.pk)
    spent = sum((one.granted for one in others if one.state in ("agreed", "executed")), ZERO)
    return None if limit is None else limit - spent


def _limit(limits: Iterable[CtplLimit], row: SpecialRequest) -> Decimal | None:
    day, at_fault = _day(row.case.accident_at), row.case.liability_ratio > 0
    fitting = (
        one.amount
        for one in limits
        if one.is_at_fault is at_fault
        and one.valid_from <= day
        and (one.valid_to is None or one.valid_to >= day)
    )
    return next(fitting, None)


SPECIALS = Listing(
    "特殊案件",
    "specials",
    list_columns,
    ORDER,
    Empty("没有符合条件的特殊案件", "在赔案的「专项」页签里发起申请；审批、付款、通知都从申请页办理。"),
    "cases/specials.html",
)
R07 = Listing(
    "特殊案件台账",
    "R07-specials",
    r07_columns,
    ORDER,
    Empty("这段时间没有特殊案件", "换一个期间或机构再看。"),
    "cases/special_register.html",
    report_code="R07",
)
R08 = Listing(
    "拒赔台账",
    "R08-refusals",
    r08_columns,
    ORDER,
    Empty("这段时间没有拒赔", "换一个期间或机构再看。"),
    "cases/special_register.html",
    report_code="R08",
)
R14 = Listing(
    "预付垫付台账",
    "R14-advances",
    r14_columns,
    ORDER,
    Empty("这段时间没有预付和垫付", "换一个期间或机构再看。"),
    "cases/special_register.html",
    report_code="R14",
)
REGISTERS: dict[str, tuple[Listing, tuple[str, ...]]] = {
    "r07": (R07, tuple(Kind.values)),
    "r08": (R08, (Kind.REFUSAL,)),
    "r14": (R14, tuple(kind for kind in MONEY if kind != Kind.EX_GRATIA)),
}
"""Each with the kinds that it lists; all of them list what has been sent at least once."""
