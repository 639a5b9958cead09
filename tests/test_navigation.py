"""The navigation shows what would open, and nothing else."""

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from claims_admin import navigation
from departments.models import Notification, Staff
from departments.outbox import notify
from tests.cases.branch import adjusted_case, make_branch, send
from tests.factories import AppointmentFactory, StaffFactory

ENTRIES = [entry for group in navigation.GROUPS for entry in group.entries]


def shown_to(staff: Staff, path: str = "/") -> navigation.Navigation:
    request = RequestFactory().get(path)
    request.user = staff
    return navigation.navigation(request)["navigation"]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.url_name)
def test_every_entry_has_its_page(entry: navigation.Entry) -> None:
    assert reverse(entry.url_name)


PEOPLE = {
    "clerk": {},
    "manager": {"is_staff": True},
    "system": {"is_staff": True, "admin_role": "system"},
    "security": {"is_staff": True, "admin_role": "security"},
    "audit": {"is_staff": True, "admin_role": "audit"},
    "superuser": {"is_staff": True, "is_superuser": True},
}


@pytest.mark.django_db
@pytest.mark.parametrize("person", PEOPLE)
def test_an_entry_shows_exactly_when_its_page_opens(client: Client, person: str) -> None:
    staff = StaffFactory(**PEOPLE[person])
    client.force_login(staff)

    shown = {link.url for group in shown_to(staff).groups for link in group.links}
    pages = [reverse(entry.url_name) for entry in ENTRIES]
    opens = {page for page in pages if client.get(page).status_code == 200}

    assert shown == opens


@pytest.mark.django_db
def test_only_the_nearest_entry_is_current() -> None:
    navigation_of_admin = shown_to(StaffFactory(is_staff=True), reverse("admin:index") + "cases/")

    current = [link.title for group in navigation_of_admin.groups for link in group.links if link.is_current]

    assert current == ["管理后台"]


@pytest.mark.django_db
def test_the_notifications_belong_to_no_entry() -> None:
    shown = shown_to(StaffFactory(), reverse("departments:notifications"))

    assert not [link for group in shown.groups for link in group.links if link.is_current]


@pytest.mark.django_db
def test_post_and_unit_of_the_person_are_shown() -> None:
    appointment = AppointmentFactory()

    shown = shown_to(appointment.staff)

    assert shown.post_name == appointment.post.post_type.name
    assert shown.unit_name == appointment.post.unit.short_name


def test_strangers_have_no_navigation() -> None:
    assert navigation.navigation(RequestFactory().get("/")) == {"navigation": None}


@pytest.mark.django_db
def test_what_waits_is_counted() -> None:
    branch = make_branch()
    send(adjusted_case(branch), by=branch.clerk)
    for staff in (branch.adjudicator, branch.adjudicator, branch.clerk):
        promise = notify(staff, kind="agreed", title="核赔已通过")
        Notification.objects.create(recipient=staff, kind="agreed", title="核赔已通过", outbox=promise)

    shown = shown_to(branch.adjudicator)

    assert (shown.unread, shown.groups[0].links[0].count) == (2, 1)


@pytest.mark.django_db
def test_the_frame_costs_few_queries(client: Client, django_assert_max_num_queries) -> None:
    shown = shown_to(StaffFactory(is_staff=True))

    with django_assert_max_num_queries(3):
        assert (list(shown.groups), list(shown.posts), shown.unread) is not None


UNFOLDED = {
    "clerk": {"赔案", "统计与报送"},
    "manager": {"赔案", "统计与报送", "系统管理"},
    "system": {"人员与职责", "系统管理"},
    "security": {"授权", "规则与监督", "系统管理"},
    "audit": {"系统管理"},
}


@pytest.mark.django_db
@pytest.mark.parametrize("person", UNFOLDED)
def test_what_is_unfolded_is_the_daily_work(person: str) -> None:
    shown = shown_to(StaffFactory(**PEOPLE[person]))

    assert {group.name for group in shown.groups if group.is_unfolded and group.name} == UNFOLDED[person]


@pytest.mark.django_db
def test_the_group_of_the_page_is_unfolded() -> None:
    shown = shown_to(StaffFactory(), reverse("authority:letters"))

    (here,) = [group for group in shown.groups if group.is_current]
    assert (here.name, here.is_unfolded) == ("授权", True)


@pytest.mark.django_db
def test_a_folded_group_tells_how_much_waits_in_it(client: Client) -> None:
    links = tuple(navigation.Link(title, "/", False, count) for title, count in [("甲", 2), ("乙", 3)])

    assert navigation.LinkGroup("组", links, is_unfolded=False).count == 5
