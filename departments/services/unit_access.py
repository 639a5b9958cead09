"""Unit permissions follow from the posts a person holds that day; nobody gives them by hand.

The rows are what `visible_to` reads. They are set when an appointment is made or ended, and every ten
minutes for appointments that begin or end by date.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import Q, QuerySet

from departments.models import Appointment, OrgUnit, OrgUnitUserPermission, Staff, UnitKind
from departments.models.posts import PostScope
from departments.standing import paths_above

Access = set[tuple[str, int]]
"""Pairs of a permission's codename and the id of the unit in which (and below which) it holds."""


@transaction.atomic
def sync_access(staff: Staff, on: date) -> bool:
    """Bring the person's unit permissions and way into the admin in line with the posts held on that day.

    When anything changes, all sessions of the person end: new rights begin with a new login.
    Gives whether anything changed.
    """
    staff = Staff.objects.select_for_update(no_key=True).get(pk=staff.pk)
    held = list(_held(on).filter(staff=staff)) if staff.is_active else []
    wanted = _access_of(held, _units())
    enters_admin = _enters_admin(staff, held)
    present = _present([staff.pk]).get(staff.pk, set())
    if wanted == present and staff.is_staff == enters_admin:
        return False
    _write(staff, present, wanted)
    if staff.is_staff != enters_admin:
        staff.is_staff = enters_admin
        staff.save(update_fields=["is_staff"])
    staff.end_sessions()
    return True


def sync_everybody(on: date) -> int:
    """The same for everybody whose rows differ, found in constant queries; gives how many people changed."""
    units = _units()
    held: dict[int, list[Appointment]] = {}
    for appointment in _held(on).filter(staff__is_active=True):
        held.setdefault(appointment.staff_id, []).append(appointment)
    present = _present()
    people = Staff.objects.only("is_active", "is_staff", "is_superuser", "admin_role")
    differing = [
        staff
        for staff in people
        if _access_of(held.get(staff.pk, ()), units) != present.get(staff.pk, set())
        or staff.is_staff != _enters_admin(staff, held.get(staff.pk, ()))
    ]
    return sum(sync_access(staff, on) for staff in differing)


def _held(on: date) -> QuerySet[Appointment]:
    in_open_units = Q(post__unit__closed_on=None) | Q(post__unit__closed_on__gt=on)
    return Appointment.objects.on(on).filter(in_open_units).select_related("post__post_type")


def _units() -> dict[int, OrgUnit]:
    return {unit.pk: unit for unit in OrgUnit.objects.only("path", "kind")}


def _access_of(held: Iterable[Appointment], units: Mapping[int, OrgUnit]) -> Access:
    return {
        (permission, _root(appointment, units))
        for appointment in held
        for permission in appointment.post.post_type.permissions
    }


def _root(appointment: Appointment, units: Mapping[int, OrgUnit]) -> int:
    """The unit in which the post's permissions hold: its own, the nearest department above, or the top.

    An office serves its whole department: a post that works for its unit reaches as far there.
    """
    unit, scope = units[appointment.post.unit_id], appointment.post.post_type.scope
    is_own = scope == PostScope.SERVED and unit.kind != UnitKind.OFFICE
    if scope == PostScope.UNIT or is_own:
        return unit.pk
    by_path = {unit.path: unit for unit in units.values()}
    above = [by_path[path] for path in paths_above(unit.path)]
    if scope == PostScope.EVERYWHERE:
        return above[0].pk
    return next((unit.pk for unit in reversed(above) if unit.kind == UnitKind.DEPARTMENT), unit.pk)


def _enters_admin(staff: Staff, held: Iterable[Appointment]) -> bool:
    by_post = any(appointment.post.post_type.enters_admin for appointment in held)
    return staff.is_active and (by_post or bool(staff.admin_role) or staff.is_superuser)


def _present(staff_ids: Iterable[int] | None = None) -> dict[int, Access]:
    rows = OrgUnitUserPermission.objects.values_list("user_id", "permission__codename", "content_object_id")
    present: dict[int, Access] = {}
    for staff_id, codename, unit_id in rows if staff_ids is None else rows.filter(user__in=staff_ids):
        present.setdefault(staff_id, set()).add((codename, unit_id))
    return present


def _write(staff: Staff, present: Access, wanted: Access) -> None:
    for codename, unit_id in present - wanted:
        OrgUnitUserPermission.objects.filter(
            user=staff, permission__codename=codename, content_object=unit_id
        ).delete()
    permissions = dict(
        Permission.objects.filter(
            content_type__app_label="departments", content_type__model="orgunit"
        ).values_list("codename", "pk")
    )
    OrgUnitUserPermission.objects.bulk_create(
        OrgUnitUserPermission(user=staff, permission_id=permissions[codename], content_object_id=unit_id)
        for codename, unit_id in sorted(wanted - present)
    )
