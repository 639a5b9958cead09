"""Every constraint of the app is tried: the database itself refuses."""

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.db import IntegrityError

from departments.models import (
    Absence,
    Appointment,
    ClockRule,
    Duty,
    HandOver,
    HandOverLine,
    HandOverSignature,
    IncompatibleDuty,
)
from tests.factories import (
    AppointmentFactory,
    CertificateFactory,
    OrgUnitFactory,
    PostFactory,
    PostTypeFactory,
    StaffFactory,
)

pytestmark = pytest.mark.django_db
DAY = date(2026, 5, 4)
WEEK = timedelta(days=7)
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


def clock_rule(**values) -> ClockRule:
    given = {"code": "x", "name": "时限", "starts": "起", "stops": "止", "limit": 3, "unit": "natural_day"}
    return ClockRule.objects.create(**given | {"source": "约定", "valid_from": DAY} | values)


def held_by_its_appointer(field: str) -> Appointment:
    held = AppointmentFactory()
    setattr(held, field, held.staff)
    held.save()
    return held


def hand_over(**values) -> HandOver:
    given = {"giver": StaffFactory(), "supervisor": StaffFactory(), "occasion": "leave", "last_day": DAY}
    return HandOver.objects.create(**given | values)


def a_line(**values) -> HandOverLine:
    made = values.pop("hand_over", None) or hand_over()
    return HandOverLine.objects.create(hand_over=made, kind="case", thing="1", title="赔案", **values)


def a_signature(**values) -> HandOverSignature:
    given = {"hand_over": values.pop("hand_over", None) or hand_over(), "staff": StaffFactory()}
    return HandOverSignature.objects.create(**given | values)


def supervised_by_oneself() -> HandOver:
    staff = StaffFactory()
    return hand_over(giver=staff, supervisor=staff)


def by_one_hand(field: str, other: str) -> None:
    certificate = CertificateFactory()
    setattr(certificate, field, getattr(certificate, other))
    certificate.save()


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
    "departments_certificate_dates_in_order": lambda: CertificateFactory(valid_to=date(2000, 1, 1)),
    "departments_certificate_two_people": lambda: by_one_hand("confirmed_by", "entered_by"),
    "departments_certificate_not_ones_own": lambda: by_one_hand("entered_by", "staff"),
    "departments_certificate_confirmed_by_somebody": lambda: CertificateFactory(confirmed_at=None),
    "departments_certificate_revoked_for_a_reason": lambda: CertificateFactory(revoke_reason="作废"),
    "departments_certificate_one_per_number": lambda: twice(CertificateFactory, "number"),
    "departments_handover_occasion_known": lambda: hand_over(occasion="party"),
    "departments_handover_not_alone": supervised_by_oneself,
    "departments_handoverline_once": lambda: twice(a_line, "hand_over"),
    "departments_handover_signed_once": lambda: twice(a_signature, "hand_over", "staff"),
    "departments_clockrule_once": lambda: twice(lambda **same: clock_rule(valid_to=DAY, **same), "code"),
    "departments_clockrule_one_open": lambda: (clock_rule(), clock_rule(valid_from=NOON.date() + WEEK)),
    "departments_clockrule_limit_positive": lambda: clock_rule(limit=0),
    "departments_clockrule_unit_known": lambda: clock_rule(unit="moon"),
    "departments_clockrule_marks_in_order": lambda: clock_rule(escalate_share=0.5),
    "departments_clockrule_dates_in_order": lambda: clock_rule(valid_to=date(2026, 5, 3)),
    "departments_clockrule_pauses_known": lambda: clock_rule(pauses=["holiday"]),
    "departments_duty_cadence_known": lambda: duty(cadence="hourly"),
    "departments_incompatible_kind_known": lambda: incompatible(kind="moral"),
    "departments_incompatible_limit_not_negative": lambda: incompatible(concurrent_limit=-1),
}


@pytest.mark.parametrize("constraint", CASES)
def test_the_database_refuses(constraint: str):
    with pytest.raises(IntegrityError, match=constraint):
        CASES[constraint]()


def test_every_constraint_is_tried():
    models = apps.get_app_config("departments").get_models()
    named = {rule.name for model in models for rule in model._meta.constraints}
    tests = "".join(path.read_text() for path in Path(__file__).parents[1].rglob("test_*.py"))

    assert sorted(name for name in named if name not in tests) == []
