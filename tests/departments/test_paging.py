"""Cursors come from addresses, which anybody can write."""

from base64 import urlsafe_b64encode
from json import dumps

import pytest
from django.db.models import F

from cases.models import ClaimCase
from departments.models import Appointment, Staff
from departments.paging import keyset_page
from tests.factories import AppointmentFactory, CaseFactory

pytestmark = pytest.mark.django_db

NEWEST = ("-reported_at", "-id")
LARGEST = ("-estimate", "-id")


def crafted(*values: object) -> str:
    return urlsafe_b64encode(dumps([False, values]).encode()).decode().rstrip("=")


@pytest.mark.parametrize("order", [NEWEST, LARGEST, ("stage_entered_at", "id")])
@pytest.mark.parametrize(
    "values",
    [
        ("x", "y"),
        (None, None),
        ([], {}),
        ("NaN", 1),
        ("9" * 400, 1),
        ("2026-13-45", 1),
        ("2026-11-23", 1),
        (1, "9" * 5000),
        (1,),
    ],
)
def test_a_cursor_that_nobody_issued_is_the_first_page(order, values):
    case = CaseFactory()

    assert keyset_page(ClaimCase.objects.all(), order, crafted(*values)).rows == [case]


@pytest.mark.parametrize("value", ["\0", "\ud800", "长" * 500])
def test_texts_that_the_database_cannot_hold_are_no_place(value):
    staff = AppointmentFactory().staff

    rows = keyset_page(Staff.objects.filter(pk=staff.pk), ["employee_no"], crafted(value)).rows
    assert rows == [staff]


def test_a_cursor_of_another_order_is_the_first_page():
    CaseFactory.create_batch(3)
    cases = ClaimCase.objects.all()
    cursor = keyset_page(cases, NEWEST, "", 2).next_cursor
    first = keyset_page(cases, LARGEST, "", 2)

    assert keyset_page(cases, LARGEST, cursor, 2) == first


@pytest.mark.parametrize("order", [("post__unit__path_rank", "-pk"), ("rank", "id"), ("staff_id", "pk")])
def test_an_order_may_lead_through_relations_or_be_computed(order):
    AppointmentFactory.create_batch(3)
    held = Appointment.objects.annotate(rank=F("post__unit__path_rank")).select_related("post__unit")
    first = keyset_page(held, order, "", 2)
    second = keyset_page(held, order, first.next_cursor, 2)

    assert {*first.rows, *second.rows} == set(held)
    assert keyset_page(held, order, second.previous_cursor, 2).rows == first.rows
