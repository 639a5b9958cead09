"""A refusal from the proposal to its notice: the handler proposes, 核赔室 agrees, the notice goes out."""

import pytest

from cases.models import ClaimCase, SpecialRequest
from tests.cases.branch import Branch, make_branch
from tests.cases.special import add_reviewer, reason, special_case

pytestmark = pytest.mark.browser


@pytest.fixture
def branch(db) -> Branch:
    return make_branch()


def test_a_refusal_from_proposal_to_notice(open_page, branch):
    reviewer, case = add_reviewer(branch), special_case(branch)
    propose(open_page(f"/cases/{case.pk}/?tab=related", branch.clerk))
    request = SpecialRequest.objects.get()

    page = open_page(f"/cases/{case.pk}/", reviewer)
    assert "您可以审批" in page.get_by_label("裁定").inner_text()
    page.get_by_label("审批意见").fill("属责任免除，同意拒赔")
    page.get_by_role("button", name="同意", exact=False).first.click()
    page.get_by_text("拒赔已同意").wait_for()

    page = open_page(request.get_absolute_url(), branch.clerk)
    page.get_by_role("link", name="登记拒赔通知书").click()
    page.get_by_label("收件人").fill("刘明")
    page.get_by_role("button", name="登记拒赔通知书").click()
    page.get_by_text("登记拒赔通知书完成").wait_for()

    assert ClaimCase.objects.get().closing_kind == "refused"
    assert page.complaints == []


def propose(page) -> None:
    page.get_by_role("link", name="申请拒赔").click()
    page.get_by_label("原因").select_option(str(reason("refusal").pk))
    page.get_by_label("依据条款").fill("条款第8条")
    page.get_by_label("证据").fill("驾驶证查询结果")
    page.get_by_label("情况说明").fill("驾驶证已注销")
    page.get_by_role("button", name="起草").click()
    page.get_by_role("link", name="提交审批").click()
    page.get_by_role("button", name="提交拒赔").click()
    page.get_by_text("拒赔已提交").wait_for()
