"""A prepared statement gives what its queryset gives, or is not kept."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from authority import bounds, holders
from cases.models import case
from cases.services import desk, transition
from departments.models import Appointment, Staff
from departments.prepared import Prepared, PreparedText
from tests.factories import AppointmentFactory, StaffFactory

pytestmark = pytest.mark.django_db
BETWEEN = Prepared(
    lambda first, last, after: (
        Staff.objects.filter(pk__gte=first, pk__lte=last, hired_on__gt=after)
        .order_by("pk")
        .values_list("pk", "name")
    ),
    first=int,
    last=int,
    after=date,
)


@pytest.mark.parametrize(
    "statement",
    [holders.OF_PERSON, holders.FOR_ITEM, bounds.FOR_ITEM, case.LENT, desk.CHAIN, transition.LOCKED],
)
def test_what_every_decision_asks_is_kept(statement):
    assert statement.is_fixed


def test_a_text_takes_its_values_in_order(django_assert_num_queries):
    less = PreparedText("select $1 - $2, $3 || '%%'", int, int, str)
    with django_assert_num_queries(1):
        assert less(9, 4, "a'b") == [(5, "a'b%%")]


def test_values_go_where_they_belong():
    people = [StaffFactory(hired_on=date(2020, 1, day), name=f"100% {day}") for day in (1, 2, 3)]
    first, second, third = people

    assert BETWEEN.is_fixed
    assert BETWEEN(first=first.pk, last=second.pk, after=date(2019, 1, 1)) == [
        (first.pk, "100% 1"),
        (second.pk, "100% 2"),
    ]
    assert BETWEEN(last=third.pk, after=date(2020, 1, 2), first=first.pk) == [(third.pk, "100% 3")]


def test_instances_come_with_their_relations(django_assert_num_queries):
    held = AppointmentFactory()
    statement = Prepared(
        lambda pk: Appointment.objects.select_related("post__unit").filter(pk=pk, basis="50%' 文"), pk=int
    )
    Appointment.objects.update(basis="50%' 文")
    assert statement.is_fixed
    with django_assert_num_queries(1):
        assert [one.post.unit.pk for one in statement(pk=held.pk)] == [held.post.unit_id]


def test_a_statement_is_one_to_the_caller_even_the_first_time(django_assert_num_queries):
    statement = Prepared(lambda pk: Staff.objects.filter(pk=pk), pk=int)
    with django_assert_num_queries(1):
        assert statement(pk=0) == []


UNSAFE = {
    "a clock": lambda pk: Staff.objects.filter(pk=pk, password_changed_at__lt=timezone.now()),
    "the day": lambda pk: Staff.objects.filter(pk=pk, hired_on__lte=date.today()),  # noqa: DTZ011
    "a sum": lambda pk: Staff.objects.filter(pk=pk).exclude(pk=pk + 1),
    "a query": lambda pk: Staff.objects.filter(
        pk__in=list(Staff.objects.values_list("pk", flat=True)), id=pk
    ),
    "nothing": lambda pk: Staff.objects.none(),
    "a value left out": lambda pk: Staff.objects.all(),
}


@pytest.mark.parametrize("build", UNSAFE.values(), ids=UNSAFE)
def test_what_changes_otherwise_is_built_anew(build):
    staff = StaffFactory(hired_on=date(2020, 1, 1), password_changed_at=timezone.now() - timedelta(days=1))
    statement = Prepared(build, pk=int)

    assert not statement.is_fixed
    assert statement(pk=staff.pk) == list(build(staff.pk))


def test_a_moment_that_is_given_is_no_clock():
    staff = StaffFactory(password_changed_at=datetime(2026, 1, 2, tzinfo=UTC))
    statement = Prepared(lambda now: Staff.objects.filter(password_changed_at=now), now=datetime)

    assert statement.is_fixed
    assert statement(now=datetime(2026, 1, 2, tzinfo=UTC)) == [staff]
    assert statement(now=datetime(2026, 1, 3, tzinfo=UTC)) == []
