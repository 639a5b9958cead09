"""Does a case meet a criterion of a major loss? Pure: case, losses and criteria are handed in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cases.models import CaseLoss, ClaimCase, LossClass, MajorCriterion, MajorMeasure

ZERO = Decimal(0)
HUNDRED = Decimal(100)
_PROPERTY = (LossClass.VEHICLE, LossClass.PROPERTY)
LITIGATED = "litigated"


@dataclass(frozen=True, slots=True)
class MajorFacts:
    """Yuan by measure; `vehicle_share` in per cent of the price when new, None where nobody knows it."""

    property: Decimal
    injury: Decimal
    total: Decimal
    vehicle_share: Decimal | None
    flags: frozenset[str]

    def of(self, measure: str) -> Decimal | None:
        return {
            MajorMeasure.PROPERTY: self.property,
            MajorMeasure.INJURY: self.injury,
            MajorMeasure.TOTAL: self.total,
            MajorMeasure.VEHICLE_SHARE: self.vehicle_share,
        }[MajorMeasure(measure)]


def met(criteria: Iterable[MajorCriterion], facts: MajorFacts) -> list[MajorCriterion]:
    """Those that hold, in their own order: an amount, a flag, or both where both are asked."""
    return [one for one in criteria if _reaches(one, facts) and (not one.flag or one.flag in facts.flags)]


def _reaches(criterion: MajorCriterion, facts: MajorFacts) -> bool:
    if not criterion.measure or criterion.at_least is None:
        return True
    amount = facts.of(criterion.measure)
    return amount is not None and amount >= criterion.at_least


def facts_for(case: ClaimCase, losses: Sequence[CaseLoss]) -> MajorFacts:
    """Of each loss the larger of estimate and assessment. What nobody split counts for every class the case
    has: a major loss may be named too early, never too late."""
    vehicle = _sum(losses, [LossClass.VEHICLE])
    return MajorFacts(
        property=_of_classes(case, losses, _PROPERTY),
        injury=_of_classes(case, losses, (LossClass.INJURY,)),
        total=max(case.estimate, case.assessed),
        vehicle_share=vehicle / case.new_price * HUNDRED if case.new_price else None,
        flags=_flags(case),
    )


def _of_classes(case: ClaimCase, losses: Sequence[CaseLoss], classes: Sequence[str]) -> Decimal:
    has = set(case.loss_classes) | ({LossClass.INJURY} if case.is_injury else set())
    own = _sum(losses, classes)
    is_alone = bool(has) and has <= set(classes)
    is_unsplit = not losses and bool(has & set(classes))
    return max(own, case.estimate) if is_alone or is_unsplit else own


def _sum(losses: Iterable[CaseLoss], classes: Sequence[str]) -> Decimal:
    return sum((max(loss.estimate, loss.assessed) for loss in losses if loss.loss_class in classes), ZERO)


def _flags(case: ClaimCase) -> frozenset[str]:
    said = {
        "suspected_fraud": case.is_fraud_suspected,
        "injury": case.is_injury,
        LITIGATED: case.is_litigated,
    }
    return frozenset(case.flags) | {flag for flag, is_set in said.items() if is_set}


def said(criteria: Iterable[MajorCriterion]) -> str:
    """The criteria in one phrase, as they stand on the case and in the register."""
    return "；".join(one.name for one in criteria)
