"""人伤调解: a scheme is approved by medical review before the mediator acts, and bounds what he agrees to.

SOD-11 (人伤手册): who is named to mediate, or has mediated, decides neither on the injury review of the case
nor on the scheme; his CaseStep says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from authority.refusals import insist_on
from authority.rulings import Objection
from cases.injuries.mediation import (
    agreement_objections,
    attempt_objections,
    may_conclude,
    may_draft,
    may_mediate,
    may_propose,
    may_rename,
    mediator_objections,
    renaming_objections,
    scheme_objections,
)
from cases.items import INJURY_MEDIATION
from cases.matters import Asked
from cases.models import (
    CasePaper,
    ClaimCase,
    Mediation,
    MediationAttempt,
    MediationLine,
    Step,
    Submission,
)
from cases.numbers import next_number
from cases.rulings import with_objections
from cases.services.subjects import About, Settlement, SubjectKind, register_subject
from cases.services.transition import Change, apply, lock_case, note_step, stay, tell
from cases.shares import share_out
from departments.authorship import save_as
from departments.models import Staff

ZERO = Decimal(0)
_SETTLED = {
    Submission.Status.RETURNED: Mediation.Status.RETURNED,
    Submission.Status.REFUSED: Mediation.Status.REFUSED,
    Submission.Status.WITHDRAWN: Mediation.Status.DRAFT,
}


@dataclass(frozen=True, slots=True)
class SchemeLine:
    """Yuan for one person and item; `claimed` is what the other side asks."""

    person_id: int
    kind_id: int
    claimed: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Scheme:
    mediator: Staff
    basis: str
    lines: Sequence[SchemeLine]
    conditions: str = ""


@dataclass(frozen=True, slots=True)
class Round:
    """One round of talking, as the mediator brings it back."""

    held_at: datetime
    way: str
    attendants: str
    course: str
    demanded: Decimal | None = None
    offered: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """`agreed`: yuan by line id; `paper`: the signed agreement in the case's file."""

    agreed: Mapping[int, Decimal]
    paper: CasePaper
    agreed_on: date
    note: str = ""


@transaction.atomic
def propose_scheme(
    case: ClaimCase, scheme: Scheme, *, by: Staff, replaces: Mediation | None = None
) -> Mediation:
    """拟定: by who handles the case, or the mediator; still to be sent for approval."""
    case = lock_case(case.pk, None)
    objections = [*scheme_objections(case, scheme.lines), *mediator_objections(scheme.mediator)]
    insist_on(with_objections(may_propose(case, by, replaces), objections))
    if replaces is not None:
        replaces.status = Mediation.Status.REPLACED
        replaces.save(update_fields=["status"])
    made = Mediation.objects.create(
        case=case,
        number=next_number("TJ"),
        mediator=scheme.mediator,
        proposed_by=by,
        proposed_at=timezone.now(),
        basis=scheme.basis,
        conditions=scheme.conditions,
        replaces=replaces,
    )
    _write_lines(made, scheme.lines)
    _name_mediator(made, by)
    _enter(made, "propose_mediation", by, amount=_total(scheme.lines))
    return made


@transaction.atomic
def change_scheme(mediation: Mediation, scheme: Scheme, *, by: Staff) -> Mediation:
    """Until it is sent, and once it came back."""
    mediation = _locked(mediation)
    objections = [*scheme_objections(mediation.case, scheme.lines), *mediator_objections(scheme.mediator)]
    insist_on(with_objections(may_draft(mediation, by), objections))
    is_other = mediation.mediator_id != scheme.mediator.pk
    mediation.mediator, mediation.basis = scheme.mediator, scheme.basis
    mediation.conditions, mediation.status = scheme.conditions, Mediation.Status.DRAFT
    save_as(mediation, by)
    mediation.lines.all().delete()
    _write_lines(mediation, scheme.lines)
    if is_other:
        _name_mediator(mediation, by)
    _enter(mediation, "change_mediation", by, amount=_total(scheme.lines))
    return mediation


@transaction.atomic
def appoint_mediator(mediation: Mediation, to: Staff, reason: str, *, by: Staff) -> Mediation:
    """改派调解人: scheme and approval stand; whoever decided on the injury or the scheme is not named."""
    mediation = _locked(mediation)
    objections = [*renaming_objections(mediation, to), *mediator_objections(to)]
    if not reason.strip():
        objections.append(Objection("no_reason", "改派须说明原因"))
    insist_on(with_objections(may_rename(mediation, by), objections))
    mediation.mediator = to
    save_as(mediation, by, "mediator")
    _name_mediator(mediation, by)
    _enter(mediation, "appoint_mediator", by, reason=reason)
    return mediation


def _write_lines(mediation: Mediation, lines: Iterable[SchemeLine]) -> None:
    MediationLine.objects.bulk_create(
        MediationLine(
            mediation=mediation,
            person_id=line.person_id,
            kind_id=line.kind_id,
            claimed=line.claimed,
            amount=line.amount,
        )
        for line in lines
    )


def _name_mediator(mediation: Mediation, by: Staff) -> None:
    """From here on he is kept apart from deciding on it."""
    note_step(mediation.case, Step.MEDIATE, mediation.mediator, since=timezone.now())
    if mediation.mediator_id != by.pk:
        tell(mediation.mediator, mediation.case, "assigned", "由您担任调解人")


