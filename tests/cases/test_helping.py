"""协办: where the rule says so the superior who was told works on the case, and nothing is approved by it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from authority.models import LedgerEntry
from authority.refusals import Refused
from cases import services
from cases.lifecycle import Action, Stage
from cases.models import ChainStep, ClaimCase, ClockAlert, CoHandler
from cases.rulings import may_work
from cases.services import PauseRequest
from cases.services.helping import add_co_handlers
from cases.services.watching import alert_the_late
from departments.models import ClockRule, Staff
from departments.standing import superiors_of
from tests.cases.branch import Branch, adjusted_case, in_post, send
from tests.factories import CaseFactory, StaffFactory

DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def late(branch: Branch) -> ClaimCase:
    """Sixty days are over since its papers were complete, and the rule asks for help."""
    in_post("OFFICE_HEAD", branch.unit)
    return adjusted_case(branch, papers_complete_at=timezone.now() - 65 * DAY)


def helped(case: ClaimCase) -> CoHandler:
    alert_the_late()
    assert add_co_handlers() == 1
    return CoHandler.objects.select_related("case", "staff").get(case=case)


def superior(branch: Branch) -> int:
    return superiors_of([branch.clerk.pk], timezone.localdate())[branch.clerk.pk]


def test_the_superior_who_was_told_helps_once(late: ClaimCase, branch: Branch, guarded):
    made = helped(late)

    assert made.staff_id == superior(branch)
    assert add_co_handlers() == 0
    guarded()
    entry = LedgerEntry.objects.get(chain=f"case:{late.pk}", action="add_co_handler")
    assert entry.actor is None


def test_a_rule_that_does_not_ask_only_tells(late: ClaimCase):
    ClockRule.objects.update(adds_co_handler=False)
    alert_the_late()

    assert add_co_handlers() == 0
    assert ClockAlert.objects.filter(case=late, mark="escalated").exists()


def test_he_may_work_on_the_case_while_he_helps(late: ClaimCase):
    made = helped(late)
    fresh = ClaimCase.objects.get(pk=late.pk)
    assert may_work(fresh, Action.SUSPEND, made.staff).allowed

    services.suspend(fresh, PauseRequest("police", "等认定书"), by=made.staff, seen=fresh.version)

    assert ClaimCase.objects.get(pk=late.pk).stage == Stage.SUSPENDED


def test_nothing_is_approved_by_it(late: ClaimCase, branch: Branch):
    submission = send(late, by=branch.clerk)
    made = helped(late)

    step = ChainStep.objects.get(submission=submission, status="now")
    assert step.staff_id != made.staff_id
    assert ClaimCase.objects.get(pk=late.pk).stage == Stage.ADJUDICATING


def test_the_handler_himself_and_who_helps_already_are_not_added(late: ClaimCase, branch: Branch):
    alert_the_late()
    boss = Staff.objects.get(pk=superior(branch))
    CoHandler.objects.create(case=late, staff=boss, reason="x", since=timezone.now())

    assert add_co_handlers() == 0


def test_he_is_taken_off_with_a_reason_and_not_added_again(late: ClaimCase, guarded):
    made = helped(late)
    with pytest.raises(Refused, match="请说明撤出的原因"):
        services.dismiss(made, " ", by=made.staff)

    services.dismiss(made, "已约见客户", by=made.staff)

    made.refresh_from_db()
    assert (made.removal_reason, made.removed_by) == ("已约见客户", made.staff)
    assert add_co_handlers() == 0
    guarded()
    with pytest.raises(Refused, match="已不再协办"):
        services.dismiss(made, "再撤", by=made.staff)


def test_the_handler_cannot_send_his_superior_away(late: ClaimCase, branch: Branch):
    with pytest.raises(Refused, match="只有协办人本人或机构管理者"):
        services.dismiss(helped(late), "不用了", by=branch.clerk)


def test_who_is_taken_off_works_no_more(late: ClaimCase):
    made = helped(late)
    services.dismiss(made, "完成", by=made.staff)
    stranger = StaffFactory()
    CoHandler.objects.create(case=late, staff=stranger, reason="x", since=timezone.now())

    assert may_work(ClaimCase.objects.get(pk=late.pk), Action.SUSPEND, stranger).allowed
    CoHandler.objects.filter(staff=stranger).delete()
    ruling = may_work(ClaimCase.objects.get(pk=late.pk), Action.SUSPEND, stranger)
    assert ruling.codes == ("not_handling",)


def test_pages_show_who_helps(late: ClaimCase, branch: Branch, client):
    made = helped(late)
    client.force_login(branch.clerk)

    assert made.staff.name in client.get(late.get_absolute_url()).content.decode()
    page = client.get(reverse("cases:co_handlers", args=[late.pk])).content.decode()
    assert "先行赔付确定部分严重超时" in page
    assert str(late) in client.get(reverse("cases:co_handled")).content.decode()
    assert str(late) not in client.get(f"{reverse('cases:co_handled')}?mine=1").content.decode()


def test_taking_off_by_page(late: ClaimCase, client):
    made = helped(late)
    client.force_login(made.staff)
    address = reverse("cases:co_handler_dismiss", args=[made.pk])

    assert client.post(address, {}).status_code == 422
    assert client.post(address, {"reason": "已办"}).status_code == 302
    made.refresh_from_db()
    assert made.removed_at


def test_the_list_costs_the_same_for_many(branch: Branch, client, assert_flat_queries):
    client.force_login(branch.clerk)

    def grow() -> None:
        case = CaseFactory(unit=branch.unit, handler=branch.clerk)
        CoHandler.objects.create(case=case, staff=branch.manager, reason="x", since=timezone.now())

    assert_flat_queries(reverse("cases:co_handled"), grow=grow)


def test_the_database_refuses():
    case, staff, now = CaseFactory(), StaffFactory(), timezone.now()
    with pytest.raises(IntegrityError, match="cases_co_handler_removed_by_somebody"):
        CoHandler.objects.create(case=case, staff=staff, reason="x", since=now, removed_at=now)


def test_the_database_refuses_a_second():
    case, staff, now = CaseFactory(), StaffFactory(), timezone.now()
    CoHandler.objects.create(case=case, staff=staff, reason="x", since=now)
    with pytest.raises(IntegrityError, match="cases_co_handler_once"):
        CoHandler.objects.create(case=case, staff=staff, reason="y", since=now)
