"""One person decides at one station: lock the case, then the grants, rule, change, write it down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from authority.models import LedgerEntry
from authority.refusals import Refused
from authority.rulings import HEAD_OFFICE
from cases.chains import Station
from cases.conflicts import KeyReused
from cases.items import CASE_ITEMS, return_action
from cases.lifecycle import Action
from cases.matters import facts_of
from cases.models import ChainStep, Decision, Outcome, Step
from cases.rulings import DECIDING, permits
from cases.services.chain import leave, make_chain, reach
from cases.services.consulting import tell_of_decision
from cases.services.desk import Desk, Verdict, decided_before, judge, read_desk
from cases.services.escalating import HeadOfficeRequest, escalation_change, open_escalation
from cases.services.heeding import note_use
from cases.services.problems import note_problems
from cases.services.ratifying import await_ratification
from cases.services.returning import back_to_opinion
from cases.services.sampling import enter_pool
from cases.services.settling import Grant, settle_agreed, settle_back, work_after_refusal
from cases.services.signing import settle_signing, tell_not_needed
from cases.services.transition import Change, apply, check_seen, note_step, stay, tell
from cases.signatures import SIGNING, Signature
from departments.models import Staff

ONCE = "cases_decision_sent_once"


def decide(step: ChainStep, verdict: Verdict, *, by: Staff) -> Decision:
    """Agree, return, refuse or refer up at `step`. The same key and body give the same decision again.

    Raises Stale (the case moved on), KeyReused, or Refused with every reason.
    """
    try:
        return _decide(step, verdict, by)
    except IntegrityError as error:
        if ONCE in str(error):
            raise KeyReused from error
        raise


def escalate(step: ChainStep, verdict: Verdict, *, by: Staff) -> Decision:
    """上报总公司 past any station left: `opinion` is the department's proposal, `missing_papers` explains.

    Only where nobody of the branch can decide, or by somebody who could and asks for help.
    """
    return decide(step, replace(verdict, outcome=Outcome.REFER_UP, is_straight_up=True), by=by)


@transaction.atomic
def _decide(step: ChainStep, verdict: Verdict, by: Staff) -> Decision:
    desk = read_desk(step, verdict, by)
    earlier = decided_before(desk)
    if earlier is not None:
        return earlier
    check_seen(desk.case, verdict.seen)
    judge(desk)
    if not permits(desk.ruling, verdict.outcome, desk.step.kind):
        raise Refused(desk.ruling)
    entry = _act(desk)
    decision = _write_down(desk, entry)
    await_ratification(decision, desk.basis)
    note_use(decision, verdict.heeding)
    if verdict.outcome == Outcome.RETURN:
        note_problems(decision)
    if verdict.outcome in DECIDING and desk.step.kind not in SIGNING:
        enter_pool(decision, desk.ruling.notices)
        tell_of_decision(desk.submission, desk.ruling.notices, decision.get_outcome_display())
    return decision


def _act(desk: Desk) -> LedgerEntry:
    if desk.step.kind in SIGNING and desk.verdict.outcome != Outcome.RETURN:
        return _sign(desk)
    return _ACTS[Outcome(desk.verdict.outcome)](desk)


def _sign(desk: Desk) -> LedgerEntry:
    """Who agrees or refuses beside others decides nothing; the chain goes on once the signing is over."""
    leave(desk.step, ChainStep.Status.DONE)
    is_added = desk.step.kind == ChainStep.Kind.ADDED
    done = Step.PRELIMINARY if is_added else CASE_ITEMS[desk.submission.item.code].step
    own = Signature(frozenset({desk.by.pk, desk.step.staff_id or desk.by.pk}), desk.agrees())
    if not settle_signing(desk.step, own):
        return _conclude(desk, stay(desk.case, desk.verdict.outcome).about(desk.submission), done)
    return _hand_on(desk, desk.ahead()[0], done)


def _agree(desk: Desk) -> LedgerEntry:
    done = CASE_ITEMS[desk.submission.item.code].step
    change = settle_agreed(desk.submission, Grant(desk.by, desk.verdict.reviewed))
    leave(desk.step, ChainStep.Status.DONE, desk.ahead())
    tell(desk.submission.submitted_by, desk.case, "agreed", f"{desk.submission.item.name}已通过")
    return _conclude(desk, change, done)


def _send_back(desk: Desk) -> LedgerEntry:
    item_code, verdict = desk.submission.item.code, desk.verdict
    if verdict.outcome == Outcome.RETURN and verdict.return_to == Step.PRELIMINARY:
        change = back_to_opinion(desk)
        return _conclude(desk, change, CASE_ITEMS[item_code].step)
    if verdict.outcome == Outcome.RETURN:
        action, work = Action.RETURN, return_action(verdict.return_to, item_code)
    else:
        action, work = Action.REFUSE, work_after_refusal(item_code)
    change = settle_back(desk.submission, action, work or "", by=desk.by)
    others = desk.beside()
    leave(desk.step, ChainStep.Status.DONE, [*others, *desk.ahead()])
    tell_not_needed(others, desk.case)
    told = desk.submission.submitted_by if CASE_ITEMS[item_code].is_beside else desk.case.handler
    tell(told, desk.case, "returned", f"{desk.submission.item.name}{action.label}")
    return _conclude(desk, change, CASE_ITEMS[item_code].step)


def _refer_up(desk: Desk) -> LedgerEntry:
    """To the next station that stands higher than the one who refers; past the last, to head office."""
    upper, goes_to_head_office = desk.upper(), desk.goes_to_head_office()
    leave(desk.step, ChainStep.Status.DONE, desk.passed_over())
    upper = upper or _one_more(desk)
    if not goes_to_head_office:
        return _hand_on(desk, upper, Step.PRELIMINARY)
    reach(upper, desk.case)
    request = HeadOfficeRequest(desk.verdict.opinion, desk.pack(), desk.verdict.due_at)
    escalation = open_escalation(desk.submission, request, by=desk.by)
    return _conclude(desk, escalation_change(escalation), Step.PRELIMINARY)


def _one_more(desk: Desk) -> ChainStep:
    """The chain goes on above its last station, at the least with the head office."""
    stations = desk.further or (Station("head_office", HEAD_OFFICE),)
    return make_chain(desk.submission, stations, after=desk.steps[-1].number)[0]


_ACTS: Mapping[Outcome, Callable[[Desk], LedgerEntry]] = {
    Outcome.AGREE: _agree,
    Outcome.AGREE_WITH_CONDITIONS: _agree,
    Outcome.RETURN: _send_back,
    Outcome.REFUSE: _send_back,
    Outcome.REFER_UP: _refer_up,
}


def _hand_on(desk: Desk, step: ChainStep, done: str) -> LedgerEntry:
    """The submission stays open; the next station begins."""
    reach(step, desk.case)
    return _conclude(desk, stay(desk.case, desk.verdict.outcome).about(desk.submission), done)


def _conclude(desk: Desk, change: Change, done: str) -> LedgerEntry:
    basis, verdict = desk.basis, desk.verdict
    note_step(
        desk.case,
        done,
        desk.by,
        since=desk.step.arrived_at or timezone.now(),
        acted_for=desk.acted_for,
    )
    details = {
        **change.details,
        "outcome": verdict.outcome,
        "letter_no": basis.letter_no if basis else "",
        "seen": verdict.seen,
    }
    change = replace(
        change,
        grant_id=basis.grant_id if basis else None,
        acted_for=desk.acted_for,
        reason=verdict.opinion,
        details=details,
    )
    return apply(desk.case, change, desk.by)


def _write_down(desk: Desk, entry: LedgerEntry) -> Decision:
    verdict, basis = desk.verdict, desk.basis
    return Decision.objects.create(
        case=desk.case,
        submission=desk.submission,
        chain_step=desk.step,
        outcome=verdict.outcome,
        decided_by=desk.by,
        acted_for=desk.acted_for,
        amount=desk.submission.amount,
        opinion=verdict.opinion,
        conditions=verdict.conditions,
        return_to=verdict.return_to if verdict.outcome == Outcome.RETURN else "",
        problem_codes=list(verdict.problem_codes),
        **_judged(desk),
        grant_id=basis.grant_id if basis else None,
        grant_version=basis.version if basis else None,
        letter_no=basis.letter_no if basis else "",
        limit=desk.limit,
        case_version=verdict.seen,
        ledger_entry=entry,
        idempotency_key=verdict.key,
        body_digest=verdict.digest,
        decided_at=timezone.now(),
    )


def _judged(desk: Desk) -> dict[str, Any]:
    """The question and the answer, as they were."""
    return {
        "ruling": desk.ruling.as_json(),
        "matter": facts_of(desk.matter) if desk.matter else None,
    }
