"""通融结案: a case on which nothing is owed, and which somebody with the authority settled by grace alone."""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction

from authority.refusals import insist_on
from authority.rulings import Objection, Ruling
from cases.items import ADJUDICATION
from cases.lifecycle import Action, ClosingKind
from cases.models import ClaimCase, SpecialRequest
from cases.rulings import may_work, with_objections
from cases.services.paying import ends_in_the_way, is_agreed
from cases.services.special import locked_special, told
from cases.services.special_ends import closed_as
from cases.services.transition import apply, tell
from departments.models import Staff


def may_close_sole(request: SpecialRequest, by: Staff) -> Ruling:
    """On the strength of a request that says so, agreed to and paid; nothing else of this round may wait."""
    return with_objections(
        may_work(request.case, Action.CLOSE_SPECIAL, by),
        [*_unfinished(request), *ends_in_the_way(request.case), *_owed_otherwise(request.case)],
    )


def _unfinished(request: SpecialRequest) -> list[Objection]:
    objections = []
    if not request.is_sole:
        objections.append(Objection("not_sole", "该申请没有注明本案只作通融赔付"))
    if request.state != SpecialRequest.State.EXECUTED:
        objections.append(Objection("not_paid", f"申请{request.get_state_display()}，付清后才能结案"))
    if request.round != request.case.round:
        objections.append(Objection("earlier_round", "该申请属于重开之前的轮次"))
    return objections


def _owed_otherwise(case: ClaimCase) -> list[Objection]:
    objections = []
    if case.advanced:
        objections.append(Objection("not_set_off", f"有预付款 {case.advanced:,.2f} 元未冲销，须经核赔"))
    if is_agreed(case, ADJUDICATION):
        objections.append(Objection("adjudicated", "本轮已核赔，按赔付结案办理"))
    return objections


@transaction.atomic
def close_sole(request: SpecialRequest, *, by: Staff, seen: int) -> ClaimCase:
    """The case ends as paid: by what was granted in grace."""
    request = locked_special(request, seen)
    insist_on(may_close_sole(request, by))
    case = request.case
    case.paid_at = case.paid_at or request.executed_at
    change = closed_as(case, ClosingKind.PAID, by)
    change = replace(change, fields=(*change.fields, "paid_at")).because("本案只作通融赔付")
    apply(case, change.with_details(told(request)).costing(case.paid), by)
    if case.handler and case.handler != by:
        tell(case.handler, case, "closed", "赔案已结案")
    return case
