"""某日某人权限: two readings by the very same ruling, and what was corrected in between."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from authority.moments import Moment
from authority.powers import people_shown, powers_address, powers_of
from authority.rulings import Matter
from departments.models import AccessRecord
from tests.authority.pages import another_grant, page
from tests.authority.test_known import everything_recorded, recorded
from tests.factories import AbsenceFactory, StaffFactory

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def matter(branch, amount: int = 100_000) -> Matter:
    return Matter(
        item="adjudication",
        measure="case_total",
        amounts={"case_total": amount * 100},
        unit_path=branch.units["my"].path,
        lines=frozenset({"third_party"}),
        loss_classes=frozenset({"vehicle"}),
    )


@pytest.fixture
def corrected(branch, in_force):
    """Yesterday it was recorded that the adjudicator had left the post three days ago."""
    now = timezone.now()
    everything_recorded(now - 9 * DAY)
    appointment = in_force.appointment
    appointment.ends_on = timezone.localdate(now - 3 * DAY)
    appointment.save()
    recorded(appointment, now - DAY)
    return in_force


def two_days_ago() -> Moment:
    then = timezone.now() - 2 * DAY
    return Moment(then, then)


def test_what_was_known_then_is_not_what_is_known_today(branch, corrected):
    found = powers_of(branch.adjudicator, two_days_ago(), matter(branch))

    assert [power.limit.amount_max for power in found.then.lines] == [10_000_000]
    assert found.then.ruling.allowed
    assert found.today.ruling.codes == ("no_grant",)
    assert found.changed_since == found.then.lines
    assert [(one.subject, one.today) for one in found.differences] == [("所在机构", "无"), ("核赔", "无")]


def test_a_change_that_is_not_dated_back_makes_no_difference(branch, in_force):
    everything_recorded(timezone.now() - 9 * DAY)
    in_force.revoked_at = timezone.now()
    in_force.version = 2
    in_force.save()

    found = powers_of(branch.adjudicator, two_days_ago(), matter(branch))

    assert found.differences == ()
    assert not found.is_ruled_otherwise


def test_a_person_not_yet_recorded(branch, in_force):
    found = powers_of(branch.adjudicator, two_days_ago(), matter(branch))

    assert (found.then.holder, found.then.ruling, found.then.lines) == (None, None, ())
    assert found.differences[0].then == "尚未登记"


def test_as_known_today_is_read_once(branch, in_force, django_assert_num_queries):
    with django_assert_num_queries(8):
        found = powers_of(branch.adjudicator, Moment(), matter(branch))

    assert found.differences == ()
    assert found.then.ruling.allowed


def test_facts_of_the_person_differ_too(branch, in_force):
    everything_recorded(timezone.now() - 9 * DAY)
    then = two_days_ago()
    AbsenceFactory(staff=branch.adjudicator, starts_at=then.at - DAY, ends_at=then.at + DAY)
    type(branch.adjudicator).objects.filter(pk=branch.adjudicator.pk).update(is_employee=False)

    found = powers_of(branch.adjudicator, then)

    differences = {one.subject: (one.then, one.today) for one in found.differences}
    assert differences == {"休假或离岗": ("否", "是"), "正式员工": ("是", "否")}
    assert found.then.finding == ""


def test_where_the_unit_stood_is_read_as_known(branch, in_force):
    everything_recorded(timezone.now() - 9 * DAY)
    moved = branch.units["my"]
    moved.path = "hq/other/my/"
    moved.save()

    found = powers_of(branch.adjudicator, two_days_ago(), matter(branch))

    assert found.then.ruling.allowed
    assert found.today.ruling.codes == ("wrong_unit",)


def test_who_may_look_at_whom(branch, in_force):
    shown = {
        viewer.name: people_shown(viewer).contains(branch.adjudicator)
        for viewer in (branch.head, branch.adjudicator, branch.security, branch.clerk, branch.sub_head)
    }

    assert shown == {"经理": True, "核赔员": True, "安全员": True, "理算员": False, "中支经理": False}


def test_the_page_shows_both_readings(as_head, branch, corrected):
    then = two_days_ago()
    text = as_head.get(powers_address(branch.adjudicator.pk, then.at, then.known_at)).content.decode()

    assert "后来更正了什么" in text
    assert "100,000.00" in text
    assert f"{timezone.localtime(then.at):%Y-%m-%dT%H:%M:%S}" in text


def test_the_page_rules_on_a_matter(as_head, branch, corrected):
    question = {
        "person": branch.adjudicator.pk,
        "at": two_days_ago().at.isoformat(),
        "known_at": two_days_ago().at.isoformat(),
        "item": "adjudication",
        "amount": "5000",
        "unit": branch.units["my"].path,
        "lines": "third_party",
        "loss_classes": "vehicle",
    }

    text = page(as_head, "powers", **question).content.decode()

    assert "核赔员：有权决定" in text
    assert "按今日所知：无权决定" in text


def test_half_a_matter_is_asked_again(as_head, branch):
    answer = page(as_head, "powers", person=branch.adjudicator.pk, item="adjudication", at="昨天")

    assert answer.status_code == 422
    assert {"amount", "unit", "lines", "loss_classes", "at"} <= set(answer.context["form"].errors)


def test_without_a_question_the_form_is_ready(as_head, branch):
    answer = page(as_head, "powers")

    assert answer.status_code == 200
    assert answer.context["form"]["person"].value() == branch.head.pk


@pytest.mark.parametrize("name", ["powers", "powers_print", "powers_export"])
def test_a_person_out_of_sight_is_no_choice(client, branch, name):
    client.force_login(branch.clerk)

    assert page(client, name, person=branch.head.pk).status_code == 422


def test_the_sheet_for_the_file(as_head, branch, corrected):
    then = two_days_ago()
    text = page(
        as_head,
        "powers_print",
        person=branch.adjudicator.pk,
        at=then.at.isoformat(),
        known_at=then.at.isoformat(),
    ).content.decode()

    assert "权限证明" in text
    assert "后来更正" in text


def test_the_export_is_recorded(as_head, branch, in_force):
    answer = page(as_head, "powers_export", person=branch.adjudicator.pk)

    rows = list(load_workbook(BytesIO(answer.content)).active.values)
    assert (rows[1][3], rows[1][4], rows[1][5], rows[1][-1]) == ("核赔员", "核赔", 100000, "一致")
    assert AccessRecord.objects.get().subject == "某日某人权限：核赔员"


def test_the_page_costs_the_same_for_many(as_head, branch, in_force, assert_flat_queries):
    url = powers_address(branch.adjudicator.pk, timezone.now(), timezone.now())

    assert_flat_queries(
        url, grow=lambda: branch.grant(in_force.letter, amount_max=another_grant(branch, in_force.letter).pk)
    )


def test_the_page_of_a_person_leads_here(as_head, branch, in_force):
    text = as_head.get(branch.adjudicator.get_absolute_url()).content.decode()

    assert f"{reverse('authority:powers')}?person={branch.adjudicator.pk}" in text
    assert StaffFactory().pk not in people_shown(branch.head).values_list("pk", flat=True)
