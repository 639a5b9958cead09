"""临时授权 given and ended, 追认 opened and answered. Locks: case (by the caller), receiver, grant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from authority.emergencies import may_end, may_give, may_ratify
from authority.ledger import LedgerFacts, record
from authority.models import EmergencyGrant, EmergencyRule, LedgerEntry, PersonalGrant, Ratification
from authority.refusals import insist_on
from authority.urgent import (
    EmergencyTerms,
    alerted_by,
    answerer_of,
    asked_of,
    chain_of,
    due_at,
    ends_at,
    giver_of,
    receiver_of,
    rule_today,
)
from departments.authorship import save_as
from departments.models import Staff
from departments.outbox import notify

_ENDING = ("ended_at", "ended_by", "end_reason")
_ANSWER = ("status", "answered_by", "answered_at", "note")


@dataclass(frozen=True, slots=True)
class Act:
    """What was done under an emergency grant: the entry that tells it, and where it is to be seen."""

    entry: LedgerEntry
    acted_by: Staff
    subject: str
    url: str


@transaction.atomic
def give_emergency(terms: EmergencyTerms, *, by: Staff) -> EmergencyGrant:
    """In force at once; security administrators and the department head are alerted. Raises Refused."""
    Staff.objects.select_for_update(no_key=True).get(pk=terms.holder.pk)
    PersonalGrant.objects.select_for_update(no_key=True, of=("self",)).get(pk=terms.based_on.pk)
    rule = EmergencyRule.objects.select_for_update(no_key=True).get(pk=rule_today().pk)
    insist_on(may_give(giver_of(by, terms.based_on), receiver_of(terms), asked_of(terms, rule)))
    emergency = EmergencyGrant(
        number=_next_number(),
        holder=terms.holder,
        giver=by,
        based_on=terms.based_on,
        unit=terms.unit,
        lines=list(terms.lines),
        amount_max=terms.amount_max,
        reason=terms.reason.strip(),
        ends_at=ends_at(terms),
        ratify_hours=rule.ratify_hours,
    )
    save_as(emergency, by)
    _record(emergency, "give", by, ("", "in_force"), emergency.reason)
    _tell(emergency.holder, emergency, f"{by.name}给您临时授权 {emergency}，逐件须追认")
    for person in alerted_by(emergency):
        _tell(person, emergency, f"临时授权 {emergency}：{by.name} → {emergency.holder.name}")
    return emergency


def _next_number() -> str:
    """The caller holds the rule, so that two givers take two numbers."""
    year = timezone.localdate().year
    last = EmergencyGrant.objects.filter(number__startswith=f"YJ{year}-").order_by("-number").first()
    serial = int(last.number.rsplit("-", 1)[1]) + 1 if last else 1
    return f"YJ{year}-{serial:04}"


@transaction.atomic
def end_emergency(emergency: EmergencyGrant, *, by: Staff, reason: str) -> EmergencyGrant:
    """Worth nothing from the commit on; what was done stays to be ratified."""
    emergency = _locked(emergency)
    actor = giver_of(by, None, emergency.holder)
    insist_on(may_end(emergency.giver_id, emergency.state == "in_force", actor))
    emergency.ended_at, emergency.ended_by, emergency.end_reason = timezone.now(), by, reason
    save_as(emergency, by, *_ENDING)
    _record(emergency, "end", by, ("in_force", "ended"), reason)
    _tell(emergency.holder, emergency, f"临时授权 {emergency} 已终止：{reason}")
    return emergency


@transaction.atomic
def write_off_emergency(emergency: EmergencyGrant) -> bool:
    """Writes down that its hours are over; it was worth nothing since."""
    emergency = _locked(emergency)
    if emergency.ended_at is not None or emergency.ends_at > timezone.now():
        return False
    emergency.ended_at, emergency.end_reason = timezone.now(), "时限届满"
    emergency.save(update_fields=_ENDING)
    _record(emergency, "expire", None, ("in_force", "ended"), emergency.end_reason)
    return True


def await_ratification(number: str, act: Act) -> Ratification:
    """Inside the transaction of the act; `number` of the emergency grant it rests on."""
    emergency = EmergencyGrant.objects.select_related("giver").get(number=number)
    ratification = Ratification(
        emergency=emergency,
        ledger_entry=act.entry,
        acted_by=act.acted_by,
        ratifier=emergency.giver,
        subject=act.subject[:100],
        url=act.url,
        amount=act.entry.amount or 0,
        acted_at=act.entry.at,
        due_at=due_at(act.entry.at, emergency.ratify_hours),
    )
    save_as(ratification, act.acted_by)
    notify(emergency.giver, kind="ratify", title=f"待追认：{act.subject}", url=act.url)
    return ratification


@transaction.atomic
def ratify(
    ratification: Ratification, *, by: Staff, note: str = "", took_part: Iterable[int] = ()
) -> Ratification:
    """`took_part`: who did something on the matter, known to the caller; none of them answers for it."""
    return _answer(ratification, Ratification.Status.RATIFIED, by, note, took_part)


@transaction.atomic
def refuse_ratification(
    ratification: Ratification, *, by: Staff, note: str, took_part: Iterable[int] = ()
) -> Ratification:
    """The caller opens the reversal in the same transaction."""
    return _answer(ratification, Ratification.Status.REFUSED, by, note, took_part)


def _answer(
    ratification: Ratification, status: Ratification.Status, by: Staff, note: str, took_part: Iterable[int]
) -> Ratification:
    emergency = _locked(ratification.emergency)
    rows = Ratification.objects.select_for_update(of=("self",), no_key=True).with_people()
    found = rows.get(pk=ratification.pk)
    is_waiting = found.status == Ratification.Status.WAITING
    answerer = answerer_of(found, by, took_part)
    insist_on(may_ratify(found.ratifier_id, found.acted_by_id, is_waiting, answerer))
    found.status, found.answered_by, found.answered_at, found.note = status, by, timezone.now(), note
    save_as(found, by, *_ANSWER)
    details = {"ratification": found.pk, "subject": found.subject, "entry": found.ledger_entry_id}
    facts = LedgerFacts("waiting", status, found.amount, None, note, details=details)
    record(chain_of(emergency), by=by, action=str(status), facts=facts)
    title = f"{found.subject}{Ratification.Status(status).label}"
    notify(found.acted_by, kind="ratify", title=title, url=found.url)
    return found


def _locked(emergency: EmergencyGrant) -> EmergencyGrant:
    rows = EmergencyGrant.objects.select_for_update(of=("self",), no_key=True)
    return rows.with_people().get(pk=emergency.pk)


def _record(
    emergency: EmergencyGrant, action: str, by: Staff | None, states: tuple[str, str], reason: str
) -> None:
    details = {
        "number": emergency.number,
        "holder": emergency.holder_id,
        "giver": emergency.giver_id,
        "lines": emergency.lines,
        "unit": emergency.unit_id,
        "ends_at": emergency.ends_at,
    }
    facts = LedgerFacts(*states, emergency.amount_max, emergency.based_on_id, reason, details=details)
    record(chain_of(emergency), by=by, action=action, facts=facts)


def _tell(recipient: Staff, emergency: EmergencyGrant, title: str) -> None:
    notify(recipient, kind="emergency", title=title, url=emergency.get_absolute_url())
