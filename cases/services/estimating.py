"""估损调整 under a lock that is held already: the same ruling and history wherever it comes from."""

from __future__ import annotations

from decimal import Decimal

from authority.refusals import insist_on
from authority.rulings import Objection
from cases.lifecycle import Action
from cases.models import ClaimCase
from cases.rulings import may_work, refused_for
from cases.services.transition import apply, note_amount, work_change
from departments.models import Staff


def change_locked_estimate(case: ClaimCase, estimate: Decimal, reason: str, *, by: Staff) -> None:
    """Kept with its reason, before → after, in yuan. Raises Refused."""
    insist_on(may_work(case, Action.CHANGE_ESTIMATE, by))
    insist_positive(estimate)
    if not reason.strip():
        insist_on(refused_for([Objection("no_reason", "估损调整须说明原因")]))
    note_amount(case, "estimate", estimate, by, reason=reason)
    change = work_change(case, Action.CHANGE_ESTIMATE, "estimate", amount=estimate)
    apply(case, change.because(reason), by)


def insist_positive(total: Decimal, *parts: Decimal) -> None:
    objections = [Objection("no_amount", "金额须大于零")] if total <= 0 else []
    if any(part < 0 for part in parts):
        objections.append(Objection("negative_amount", "金额不能为负"))
    insist_on(refused_for(objections))
