"""Unit permissions and sessions follow from the posts held that day."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from guardian.shortcuts import assign_perm

from departments.jobs import sync_appointments
from departments.models import OrgUnitUserPermission, PostType
from departments.services import disable_account, enable_account, sync_access, sync_everybody
from tests.cast import World, hold, post_in
from tests.factories import AppointmentFactory, StaffFactory

TODAY = timezone.localdate


def rights(staff) -> set[tuple[str, str]]:
    rows = OrgUnitUserPermission.objects.filter(user=staff)
    return set(rows.values_list("permission__codename", "content_object__code"))


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("clerk", {("see_cases", "dy"), ("handle_cases", "dy")}),
        ("reviewer", {("see_cases", "motor")}),
        ("head_office", {("see_cases", "hq"), ("see_people", "hq"), ("investigate_fraud", "hq")}),
        ("outsider", set()),
        ("system_admin", set()),
    ],
)
def test_a_post_gives_rights_as_far_as_it_reaches(world: World, who: str, expected: set):
    assert rights(world[who]) == expected


@pytest.mark.parametrize(
    ("who", "enters"),
    [
        ("clerk", False),
        ("reviewer", False),
        ("unit_head", True),
        ("department_head", True),
        ("audit_admin", True),
    ],
)
def test_who_enters_the_admin(world: World, who: str, enters: bool):
    assert world[who].is_staff is enters


def test_rights_given_by_hand_do_not_last(world: World):
    assign_perm("see_cases", world["outsider"], world["hq"])

    assert sync_everybody(TODAY()) == 1
    assert rights(world["outsider"]) == set()


def test_dated_starts_and_ends_take_effect_that_day(world: World):
    tomorrow = TODAY() + timedelta(days=1)
    coming, going = StaffFactory(), world.held["clerk"]
    AppointmentFactory(staff=coming, post=post_in(world["dy"], "DOC"), starts_on=tomorrow)
    going.ends_on = TODAY()
    going.save()

    assert sync_everybody(TODAY()) == 0
    assert sync_everybody(tomorrow) == 2
    assert rights(coming) == {("see_cases", "dy"), ("handle_cases", "dy")}
    assert rights(going.staff) == set()


def test_the_job_brings_everybody_in_line(world: World):
    OrgUnitUserPermission.objects.all().delete()

    assert sync_appointments() == 7
    assert sync_appointments() == 0


def test_finding_who_differs_costs_the_same_for_many(world: World, django_assert_num_queries):
    for _ in range(10):
        hold(StaffFactory(), world["dy"], "SURVEY")

    with django_assert_num_queries(4):
        assert sync_everybody(TODAY()) == 0


def test_a_changed_catalogue_changes_rights(world: World):
    PostType.objects.filter(code="ADJ").update(permissions=["see_people"])

    sync_access(world["reviewer"], TODAY())

    assert rights(world["reviewer"]) == {("see_people", "motor")}


def test_changed_rights_end_every_session(world: World, client):
    client.force_login(world["clerk"])
    assert client.get("/").status_code != 302 or "login" not in client.get("/").url

    hold(world["clerk"], world["dy"], "OUTST")
    hold(world["clerk"], world["my"], "DOC")

    assert client.get("/").url.startswith("/login/")


def test_a_disabled_account_is_out_at_once_and_its_old_sessions_stay_dead(world: World, client):
    clerk, by = world["clerk"], world["system_admin"]
    client.force_login(clerk)

    disable_account(clerk, left_on=date(2026, 11, 23), by=by)
    assert client.get("/").url.startswith("/login/")
    assert rights(clerk) == set()

    enable_account(clerk, by=by)
    assert client.get("/").url.startswith("/login/")
    assert rights(clerk) == {("see_cases", "dy"), ("handle_cases", "dy")}
