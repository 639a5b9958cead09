"""Cases like this one that are decided: the same lines and losses, an amount within thirty percent."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from cases.lifecycle import Stage
from cases.models import ClaimCase, Decision
from cases.signatures import SIGNING
from departments.models import Staff

SHOWN = 3
_BAND = Decimal("0.3")
_DECIDED = (Stage.APPROVED, Stage.PAID, Stage.CLOSED)


@dataclass(frozen=True, slots=True)
class Similar:
    """`decision`: the last one made here; None for a case that was decided elsewhere and imported."""

    case: ClaimCase
    decision: Decision | None


def similar_to(case: ClaimCase, staff: Staff) -> list[Similar]:
    """The nearest above and below, largest first; two statements, walked along the index on the estimate."""
    if not case.estimate:
        return []
    alike = (
        ClaimCase.objects.visible_to(staff)
        .filter(lines=case.lines, loss_classes=case.loss_classes, stage__in=_DECIDED)
        .exclude(pk=case.pk)
    )
    below = alike.filter(estimate__gte=case.estimate * (1 - _BAND), estimate__lte=case.estimate)
    above = alike.filter(estimate__gt=case.estimate, estimate__lte=case.estimate * (1 + _BAND))
    found = below.order_by("-estimate", "-id")[:SHOWN].union(
        above.order_by("estimate", "id")[:SHOWN], all=True
    )
    cases = sorted(found, key=lambda one: one.estimate, reverse=True)
    decisions = _last_decisions([one.pk for one in cases])
    return [Similar(one, decisions.get(one.pk)) for one in cases]


def _last_decisions(case_ids: list[int]) -> dict[int, Decision]:
    made = Decision.objects.filter(case__in=case_ids).exclude(outcome="refer_up")
    made = made.filter(taken_back=None).exclude(chain_step__kind__in=SIGNING)
    return {row.case_id: row for row in made.select_related("chain_step").order_by("decided_at")}
