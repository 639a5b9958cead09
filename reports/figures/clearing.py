"""R04 未决清理汇总表: what became of the cases that were open at the last turn of the year."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Func, Q, QuerySet, Sum

from cases.lifecycle import ClosingKind
from cases.models import ClaimCase
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

    A case with several reasons counts under each. Source: regulator's forms 附件12, 附件13.
    """
    start = midnight(date(question.end.year, 1, 1))
    base = with_estimate_at(open_at(start, question.unit_path), start)
    counted = _counted(base, start, question.until)
    reasons = _reasons(base, question.until)
    units = OrgUnit.objects.under([question.unit_path]).filter(kind=UnitKind.SUB_BRANCH).in_order()
    facts = [_facts(unit.name, counted.get(unit.pk, {}), reasons.get(unit.pk, {})) for unit in units]
    return Table(COLUMNS, [_row(row) for row in facts], _row(_sum(facts)))


def _counted(base: QuerySet[ClaimCase], start: datetime, until: datetime) -> dict[int, dict[str, Any]]:
    cleared = Q(closed_at__lt=until)
    year = timedelta(days=365)
    kinds = {"closed": [ClosingKind.PAID, ClosingKind.ZERO], "refused": [ClosingKind.REFUSED]}
    kinds["cancelled"] = [ClosingKind.CANCELLED]
    counted = base.values("unit").annotate(
        base_count=Count("pk"),
        base_amount=Sum("estimate_then"),
        under_1=Count("pk", filter=Q(reported_at__gte=start - year)),
        from_1_to_2=Count("pk", filter=Q(reported_at__lt=start - year, reported_at__gte=start - 2 * year)),
        over_2=Count("pk", filter=Q(reported_at__lt=start - 2 * year)),
        cleared_count=Count("pk", filter=cleared),
        cleared_amount=Sum("estimate_then", filter=cleared),
        **{name: Count("pk", filter=cleared & Q(closing_kind__in=values)) for name, values in kinds.items()},
    )
    return {row["unit"]: dict(row) for row in counted}


def _reasons(base: QuerySet[ClaimCase], until: datetime) -> dict[int, dict[str, int]]:
    still_open = base.filter(Q(closed_at=None) | Q(closed_at__gte=until))
    listed = still_open.annotate(reason=Func(F("uncleared_reasons"), function="unnest"))
    found: dict[int, dict[str, int]] = {}
    for unit, reason, count in listed.values_list("unit", "reason").annotate(Count("pk")):
        found.setdefault(unit, {})[reason] = count
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
