"""What the rules about special requests read: from the rows to plain values, in few queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Q, Sum
from django.utils import timezone

from authority.rulings import Objection
from cases.lifecycle import Stage
from cases.models import (
    RESCUE,
    CasePaper,
    ClaimCase,
    CoverageLine,
    CtplLimit,
    Kind,
    SpecialLimit,
    SpecialPaper,
    SpecialReason,
    SpecialRequest,
    Submission,
)
from cases.specials.rulings import Bounds, Plea, Reason, Standing, objections_to

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class CheckedPaper:
    name: str
    is_required: bool
    is_present: bool


def objections_now(request: SpecialRequest) -> tuple[Objection, ...]:
    """What stands in the way of this request today."""
    return tuple(objections_to(plea_of(request), standing_of(request), bounds_on(timezone.localdate())))


def plea_of(request: SpecialRequest) -> Plea:
    return Plea(
        kind=request.kind,
        amount=request.amount,
        statement=request.statement,
        reason=_reason(request.reason),
        basis_amount=request.basis_amount,
        is_partial=request.is_partial,
        clause=request.clause,
        evidence=request.evidence,
        known_on=request.known_on,
        declared_on=request.declared_on,
        declarant=request.declarant,
        basis=request.basis,
        invoices=request.invoices,
        police_notice_no=request.police_notice_no,
        police_notice_on=_day(request.police_notice_at),
        hospital=request.hospital,
        patient=request.patient,
        ground=request.ground,
        debtor=request.debtor,
        is_attested=request.is_attested,
        is_sole=request.is_sole,
        payee=request.payee,
    )


def _reason(row: SpecialReason | None) -> Reason | None:
    if row is None:
        return None
    today = timezone.localdate()
    in_force = row.valid_from <= today and (row.valid_to is None or row.valid_to >= today)
    return Reason(
        row.code, row.name, row.extent, row.needs_known_on, row.needs_explanation, is_in_force=in_force
    )


def standing_of(request: SpecialRequest) -> Standing:
    case = request.case
    return Standing(
        today=timezone.localdate(),
        estimate=case.estimate,
        approved=case.approved,
        advanced=case.advanced,
        **_granted(case, request.pk),
        medical_limit=medical_limit(case) if request.kind in RESCUE else None,
        is_major=case.is_major,
        is_injury=case.is_injury,
        has_ctpl=CoverageLine.CTPL in case.lines,
        is_fraud_suspected=case.is_fraud_suspected,
        is_settled_by_grace=bool(grace_objections(case)),
        is_adjudicated=case.stage in (Stage.APPROVED, Stage.PAID),
        accident_on=_day(case.accident_at),
        papers_complete_on=_day(case.papers_complete_at),
        registered_on=_day(case.registered_at),
        missing_papers=tuple(
            one.name for one in checklist(request) if one.is_required and not one.is_present
        ),
        others_open=_others_open(request),
    )


def _granted(case: ClaimCase, but_for: int | None) -> dict[str, Decimal]:
    """What other requests of the case were granted, by what it counts against; one statement."""
    rows = SpecialRequest.objects.filter(case=case).granted().exclude(pk=but_for or 0)
    found = rows.aggregate(
        prepaid=Sum("granted", filter=Q(kind=Kind.PREPAYMENT, set_off_at=None)),
        rescued=Sum("granted", filter=Q(kind__in=RESCUE)),
        recoverable=Sum("granted", filter=Q(kind=Kind.RESCUE_ADVANCE)),
    )
    return {name: amount or ZERO for name, amount in found.items()}


def recoverable_of(case: ClaimCase) -> Decimal:
    """Advanced for somebody else's debt: a case may be closed without payment for all that."""
    return _granted(case, None)["recoverable"]


def grace_objections(case: ClaimCase) -> list[Objection]:
    """Settled by grace alone, a case is not adjudicated beside; asks only where there was such a request."""
    if Kind.EX_GRATIA not in case.special_kinds:
        return []
    rows = SpecialRequest.objects.granted().filter(case=case, round=case.round, is_sole=True)
    text = "本案已核准只作通融赔付，不能再提交核赔；未付款的可先作废该通融申请"
    return [Objection("settled_by_grace", text)] if rows.exists() else []


def medical_limit(case: ClaimCase) -> Decimal | None:
    """Of the compulsory cover, by the day of the accident and whether our side is at fault."""
    day = _day(case.accident_at)
    if day is None:
        return None
    found = CtplLimit.objects.on(day).filter(part="medical", is_at_fault=case.liability_ratio > 0)
    row: CtplLimit | None = found.first()
    return row.amount if row else None


def medical_left(case: ClaimCase) -> Decimal | None:
    """What is left of the medical limit after all that was granted for rescue."""
    limit = medical_limit(case)
    return None if limit is None else max(limit - _granted(case, None)["rescued"], ZERO)


def checklist(request: SpecialRequest) -> list[CheckedPaper]:
    """The papers the kind asks for today, and whether they lie in the case's file; two statements."""
    asked = SpecialPaper.objects.on(timezone.localdate()).filter(kind=request.kind).order_by("rank", "pk")
    there = set(CasePaper.objects.filter(case=request.case_id).values_list("kind", flat=True))
    return [CheckedPaper(one.name, one.is_required, not there.isdisjoint(one.paper_kinds)) for one in asked]


def bounds_on(day: date) -> Bounds:
    rows = SpecialLimit.objects.on(day).values_list("code", "value")
    return Bounds(dict(rows))


def _others_open(request: SpecialRequest) -> tuple[str, ...]:
    waiting = Submission.objects.filter(case=request.case_id, status=Submission.Status.OPEN)
    others = waiting.exclude(subject_id=request.pk, item__code=request.kind) if request.pk else waiting
    return tuple(others.order_by("pk").values_list("item__name", flat=True))


def _day(moment: datetime | None) -> date | None:
    return timezone.localtime(moment).date() if moment else None
