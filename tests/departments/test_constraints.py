"""Every constraint of the app is tried: the database itself refuses."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, models
from django.db.models import CheckConstraint

from departments.models import Absence, Appointment, Duty, IncompatibleDuty, OrgUnit, Post, PostType, Staff
from tests.factories import AppointmentFactory, OrgUnitFactory, PostFactory, PostTypeFactory, StaffFactory

pytestmark = pytest.mark.django_db
DAY = date(2026, 5, 4)
NOON = datetime(2026, 5, 4, 12, tzinfo=ZoneInfo("Asia/Shanghai"))


def absence(**values) -> Absence:
    staff = values.pop("staff", None) or StaffFactory()
    dates = {"starts_at": NOON, "ends_at": NOON + timedelta(hours=4)}
    return Absence.objects.create(**{"staff": staff, "recorded_by": staff, "kind": "leave"} | dates | values)


def duty(**values) -> Duty:
    given = {"code": "X-1", "unit_kind": "office", "number": 1, "title": "职责", "cadence": "daily"}
    return Duty.objects.create(**given | values)


def incompatible(**values) -> IncompatibleDuty:
    given = {"code": "SOD-99", "kind": "static", "statement": "规则", "valid_from": DAY}
    return IncompatibleDuty.objects.create(**given | values)


def held_by_its_appointer(field: str) -> Appointment:
    held = AppointmentFactory()
    setattr(held, field, held.staff)
    held.save()
    return held


def twice(make, *names: str):
    first = make()
    return make(**{name: getattr(first, name) for name in names})


CASES = {
    "departments_orgunit_kind_known": lambda: OrgUnitFactory(parent=OrgUnitFactory(), kind="club"),
    "departments_orgunit_dates_in_order": lambda: OrgUnitFactory(opened_on=DAY, closed_on=date(2026, 5, 3)),
    "departments_orgunit_only_head_office_has_no_parent": lambda: OrgUnitFactory(kind="office"),
    "departments_orgunit_path_ends_with_slash": lambda: OrgUnitFactory(path="hq"),
    "departments_staff_admin_role_known": lambda: StaffFactory(admin_role="root"),
    "departments_staff_left_is_not_active": lambda: StaffFactory(left_on=DAY),
    "departments_absence_dates_in_order": lambda: absence(ends_at=NOON),
    "departments_absence_kind_known": lambda: absence(kind="party"),
    "departments_absence_no_overlap": lambda: twice(absence, "staff"),
    "departments_posttype_function_known": lambda: PostTypeFactory(function_type="fun"),
    "departments_posttype_scope_known": lambda: PostTypeFactory(scope="galaxy"),
    "departments_posttype_level_known": lambda: PostTypeFactory(level=7),
    "departments_post_once_per_unit": lambda: twice(PostFactory, "unit", "post_type"),
    "departments_post_headcount_positive": lambda: PostFactory(headcount=0),
    "departments_appointment_kind_known": lambda: AppointmentFactory(kind="guest"),
    "departments_appointment_dates_in_order": lambda: AppointmentFactory(
        starts_on=DAY, ends_on=date(2026, 5, 3)
    ),
    "departments_appointment_not_by_oneself": lambda: held_by_its_appointer("appointed_by"),
    "departments_appointment_not_relieved_by_oneself": lambda: held_by_its_appointer("relieved_by"),
    "departments_appointment_no_overlap": lambda: twice(AppointmentFactory, "staff", "post"),
    "departments_duty_cadence_known": lambda: duty(cadence="hourly"),
    "departments_incompatible_kind_known": lambda: incompatible(kind="moral"),
    "departments_incompatible_limit_not_negative": lambda: incompatible(concurrent_limit=-1),
}


@pytest.mark.parametrize("constraint", CASES)
def test_the_database_refuses(constraint: str):
    with pytest.raises(IntegrityError, match=constraint):
        CASES[constraint]()


def test_every_constraint_is_tried():
    concerned: list[type[models.Model]] = [
        OrgUnit, Staff, Absence, PostType, Post, Appointment, Duty, IncompatibleDuty,
    ]  # fmt: skip
    named = {rule.name for model in concerned for rule in model._meta.constraints}

    assert named == set(CASES)
    assert any(isinstance(rule, CheckConstraint) for rule in OrgUnit._meta.constraints)
