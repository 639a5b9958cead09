"""诉讼清单, 诉讼案件登记表 (R11) and 开庭安排 as declarations of lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

from cases.clocks import CaseClock, Clocks, most_urgent
from cases.lawsuits.reading import clocks_of
from cases.models import Counsel, CourtLevel, Hearing, Judgment, Lawsuit, LawsuitParty, LitigationCost, Side
from departments.listings import Column, Empty, Listing
from departments.masking import mask_name
from departments.models import Staff
from departments.spans import in_words

WEEKDAYS = "一二三四五六日"


def names_of(parties: Iterable[LawsuitParty], side: str, *, may_see: bool) -> str:
    """Of one side; the company itself is no personal data."""
    chosen = [one for one in parties if one.side == side]
    return "、".join(one.name if may_see or one.is_us else mask_name(one.name) for one in chosen)


def clock_words(one: CaseClock | None) -> str:
    """Of a running clock: 剩 2 天 · 判决意见上报."""
    if one is None or one.reading.due_at is None:
        return ""
    span = one.reading.due_at - timezone.now()
    return f"{'剩' if span.total_seconds() >= 0 else '超'} {in_words(span)} · {one.name}"


def clock_tone(one: CaseClock | None) -> str:
    """A status code that has the colour of the clock."""
    if one is None:
        return "closed"
    return "overdue" if one.reading.is_late else "expiring" if one.reading.is_pressing else "running"


def _next_clock() -> Callable[[Lawsuit], CaseClock | None]:
    """Rules and calendar are read once for the page."""
    clocks: list[Clocks] = []

    def of(lawsuit: Lawsuit) -> CaseClock | None:
        if not clocks:
            clocks.append(Clocks.today())
        return most_urgent(clocks_of(lawsuit, clocks[0]))

    return of


def _page(lawsuit: Lawsuit) -> str:
    return lawsuit.get_absolute_url()


def lawsuit_columns(viewer: Staff) -> Sequence[Column]:
    may_see, next_clock = viewer.sees_personal_data, _next_clock()
    return (
        Column("案号", str, "number", url=_page),
        Column("赔案", lambda row: str(row.case), "number", url=lambda row: row.case.get_absolute_url()),
        Column("机构", lambda row: row.case.unit.short_name),
        Column("阶段", lambda row: row.get_stage_display(), "status", code=lambda row: row.stage),
        Column(
            "时限",
            lambda row: clock_words(next_clock(row)),
            "status",
            code=lambda row: clock_tone(next_clock(row)),
        ),
        Column("法院", lambda row: row.court, "wrap"),
        Column("原告", lambda row: names_of(row.parties.all(), Side.PLAINTIFF, may_see=may_see), "wrap"),
        Column("诉请(元)", lambda row: row.claimed, "money"),
        Column("诉讼估损(元)", lambda row: row.estimate, "money"),
        Column("收文", lambda row: timezone.localdate(row.received_at), "number"),
        Column("承办法务", lambda row: row.officer.name if row.officer else ""),
        Column("案由", lambda row: row.get_cause_display(), on_page=False),
        Column("我方地位", lambda row: row.get_our_side_display(), on_page=False),
        Column("诉讼编号", lambda row: row.number, on_page=False),
    )  # fmt: skip


LAWSUITS = Listing(
    "诉讼",
    "lawsuits",
    lawsuit_columns,
    ("-received_at", "-pk"),
    Empty("没有符合条件的诉讼", "收到法院文书后，在赔案页面「专项」中登记诉讼；时限从收文之日起算。"),
    template="cases/lawsuits.html",
)


def judgment_in(lawsuit: Lawsuit, instance: str) -> Judgment | None:
    """The last paper of an instance; needs them at hand."""
    found = [one for one in lawsuit.judgments.all() if one.court_level == instance]
    return found[-1] if found else None


def costs_of(lawsuit: Lawsuit, kind: str) -> Decimal | None:
    amounts = [one.amount for one in lawsuit.costs.all() if one.kind == kind]
    return sum(amounts, Decimal(0)) if amounts else None


def counsel_names(lawsuit: Lawsuit) -> str:
    return "、".join(str(one) for one in lawsuit.counsels.all() if one.status == Counsel.Status.CONSENTED)


def _first_day(lawsuit: Lawsuit) -> date | None:
    judgment = judgment_in(lawsuit, CourtLevel.FIRST)
    return judgment.judged_on if judgment else None


def _appeal(lawsuit: Lawsuit) -> str:
    """Who appealed; before that, what is proposed."""
    judgment = judgment_in(lawsuit, CourtLevel.FIRST)
    if lawsuit.appealed_at:
        return f"{lawsuit.get_appellant_display()}上诉"
    return judgment.get_opinion_display() if judgment and judgment.opinion else ""


def _second(lawsuit: Lawsuit) -> str:
    judgment = judgment_in(lawsuit, CourtLevel.SECOND)
    return f"{judgment.judged_on:%Y-%m-%d} {judgment.amount:,.2f} 元" if judgment else ""


def _settled(lawsuit: Lawsuit) -> str:
    return f"{lawsuit.settled_amount:,.2f} 元" if lawsuit.settled_amount is not None else ""


def _performed(lawsuit: Lawsuit) -> str:
    if lawsuit.performed_at is None:
        return ""
    way = "强制执行" if lawsuit.is_forced else "主动履行"
    return f"{timezone.localdate(lawsuit.performed_at):%Y-%m-%d} {way}"


def register_columns(viewer: Staff) -> Sequence[Column]:
    """The columns of R11 and no others, in its order."""
    may_see = viewer.sees_personal_data
    return (
        Column("收文日", lambda row: timezone.localdate(row.received_at), "number", url=_page),
        Column("上报日", lambda row: _day(row.reported_at), "number"),
        Column("法院", lambda row: row.court, "wrap"),
        Column("案号", lambda row: row.docket_no, "number", url=_page),
        Column("原告", lambda row: names_of(row.parties.all(), Side.PLAINTIFF, may_see=may_see), "wrap"),
        Column("被告", lambda row: names_of(row.parties.all(), Side.DEFENDANT, may_see=may_see), "wrap"),
        Column("诉请(元)", lambda row: row.claimed, "money"),
        Column("估损(元)", lambda row: row.estimate, "money"),
        Column("争点", lambda row: row.disputed, "wrap"),
        Column("代理人", counsel_names, "wrap"),
        Column("一审判决日", _first_day, "number"),
        Column("一审金额(元)", lambda row: _amount(judgment_in(row, CourtLevel.FIRST)), "money"),
        Column("是否上诉/意见", _appeal),
        Column("二审", _second),
        Column("调解", _settled),
        Column("执行", _performed),
        Column("律师费(元)", lambda row: costs_of(row, LitigationCost.Kind.LAWYER), "money"),
        Column("诉讼费(元)", lambda row: costs_of(row, LitigationCost.Kind.COURT), "money"),
        Column("结果", lambda row: row.get_result_display(), "status", code=lambda row: row.result),
    )  # fmt: skip


def _day(moment: datetime | None) -> date | None:
    return timezone.localdate(moment) if moment else None


def _amount(judgment: Judgment | None) -> Decimal | None:
    return judgment.amount if judgment else None


REGISTER = Listing(
    "诉讼案件登记表",
    "lawsuit-register",
    register_columns,
    ("received_at", "pk"),
    Empty("该月没有诉讼案件", "按月填报，截至当月最后一天；换一个月份或口径再看。"),
    template="cases/lawsuit_register.html",
    signers=("登记", "法务复核", "部门负责人"),
    report_code="R11",
)


def _suits_page(hearing: Hearing) -> str:
    return hearing.lawsuit.get_absolute_url()


def _when(hearing: Hearing) -> str:
    at = timezone.localtime(hearing.at)
    return f"{at:%m-%d} 周{WEEKDAYS[at.weekday()]} {at:%H:%M}"


def hearing_columns(viewer: Staff) -> Sequence[Column]:
    return (
        Column("开庭时间", _when, "number", url=_suits_page),
        Column("法院", lambda row: row.lawsuit.court, "wrap"),
        Column("法庭", lambda row: row.court_room),
        Column("案号", lambda row: str(row.lawsuit), "number", url=_suits_page),
        Column("审级", lambda row: row.get_court_level_display()),
        Column("机构", lambda row: row.lawsuit.case.unit.short_name),
        Column("诉请(元)", lambda row: row.lawsuit.claimed, "money"),
        Column("出庭人", lambda row: row.attendee.name if row.attendee else ""),
        Column("律师", lambda row: str(row.counsel) if row.counsel else ""),
        Column("承办法务", lambda row: row.lawsuit.officer.name if row.lawsuit.officer else ""),
    )  # fmt: skip


HEARINGS = Listing(
    "开庭安排",
    "hearings",
    hearing_columns,
    ("at", "pk"),
    Empty("这段时间没有开庭", "收到传票后在诉讼页面安排开庭，这里按日期列出今后的开庭。"),
    template="cases/hearings.html",
    signers=("法务岗", "室主任"),
)
