"""What the administrators do in the admin, and what they cannot."""

from datetime import date

import pytest
from django.urls import reverse

from departments.models import Appointment, OrgUnit, PostType, Staff
from departments.outbox import promise
from departments.services import NewUnit, open_unit
from tests.cast import World
from tests.factories import StaffFactory

PERSON = {
    "name": "新人",
    "phone": "13900001111",
    "id_number": "",
    "email": "",
    "is_employee": "on",
    "hired_on": "",
}


@pytest.fixture
def visit(world: World, client):
    """Log in as a role; gives a function that posts to an admin page."""

    def as_role(role: str):
        client.force_login(world[role])

        def post(page: str, *args: object, data: dict):
            return client.post(reverse(f"admin:departments_{page}", args=args), data)

        return post

    return as_role


def account(staff: Staff, **changes: object) -> dict:
    form = PERSON | {"name": staff.name, "is_active": "on", "left_on": "", "admin_role": staff.admin_role}
    return {name: value for name, value in (form | changes).items() if value is not None}


def test_the_system_administrator_creates_accounts(visit):
    secret = "Chuan-2026-Lipei"
    form = PERSON | {"employee_no": "510999", "password1": secret, "password2": secret}

    assert visit("system_admin")("staff_add", data=form).status_code == 302

    staff = Staff.objects.get(employee_no="510999")
    assert staff.check_password(secret)
    assert (staff.is_staff, staff.is_superuser, staff.admin_role) == (False, False, "")


def test_a_weak_password_is_refused(visit):
    form = PERSON | {"employee_no": "510999", "password1": "12345678", "password2": "12345678"}

    assert visit("system_admin")("staff_add", data=form).status_code == 200
    assert not Staff.objects.filter(employee_no="510999").exists()


def test_disabling_goes_through_the_service(world: World, visit):
    clerk = world["clerk"]

    visit("system_admin")("staff_change", clerk.pk, data=account(clerk, is_active=None, left_on="2026-11-20"))

    clerk.refresh_from_db()
    assert (clerk.is_active, clerk.left_on) == (False, date(2026, 11, 20))
    assert clerk.sessions_ended_at is not None
    assert clerk.history.first().history_user == world["system_admin"]


def test_the_system_administrator_names_no_administrators(world: World, visit):
    visit("system_admin")(
        "staff_change", world["outsider"].pk, data=account(world["outsider"], admin_role="audit")
    )

    world["outsider"].refresh_from_db()
    assert world["outsider"].admin_role == ""


def test_the_security_administrator_names_administrators_and_changes_nothing_else(world: World, visit):
    outsider = world["outsider"]

    visit("security_admin")(
        "staff_change", outsider.pk, data=account(outsider, admin_role="audit", name="改名", is_active=None)
    )

    outsider.refresh_from_db()
    assert (outsider.admin_role, outsider.name, outsider.is_active) == ("audit", "吴岗", True)


def test_nobody_with_posts_becomes_an_administrator(world: World, visit):
    answer = visit("security_admin")(
        "staff_change", world["clerk"].pk, data=account(world["clerk"], admin_role="audit")
    )

    assert answer.status_code == 403
    assert "任有业务岗位" in answer.content.decode()


@pytest.mark.parametrize(("role", "is_seen"), [("system_admin", True), ("audit_admin", False)])
def test_only_who_keeps_accounts_reads_numbers_in_full(world: World, client, role: str, is_seen: bool):
    Staff.objects.filter(pk=world["clerk"].pk).update(phone="13812345678")
    client.force_login(world[role])

    page = client.get(reverse("admin:departments_staff_change", args=[world["clerk"].pk])).content.decode()
    history = client.get(reverse("admin:departments_staff_history", args=[world["clerk"].pk]))

    assert ("13812345678" in page) is is_seen
    assert (history.status_code == 200) is is_seen


def unit_form(unit: OrgUnit, **changes: object) -> dict:
    form = {
        "parent": unit.parent_id or "",
        "name": unit.name,
        "short_name": unit.short_name,
        "functional_parent": "",
    }
    return form | {"closed_on": ""} | changes


@pytest.fixture
def desk(world: World) -> OrgUnit:
    new = NewUnit("gh", "广汉理赔岗", "广汉", "desk", 3, date(2020, 1, 1))
    return open_unit(world["dy"], new, by=world["unit_head"])


def test_units_are_opened(world: World, visit):
    form = {
        "parent": world["dy"].pk,
        "code": "gh",
        "kind": "desk",
        "name": "广汉",
        "short_name": "广汉",
        "rank": 3,
    }

    answer = visit("system_admin")("orgunit_add", data=form | {"opened_on": "2026-01-01"})

    assert answer.status_code == 302
    assert OrgUnit.objects.get(code="gh").path == "hq/sc/motor/dy/gh/"


