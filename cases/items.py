"""Which part of a case an item of authority is about, and what a decision on it does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cases.lifecycle import Action, ClosingKind
from cases.models import LossClass, Step

DAMAGE_REVIEW = "damage_review"
PRICE_REVIEW = "price_review"
INJURY_REVIEW = "injury_review"
ADJUDICATION = "adjudication"
ZERO_PAYMENT = "zero_payment"


@dataclass(frozen=True, slots=True)
class CaseItem:
    """`sums` is the amount of a loss that is asked about; no loss class named means all of them.

    `leaves_the_way`: it ends the case otherwise than by the work in its order, so it is asked for by name
    and with a reason, never offered as what comes next.
    """

    submit: Action
    grants: Action
    step: Step
    sums: str
    loss_classes: frozenset[str] = frozenset()
    sets_reviewed: bool = False
    closing: str = ClosingKind.PAID
    leaves_the_way: bool = False

    @property
    def is_review(self) -> bool:
        return self.grants is Action.PASS_REVIEW


_DAMAGE = frozenset({LossClass.VEHICLE.value, LossClass.PROPERTY.value})
_INJURY = frozenset({LossClass.INJURY.value})


def _review(step: Step, loss_classes: frozenset[str], *, sets_reviewed: bool = True) -> CaseItem:
    return CaseItem(Action.SUBMIT_REVIEW, Action.PASS_REVIEW, step, "assessed", loss_classes, sets_reviewed)


CASE_ITEMS: Mapping[str, CaseItem] = {
    DAMAGE_REVIEW: _review(Step.REVIEW_DAMAGE, _DAMAGE),
    PRICE_REVIEW: _review(Step.REVIEW_PRICE, frozenset({LossClass.VEHICLE.value}), sets_reviewed=False),
    INJURY_REVIEW: _review(Step.REVIEW_INJURY, _INJURY),
    ADJUDICATION: CaseItem(Action.SUBMIT_ADJUDICATION, Action.APPROVE, Step.ADJUDICATE, "adjusted"),
    ZERO_PAYMENT: CaseItem(
        Action.SUBMIT_ZERO,
        Action.APPROVE,
        Step.ADJUDICATE,
        "estimate",
        closing=ClosingKind.ZERO,
        leaves_the_way=True,
    ),
}

# The steps a reviewer may send a case back to; the last is only a matter of papers.
RETURN_STEPS = (Step.SURVEY, Step.ASSESS, Step.ADJUST, Step.SUBMIT)


def return_action(step: str, item_code: str) -> Action | None:
    """The work that a return to `step` asks for; None where the item does not know the step."""
    item = CASE_ITEMS[item_code]
    if step == Step.ADJUST and item.is_review:
        return None
    if step == Step.SUBMIT:
        return item.submit if item.submit is not Action.SUBMIT_ZERO else Action.SURVEY
    return {Step.SURVEY: Action.SURVEY, Step.ASSESS: Action.ASSESS, Step.ADJUST: Action.ADJUST}.get(
        Step(step)
    )


def reviews_needed(loss_classes: frozenset[str]) -> frozenset[str]:
    """The reviews that must be passed before adjustment, by what was lost."""
    needed = {DAMAGE_REVIEW: _DAMAGE, INJURY_REVIEW: _INJURY}
    return frozenset(code for code, classes in needed.items() if classes & loss_classes)
