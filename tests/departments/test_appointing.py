"""Appointing and relieving: what changes, what is refused, and that a refusal changes nothing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from departments.models import Appointment, OutboxMessage, Post, PostType
from departments.refusals import NotAllowed
from departments.services import AppointmentTerms, appoint, relieve, set_headcount
from tests.cast import World, build_world, hold, post_in
from tests.factories import StaffFactory

TODAY = timezone.localdate
FROM_TODAY = AppointmentTerms(date(2026, 1, 1), "川人〔2026〕1号")


def test_an_appointment_gives_rights_and_tells_the_person(world: World):
    staff, head = world["outsider"], world["department_head"]

    held = appoint(staff, post_in(world["adj"], "ADJ"), FROM_TODAY, by=head)

    assert (held.appointed_by, held.history.get().history_user) == (head, head)
    staff.refresh_from_db()
    assert world["dy"].pk in staff.unit_scope.ids("see_cases")
    assert OutboxMessage.objects.get().payload["recipient"] == staff.pk


def test_relieving_takes_the_rights_back(world: World):
    held, head = world.held["reviewer"], world["department_head"]

    relieve(held, on=TODAY() - timedelta(days=1), by=head)

    held.refresh_from_db()
    assert (held.relieved_by, held.history.first().history_user) == (head, head)
    assert held.staff.unit_scope.ids("see_cases") == frozenset()


def test_relieving_as_of_tonight_leaves_the_rights_until_then(world: World):
    held = relieve(world.held["reviewer"], on=TODAY(), by=world["department_head"])

    assert held.staff.unit_scope.ids("see_cases")


@pytest.mark.parametrize(
    ("who", "post", "by", "code"),
    [
        ("department_head", "motor DEPT_DEPUTY", "department_head", "oneself"),
        ("outsider", "adj ADJ", "office_head", "unit_not_managed"),
        ("outsider", "adj ADJ", "system_admin", "unit_not_managed"),
        ("audit_admin", "adj ADJ", "department_head", "administrator"),
        ("office_head", "adj ADJ", "department_head", "incompatible_posts"),
        ("reviewer", "adj ADJ", "department_head", "already_held"),
        ("outsider", "my CASE_REG", "unit_head", "unit_not_managed"),
        ("outsider", "hq HQ_REVIEW", "department_head", "above_own_level"),
    ],
)
def test_a_refused_appointment_changes_nothing(world: World, who: str, post: str, by: str, code: str):
    unit, post_type = post.split()
    place, before = post_in(world[unit], post_type), Appointment.objects.count()

    with pytest.raises(NotAllowed) as refusal:
        appoint(world[who], place, FROM_TODAY, by=world[by])

    assert code in refusal.value.ruling.codes
    assert Appointment.objects.count() == before
    assert not OutboxMessage.objects.exists()


def test_a_sub_branch_head_appoints_his_own_people_only(world: World):
    held = appoint(world["outsider"], post_in(world["dy"], "SURVEY"), FROM_TODAY, by=world["unit_head"])

    assert held.post.unit == world["dy"]


def test_headcount_is_counted_over_the_whole_period(world: World):
    post = post_in(world["dy"], "DOC", headcount=1)
    hold(StaffFactory(), world["dy"], "DOC", starts_on=date(2027, 3, 1))

    with pytest.raises(NotAllowed) as refusal:
        appoint(world["outsider"], post, FROM_TODAY, by=world["unit_head"])
    assert refusal.value.ruling.codes == ("over_headcount",)

    until_then = AppointmentTerms(date(2026, 1, 1), "临时", ends_on=date(2027, 2, 28))
    assert appoint(world["outsider"], post, until_then, by=world["unit_head"]).ends_on == date(2027, 2, 28)


def test_the_head_office_is_staffed_by_the_system_administrator(world: World):
    held = appoint(world["outsider"], post_in(world["hq"], "HQ_REVIEW"), FROM_TODAY, by=world["system_admin"])

    assert held.staff.is_staff is False
    held.staff.refresh_from_db()
    assert held.staff.is_staff


@pytest.mark.parametrize(
    ("by", "headcount", "code"),
    [("unit_head", 0, "headcount_too_small"), ("clerk", 2, "unit_not_managed")],
)
def test_refused_headcounts(world: World, by: str, headcount: int, code: str):
    with pytest.raises(NotAllowed) as refusal:
        set_headcount(world["dy"], PostType.objects.get(code="DOC"), headcount, by=world[by])

    assert code in refusal.value.ruling.codes
    assert not Post.objects.filter(unit=world["dy"], post_type__code="DOC").exists()


def test_headcount_sets_a_post_up_and_changes_it(world: World):
    kind, head = PostType.objects.get(code="DOC"), world["unit_head"]

    first = set_headcount(world["dy"], kind, 2, by=head)
    second = set_headcount(world["dy"], kind, 3, by=head)

    assert (first.pk, second.headcount) == (second.pk, 3)
    assert [row.headcount for row in second.history.all()] == [3, 2]


@pytest.mark.race
@pytest.mark.usefixtures("own_database")
def test_two_appointments_at_once_never_exceed_the_headcount():
    world, start = build_world(), Barrier(2)
    post = post_in(world["dy"], "DOC", headcount=1)

    def try_to_appoint(staff) -> bool:
        start.wait()
        try:
            appoint(staff, post, FROM_TODAY, by=world["unit_head"])
        except NotAllowed:
            return False
        finally:
            connection.close()
        return True

    for _ in range(10):
        with ThreadPoolExecutor(2) as pool:
            outcomes = list(pool.map(try_to_appoint, [StaffFactory(), StaffFactory()]))
        assert sorted(outcomes) == [False, True]
        post.appointments.all().delete()
