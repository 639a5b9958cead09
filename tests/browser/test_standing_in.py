"""On leave with a stand-in, who then decides in both names and is refused on his own case."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from authority.models import Substitution
from cases.models import ClaimCase, Decision
from tests.cases.branch import Branch, adjusted_case, in_post, make_branch, send

pytestmark = pytest.mark.browser


@pytest.fixture
def branch(db) -> Branch:
    return make_branch()


def local(hours: int) -> str:
    return f"{timezone.localtime() + timedelta(hours=hours):%Y-%m-%dT%H:%M}"


def arrange(open_page, branch: Branch, helper) -> None:
    """The reviewer notes his leave and asks a colleague, on his own page."""
    page = open_page(f"/org/people/{branch.adjudicator.pk}/absence/", branch.adjudicator)
    page.get_by_label("开始").fill(local(-1))
    page.get_by_label("返岗时间").fill(local(48))
    page.get_by_role("button", name="登记", exact=True).click()
    page.get_by_role("link", name="安排代岗").click()
    page.locator("select[name=delegate]").select_option(str(helper.pk), force=True)
    page.get_by_role("button", name="请他代岗").click()
    page.get_by_text("等待本人接受").wait_for()
    assert page.complaints == []


def test_on_leave_a_stand_in_decides_and_not_on_his_own_case(open_page, branch):
    helper = in_post("ADJ", branch.department).staff
    arrange(open_page, branch, helper)
    page = open_page(Substitution.objects.get().get_absolute_url(), helper)
    page.get_by_role("button", name="接受代岗").click()
    page.get_by_text("已接受代").first.wait_for()
    send(adjusted_case(branch, "8000"), by=branch.clerk)
    page = open_page("/cases/workbench/", helper)
    page.get_by_text(f"代岗：代{branch.adjudicator.name}").wait_for()
    page.keyboard.press("j")
    page.keyboard.press("a")
    page.get_by_role("button", name="确定").click()
    page.get_by_text("没有等您审批的案件").wait_for()
    decision = Decision.objects.get()
    assert (decision.decided_by, decision.acted_for) == (helper, branch.adjudicator)
    page = open_page(f"/cases/{decision.case_id}/?tab=opinions", branch.manager)
    page.get_by_text(f"（代{branch.adjudicator.name}）").first.wait_for()


def test_the_page_of_his_own_case_says_why_he_may_not(open_page, branch):
    helper = in_post("ADJ", branch.department).staff
    arrange(open_page, branch, helper)
    page = open_page(Substitution.objects.get().get_absolute_url(), helper)
    page.get_by_role("button", name="接受代岗").click()
    page.get_by_text("已接受代").first.wait_for()
    case = adjusted_case(branch, "8000")
    ClaimCase.objects.filter(pk=case.pk).update(handler=helper)
    submission = send(case, by=helper)
    page = open_page(f"/cases/{submission.case_id}/", helper)

    assert "提交人不得审批本人提交的事项" in page.get_by_label("裁定").inner_text()
    assert branch.office_head == submission.chain.get(status="now").staff
