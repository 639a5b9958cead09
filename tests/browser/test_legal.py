"""A suit with its clocks, from the papers to the reply; a conference from convening to its minutes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from cases.models import Conference, ConferenceUse, Lawsuit
from tests.cases.branch import Branch, adjusted_case, in_post, make_branch, send
from tests.cases.suits import legal_officer

pytestmark = pytest.mark.browser


@pytest.fixture
def branch(db) -> Branch:
    return make_branch()


def local(**ago: int) -> str:
    return f"{timezone.localtime() - timedelta(**ago):%Y-%m-%dT%H:%M}"


def fill_papers(page) -> None:
    page.get_by_label("法院").fill("德阳市旌阳区人民法院")
    page.get_by_label("案号").fill("（2026）川0603民初77号")
    page.get_by_label("收文时间").fill(local(days=5))
    page.get_by_label("收到的文书").fill("起诉状副本、传票")
    page.get_by_label("诉请金额(元)").fill("96000")
    page.get_by_label("诉讼估损(元)").fill("60000")
    page.locator("[name=party-0-name]").fill("周小伤")
    page.get_by_role("button", name="登记诉讼").click()


def test_a_suit_with_its_clocks(open_page, branch):
    officer = legal_officer(branch)
    case = adjusted_case(branch, reported_at=timezone.now() - timedelta(days=90))
    page = open_page(f"{case.get_absolute_url()}?tab=related", branch.clerk)
    page.get_by_role("link", name="登记诉讼").click()
    fill_papers(page)
    page.get_by_text("诉讼案件报告 超").wait_for()
    page.get_by_text("提交答辩状 剩").wait_for()
    page.get_by_role("link", name="上报诉讼").click()
    page.get_by_label("应诉方案与理由").fill("应诉，误工费过高")
    page.get_by_role("button", name="上报诉讼").click()
    page.get_by_text("诉讼案件报告 超时完成").wait_for()
    page.get_by_text("诉讼案件答复 剩").wait_for()
    assert page.complaints == []
    page = open_page(case.get_absolute_url(), officer)
    page.get_by_label("审批意见").fill("同意应诉")
    page.get_by_role("button", name="同意", exact=False).first.click()
    page = open_page(Lawsuit.objects.get().get_absolute_url(), branch.clerk)
    page.get_by_text("诉讼信息录入 剩").wait_for()
    assert Lawsuit.objects.get().stage == "replied"


def convene(open_page, branch, case, legal):
    page = open_page(f"/cases/{case.pk}/conferences/new/", branch.adjudicator)
    page.get_by_label("会商理由").fill("责任认定有争议")
    page.get_by_label("需要会商的问题").fill("是否属于保险责任？")
    chosen = [str(one.pk) for one in (branch.office_head, branch.adjudicator, legal)]
    page.locator("select[name=kind]").select_option(label="疑难案件会商", force=True)
    page.locator("select[name=people]").select_option(chosen, force=True)
    page.locator("select[name=chair]").select_option(str(branch.office_head.pk), force=True)
    page.get_by_role("button", name="召集会商").click()
    page.get_by_text("成员与书面意见").wait_for()
    assert page.complaints == []


def test_a_conference_from_convening_to_the_minutes(open_page, branch):
    legal = in_post("LEGAL", branch.department).staff
    case = adjusted_case(branch)
    convene(open_page, branch, case, legal)
    conference = Conference.objects.get()
    for member in (branch.office_head, branch.adjudicator, legal):
        page = open_page(conference.get_absolute_url(), member)
        page.get_by_label("书面意见", exact=False).last.fill("属于保险责任，同意赔付")
        page.get_by_role("button", name="签署意见").click()
        page.get_by_text("会商意见已签署").wait_for()
    hold_and_conclude(open_page, conference, branch)
    page = open_page(f"{conference.get_absolute_url()}minutes/", branch.clerk)
    assert "同意按责任比例赔付" in page.inner_text("article")
    heed(open_page, case, branch)


def hold_and_conclude(open_page, conference, branch) -> None:
    page = open_page(conference.get_absolute_url(), branch.office_head)
    page.get_by_label("会商时间").fill(local(minutes=0))
    for box in page.locator("[name=present]").all():
        box.check()
    page.get_by_role("button", name="登记会商").click()
    page.get_by_label("会商结论").fill("同意按责任比例赔付")
    page.get_by_label("结论有约束力").check()
    page.get_by_role("button", name="形成结论").click()
    page.get_by_text("会商结论已形成").wait_for()
    assert page.complaints == []


def heed(open_page, case, branch) -> None:
    """The decision that names it passes."""
    send(case, by=branch.clerk)
    page = open_page(case.get_absolute_url(), branch.adjudicator)
    page.locator("select[name=conference]").select_option(index=1)
    page.locator("select[name=heed]").select_option("followed")
    page.get_by_role("button", name="同意", exact=False).first.click()
    page.get_by_text("已同意").first.wait_for()
    assert ConferenceUse.objects.get().heed == "followed"