def test_units_are_renamed_and_moved(world: World, visit, desk: OrgUnit):
    form = unit_form(desk, parent=world["my"].pk, name="广汉岗")

    visit("system_admin")("orgunit_change", desk.pk, data=form)

    desk.refresh_from_db()
    assert (desk.path, desk.name) == ("hq/sc/motor/my/gh/", "广汉岗")


def test_empty_units_are_closed_and_stay_closed(visit, desk: OrgUnit):
    visit("system_admin")("orgunit_change", desk.pk, data=unit_form(desk, closed_on="2026-11-20"))
    answer = visit("system_admin")("orgunit_change", desk.pk, data=unit_form(desk))

    desk.refresh_from_db()
    assert desk.closed_on == date(2026, 11, 20)
    assert "不能恢复" in answer.content.decode()


def test_a_unit_with_people_is_not_closed(world: World, visit):
    answer = visit("system_admin")(
        "orgunit_change", world["dy"].pk, data=unit_form(world["dy"], closed_on="2026-11-20")
    )

    assert answer.status_code == 403
    assert "在岗" in answer.content.decode()


@pytest.mark.parametrize(
    ("kind", "status", "text"),
    [("branch", 200, "没有上级的机构只能是总公司"), ("head_office", 403, "总公司已经设立")],
)
def test_there_is_one_head_office_and_nothing_beside_it(visit, kind: str, status: int, text: str):
    form = {"parent": "", "code": "hq2", "kind": kind, "name": "二", "short_name": "二", "rank": 1}

    answer = visit("system_admin")("orgunit_add", data=form | {"opened_on": "2026-01-01"})

    assert answer.status_code == status
    assert text in answer.content.decode()


@pytest.mark.django_db
def test_an_empty_installation_begins_with_the_head_office(client):
    client.force_login(StaffFactory(is_superuser=True, is_staff=True))
    form = {
        "parent": "",
        "code": "hq",
        "kind": "head_office",
        "name": "总公司",
        "short_name": "总",
        "rank": 1,
    }

    client.post(reverse("admin:departments_orgunit_add"), form | {"opened_on": "2026-01-01"})

    assert OrgUnit.objects.get().path == "hq/"


def post_type_form(post_type: PostType, **changes: object) -> dict:
    fields = (
        "name english_name function_type level scope duty source rank authority_kind unit_kinds permissions"
    )
    form = {name: getattr(post_type, name) for name in fields.split()}
    return form | {"required_certificates": "", "is_key_post": "on"} | changes


def test_rights_of_posts_are_rules_and_reach_every_holder(world: World, visit):
    adjudicator = PostType.objects.get(code="ADJ")
    form = post_type_form(adjudicator, permissions=["see_people"])

    assert visit("system_admin")("posttype_change", adjudicator.pk, data=form).status_code == 403
    assert visit("security_admin")("posttype_change", adjudicator.pk, data=form).status_code == 302

    assert world["reviewer"].unit_scope.ids("see_cases") == frozenset()


@pytest.mark.parametrize(("role", "is_reset"), [("system_admin", True), ("security_admin", False)])
def test_a_new_password_comes_from_who_keeps_accounts_and_is_changed_at_login(world, client, role, is_reset):
    secret, clerk = "Chuan-2027-Lipei", world["clerk"]
    client.force_login(world[role])
    form = {"password1": secret, "password2": secret}

    answer = client.post(reverse("admin:auth_user_password_change", args=[clerk.pk]), form)

    clerk.refresh_from_db()
    assert answer.status_code == (302 if is_reset else 403)
    assert clerk.check_password(secret) is is_reset
    assert (clerk.password_changed_at is None) is is_reset


def test_nothing_is_deleted(world: World, client):
    client.force_login(world["system_admin"])
    for page, pk in (("staff", world["clerk"].pk), ("orgunit", world["dy"].pk)):
        assert client.get(reverse(f"admin:departments_{page}_delete", args=[pk])).status_code == 403
    assert Appointment.objects.filter(staff=world["clerk"]).exists()


def test_a_failed_message_is_tried_again_by_the_system_administrator(visit):
    message = promise("fax", {})
    message.attempts = 5
    message.save()
    form = {"action": "try_again", "_selected_action": [message.pk]}

    visit("audit_admin")("outboxmessage_changelist", data=form)
    message.refresh_from_db()
    assert message.attempts == 5

    visit("system_admin")("outboxmessage_changelist", data=form)
    message.refresh_from_db()
    assert message.attempts == 0
