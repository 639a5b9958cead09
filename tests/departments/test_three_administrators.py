"""三员分立 in the database: one role per account, and no business post beside it, whatever path is taken."""

from datetime import date

import pytest
from django.db import IntegrityError, connection

from departments.models import Appointment, Staff
from tests.factories import AppointmentFactory, StaffFactory

pytestmark = pytest.mark.django_db

REFUSED = "departments_administrator_without_post"


def run(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_there_is_one_column_for_the_three_roles():
    admin = StaffFactory(admin_role="audit")

    with pytest.raises(IntegrityError, match="departments_staff_admin_role_known"):
        run("update departments_staff set admin_role = 'audit,sec' where id = %s", admin.pk)


def test_an_administrator_gets_no_post():
    held, admin = AppointmentFactory(), StaffFactory(admin_role="security")

    with pytest.raises(IntegrityError, match=REFUSED):
        run("update departments_appointment set staff_id = %s where id = %s", admin.pk, held.pk)


def test_somebody_in_a_post_gets_no_role():
    held = AppointmentFactory()

    with pytest.raises(IntegrityError, match=REFUSED):
        run("update departments_staff set admin_role = 'system' where id = %s", held.staff_id)


def test_a_post_long_left_is_no_obstacle_but_is_not_taken_up_again():
    held = AppointmentFactory(ends_on=date(2021, 1, 1))
    run("update departments_staff set admin_role = 'system' where id = %s", held.staff_id)
    run("update departments_appointment set ends_on = '2020-12-31' where id = %s", held.pk)

    with pytest.raises(IntegrityError, match=REFUSED):
        run("update departments_appointment set ends_on = null where id = %s", held.pk)


def test_what_was_there_before_can_be_ended():
    held = AppointmentFactory()
    with connection.cursor() as cursor:
        cursor.execute("alter table departments_staff disable trigger departments_staff_no_post")
    Staff.objects.filter(pk=held.staff_id).update(admin_role="system")

    Appointment.objects.filter(pk=held.pk).update(ends_on=date(2099, 1, 1))

    assert Appointment.objects.get(pk=held.pk).ends_on == date(2099, 1, 1)
