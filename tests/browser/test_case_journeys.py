"""Two people at work: a reviewer decides by keyboard; one above his limit reads why not and who can."""

import pytest

from cases.models import Decision
from tests.cases.branch import Branch, adjusted_case, assessed_case, make_branch, send

pytestmark = pytest.mark.browser


@pytest.fixture
def branch(db) -> Branch:
    return make_branch()


def test_a_reviewer_decides_within_authority_by_keyboard(open_page, branch):
    send(adjusted_case(branch, "8000"), by=branch.clerk)
    page = open_page("/cases/workbench/", branch.adjudicator)
    page.keyboard.press("j")
    page.keyboard.press("a")
    page.get_by_role("button", name="确定").click()
    page.get_by_text("没有等您审批的案件").wait_for()

    assert Decision.objects.get().outcome == "agree"
    assert page.complaints == []


def test_above_the_limit_the_page_says_why_and_who_can(open_page, branch):
    send(adjusted_case(branch, "150000"), by=branch.clerk)
    page = open_page("/cases/workbench/", branch.adjudicator)
    page.get_by_text("初核后上报 室主任").wait_for()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    ruling = page.get_by_label("裁定")

    assert "您不能终审" in ruling.inner_text()
    assert "超过权限 100,000.00 元" in ruling.inner_text()
    assert branch.office_head.name in ruling.inner_text()


def test_returning_asks_for_step_code_and_reason(open_page, branch):
    submission = send(adjusted_case(branch, "8000"), by=branch.clerk)
    page = open_page(f"/cases/{submission.case_id}/", branch.adjudicator)
    page.keyboard.press("r")
    page.get_by_role("button", name="确认退回").click()
    page.get_by_text("退回须说明问题").wait_for()
    page.get_by_label("审批意见").fill("缺伤残鉴定书")
    page.get_by_label("退回至").select_option("adjust")
    page.get_by_label("P5 单证").check()
    page.get_by_role("button", name="确认退回").click()
    page.get_by_text("已退回").first.wait_for()

    assert Decision.objects.get().problem_codes == ["P5"]


def test_the_clerk_sees_who_will_decide_before_submitting(open_page, branch):
    case = assessed_case(branch, "9000")
    page = open_page(f"/cases/{case.pk}/submit/", branch.clerk)

    assert branch.damage_reviewer.name in page.get_by_text("将由谁审批").locator("../..").inner_text()
    page.get_by_role("button", name="提交核损").click()
    page.get_by_text("审核中").first.wait_for()
