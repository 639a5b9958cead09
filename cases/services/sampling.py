"""兼办抽查: what one person did twice within the limit enters the pool, and a share of it is looked at."""

from __future__ import annotations

from collections.abc import Iterable
from secrets import SystemRandom

from django.db import transaction
from django.utils import timezone

from authority.ledger import LedgerFacts, record
from authority.refusals import insist_on
from authority.rulings import Objection, Ruling
from cases.models import ConcurrentAct, Decision
from cases.rulings import refused_for
from cases.supervision.parameters import parameters_on
from cases.supervision.rulings import supervisor
from departments.authorship import save_as
from departments.models import Staff

SHARE = "concurrent_share"
_SAMPLING = "sampling:"


def enter_pool(decision: Decision, notices: Iterable[Objection]) -> list[ConcurrentAct]:
    """One row per rule that let the person do both. Drawn by chance that nobody knows beforehand."""
    found = [notice for notice in notices if notice.code.startswith(_SAMPLING)]
    if not found:
        return []
    share = parameters_on(timezone.localdate()).share(SHARE)
    return [_enter(decision, notice, SystemRandom().random() < share) for notice in found]


def _enter(decision: Decision, notice: Objection, is_drawn: bool) -> ConcurrentAct:
    code = notice.code.removeprefix(_SAMPLING)
    made = ConcurrentAct(decision=decision, rule_code=code, text=notice.text[:200], is_drawn=is_drawn)
    return save_as(made, decision.decided_by)


@transaction.atomic
def check_concurrent(act: ConcurrentAct, result: str, note: str, *, by: Staff) -> ConcurrentAct:
    """Once, by somebody who reviews the use of authority and did nothing in it. Raises Refused."""
    rows = ConcurrentAct.objects.select_for_update(of=("self",)).with_decision()
    act = rows.select_related("decision__submission").get(pk=act.pk)
    insist_on(may_check_concurrent(act, by))
    act.result, act.note, act.checked_by, act.checked_at = result, note, by, timezone.now()
    save_as(act, by, "result", "note", "checked_by", "checked_at")
    facts = LedgerFacts(to_state=result, reason=note, details={"decision": act.decision_id})
    record(f"concurrent:{act.pk}", by=by, action="check", facts=facts)
    return act


def may_check_concurrent(act: ConcurrentAct, staff: Staff) -> Ruling:
    """Needs the decision with its case and submission at hand."""
    decision, who = act.decision, supervisor(staff)
    objections = []
    if who.admin_role or not staff.is_active or decision.case.unit_id not in who.units:
        objections.append(Objection("not_reviewing", "由机构负责人、品质管理岗或总公司抽查"))
    if staff.pk in (decision.decided_by_id, decision.acted_for_id, decision.submission.submitted_by_id):
        objections.append(Objection("own_work", "不得抽查本人办理的案件"))
    if act.result:
        objections.append(Objection("already_checked", "该项已抽查"))
    return refused_for(objections)
