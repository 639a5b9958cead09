"""The first page of a case list as an admin list over django-guardian's queryset shortcut.

A: a permission row for every case and person. B, the honest bar: a permission row for every unit and person.
Both count what they page through, as Django's admin does.
"""

from django.contrib.auth.models import Permission
from django.db import connection
from guardian.shortcuts import assign_perm, get_objects_for_user

from cases.models import ClaimCase
from departments.models import OrgUnit, Staff

PAGE = 50
_ROW_PER_CASE = """
insert into guardian_userobjectpermission (object_pk, content_type_id, permission_id, user_id)
select id::text, %(type)s, %(permission)s, %(user)s from cases_claimcase
on conflict do nothing
"""


def prepare_a(staff: Staff) -> None:
    permission = Permission.objects.get(codename="view_claimcase")
    values = {"type": permission.content_type_id, "permission": permission.pk, "user": staff.pk}
    with connection.cursor() as cursor:
        cursor.execute("set statement_timeout = 0")
        cursor.execute(_ROW_PER_CASE, values)
        cursor.execute("analyze guardian_userobjectpermission")


def prepare_b(staff: Staff) -> None:
    for unit in OrgUnit.objects.all():
        assign_perm("departments.see_cases", staff, unit)


def page_a(staff: Staff) -> list[ClaimCase]:
    cases = get_objects_for_user(staff, "cases.view_claimcase", ClaimCase, accept_global_perms=False)
    return _page(cases)


def page_b(staff: Staff) -> list[ClaimCase]:
    units = get_objects_for_user(staff, "departments.see_cases", OrgUnit, accept_global_perms=False)
    return _page(ClaimCase.objects.filter(unit__in=units))


def _page(cases: object) -> list[ClaimCase]:
    cases.count()
    return list(cases.select_related("unit", "handler").order_by("-reported_at", "-pk")[:PAGE])
