"""R03 未决赔案清单: every case open at the end of the period, with the regulator's reason codes."""

from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet, Sum
from django.utils import timezone

from cases.clearing.reporting import Explained, campaign_during, explanations
from cases.models import CaseLoss, ClaimCase, CoverageLine
from reports.figures.stock import open_at, with_estimate_at
from reports.figures.table import Cell, Column, Question, Table, column_sum

COLUMNS = (
    Column("序号", "count", 7),
    Column("机构", "text", 22),
    Column("险种", "text", 18),
    Column("保单号", "text", 24),
    Column("报案号", "text", 20),
    Column("立案号", "text", 20),
    Column("被保险人", "text", 16),
    Column("出险日", "date", 12),
    Column("报案日", "date", 12),
    Column("立案日", "date", 12),
    Column("账龄(天)", "count", 9),
    Column("估损合计(元)", "money", 16),
    Column("其中：车(元)", "money", 14),
    Column("其中：物(元)", "money", 14),
    Column("其中：人(元)", "money", 14),
    Column("是否人伤", "text", 9),
    Column("是否诉讼", "text", 9),
    Column("未清理原因码", "text", 13),
    Column("责任人", "text", 10),
    Column("预计结案日", "date", 12),
    Column("备注", "text", 20),
)
_LINES = dict(CoverageLine.choices)


def outstanding_list(question: Question) -> Table:
    """One row per open case, oldest report first; amounts as they were estimated at the end of the period.

    Where a clearing campaign was under way, reasons, person, expected date and remark are those that its last
    round kept. The split by loss class is today's; where it does not add up to the estimate of that day the
    note says so.
    """
    cases = with_estimate_at(open_at(question.until, question.unit_path), question.until)
    found = list(cases.select_related("unit", "handler").order_by("unit__path_rank", "reported_at", "pk"))
    split = _by_loss_class(cases)
    campaign = campaign_during(question.unit_path, question.start, question.end)
    told = explanations(campaign, question.until)
    rows = [
        _row(number, case, split.get(case.pk, {}), question, told.get(case.pk))
        for number, case in enumerate(found, 1)
    ]
    return Table(COLUMNS, rows, _totals(rows))


def _by_loss_class(cases: QuerySet[ClaimCase]) -> dict[int, dict[str, Decimal]]:
    sums: dict[int, dict[str, Decimal]] = {}
    losses = CaseLoss.objects.filter(case__in=cases.values("pk"))
    for case, loss_class, amount in losses.values_list("case", "loss_class").annotate(Sum("estimate")):
        sums.setdefault(case, {})[loss_class] = amount
    return sums


def _row(
    number: int, case: ClaimCase, split: dict[str, Decimal], question: Question, told: Explained | None
) -> list[Cell]:
    told = told or _today(case)
    estimate: Decimal = case.estimate_then  # type: ignore[attr-defined]  # annotated by with_estimate_at
    parts = [split.get(name, Decimal("0.00")) for name in ("vehicle", "property", "injury")]
    return [
        number,
        case.unit.name,
        "、".join(_LINES[line] for line in case.lines),
        *(case.policy_no, case.report_no, case.registration_no, case.insured_name),
        *(timezone.localdate(moment) if moment else None for moment in _dates(case)),
        (question.end - timezone.localdate(case.reported_at)).days,
        *(estimate, *parts),
        *("是" if yes else "否" for yes in (case.is_injury, case.is_litigated)),
        *(told.reasons, told.person, told.expected_close_on),
        "；".join(text for text in (told.remark, "" if sum(parts) == estimate else "分项为最新值") if text),
    ]


def _today(case: ClaimCase) -> Explained:
    person = case.handler.name if case.handler else ""
    return Explained("".join(case.uncleared_reasons), person, case.expected_close_on, "")


def _dates(case: ClaimCase) -> tuple[datetime | None, ...]:
    return case.accident_at, case.reported_at, case.registered_at


def _totals(rows: list[list[Cell]]) -> list[Cell]:
    sums = [column_sum(rows, place) for place in range(11, 15)]
    return ["", "合计", *[""] * 9, *sums, *[""] * 6]
