"""人伤费用: entered by the unit, cut by the medical review; their sums are the case's injury losses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple, Protocol

from django.db import transaction
from simple_history.utils import bulk_update_with_history

from authority.refusals import insist_on
from authority.rulings import Objection
from cases.injuries.measures import CostRow, Measured, Measures
from cases.injuries.rulings import (
    cost_objections,
    cut_objections,
    may_enter_costs,
    may_review_costs,
)
from cases.models import CaseLoss, ClaimCase, InjuredPerson, InjuryCost, Step
from cases.rulings import refused_for, with_objections
from cases.services.transition import apply, lock_case, note_step, stay
from cases.shares import share_out
from departments.models import Staff

ZERO = Decimal(0)
_REVIEWED = ["reviewed", "cut_reason", "cut_basis", "reviewer"]


@dataclass(frozen=True, slots=True)
class Cut:
    """What the review leaves of a cost, in yuan; less than was assessed only with reason and basis."""

    reviewed: Decimal
    reason_id: int | None = None
    basis: str = ""


class _Measured(NamedTuple):
    asked: CostRow
    measured: Measured

    @property
    def assessed(self) -> Decimal:
        """As filled in; otherwise by the standard, never above the claim."""
        if self.asked.assessed is not None:
            return self.asked.assessed
        computed = self.measured.computed
        return self.asked.claimed if computed is None else min(self.asked.claimed, computed)


@transaction.atomic
def save_costs(person: InjuredPerson, asked: Iterable[CostRow], *, by: Staff, seen: int) -> list[InjuryCost]:
    """The rows given become the costs of the person; what is no longer named goes."""
    case = lock_case(person.case_id, seen)
    person = _fresh(person, case)
    measures, asked = Measures.of(person), list(asked)
    unknown = [row for row in asked if row.kind_id not in measures.kinds]
    insist_on(refused_for([Objection("unknown_kind", "含有未生效的赔偿项目")] if unknown else []))
    rows = [_Measured(row, measures.measure(row)) for row in asked]
    total = sum((row.assessed for row in rows), ZERO)
    objections = list(cost_objections(person, asked, total))
    insist_on(with_objections(may_enter_costs(person, by), objections))
    costs = _stored(person, rows)
    note_step(case, Step.EDIT_AMOUNT, by, since=case.stage_entered_at)
    change = stay(case, "enter_injury_costs").because(person.label).costing(total)
    apply(case, change.with_details({"injured": person.pk}), by)
    return costs


def _fresh(person: InjuredPerson, case: ClaimCase) -> InjuredPerson:
    fresh = InjuredPerson.objects.get(pk=person.pk)
    fresh.case = case
    return fresh


def _stored(person: InjuredPerson, rows: Sequence[_Measured]) -> list[InjuryCost]:
    known = {(cost.kind_id, cost.part): cost for cost in person.costs.all()}
    costs = [_filled(known.pop((row.asked.kind_id, row.asked.part), None), person, row) for row in rows]
    for cost in known.values():
        cost.delete()
    for cost in costs:
        cost.save()
    return costs


def _filled(cost: InjuryCost | None, person: InjuredPerson, row: _Measured) -> InjuryCost:
    asked, measured = row.asked, row.measured
    cost = cost or InjuryCost(case=person.case, person=person, kind_id=asked.kind_id, part=asked.part)
    cost.days, cost.daily, cost.count, cost.percent = asked.days, asked.daily, asked.count, measured.percent
    cost.claimed, cost.assessed = asked.claimed, row.assessed
    cost.computed, cost.standard = measured.computed, measured.standard
    cost.steps = [*measured.steps, *(f"缺少{name}，不能计算" for name in measured.missing)]
    cost.reviewed = cost.reviewer = cost.cut_reason = None
    cost.cut_basis = ""
    return cost


@transaction.atomic
def review_costs(person: InjuredPerson, cuts: Mapping[int, Cut], *, by: Staff, seen: int) -> list[InjuryCost]:
    """By cost id; costs not named stay as they are. Only by whoever has a say in the open injury review."""
    case = lock_case(person.case_id, seen)
    costs = {cost.pk: cost for cost in person.costs.select_related("kind")}
    objections = [Objection("foreign_cost", "含有不属于该伤者的费用")] if set(cuts) - set(costs) else []
    for pk, cut in cuts.items():
        if pk in costs:
            objections += cut_objections(costs[pk], cut.reviewed, cut.reason_id, cut.basis)
    insist_on(with_objections(may_review_costs(case, by), objections))
    changed = [_cut(costs[pk], cut, by) for pk, cut in cuts.items()]
    bulk_update_with_history(changed, InjuryCost, _REVIEWED)
    total = sum((cost.stands for cost in costs.values()), ZERO)
    change = stay(case, "review_injury_costs").because(person.label).costing(total)
    apply(case, change.with_details({"injured": person.pk}), by)
    return changed


def _cut(cost: InjuryCost, cut: Cut, by: Staff) -> InjuryCost:
    is_cut = cut.reviewed < cost.assessed
    cost.reviewed, cost.reviewer = cut.reviewed, by
    cost.cut_reason_id = cut.reason_id if is_cut else None
    cost.cut_basis = cut.basis.strip() if is_cut else ""
    return cost


def itemised_labels(case: ClaimCase) -> frozenset[str]:
    """The labels of injured persons whose losses are broken down: their sums come from the costs alone."""
    found = InjuredPerson.objects.filter(case=case, costs__isnull=False)
    return frozenset(found.values_list("label", flat=True))


def costs_by_label(case: ClaimCase) -> dict[str, list[InjuryCost]]:
    rows: defaultdict[str, list[InjuryCost]] = defaultdict(list)
    for cost in InjuryCost.objects.filter(case=case).select_related("person", "kind").order_by("pk"):
        rows[cost.person.label].append(cost)
    return rows


class Assessed(Protocol):
    """A loss of a case, or a row of the assessment that becomes one."""

    @property
    def loss_class(self) -> str: ...

    @property
    def label(self) -> str: ...

    @property
    def assessed(self) -> Decimal: ...


def assessed_by_label(losses: Iterable[Assessed]) -> dict[str, Decimal]:
    """Of the injury losses: one label is one person, over all lines."""
    persons: defaultdict[str, Decimal] = defaultdict(Decimal)
    for loss in losses:
        if loss.loss_class == "injury":
            persons[loss.label] += loss.assessed
    return persons


def assessing_objections(case: ClaimCase, assessed: Mapping[str, Decimal]) -> list[Objection]:
    """`assessed`: yuan per label of the injury losses about to be written."""
    found = []
    for label, costs in costs_by_label(case).items():
        total = sum((cost.assessed for cost in costs), ZERO)
        if assessed.get(label, ZERO) != total:
            found.append(Objection("sums_differ", f"{label}：定损金额须等于费用项目合计 {total:,.2f} 元"))
    return found


def forget_review(case: ClaimCase) -> None:
    """A new assessment is reviewed anew."""
    costs = list(InjuryCost.objects.filter(case=case).exclude(reviewed=None))
    for cost in costs:
        cost.reviewed = cost.reviewer = cost.cut_reason = None
        cost.cut_basis = ""
    if costs:
        bulk_update_with_history(costs, InjuryCost, _REVIEWED)


def settle_costs(case: ClaimCase, losses: Sequence[CaseLoss], by: Staff) -> dict[int, Decimal]:
    """The review is agreed: what nobody cut stands as assessed. Yuan by id of the losses broken down."""
    found: dict[int, Decimal] = {}
    for label, costs in costs_by_label(case).items():
        open_costs = [cost for cost in costs if cost.reviewed is None]
        for cost in open_costs:
            cost.reviewed, cost.reviewer = cost.assessed, by
        if open_costs:
            bulk_update_with_history(open_costs, InjuryCost, _REVIEWED)
        total = sum((cost.stands for cost in costs), ZERO)
        found |= spread(total, [loss for loss in losses if loss.label == label])
    return found


def settle_altered(case: ClaimCase, reviewed: Mapping[int, Decimal], losses: Sequence[CaseLoss]) -> None:
    """Head office altered the sum: each person's share of it goes over the costs as they were assessed."""
    for label, costs in costs_by_label(case).items():
        total = sum((reviewed.get(loss.pk, ZERO) for loss in losses if loss.label == label), ZERO)
        parts = spread(total, costs)
        for cost in costs:
            cost.reviewed = parts[cost.pk]
            is_cut = cost.reviewed < cost.assessed
            cost.cut_basis = f"总公司批复核定合计 {total:,.2f} 元，按定损比例分摊" if is_cut else ""
        bulk_update_with_history(costs, InjuryCost, _REVIEWED)


def spread(total: Decimal, parts: Sequence[CaseLoss] | Sequence[InjuryCost]) -> dict[int, Decimal]:
    """A total over the parts in proportion to what was assessed; yuan by id."""
    return share_out(total, {part.pk: part.assessed for part in parts})
