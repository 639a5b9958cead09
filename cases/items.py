"""Which part of a case an item of authority is about, and what a decision on it does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cases.lifecycle import OPEN, UNDER_WAY, Action, ClosingKind, Stage, open_actions
from cases.models import CoverageLine, LossClass, Step

DAMAGE_REVIEW = "damage_review"
PRICE_REVIEW = "price_review"
INJURY_REVIEW = "injury_review"
ADJUDICATION = "adjudication"
ZERO_PAYMENT = "zero_payment"
REFUSAL = "refusal"
CANCELLATION = "cancellation"
REOPENING = "reopening"
PREPAYMENT = "prepayment"
RESCUE_ADVANCE = "rescue_advance"
EX_GRATIA = "ex_gratia"
LATE_REGISTRATION = "late_registration"
LITIGATION = "litigation"
INJURY_MEDIATION = "injury_mediation"
RECOVERY = "recovery_plan"


@dataclass(frozen=True, slots=True)
class CaseItem:
    """`sums` is the amount of a loss that is asked about; no loss class named means all of them.

    `leaves_the_way`: it ends the case otherwise than by the work in its order, so it is asked for by name
    and with a reason, never offered as what comes next.

    Beside the way (`submit` is ASK) the case keeps its stage: the request is about a record of its own, which
    gives the amount. `stages` says where it may be asked and granted, `gives_money` that it adds to what the
    case is granted (`is_set_off`: ahead of the adjudication, which contains it), `special_kind` which limits
    of a grant bite.
    """

    submit: Action
    grants: Action
    step: Step
    sums: str
    loss_classes: frozenset[str] = frozenset()
    sets_reviewed: bool = False
    closing: str = ClosingKind.PAID
    leaves_the_way: bool = False
    lines: frozenset[str] = frozenset()
    special_kind: str = ""
    stages: frozenset[Stage] = frozenset()
    gives_money: bool = False
    is_set_off: bool = False

    @property
    def is_beside(self) -> bool:
        return self.submit is Action.ASK

    @property
    def is_review(self) -> bool:
        return self.grants is Action.PASS_REVIEW


_DAMAGE = frozenset({LossClass.VEHICLE.value, LossClass.PROPERTY.value})
_INJURY = frozenset({LossClass.INJURY.value})


def _review(step: Step, loss_classes: frozenset[str], *, sets_reviewed: bool = True) -> CaseItem:
    return CaseItem(Action.SUBMIT_REVIEW, Action.PASS_REVIEW, step, "assessed", loss_classes, sets_reviewed)


def _beside(stages: frozenset[Stage], step: Step = Step.ADJUDICATE, **options: Any) -> CaseItem:
    return CaseItem(Action.ASK, Action.GRANT, step, "", stages=stages, **options)


_REGISTERED = OPEN - {Stage.REPORTED}
_BEFORE_PAID = _REGISTERED - {Stage.APPROVED, Stage.PAID}

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
        special_kind=ZERO_PAYMENT,
    ),
    REFUSAL: _beside(UNDER_WAY, special_kind=REFUSAL, closing=ClosingKind.REFUSED),
    CANCELLATION: _beside(
        UNDER_WAY | {Stage.REPORTED}, special_kind=CANCELLATION, closing=ClosingKind.CANCELLED
    ),
    REOPENING: _beside(frozenset({Stage.CLOSED}), special_kind=REOPENING),
    PREPAYMENT: _beside(_BEFORE_PAID, special_kind=PREPAYMENT, gives_money=True, is_set_off=True),
    RESCUE_ADVANCE: _beside(
        OPEN - {Stage.PAID},
        special_kind=RESCUE_ADVANCE,
        gives_money=True,
        lines=frozenset({CoverageLine.CTPL.value}),
        loss_classes=_INJURY,
    ),
    EX_GRATIA: _beside(_REGISTERED, special_kind=EX_GRATIA, gives_money=True),
    LATE_REGISTRATION: _beside(frozenset({Stage.REPORTED, Stage.REGISTERED})),
    LITIGATION: _beside(frozenset(Stage)),
    RECOVERY: _beside(frozenset(Stage)),
    INJURY_MEDIATION: _beside(_BEFORE_PAID, Step.REVIEW_INJURY, loss_classes=_INJURY),
}

BESIDE = frozenset(code for code, item in CASE_ITEMS.items() if item.is_beside)
"""Codes of the items that leave the case's stage alone."""
_GIVING = frozenset(code for code, item in CASE_ITEMS.items() if item.gives_money)
_SET_OFF = frozenset(code for code, item in CASE_ITEMS.items() if item.is_set_off)


def counted_with(item_code: str) -> frozenset[str]:
    """Requests for money that come on top of one for this item while they wait."""
    if item_code == ADJUDICATION:
        return _GIVING - _SET_OFF
    whole = frozenset() if item_code in _SET_OFF else frozenset({ADJUDICATION})
    return (_GIVING | whole) - {item_code}


def possible_on(item_code: str, stage: Stage) -> frozenset[Action]:
    """What the stage allows with a request for the item, wherever the request itself stands.

    Beside the way only asking, granting and sending up depend on the stage: what was asked can always be
    answered with no, returned or taken back.
    """
    item = CASE_ITEMS[item_code]
    if not item.is_beside:
        return open_actions(stage)
    always = frozenset({Action.RETURN, Action.REFUSE, Action.WITHDRAW, Action.AMEND})
    return always | ({Action.ASK, Action.GRANT, Action.ESCALATE} if stage in item.stages else frozenset())


REVIEW_STEPS = (Step.REVIEW_DAMAGE, Step.REVIEW_PRICE, Step.REVIEW_INJURY)
# The steps a reviewer may send a case back to; the last is only a matter of papers. Beside them an earlier
# opinion of the same chain (Step.PRELIMINARY), which sends back nothing but the chain.
RETURN_STEPS = (Step.SURVEY, Step.ASSESS, *REVIEW_STEPS, Step.ADJUST, Step.SUBMIT)


def return_action(step: str, item_code: str) -> Action | None:
    """The work that a return to `step` asks for; None where the item does not know the step."""
    item = CASE_ITEMS[item_code]
    if item.is_beside:
        return Action.ASK if step == Step.SUBMIT else None
    if step == Step.ADJUST and item.is_review:
        return None
    if step in REVIEW_STEPS:
        return Action.SUBMIT_REVIEW if item.submit is Action.SUBMIT_ADJUDICATION else None
    if step == Step.SUBMIT:
        return item.submit if item.submit is not Action.SUBMIT_ZERO else Action.SURVEY
    return {Step.SURVEY: Action.SURVEY, Step.ASSESS: Action.ASSESS, Step.ADJUST: Action.ADJUST}.get(
        Step(step)
    )


def reviews_needed(loss_classes: frozenset[str]) -> frozenset[str]:
    """The reviews that must be passed before adjustment, by what was lost."""
    needed = {DAMAGE_REVIEW: _DAMAGE, INJURY_REVIEW: _INJURY}
    return frozenset(code for code, classes in needed.items() if classes & loss_classes)
