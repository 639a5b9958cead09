"""A clearing round in a real browser: list frozen, reasons filled in, estimates confirmed, round closed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from cases.models import CampaignRound, OutstandingCampaign
from tests.cases.branch import Branch, adjusted_case, in_post, make_branch

pytestmark = pytest.mark.browser


@pytest.fixture
def branch(db) -> Branch:
    """Two cases reported a hundred days ago; nobody has looked at their estimates since."""
    made, long_ago = make_branch(), timezone.now() - timedelta(days=100)
    for _ in range(2):
        adjusted_case(made, reported_at=long_ago, registered_at=long_ago, papers_complete_at=long_ago)
    return made


def start(page) -> None:
    """The wizard: yesterday's base list, looked at before it is frozen."""
    page.get_by_role("link", name="发起清理").click()
    yesterday = timezone.localdate() - timedelta(days=1)
    page.get_by_label("名称").fill("一季度清理")
    page.get_by_label("基准日").fill(f"{yesterday:%Y-%m-%d}")
    page.get_by_label("截止日期").fill(f"{yesterday + timedelta(days=90):%Y-%m-%d}")
    page.get_by_role("button", name="预览基准清单").click()
    assert "16,000.00" in page.locator("table").inner_text()
    page.get_by_role("button", name="固定并发起").click()
    page.get_by_role("button", name="确定").click()
    page.get_by_text("基准清单 2 件已固定").wait_for()


def take_round(page) -> None:
    page.get_by_label("本轮要求").fill("两年以上的逐件核对")
    page.get_by_role("button", name="取数开始").click()
    page.get_by_text("还有 2 件估损陈旧，须调整或确认").wait_for()


def fill_in(page) -> None:
    """First a reason that does not fit, then one that does, for both rows; then their estimates."""
    page.get_by_label("全选本页").check()
    page.get_by_label("N 审核理算中").check()
    page.get_by_label("预计结案日期").fill(f"{timezone.localdate() + timedelta(days=30):%Y-%m-%d}")
    page.get_by_role("button", name="填报所选").click()
    page.get_by_text("未执行 0 件").wait_for()
    page.get_by_role("link", name="返回").click()
    page.get_by_label("全选本页").check()
    page.get_by_label("确认理由").fill("与定损一致")
    page.get_by_role("button", name="确认所选估损").click()
    page.get_by_text("未执行 0 件").wait_for()


def test_a_clearing_round(open_page, branch: Branch):
    keeper = in_post("OUTST", branch.department).staff
    page = open_page("/cases/clearing/", keeper)
    start(page)
    take_round(page)
    assert page.complaints == []

    campaign = OutstandingCampaign.objects.get()
    clerk = open_page(f"/cases/clearing/{campaign.pk}/rows/?mine=on&state=open", branch.clerk)
    fill_in(clerk)
    assert clerk.complaints == []

    found = CampaignRound.objects.get()
    page.goto(f"http://localhost{found.get_absolute_url()}")
    page.get_by_label("本轮小结").fill("两件均已核对")
    page.get_by_role("button", name="结束本轮").click()
    page.get_by_text("已结束").first.wait_for()
    found.refresh_from_db()
    assert (found.state, found.closed_by) == ("closed", keeper)
    assert page.complaints == []


def test_a_row_says_what_fits(open_page, branch: Branch):
    keeper = in_post("OUTST", branch.department).staff
    page = open_page("/cases/clearing/", keeper)
    start(page)
    row = OutstandingCampaign.objects.get().rows.first()
    page = open_page(row.get_absolute_url(), branch.clerk)
    page.get_by_label("Q 其他").check()
    page.get_by_label("预计结案日期").fill(f"{timezone.localdate() + timedelta(days=30):%Y-%m-%d}")
    page.get_by_role("button", name="保存").click()

    page.get_by_text("已有适用的原因 N，不得选其他").first.wait_for()
    assert [line for line in page.complaints if "422" not in line] == []
