"""What somebody could decide on a day, and who covers what, in a real browser."""

from datetime import timedelta

import pytest
from django.utils import timezone

from departments.models import Appointment
from tests.authority.test_known import everything_recorded, recorded
from tests.cases.branch import adjusted_case, make_branch, say, send

pytestmark = pytest.mark.browser


@pytest.fixture
def branch(db):
    return make_branch()


def relieved_afterwards(staff) -> None:
    """Entered today: the post had been left yesterday."""
    everything_recorded(timezone.now() - timedelta(minutes=5))
    held = Appointment.objects.get(staff=staff)
    held.ends_on = timezone.localdate() - timedelta(days=1)
    held.save()
    recorded(held, timezone.now())


def test_from_an_opinion_to_what_its_author_could_decide_then(open_page, branch):
    decision = say(
        send(adjusted_case(branch), by=branch.clerk), "agree", by=branch.adjudicator, opinion="同意"
    )
    relieved_afterwards(branch.adjudicator)
    page = open_page(f"{decision.case.get_absolute_url()}?tab=opinions", branch.manager)

    page.get_by_role("link", name="看他当时的权限").click()
    page.wait_for_url("**/authority/powers/**")

    assert page.get_by_role("heading", name="后来更正了什么").is_visible()
    held = page.get_by_role("table", name="当时持有的权限")
    assert "100,000.00" in held.inner_text()
    assert page.complaints == []


def test_from_the_map_to_who_can(open_page, branch):
    page = open_page("/authority/coverage/?item=adjudication", branch.manager)

    page.get_by_role("table", name="核赔覆盖图").get_by_role("link").first.click()
    page.wait_for_url("**/authority/coverage/cell/**")
    assert page.get_by_role("table", name="有权决定的人").is_visible()
    page.get_by_role("link", name="谁能批").last.click()
    page.wait_for_url("**/authority/who-can/**")

    assert page.get_by_role("table", name="有权决定的人").is_visible()
    assert page.complaints == []
