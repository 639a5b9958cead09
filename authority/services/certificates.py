"""Entering, confirming and revoking certificates; from when their lack freezes grants; warnings before.

The certificate's row is locked: a decision under way holds it in share mode until it is committed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from authority.certificates import (
    Clerk,
    chain_of,
    chain_of_type,
    may_confirm,
    may_enforce,
    may_enter,
    may_revoke,
)
from authority.ledger import LedgerFacts, record
from authority.refusals import Refused, insist_on
from authority.rulings import REFUSED, Objection, Ruling
from departments.access import MANAGE_UNIT, unit_scope_of
from departments.authorship import save_as
from departments.models import Appointment, Certificate, CertificateType, Staff
from departments.models.certificates import KEEPING_POSTS
from departments.models.people import AdminRole
from departments.outbox import notify

ONCE = "departments_certificate_one_per_number"


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """As printed on it; `valid_to` is the last day."""

    type: CertificateType
    number: str
    valid_from: date
    valid_to: date
    issuer: str = ""


def clerk_of(staff: Staff, person_id: int | None = None) -> Clerk:
    """Read anew, in relation to the person whose certificate it is."""
    fresh = Staff.objects.get(pk=staff.pk)
    today = Appointment.objects.on(timezone.localdate())
    posts = set(today.filter(staff=staff).values_list("post__post_type__code", flat=True))
    units = set(today.filter(staff=person_id).values_list("post__unit", flat=True)) if person_id else set()
    is_superior = bool(units & unit_scope_of(staff.pk).ids(MANAGE_UNIT))
    return Clerk(
        staff.pk,
        is_active=fresh.is_active,
        keeps=not posts.isdisjoint(KEEPING_POSTS),
        watches=is_superior or fresh.admin_role == AdminRole.SECURITY,
    )


def enter_certificate(person: Staff, facts: CertificateFacts, *, by: Staff) -> Certificate:
    """Counts only once somebody else has confirmed it. Raises Refused, also for a number in use."""
    try:
        return _enter(person, facts, by)
    except IntegrityError as error:
        if ONCE in str(error):
            objection = Objection("number_taken", "该类证件的这一编号已登记")
            raise Refused(Ruling(REFUSED, objections=(objection,))) from error
        raise


@transaction.atomic
def _enter(person: Staff, facts: CertificateFacts, by: Staff) -> Certificate:
    insist_on(may_enter(person.pk, clerk_of(by, person.pk)))
    found = Certificate(
        staff=person,
        type=facts.type,
        number=facts.number,
        issuer=facts.issuer,
        valid_from=facts.valid_from,
        valid_to=facts.valid_to,
        entered_by=by,
    )
    save_as(found, by)
    _record(found, by, "enter", ("", "waiting"))
    return found


@transaction.atomic
def confirm_certificate(found: Certificate, *, by: Staff) -> Certificate:
    """From now on it counts, within its dates. Raises Refused."""
    found = locked_certificate(found.pk)
    insist_on(may_confirm(found, clerk_of(by, found.staff_id)))
    found.confirmed_by, found.confirmed_at = by, timezone.now()
    save_as(found, by, "confirmed_by", "confirmed_at")
    _record(found, by, "confirm", ("waiting", "in_force"))
    _tell(found, f"您的{found}已登记，有效期至 {found.valid_to:%Y-%m-%d}")
    return found


@transaction.atomic
def revoke_certificate(found: Certificate, *, by: Staff, reason: str) -> Certificate:
    """Grants that rest on it are frozen from now on. Raises Refused."""
    found = locked_certificate(found.pk)
    insist_on(may_revoke(found, clerk_of(by, found.staff_id)))
    state = "in_force" if found.confirmed_at else "waiting"
    found.revoked_by, found.revoked_at, found.revoke_reason = by, timezone.now(), reason
    save_as(found, by, "revoked_by", "revoked_at", "revoke_reason")
    _record(found, by, "revoke", (state, "revoked"), reason)
    _tell(found, f"您的{found}已注销：以此为条件的权限冻结")
    return found


@transaction.atomic
def enforce_certificates(kind: CertificateType, starts_on: date | None, *, by: Staff) -> CertificateType:
    """From `starts_on` the lack of such a certificate freezes grants; None: it is only shown."""
    kind = CertificateType.objects.select_for_update().get(pk=kind.pk)
    security = Staff.objects.filter(pk=by.pk, is_active=True, admin_role=AdminRole.SECURITY).exists()
    insist_on(may_enforce(security, starts_on, timezone.localdate()))
    before, kind.enforced_from = kind.enforced_from, starts_on
    save_as(kind, by, "enforced_from")
    details = {"code": kind.code, "was": str(before or ""), "is": str(starts_on or "")}
    record(chain_of_type(kind), by=by, action="enforce", facts=LedgerFacts(details=details))
    return kind


def warn_of_expiry(today: date) -> int:
    """Tells holder and keepers at each of the type's days before the end, once each; how many were told.

    Several of these at once tell each certificate once: its row is locked, or left to who holds it.
    """
    return sum(_warn(pk, today) for pk in _ending(today))


def _ending(today: date) -> Iterable[int]:
    longest = max((max(kind.warn_days, default=0) for kind in CertificateType.objects.all()), default=0)
    ending = Certificate.objects.in_force(today).filter(valid_to__lte=today + timedelta(days=longest))
    return list(ending.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _warn(pk: int, today: date) -> int:
    rows = Certificate.objects.select_for_update(of=("self",), skip_locked=True)
    found = rows.select_related("staff", "type").filter(pk=pk).first()
    if found is None:
        return 0
    left = (found.valid_to - today).days
    due = {days for days in found.type.warn_days if left <= days} - set(found.warned)
    if not due:
        return 0
    Certificate.objects.filter(pk=pk).update(warned=sorted({*found.warned, *due}))
    title = f"{found.staff.name}的{found.type.name} {left} 天后到期（{found.valid_to:%Y-%m-%d}）"
    for person in {found.staff, *_keepers(today)}:
        notify(person, kind="certificate", title=title, url=reverse("authority:certificates"))
    return 1


def _keepers(today: date) -> Iterable[Staff]:
    kept = Appointment.objects.on(today).filter(post__post_type__code__in=KEEPING_POSTS)
    return Staff.objects.filter(is_active=True, pk__in=kept.values("staff"))


def locked_certificate(pk: int) -> Certificate:
    rows = Certificate.objects.select_for_update(of=("self",))
    return rows.select_related("staff", "type").get(pk=pk)


def _record(found: Certificate, by: Staff, action: str, states: tuple[str, str], reason: str = "") -> None:
    details = {
        "staff": found.staff_id,
        "type": found.type.code,
        "number": found.number,
        "valid": [str(found.valid_from), str(found.valid_to)],
    }
    facts = LedgerFacts(from_state=states[0], to_state=states[1], reason=reason, details=details)
    record(chain_of(found), by=by, action=action, facts=facts)


def _tell(found: Certificate, title: str) -> None:
    notify(found.staff, kind="certificate", title=title, url=found.staff.get_absolute_url())