@transaction.atomic
def record_round(mediation: Mediation, held: Round, *, by: Staff) -> MediationAttempt:
    """By the mediator alone, and only inside an approved scheme."""
    mediation = _locked(mediation)
    objections = attempt_objections(mediation, held.held_at, held.offered)
    insist_on(with_objections(may_mediate(mediation, by), objections))
    made = MediationAttempt.objects.create(
        mediation=mediation,
        held_at=held.held_at,
        way=held.way,
        attendants=held.attendants,
        demanded=held.demanded,
        offered=held.offered,
        course=held.course,
        recorded_by=by,
        recorded_at=timezone.now(),
    )
    note_step(mediation.case, Step.MEDIATE, by, since=held.held_at)
    _enter(mediation, "mediate", by, amount=held.offered, reason=held.course[:200])
    return made


@transaction.atomic
def agree_mediation(mediation: Mediation, agreement: Agreement, *, by: Staff) -> Mediation:
    """达成协议: never above the scheme, per person; a higher sum goes back for approval first."""
    mediation = _locked(mediation)
    lines = list(mediation.lines.select_related("person", "kind"))
    objections = agreement_objections(mediation, lines, agreement.agreed, agreement.paper)
    insist_on(with_objections(may_mediate(mediation, by), objections))
    for line in lines:
        line.agreed = agreement.agreed.get(line.pk, ZERO)
    MediationLine.objects.bulk_update(lines, ["agreed"])
    mediation.agreed_amount = sum((line.agreed or ZERO for line in lines), ZERO)
    mediation.agreed_on, mediation.agreement = agreement.agreed_on, agreement.paper
    return _concluded(mediation, Mediation.Status.AGREED, agreement.note, by)


@transaction.atomic
def fail_mediation(mediation: Mediation, note: str, *, to_court: bool = False, by: Staff) -> Mediation:
    """调解未成, or the other side goes to court."""
    mediation = _locked(mediation)
    objections = [] if note.strip() else [Objection("no_note", "须说明未达成的原因")]
    insist_on(with_objections(may_conclude(mediation, by), objections))
    return _concluded(mediation, Mediation.Status.COURT if to_court else Mediation.Status.FAILED, note, by)


def _concluded(mediation: Mediation, status: Mediation.Status, note: str, by: Staff) -> Mediation:
    mediation.status, mediation.result_note = status, note.strip()
    mediation.concluded_by, mediation.concluded_at = by, timezone.now()
    save_as(mediation, by)
    _enter(mediation, f"mediation_{status.value}", by, amount=mediation.agreed_amount, reason=note)
    if mediation.case.handler_id != by.pk:
        tell(mediation.case.handler, mediation.case, "mediation", f"调解{status.label}")
    return mediation


def _locked(mediation: Mediation) -> Mediation:
    case = lock_case(mediation.case_id, None)
    fresh = Mediation.objects.select_related("mediator").get(pk=mediation.pk)
    fresh.case = case
    return fresh


def _enter(
    mediation: Mediation, action: str, by: Staff, *, amount: Decimal | None = None, reason: str = ""
) -> None:
    change = stay(mediation.case, action).because(reason or mediation.number)
    change = change.with_details({"mediation": mediation.pk})
    apply(mediation.case, change.costing(amount) if amount is not None else change, by)


def _total(lines: Iterable[SchemeLine]) -> Decimal:
    return sum((line.amount for line in lines), ZERO)


def _about(case: ClaimCase, pk: int) -> About | None:
    """What the approval is asked for: the scheme, measured by its dearest person."""
    found = Mediation.objects.filter(pk=pk, case=case).select_related("mediator").first()
    if found is None:
        return None
    persons: dict[int, Decimal] = {}
    for line in found.lines.all():
        persons[line.person_id] = persons.get(line.person_id, ZERO) + line.amount
    total, dearest = sum(persons.values(), ZERO), max(persons.values(), default=ZERO)
    asked = Asked(found.pk, total, per_person=dearest)
    objections = [*_unsendable(found), *mediator_objections(found.mediator)]
    return About(str(found), found.get_absolute_url(), asked, tuple(objections))


def _unsendable(mediation: Mediation) -> list[Objection]:
    if mediation.status in (Mediation.Status.DRAFT, Mediation.Status.RETURNED, Mediation.Status.ASKED):
        return []
    return [Objection("wrong_status", f"调解方案{mediation.get_status_display()}，不能送审")]


def _sent(submission: Submission) -> None:
    Mediation.objects.filter(pk=submission.subject_id or 0).update(status=Mediation.Status.ASKED)


def _settle(settlement: Settlement) -> Change | None:
    """Approved for less than was asked, every line goes down in proportion."""
    mediation = Mediation.objects.get(pk=settlement.submission.subject_id or 0)
    mediation.status = _SETTLED.get(Submission.Status(settlement.status), Mediation.Status.APPROVED)
    if mediation.status == Mediation.Status.APPROVED:
        mediation.approved_at, mediation.approved_amount = timezone.now(), settlement.amount
        _fit_lines(mediation, settlement.amount)
        tell(mediation.mediator, settlement.submission.case, "mediation", "调解方案已批准，可以调解")
    mediation.save()
    return None


def _fit_lines(mediation: Mediation, total: Decimal) -> None:
    lines = list(mediation.lines.all())
    if sum((line.amount for line in lines), ZERO) == total:
        return
    shares = share_out(total, {line.pk: line.amount for line in lines})
    for line in lines:
        line.amount = shares[line.pk]
    MediationLine.objects.bulk_update(lines, ["amount"])


register_subject(INJURY_MEDIATION, SubjectKind(_about, _settle, send=_sent))
