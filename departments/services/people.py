"""Absences and accounts."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from departments.authorship import save_as
from departments.keepers import Keeping, Kept
from departments.models import Absence, Appointment, Staff
from departments.outbox import notify
from departments.refusals import insist_on
from departments.rulings import (
    Ruling,
    may_assign_admin_role,
    may_cancel_absence,
    may_keep_account,
    may_record_absence,
)
from departments.services.unit_access import sync_access
from departments.standing import actor_of
from departments.testimony import Testimony, testify


@dataclass(frozen=True, slots=True)
class Away:
    """Aware moments; `ends_at` is the first moment of being back."""

    kind: str
    starts_at: datetime
    ends_at: datetime
    note: str = ""


def ruling_on_absence(staff: Staff, *, by: Staff, away: Away | None = None) -> Ruling:
    """May `by` note this absence? Without one: may he note any for this person?"""
    today = timezone.localdate()
    overlapping = staff.absences.filter(cancelled_at=None)
    overlaps = (
        away is not None
        and overlapping.filter(starts_at__lt=away.ends_at, ends_at__gt=away.starts_at).exists()
    )
    return may_record_absence(staff.pk, units_of(staff, today), overlaps, actor_of(by, today))


@transaction.atomic
def record_absence(staff: Staff, away: Away, *, by: Staff) -> Absence:
    """Note that a person will not work, or did not. Raises NotAllowed with every objection."""
    staff = Staff.objects.select_for_update(no_key=True).get(pk=staff.pk)
    insist_on(ruling_on_absence(staff, by=by, away=away))
    absence = Absence(
        staff=staff,
        kind=away.kind,
        starts_at=away.starts_at,
        ends_at=away.ends_at,
        note=away.note,
        recorded_by=by,
    )
    save_as(absence, by)
    _testify(absence, "record", by)
    if by.pk != staff.pk:
        notify(
            staff,
            kind="absence",
            title=f"{by.name}为您登记了{absence.get_kind_display()}",
            url=staff.get_absolute_url(),
        )
    return absence


@transaction.atomic
def cancel_absence(absence: Absence, *, by: Staff) -> Absence:
    """Take an absence back before it is over. Raises NotAllowed with every objection."""
    absence = Absence.objects.select_for_update(of=("self",), no_key=True).get(pk=absence.pk)
    today, now = timezone.localdate(), timezone.now()
    state = "open" if absence.is_open else "cancelled" if absence.cancelled_at else "over"
    units = units_of(absence.staff, today)
    insist_on(may_cancel_absence(absence.staff_id, units, state, actor_of(by, today)))
    absence.cancelled_at = now
    save_as(absence, by, "cancelled_at")
    _testify(absence, "cancel", by)
    return absence


def _testify(absence: Absence, act: str, by: Staff) -> None:
    details = {
        "staff": absence.staff_id,
        "kind": absence.kind,
        "starts_at": absence.starts_at,
        "ends_at": absence.ends_at,
    }
    testify(Testimony(f"absence:{absence.pk}", act, by, absence.note, details=details))


@transaction.atomic
def disable_account(staff: Staff, *, left_on: date | None = None, by: Staff, despite: str = "") -> Staff:
    """The account stops working at once: no session survives, no unit permission stays. Raises NotAllowed,
    also when nobody could decide any more what this person could, unless `despite` says why.
    """
    staff = Staff.objects.select_for_update(no_key=True).get(pk=staff.pk)
    insist_on(may_keep_account(staff.pk, actor_of(by, timezone.localdate()), "停用"))
    keeping = Keeping(timezone.localdate())
    staff.is_active = False
    staff.left_on = left_on
    saved = _saved_account(staff, by, "disable")
    keeping.insist(Kept(f"account:{staff.pk}", by, despite))
    return saved


@transaction.atomic
def enable_account(staff: Staff, *, by: Staff) -> Staff:
    """The account works again, with the rights of the posts held today. Raises NotAllowed."""
    staff = Staff.objects.select_for_update(no_key=True).get(pk=staff.pk)
    insist_on(may_keep_account(staff.pk, actor_of(by, timezone.localdate()), "启用"))
    staff.is_active = True
    staff.left_on = None
    return _saved_account(staff, by, "enable")


@transaction.atomic
def assign_admin_role(staff: Staff, role: str, *, by: Staff) -> Staff:
    """Make somebody one of the three administrators, or end it with "". Raises NotAllowed."""
    staff = Staff.objects.select_for_update(no_key=True).get(pk=staff.pk)
    today = timezone.localdate()
    holds_posts = bool(role) and staff.appointments.ending_from(today).exists()
    insist_on(may_assign_admin_role(staff.pk, holds_posts, actor_of(by, today)))
    staff.admin_role = role
    return _saved_account(staff, by, "assign_admin_role")


def units_of(staff: Staff, on: date) -> frozenset[int]:
    """The units in which the person holds a post that day."""
    held = Appointment.objects.on(on).filter(staff=staff)
    return frozenset(held.values_list("post__unit", flat=True))


def _saved_account(staff: Staff, by: Staff, act: str) -> Staff:
    save_as(staff, by, "is_active", "left_on", "admin_role")
    details = {"is_active": staff.is_active, "left_on": staff.left_on, "admin_role": staff.admin_role}
    testify(Testimony(f"account:{staff.pk}", act, by, details=details))
    staff.end_sessions()
    sync_access(staff, timezone.localdate())
    return staff
