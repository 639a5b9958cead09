"""What the database refuses about people and posts."""

from datetime import date

import pytest
from django.db import IntegrityError
from guardian.shortcuts import assign_perm

from tests.factories import AppointmentFactory, OrgUnitFactory, StaffFactory

pytestmark = pytest.mark.django_db


def test_one_person_holds_a_post_once_at_a_time():
    held = AppointmentFactory(starts_on=date(2026, 1, 1), ends_on=date(2026, 6, 30))
    AppointmentFactory(staff=held.staff, post=held.post, starts_on=date(2026, 7, 1))

    with pytest.raises(IntegrityError, match="departments_appointment_no_overlap"):
        AppointmentFactory(staff=held.staff, post=held.post, starts_on=held.ends_on, ends_on=held.ends_on)


def test_two_people_may_hold_the_same_post():
    held = AppointmentFactory()

    AppointmentFactory(post=held.post)

    assert held.post.appointments.count() == 2


def test_permissions_reach_down_the_path_in_one_query(django_assert_num_queries):
    unit = OrgUnitFactory()
    below, beside = OrgUnitFactory(parent=unit), OrgUnitFactory()
    staff = StaffFactory()
    assign_perm("see_cases", staff, unit)

    with django_assert_num_queries(1):
        assert staff.unit_scope.ids("see_cases") == {unit.pk, below.pk}
    assert beside.pk not in staff.unit_scope.ids("see_cases")
    assert staff.unit_scope.ids("manage_unit") == frozenset()
