"""核损 on one page: each loss with its lines, the local price beside each, what is claimed and granted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cases.damage.arithmetic import Totals, totals
from cases.damage.limits import beyond_price_limit
from cases.models import CaseLoss, ClaimCase, DamageItem, DamageSheet
from cases.prices import History, history_beside
from cases.services.itemising import ITEMISED, lines_of
from departments.models import Staff
from departments.sheets import Cell, sheet

HEADINGS = (
    "损失", "行", "类别", "编码", "名称", "数量", "定损单价(元)", "残值(元)", "定损金额(元)", "核定数量",
    "核定单价(元)", "核定残值(元)", "核定金额(元)", "核减(元)", "核减原因", "说明", "供应商", "核定人",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """`cells`: the fields of the review form, where the viewer may change the line.

    `beyond`: why its price is more than he may settle himself.
    """

    item: DamageItem
    history: History | None
    cells: dict[str, Any] | None
    beyond: str = ""


@dataclass(frozen=True, slots=True)
class LossLines:
    """A loss that is itemised, or could be; `sheet` None while nobody entered lines."""

    loss: CaseLoss
    sheet: DamageSheet | None
    lines: Sequence[Line]
    totals: Totals


def losses_with_lines(case: ClaimCase, form: Any = None, reviewer: Staff | None = None) -> list[LossLines]:
    """Constant statements. `form`: the review form whose fields stand in the lines; `reviewer`: who fills it
    in."""
    losses = case.losses.filter(loss_class__in=ITEMISED).select_related("sheet").order_by("pk")
    items = lines_of(case)
    history = history_beside(items)
    beyond = beyond_price_limit(case, items, reviewer) if reviewer else {}
    found = []
    for loss in losses:
        own = [one for one in items if one.sheet.loss_id == loss.pk]
        lines = [Line(one, history.get(one.pk), _cells_of(form, one), beyond.get(one.pk, "")) for one in own]
        found.append(LossLines(loss, getattr(loss, "sheet", None), lines, totals(own)))
    return found


def _cells_of(form: Any, item: DamageItem) -> dict[str, Any] | None:
    if form is None or item.pk not in {one.pk for one in form.lines}:
        return None
    cells: dict[str, Any] = form.cells(item)
    return cells


def total_of(found: Iterable[LossLines]) -> Totals:
    every = list(found)
    zero = Decimal(0)
    return Totals(
        sum((one.totals.claimed for one in every), zero), sum((one.totals.granted for one in every), zero)
    )


def workbook(case: ClaimCase) -> bytes:
    items = lines_of(case)
    labels = {loss.pk: str(loss) for loss in case.losses.all()}
    return sheet("定损核损明细", HEADINGS, (_cells(one, labels[one.sheet.loss_id]) for one in items))


def _cells(one: DamageItem, loss: str) -> Sequence[Cell]:
    return (
        loss,
        one.number,
        str(one.get_kind_display()),
        one.code,
        one.name,
        one.quantity,
        one.price,
        one.residual,
        one.claimed,
        one.reviewed_quantity,
        one.reviewed_price,
        one.reviewed_residual,
        one.reviewed,
        one.cut,
        one.reason.name if one.reason else "",
        one.note,
        one.supplier,
        one.reviewed_by.name if one.reviewed_by else "",
    )
