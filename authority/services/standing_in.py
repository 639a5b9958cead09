"""代岗: proposed, accepted or declined by the delegate, recalled, written off when it is over.

Order of locks: cases (by the caller), delegator, absence, stand-in. A decision holds the stand-in's row and
the absence shared, so ending one waits for the decisions that rest on it.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from authority.delegating import may_accept, may_answer, may_begin, may_propose, may_recall
from authority.ledger import LedgerFacts, record
from authority.models import Substitution
from authority.refusals import insist_on
from authority.rulings import Ruling
from authority.standing_in import (
    StandInTerms,
    chain_of,
    delegate_of,
    is_over,
    party_of,
    proposed_of,
    terms_of,
)
from departments.authorship import save_as
from departments.models import Absence, Staff
from departments.outbox import notify

_ENDING = ("status", "ended_at", "ended_by", "end_reason")


def ruling_on_standing_in(absence: Absence, *, by: Staff) -> Ruling:
    """May this person propose a stand-in for the absence, whoever it be?"""
    return may_begin(absence.staff_id, party_of(by, absence.staff))


@transaction.atomic
def propose_stand_in(absence: Absence, terms: StandInTerms, *, by: Staff) -> Substitution:
    """Counts only from the delegate's acceptance on. Raises Refused with every reason."""
    Staff.objects.select_for_update(no_key=True).get(pk=absence.staff_id)
    absence = _locked_absence(absence.pk)
    party = party_of(by, absence.staff)
    insist_on(may_propose(proposed_of(absence, terms), delegate_of(absence, terms), party))
    substitution = Substitution(
        absence=absence,
        delegator=absence.staff,
        delegate=terms.delegate,
        items=list(terms.items),
        unit=terms.unit,
        lines=list(terms.lines),
        amount_max=terms.amount_max,
        starts_at=terms.starts_at,
        ends_at=terms.ends_at,
        in_flight=terms.in_flight,
        reason=terms.reason,
        proposed_by=by,
    )
    save_as(substitution, by)
    _record(substitution, "propose", by, "")
    _tell(substitution.delegate, substitution, f"请您代{substitution.delegator.name}的岗，待接受")
    return substitution


@transaction.atomic
def accept_stand_in(substitution: Substitution, *, by: Staff, note: str = "") -> Substitution:
    """In force from now, or from the day it begins. Everything that was asked at first is asked again."""
    substitution = _locked(substitution)
    before, terms = substitution.status, terms_of(substitution)
    insist_on(may_answer(substitution.delegate_id, before, is_over(substitution), by.pk))
    delegate = delegate_of(substitution.absence, terms, but=substitution.pk)
    insist_on(may_accept(proposed_of(substitution.absence, terms), delegate))
    substitution.status, substitution.accepted_at = Substitution.Status.ACCEPTED, timezone.now()
    substitution.answer = note
    save_as(substitution, by, "status", "accepted_at", "answer")
    _record(substitution, "accept", by, before, note)
    _tell(substitution.delegator, substitution, f"{by.name}已接受代您的岗")
    return substitution


@transaction.atomic
def decline_stand_in(substitution: Substitution, *, by: Staff, note: str) -> Substitution:
    substitution = _locked(substitution)
    before = substitution.status
    insist_on(may_answer(substitution.delegate_id, before, is_over(substitution), by.pk))
    substitution.status, substitution.answer = Substitution.Status.DECLINED, note
    substitution.ended_at = timezone.now()
    save_as(substitution, by, "answer", *_ENDING)
    _record(substitution, "decline", by, before, note)
    _tell(substitution.delegator, substitution, f"{by.name}谢绝代您的岗：{note}")
    return substitution


@transaction.atomic
def recall_stand_in(substitution: Substitution, *, by: Staff, reason: str) -> Substitution:
    """Worth nothing from the commit on; what waits for the delegate is settled by the caller."""
    substitution = _locked(substitution)
    before = substitution.status
    insist_on(
        may_recall(substitution.delegator_id, substitution.is_open, party_of(by, substitution.delegator))
    )
    _end(substitution, Substitution.Status.RECALLED, reason, by)
    _record(substitution, "recall", by, before, reason)
    for person in {substitution.delegator, substitution.delegate} - {by}:
        _tell(person, substitution, f"{substitution}已收回：{reason}")
    return substitution


@transaction.atomic
def write_off_stand_in(substitution: Substitution) -> bool:
    """Writes down what ended by its dates, or with the delegator back; False when it is not over."""
    substitution = _locked(substitution)
    if not substitution.is_open or not is_over(substitution):
        return False
    before = substitution.status
    is_back = substitution.ends_at > timezone.now()
    reason = "被代岗人已返岗" if is_back else "代岗期满"
    _end(substitution, Substitution.Status.ENDED, reason, None)
    _record(substitution, "expire", None, before, reason)
    for person in (substitution.delegator, substitution.delegate):
        _tell(person, substitution, f"{substitution}结束：{reason}")
    return True


def _end(substitution: Substitution, status: Substitution.Status, reason: str, by: Staff | None) -> None:
    substitution.status, substitution.ended_at = status, timezone.now()
    substitution.ended_by, substitution.end_reason = by, reason
    if by is None:
        substitution.save(update_fields=_ENDING)
    else:
        save_as(substitution, by, *_ENDING)


def _locked_absence(pk: int) -> Absence:
    rows = Absence.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("staff").get(pk=pk)


def _locked(substitution: Substitution) -> Substitution:
    """The absence first, then the stand-in."""
    _locked_absence(substitution.absence_id)
    rows = Substitution.objects.select_for_update(of=("self",), no_key=True)
    return rows.with_people().select_related("absence__staff").get(pk=substitution.pk)


def _record(substitution: Substitution, action: str, by: Staff | None, before: str, reason: str = "") -> None:
    facts = LedgerFacts(
        from_state=before,
        to_state=substitution.status,
        amount=substitution.amount_max,
        reason=reason or substitution.reason,
        details=_details(substitution),
    )
    record(chain_of(substitution), by=by, action=action, facts=facts)


def _details(substitution: Substitution) -> dict[str, object]:
    return {
        "delegator": substitution.delegator_id,
        "delegate": substitution.delegate_id,
        "absence": substitution.absence_id,
        "items": substitution.items,
        "lines": substitution.lines,
        "unit": substitution.unit_id,
        "starts_at": substitution.starts_at,
        "ends_at": substitution.ends_at,
    }


def _tell(recipient: Staff, substitution: Substitution, title: str) -> None:
    notify(recipient, kind="stand_in", title=title, url=substitution.get_absolute_url())
