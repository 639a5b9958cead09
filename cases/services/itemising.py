"""定损明细 and 核损: lines make the assessed amount, and their review makes the reviewed one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from authority.refusals import insist_on
from authority.rulings import Objection
from cases.damage.arithmetic import granted_by_loss, name_key, product, totals
from cases.damage.parsing import LineRow
from cases.damage.rulings import changeable, may_review_lines, prices_only, station_of
from cases.lifecycle import Action
from cases.models import (
    CaseLoss,
    ChainStep,
    ClaimCase,
    DamageItem,
    DamageSheet,
    LossClass,
    MajorLoss,
    PartPrice,
    ReductionReason,
    Step,
)
from cases.rulings import may_work, with_objections
from cases.services.majors import recognise
from cases.services.transition import apply, lock_case, note_amount, note_step, stay, work_change
from cases.shares import share_out
from departments.authorship import save_as
from departments.models import Staff

ZERO = Decimal(0)
ITEMISED = frozenset({LossClass.VEHICLE.value, LossClass.PROPERTY.value})
ALTERED = "HQ"
_REVIEW_FIELDS = (
    "reviewed_quantity",
    "reviewed_price",
    "reviewed_residual",
    "adjustment",
    "reviewed",
    "reason",
    "note",
    "reviewed_by",
)


@dataclass(frozen=True, slots=True)
class SheetFacts:
    brand: str = ""
    series: str = ""
    shop: str = ""
    shop_kind: str = DamageSheet.Shop.GENERAL


@dataclass(frozen=True, slots=True)
class LineVerdict:
    """What the reviewer makes of a line, in yuan; `reason`: id of a ReductionReason where he cuts."""

    quantity: Decimal
    price: Decimal
    residual: Decimal
    reason: int | None = None
    note: str = ""


@transaction.atomic
def itemise(
    loss: CaseLoss, facts: SheetFacts, rows: Sequence[LineRow], *, by: Staff, seen: int
) -> DamageSheet:
    """The rows become the lines of the loss, their sum its assessment; whoever enters them has assessed."""
    case = lock_case(loss.case_id, seen)
    losses = list(case.losses.select_for_update().order_by("pk"))
    loss = next(one for one in losses if one.pk == loss.pk)
    insist_on(with_objections(may_work(case, Action.ITEMISE, by), _itemising_objections(loss, rows)))
    sheet = _store(case, loss, facts, rows, by)
    since = case.stage_entered_at
    _assess_anew(case, losses, loss, sum((_claimed(row) for row in rows), ZERO), by)
    note_step(case, Step.ASSESS, by, since=since)
    change = work_change(case, Action.ITEMISE, "assessed", "reviewed", "adjusted", amount=case.assessed)
    apply(case, change.with_details({"loss": loss.label, "lines": len(rows)}), by)
    recognise(case, MajorLoss.Origin.ASSESS, by=by)
    return sheet


def _claimed(row: LineRow) -> Decimal:
    return product(row.quantity, row.price, row.residual)


def _itemising_objections(loss: CaseLoss, rows: Sequence[LineRow]) -> list[Objection]:
    objections = []
    if loss.loss_class not in ITEMISED:
        objections.append(Objection("not_itemised", "人伤损失不在此录入明细"))
    if not rows:
        objections.append(Objection("no_lines", "至少录入一行"))
    negative = [row.name for row in rows if _claimed(row) < 0]
    if negative:
        objections.append(Objection("residual_too_high", f"残值大于金额：{'、'.join(negative[:5])}"))
    return objections


def _store(
    case: ClaimCase, loss: CaseLoss, facts: SheetFacts, rows: Sequence[LineRow], by: Staff
) -> DamageSheet:
    sheet = DamageSheet.objects.filter(loss=loss).first() or DamageSheet(loss=loss, case=case)
    sheet.brand, sheet.series, sheet.shop, sheet.shop_kind = (
        facts.brand,
        facts.series,
        facts.shop,
        facts.shop_kind,
    )
    sheet.entered_by, sheet.entered_at = by, timezone.now()
    save_as(sheet, by)
    drop_lines(DamageItem.objects.filter(sheet=sheet), by)
    bulk_create_with_history(_lines(sheet, rows), DamageItem, default_user=by)
    return sheet


def drop_lines(items: Iterable[DamageItem], by: Staff) -> None:
    """One by one: what stood there stays in the history."""
    for one in items:
        one._history_user = by  # type: ignore[attr-defined]  # noqa: SLF001 - the name simple-history reads
        one.delete()


def _lines(sheet: DamageSheet, rows: Sequence[LineRow]) -> list[DamageItem]:
    return [
        DamageItem(
            sheet=sheet,
            case_id=sheet.case_id,
            number=number,
            kind=row.kind,
            code=row.code.strip().upper(),
            name=row.name.strip(),
            name_key=name_key(row.name),
            supplier=row.supplier.strip(),
            quantity=row.quantity,
            price=row.price,
            residual=row.residual,
            claimed=_claimed(row),
        )
        for number, row in enumerate(rows, start=1)
    ]


def _assess_anew(
    case: ClaimCase, losses: Sequence[CaseLoss], loss: CaseLoss, claimed: Decimal, by: Staff
) -> None:
    """As every assessment: whatever was reviewed and calculated before does not count any more."""
    loss.assessed = claimed
    for one in losses:
        one.reviewed = one.adjusted = ZERO
        one.reviewer = None
    bulk_update_with_history(losses, CaseLoss, ["assessed", "reviewed", "adjusted", "reviewer"])
    note_amount(case, "assessed", sum((one.assessed for one in losses), ZERO), by, reason="定损明细")
    for later in ("reviewed", "adjusted"):
        note_amount(case, later, ZERO, by, reason="重新定损")


def lines_of(case: ClaimCase) -> list[DamageItem]:
    return list(
        DamageItem.objects.filter(case=case)
        .select_related("case", "sheet", "reason")
        .order_by("sheet", "number")
    )


@transaction.atomic
def review_lines(case: ClaimCase, verdicts: Mapping[int, LineVerdict], *, by: Staff, seen: int) -> ClaimCase:
    """核损: the reviewer at his station says what each line is worth; nothing is decided by it yet."""
    case = lock_case(case.pk, seen)
    step = station_of(case, by)
    items = {one.pk: one for one in lines_of(case)}
    reasons = {one.pk: one for one in ReductionReason.objects.on(timezone.localdate())}
    objections = [*_review_objections(items, verdicts, reasons), *_price_objections(items, verdicts, step)]
    insist_on(with_objections(may_review_lines(step, by), objections))
    changed = [_judged(items[pk], verdict, reasons, by) for pk, verdict in verdicts.items()]
    bulk_update_with_history(changed, DamageItem, [*_REVIEW_FIELDS], default_user=by)
    sums = totals(items.values())
    change = stay(case, "review_lines").costing(sums.granted)
    apply(case, change.with_details({"claimed": f"{sums.claimed:.2f}", "cut": f"{sums.cut:.2f}"}), by)
    return case


def _review_objections(
    items: Mapping[int, DamageItem],
    verdicts: Mapping[int, LineVerdict],
    reasons: Mapping[int, ReductionReason],
) -> Iterable[Objection]:
    if set(verdicts) - set(items):
        yield Objection("foreign_line", "含有不属于本案的明细")
        return
    for pk, verdict in verdicts.items():
        worth, line = product(verdict.quantity, verdict.price, verdict.residual), items[pk]
        if worth < 0 or min(verdict.quantity, verdict.price, verdict.residual) < 0:
            yield Objection("negative_line", f"第 {line.number} 行 {line.name}：核定金额不能为负")
        elif worth > line.claimed:
            yield Objection("over_claimed", f"第 {line.number} 行 {line.name}：核定金额高于定损金额")
        elif worth < line.claimed and verdict.reason not in reasons:
            yield Objection("no_reduction_reason", f"第 {line.number} 行 {line.name}：核减须选择原因")


def _price_objections(
    items: Mapping[int, DamageItem], verdicts: Mapping[int, LineVerdict], step: ChainStep | None
) -> Iterable[Objection]:
    """At 核价 only prices of parts move."""
    if not prices_only(step):
        return
    parts = {one.pk for one in changeable(items.values(), step)}
    for pk, verdict in verdicts.items():
        line = items.get(pk)
        if line is None:
            continue
        kept = (line.reviewed_quantity, line.reviewed_residual)
        before = kept if line.reviewed is not None else (line.quantity, line.residual)
        if pk not in parts or (verdict.quantity, verdict.residual) != before:
            yield Objection("prices_only", f"第 {line.number} 行 {line.name}：核价只能修改配件单价")


def _judged(
    line: DamageItem, verdict: LineVerdict, reasons: Mapping[int, ReductionReason], by: Staff
) -> DamageItem:
    worth = product(verdict.quantity, verdict.price, verdict.residual)
    line.reviewed_quantity, line.reviewed_price = verdict.quantity, verdict.price
    line.reviewed_residual, line.adjustment, line.reviewed = verdict.residual, ZERO, worth
    is_cut = worth < line.claimed
    line.reason = reasons[verdict.reason] if is_cut and verdict.reason else None
    line.note = verdict.note.strip() if is_cut else ""
    line.reviewed_by = by
    return line


def granted_by_lines(case: ClaimCase) -> dict[int, Decimal]:
    """By loss, where it has lines: what the decision takes as reviewed."""
    return granted_by_loss(lines_of(case))


def settle_lines(losses: Iterable[CaseLoss], lines: Iterable[DamageItem], *, by: Staff) -> None:
    """The review is agreed: each line stands as reviewed, in sum what its loss got; prices are remembered."""
    reviewed = {loss.pk: loss.reviewed for loss in losses}
    lines = [one for one in lines if one.sheet.loss_id in reviewed]
    if not lines:
        return
    for line in lines:
        if line.reviewed is None:
            _judged(line, LineVerdict(line.quantity, line.price, line.residual), {}, by)
    granted = granted_by_loss(lines)
    for loss_id in [pk for pk, amount in reviewed.items() if granted.get(pk, amount) != amount]:
        _alter([one for one in lines if one.sheet.loss_id == loss_id], reviewed[loss_id])
    bulk_update_with_history(lines, DamageItem, [*_REVIEW_FIELDS], default_user=by)
    _remember(lines, by)


def _alter(lines: Sequence[DamageItem], amount: Decimal) -> None:
    """Head office set another sum: the difference is spread over the lines, and says so."""
    altered = ReductionReason.objects.get(code=ALTERED)
    shares = share_out(amount, {line.pk: line.granted or line.claimed for line in lines})
    for line in lines:
        line.adjustment += shares[line.pk] - line.granted
        line.reviewed, line.reason = shares[line.pk], altered


def _remember(lines: Iterable[DamageItem], by: Staff) -> None:
    """Of each part that was granted its price, once per line."""
    for line in lines:
        if line.kind != DamageItem.Kind.PART or not line.reviewed_price or not line.reviewed_quantity:
            continue
        price = PartPrice.objects.filter(item=line).first() or PartPrice(item=line, case=line.case)
        price.code, price.name, price.name_key = line.code, line.name, line.name_key
        price.brand, price.series = line.sheet.brand, line.sheet.series
        price.unit_id, price.supplier = line.case.unit_id, line.supplier
        price.price, price.priced_on = line.reviewed_price, timezone.localdate()
        price.origin, price.entered_by = PartPrice.Origin.REVIEW, by
        save_as(price, by)


def assessing_against_lines(case: ClaimCase, amounts: Mapping[int, Decimal]) -> list[Objection]:
    """`amounts` by loss id: where a loss has lines they say what it comes to, and nothing else does."""
    claimed: dict[int, Decimal] = {}
    for one in lines_of(case):
        claimed[one.sheet.loss_id] = claimed.get(one.sheet.loss_id, ZERO) + one.claimed
    differing = [pk for pk, amount in amounts.items() if claimed.get(pk, amount) != amount]
    if not differing:
        return []
    text = "该损失有定损明细，金额以明细合计为准，请修改明细"
    return [Objection("has_lines", text)]
