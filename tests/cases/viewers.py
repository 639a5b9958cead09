"""People who open case pages: their unit, what they may do in it, and a logged-in client."""

from django.contrib.auth.models import Permission
from django.test import Client

from departments.models import OrgUnit, OrgUnitUserPermission, Staff
from tests.factories import AppointmentFactory, PostFactory, PostTypeFactory, StaffFactory


def allow(staff: Staff, unit: OrgUnit, *codenames: str) -> Staff:
    """See, handle and import cases of the unit and below, unless told otherwise."""
    for codename in codenames or ("see_cases", "handle_cases", "import_cases"):
        permission = Permission.objects.get(codename=codename, content_type__app_label="departments")
        OrgUnitUserPermission.objects.create(user=staff, content_object=unit, permission=permission)
    return Staff.objects.get(pk=staff.pk)


def viewer_of(unit: OrgUnit, *, sees_personal_data: bool = False, **fields) -> Staff:
    post_type = PostTypeFactory(sees_personal_data=sees_personal_data)
    post = PostFactory(unit=unit, post_type=post_type)
    staff = AppointmentFactory(post=post, staff=StaffFactory(**fields)).staff
    return allow(staff, unit)


def client_of(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client
