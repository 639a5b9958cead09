"""Reviewing a month: an opinion on each finding, a result for each sampled case, two signatures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from authority.ledger import LedgerFacts, record
from authority.refusals import insist_on
from authority.rulings import Ruling
from cases.models import ChainStep, SampledDecision, StationOpening, SupervisionFinding, SupervisionMonth
from cases.supervision import rulings
from cases.supervision.making import chain_of
from departments.models import Appointment, Staff
from departments.outbox import notify

Status = SupervisionMonth.Status


def note_opening(step: ChainStep, *, by: Staff) -> None:
    """The first time that the person whose turn it is opens the page of the case; one statement."""
    if step.staff_id == by.pk and step.status == ChainStep.Status.NOW:
        StationOpening.objects.bulk_create([StationOpening(step=step, person=by)], ignore_conflicts=True)


@transaction.atomic
def conclude_finding(
    finding: SupervisionFinding, conclusion: str, opinion: str, *, by: Staff
) -> SupervisionFinding:
    """May be said anew until the month is signed; the ledger keeps what was said before."""
    month = _lock(finding.month_id)
    finding = month.findings.get(pk=finding.pk)
    insist_on(rulings.may_conclude(month, rulings.supervisor(by), finding.people))
    finding.conclusion, finding.opinion = conclusion, opinion
    finding.concluded_by, finding.concluded_at = by, timezone.now()
    finding.save(update_fields=["conclusion", "opinion", "concluded_by", "concluded_at"])
    _enter(month, by, "conclude", opinion, {"finding": finding.title, "conclusion": conclusion})
    return finding


@transaction.atomic
def check_sampled(sampled: SampledDecision, result: str, note: str, *, by: Staff) -> SampledDecision:
    month = _lock(sampled.month_id)
    sampled = month.sample.select_related("decision__submission", "decision__case").get(pk=sampled.pk)
    insist_on(rulings.may_check(sampled, month, rulings.supervisor(by)))
    sampled.result, sampled.note = result, note
    sampled.checked_by, sampled.checked_at = by, timezone.now()
    sampled.save(update_fields=["result", "note", "checked_by", "checked_at"])
    _enter(month, by, "check", note, {"case": str(sampled.decision.case), "result": result})
    return sampled


@transaction.atomic
def sign_month(month: SupervisionMonth, summary: str, *, by: Staff) -> SupervisionMonth:
    month = _lock(month.pk)
    insist_on(signing(month, by))
    month.status, month.signed_by, month.signed_at = Status.SIGNED, by, timezone.now()
    month.summary = summary
    month.save(update_fields=["status", "signed_by", "signed_at", "summary"])
    _enter(month, by, "sign", summary, {})
    for superior in _superiors(month):
        notify(superior, kind="authority", title=f"{month}待您签署", url=month.get_absolute_url())
    return month


@transaction.atomic
def countersign_month(month: SupervisionMonth, *, by: Staff) -> SupervisionMonth:
    month = _lock(month.pk)
    insist_on(countersigning(month, by))
    month.status = Status.COUNTERSIGNED
    month.countersigned_by, month.countersigned_at = by, timezone.now()
    month.save(update_fields=["status", "countersigned_by", "countersigned_at"])
    _enter(month, by, "countersign", "", {})
    if month.signed_by is not None:
        notify(month.signed_by, kind="authority", title=f"{month}上级已签署", url=month.get_absolute_url())
    return month


def signing(month: SupervisionMonth, staff: Staff) -> Ruling:
    """May this person put the first signature? Pages show it, the service insists on it."""
    waiting = month.findings.filter(conclusion="").count() + month.sample.filter(result="").count()
    return rulings.may_sign(month, rulings.supervisor(staff), waiting, _people(month))


def countersigning(month: SupervisionMonth, staff: Staff) -> Ruling:
    signer = rulings.supervisor(month.signed_by).rank if month.signed_by else 0
    return rulings.may_countersign(month, rulings.supervisor(staff), signer, _people(month))


def waiting_for(staff: Staff) -> list[SupervisionMonth]:
    """The months that wait for this person's signature; nothing is asked for people who sign none."""
    if staff.admin_role or not rulings.supervisor(staff).units:
        return []
    months = SupervisionMonth.objects.visible_to(staff).exclude(status=Status.COUNTERSIGNED)
    found = months.select_related("unit", "signed_by").order_by("month", "pk")[:6]
    return [one for one in found if _is_up_to(one, staff)]


def _is_up_to(month: SupervisionMonth, staff: Staff) -> bool:
    """The first signature is asked of everybody who may review; the second of those above the first."""
    if month.status == Status.OPEN:
        return True
    return countersigning(month, staff).allowed


def _superiors(month: SupervisionMonth) -> list[Staff]:
    """Who may put the second signature, among people with posts that do such things."""
    codes = (rulings.HEAD_POST, "DEPT_DEPUTY", "HQ_REVIEW")
    held = Appointment.objects.on(timezone.localdate()).filter(post__post_type__code__in=codes)
    candidates: QuerySet[Staff] = Staff.objects.filter(is_active=True, pk__in=held.values("staff"))
    return [staff for staff in candidates.order_by("pk") if countersigning(month, staff).allowed]


def _people(month: SupervisionMonth) -> set[int]:
    return {pk for people in month.findings.values_list("people", flat=True) for pk in people}


def _lock(pk: int) -> SupervisionMonth:
    locked = SupervisionMonth.objects.select_for_update(of=("self",))
    return locked.select_related("unit", "signed_by").get(pk=pk)


def _enter(month: SupervisionMonth, by: Staff, action: str, reason: str, details: Mapping[str, Any]) -> None:
    facts = LedgerFacts(to_state=month.status, reason=reason, details=details)
    record(chain_of(month), by=by, action=action, facts=facts)
