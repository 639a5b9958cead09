"""What each post lets its holder do where, as the catalogue of posts says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.contrib.auth.models import Permission

from departments.models import Appointment, OrgUnit, OrgUnitUserPermission, Post, UnitKind
from departments.models.posts import PostScope

_REACH = {PostScope.DEPARTMENT: UnitKind.DEPARTMENT, PostScope.EVERYWHERE: UnitKind.HEAD_OFFICE}


def give_unit_permissions(appointments: Iterable[Appointment]) -> None:
    OrgUnitUserPermission.objects.bulk_create(_permissions(appointments), batch_size=1000)


def _permissions(appointments: Iterable[Appointment]) -> Iterator[OrgUnitUserPermission]:
    known = {
        one.codename: one
        for one in Permission.objects.filter(
            content_type__app_label="departments", content_type__model="orgunit"
        )
    }
    for appointment in appointments:
        unit = _reach(appointment.post)
        for code in appointment.post.post_type.permissions:
            yield OrgUnitUserPermission(user=appointment.staff, permission=known[code], content_object=unit)


def _reach(post: Post) -> OrgUnit:
    """The unit from which downwards the post's permissions hold."""
    unit, wanted = post.unit, _REACH.get(PostScope(post.post_type.scope))
    while wanted and unit.kind != wanted and unit.parent is not None:
        unit = unit.parent
    return unit
