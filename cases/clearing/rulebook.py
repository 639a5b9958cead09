"""The rulebook of reasons on a day, and the state of a case as the rules read it."""

from __future__ import annotations

from datetime import date

from cases.clearing.reasons import CaseState, Rule, Rulebook
from cases.models import ClaimCase, ReasonRule, UnclearedReason


def rulebook_on(day: date) -> Rulebook:
    """Two statements."""
    reasons = list(UnclearedReason.objects.on(day))
    rules = ReasonRule.objects.on(day)
    return Rulebook(
        {one.code: one.name for one in reasons},
        frozenset(one.code for one in reasons if one.is_other),
        tuple(Rule(one.code, one.effect == "forbid", frozenset(one.facts), one.text) for one in rules),
    )


def state_of(case: ClaimCase) -> CaseState:
    return CaseState(
        stage=case.stage,
        returned_to=case.returned_to,
        is_injury=case.is_injury,
        is_litigated=case.is_litigated,
        lines=case.lines,
        loss_classes=case.loss_classes,
        papers_complete_at=case.papers_complete_at,
        assessed=case.assessed,
        reviewed=case.reviewed,
        adjusted=case.adjusted,
        approved=case.approved,
        paid=case.paid,
    )
