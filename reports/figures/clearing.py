"""R04 未决清理汇总表: what became of the cases that were open at the last turn of the year."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Count, F, Func, Q, QuerySet, Sum

from cases.clearing.reporting import annual_campaign, explained_at, rows_in
from cases.lifecycle import ClosingKind
from cases.models import OutstandingCampaign
from departments.models import OrgUnit, UnitKind
from reports.figures.stock import open_at, with_estimate_at
from reports.figures.table import Cell, Column, Question, Table, midnight, percent

REASONS = "ABCDEFGHIJKLMNOPQ"
_AGES = ("under_1", "from_1_to_2", "over_2")
_CLEARED = ("closed", "refused", "cancelled")
COLUMNS = (
    Column("机构", "text", 22),
    Column("险种", "text", 14),
    Column("基数件数", "count", 10),
    Column("基数金额(元)", "money", 18),
    Column("1年以内", "count", 9),
    Column("1至2年", "count", 9),
    Column("2年以上", "count", 9),
    Column("已清理件数", "count", 11),
    Column("已清理金额(元)", "money", 18),
    Column("其中：1结案", "count", 11),
    Column("2拒赔", "count", 9),
    Column("3注销", "count", 9),
    Column("件数清理率(%)", "percent", 13),
    Column("金额清理率(%)", "percent", 13),
    *(Column(f"未清理{code}", "count", 9) for code in REASONS),
)


def clearing_summary(question: Question) -> Table:
    """One row per sub-branch and a total; the base is the list open at 31 December 24:00 of the year before.

    Where a clearing campaign has frozen that list, its rows are the base, whatever was changed since, and the
    reasons are those of its last round. A case with several reasons counts under each. Source: regulator's
    forms 附件12, 附件13.
    """
    start = midnight(date(question.end.year, 1, 1))
    campaign = annual_campaign(question.unit_path, date(question.end.year - 1, 12, 31))
    counted, reasons = _frozen(campaign, question, start) if campaign else _computed(question, start)
    units = OrgUnit.objects.under([question.unit_path]).filter(kind=UnitKind.SUB_BRANCH).in_order()
    facts = [_facts(unit.name, counted.get(unit.pk, {}), reasons.get(unit.pk, {})) for unit in units]
    return Table(COLUMNS, [_row(row) for row in facts], _row(_sum(facts)))


_Counted = dict[int, dict[str, Any]]
_KINDS = {
    "closed": [ClosingKind.PAID, ClosingKind.ZERO],
    "refused": [ClosingKind.REFUSED],
    "cancelled": [ClosingKind.CANCELLED],
}


def _computed(question: Question, start: datetime) -> tuple[_Counted, _Counted]:
    """Without a campaign: the list as it can be worked out today."""
    base = with_estimate_at(open_at(start, question.unit_path), start)
    still_open = base.filter(Q(closed_at=None) | Q(closed_at__gte=question.until))
    return _counted(base, question, start, _Names("estimate_then")), _reasons(still_open, "uncleared_reasons")


def _frozen(campaign: OutstandingCampaign, question: Question, start: datetime) -> tuple[_Counted, _Counted]:
    rows = rows_in(campaign, question.unit_path)
    told = explained_at(campaign, question.until)
    if told is None:
        still_open = rows.filter(Q(case__closed_at=None) | Q(case__closed_at__gte=question.until))
        reasons = _reasons(still_open, "case__uncleared_reasons")
    else:
        reasons = _reasons(told.filter(row__in=rows), "reasons", "row__unit")
    return _counted(rows, question, start, _Names("estimate", "case__")), reasons


class _Names(NamedTuple):
    """What the amount is called, and how the case's own columns are reached."""

    amount: str
    case: str = ""


def _counted(base: QuerySet[Any], question: Question, start: datetime, names: _Names) -> _Counted:
    def case(**conditions: Any) -> Q:
        return Q(**{f"{names.case}{lookup}": value for lookup, value in conditions.items()})

    cleared, year = case(closed_at__lt=question.until), timedelta(days=365)
    middle = case(reported_at__lt=start - year, reported_at__gte=start - 2 * year)
    counted = (
        base.order_by()
        .values("unit")
        .annotate(
            base_count=Count("pk"),
            base_amount=Sum(names.amount),
            under_1=Count("pk", filter=case(reported_at__gte=start - year)),
            from_1_to_2=Count("pk", filter=middle),
            over_2=Count("pk", filter=case(reported_at__lt=start - 2 * year)),
            cleared_count=Count("pk", filter=cleared),
            cleared_amount=Sum(names.amount, filter=cleared),
            **{
                name: Count("pk", filter=cleared & case(closing_kind__in=kinds))
                for name, kinds in _KINDS.items()
            },
        )
    )
    return {row["unit"]: dict(row) for row in counted}


def _reasons(still_open: QuerySet[Any], field: str, unit: str = "unit") -> _Counted:
    listed = still_open.order_by().annotate(reason=Func(F(field), function="unnest"))
    found: _Counted = {}
    for one, reason, count in listed.values_list(unit, "reason").annotate(Count("pk")):
        found.setdefault(one, {})[reason] = count
    return found


def _facts(name: str, counted: dict[str, Any], reasons: dict[str, int]) -> dict[str, Any]:
    zero = Decimal("0.00")
    counts = {key: counted.get(key, 0) for key in ("base_count", *_AGES, "cleared_count", *_CLEARED)}
    amounts = {key: counted.get(key) or zero for key in ("base_amount", "cleared_amount")}
    return {"name": name, **counts, **amounts, **{code: reasons.get(code, 0) for code in REASONS}}


def _sum(facts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    empty = _facts("合计", {}, {})
    return {
        key: value if key == "name" else sum((row[key] for row in facts), value)
        for key, value in empty.items()
    }


def _row(facts: dict[str, Any]) -> list[Cell]:
    return [
        facts["name"],
        "机动车辆保险",
        *(facts[key] for key in ("base_count", "base_amount", *_AGES, "cleared_count", "cleared_amount")),
        *(facts[key] for key in _CLEARED),
        percent(facts["cleared_count"], facts["base_count"]),
        percent(facts["cleared_amount"], facts["base_amount"]),
        *(facts[code] for code in REASONS),
    ]
