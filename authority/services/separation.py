"""The limits and dates of separated duties change with two people, like the referral rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_date

from authority.ledger import LedgerFacts, record
from authority.models import SeparationChange
from authority.referrals import may_propose, may_reject
from authority.refusals import insist_on
from authority.rulings import REFUSED, Objection, Ruling
from authority.services.rules import ruler_of
from departments.authorship import save_as
from departments.models import IncompatibleDuty, Staff
from departments.outbox import notify

EDITABLE = ("statement", "concurrent_limit", "source", "is_verified", "valid_to")


def chain_of(duty: IncompatibleDuty) -> str:
    return f"separation:{duty.code}"


@transaction.atomic
def propose_separation(
    duty: IncompatibleDuty, terms: Mapping[str, Any], *, reason: str, by: Staff
) -> SeparationChange:
    """`terms` by name, of `EDITABLE`; nothing changes before somebody else agrees. Raises Refused."""
    duty = IncompatibleDuty.objects.select_for_update().get(pk=duty.pk)
    is_waiting = SeparationChange.objects.filter(duty=duty, status="waiting").exists()
    insist_on(_with(may_propose(None, ruler_of(by)), _faults(terms, is_waiting)))
    change = SeparationChange(duty=duty, terms=_texts(terms), reason=reason, proposed_by=by)
    save_as(change, by)
    _record(change, by, "propose", reason)
    return change


@transaction.atomic
def agree_to_separation(change: SeparationChange, *, by: Staff) -> SeparationChange:
    """Takes effect at once. Raises Refused."""
    change = _locked(change)
    insist_on(ruling_on_separation(change, by=by))
    terms, duty = dict(change.terms), change.duty
    terms["concurrent_limit"] = Decimal(terms["concurrent_limit"])
    terms["valid_to"] = parse_date(terms["valid_to"]) if terms["valid_to"] else None
    for name, value in terms.items():
        setattr(duty, name, value)
    save_as(duty, by, *EDITABLE)
    return _decided(change, SeparationChange.Status.APPROVED, by)


@transaction.atomic
def reject_separation(change: SeparationChange, *, by: Staff, reason: str) -> SeparationChange:
    change = _locked(change)
    insist_on(may_reject(change.proposed_by_id, change.status == "waiting", ruler_of(by)))
    return _decided(change, SeparationChange.Status.REJECTED, by, reason)


def ruling_on_separation(change: SeparationChange, *, by: Staff) -> Ruling:
    """As turning it down, and never by who proposed it."""
    ruling = may_reject(change.proposed_by_id, change.status == "waiting", ruler_of(by))
    own = [Objection("same_person", "提出人不得自行批准，须由另一人办理（SOD-07）")]
    return _with(ruling, own if by.pk == change.proposed_by_id else [])


def _faults(terms: Mapping[str, Any], is_waiting: bool) -> list[Objection]:
    objections = []
    if is_waiting:
        objections.append(Objection("taken", "该规则已有待批准的变更"))
    if terms["valid_to"] and terms["valid_to"] < timezone.localdate():
        objections.append(Objection("backdated", "失效日期不得早于今天：已作出的决定不受影响"))
    return objections


def _with(ruling: Ruling, objections: list[Objection]) -> Ruling:
    found = (*ruling.objections, *objections)
    return replace(ruling, outcome=REFUSED, objections=found) if objections else ruling


def _texts(terms: Mapping[str, Any]) -> dict[str, Any]:
    values = {name: terms[name] for name in EDITABLE}
    day = values["valid_to"]
    return {**values, "concurrent_limit": f"{values['concurrent_limit']:.2f}", "valid_to": str(day or "")}


def _locked(change: SeparationChange) -> SeparationChange:
    IncompatibleDuty.objects.select_for_update().get(pk=change.duty_id)
    rows = SeparationChange.objects.select_for_update(of=("self",)).select_related("duty", "proposed_by")
    return rows.get(pk=change.pk)


def _decided(change: SeparationChange, status: str, by: Staff, reason: str = "") -> SeparationChange:
    change.status, change.decided_by, change.decided_at = status, by, timezone.now()
    save_as(change, by, "status", "decided_by", "decided_at")
    _record(change, by, status, reason)
    if by.pk != change.proposed_by_id:
        title = f"不相容岗位{change.duty.code}的变更：{change.get_status_display()}"
        notify(change.proposed_by, kind="rule", title=title, url="")
    return change


def _record(change: SeparationChange, by: Staff, action: str, reason: str) -> None:
    facts = LedgerFacts(to_state=change.status, reason=reason, details={"terms": change.terms})
    record(chain_of(change.duty), by=by, action=action, facts=facts)
