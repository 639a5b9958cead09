"""Who sends again what lies at head office, and who leaves following it up to whom. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from authority.rulings import Objection, Ruling
from cases.models import ClaimCase, Escalation
from cases.rulings import may_take_part, refused_for
from departments.access import HANDLE_CASES
from departments.models import Staff


def may_transmit(case: ClaimCase, escalation: Escalation, staff: Staff) -> Ruling:
    """Whoever sent it up or follows it up, or handles the unit's cases, while it is not answered."""
    objections = list(may_take_part(staff).objections)
    if escalation.status != "sent":
        objections.append(Objection("already_answered", "总公司已批复，无须再报送"))
    objections += _not_following(case, escalation, staff)
    return refused_for(objections)


def may_pass_on(case: ClaimCase, escalation: Escalation, staff: Staff, successor: Staff) -> Ruling:
    """Whoever follows it up, or handles the unit's cases, leaves the following up to somebody who does."""
    objections = [*may_take_part(staff).objections, *_not_following(case, escalation, staff)]
    objections += [Objection(one.code, f"接手人：{one.text}") for one in may_take_part(successor).objections]
    if case.unit_id not in successor.unit_scope.ids(HANDLE_CASES):
        objections.append(Objection("successor_not_handling", "接手人没有该机构的赔案处理权限"))
    if escalation.keeper.pk == successor.pk:
        objections.append(Objection("same_handler", "接手人已在跟进该上报件"))
    if escalation.status == "executed" or escalation.answer == "refused":
        objections.append(Objection("already_over", "该上报件已办结，无须跟进"))
    return refused_for(objections)


def _not_following(case: ClaimCase, escalation: Escalation, staff: Staff) -> Iterator[Objection]:
    follows = staff.pk in (escalation.sent_by_id, escalation.kept_by_id)
    if not follows and case.unit_id not in staff.unit_scope.ids(HANDLE_CASES):
        yield Objection("not_handling", "不是上报人、跟进人，也没有该机构的赔案处理权限")
