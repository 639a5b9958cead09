"""A letter from draft to force, in a real browser: edited by keyboard, compared, approved by another."""

from decimal import Decimal

import pytest

from authority.models import AuthorityLetter
from tests.authority.conftest import build_branch

pytestmark = pytest.mark.browser
NUMBER = "川理授〔2026〕2号"


@pytest.fixture
def branch(db):
    return build_branch()


@pytest.fixture
def old(branch) -> AuthorityLetter:
    letter = branch.in_force(number="川理授〔2026〕1号")
    branch.grant(letter, amount_max=Decimal(100_000))
    branch.grant(letter, branch.clerk, amount_max=Decimal(5_000), clause="第2条")
    return letter


def revise(page) -> None:
    """Begin with the letter in force, and change two sums without the mouse."""
    page.get_by_role("link", name="修订").click()
    page.get_by_label("授权书号").fill(NUMBER)
    page.get_by_role("button", name="保存").click()
    page.get_by_role("link", name="编辑条款").click()
    page.locator("[data-sum]").nth(1).wait_for()  # the click returns before the page of lines is there
    first, second = page.locator("[data-sum]").all()
    first.fill("120000")
    first.press("Enter")
    assert second.evaluate("field => field === document.activeElement")
    second.fill("4000")
    assert "提高 20,000.00" in page.locator("[data-line]").first.inner_text()
    page.get_by_role("button", name="保存", exact=True).click()


def compare_and_submit(page) -> None:
    page.get_by_role("link", name="按人员、按事项比较").click()
    assert "+20,000.00" in page.locator("table").inner_text()
    page.go_back()
    page.get_by_role("button", name="提交批准").click()
    page.get_by_text("等待另一人批准").wait_for()
    assert page.get_by_role("button", name="批准生效").count() == 0


def test_a_letter_is_revised_compared_and_approved_by_a_second_person(open_page, branch, old):
    page = open_page(f"/authority/letters/{old.pk}/", branch.deputy)
    revise(page)
    compare_and_submit(page)
    assert page.complaints == []

    letter = AuthorityLetter.objects.get(number=NUMBER)
    page = open_page(f"/authority/letters/{letter.pk}/", branch.head)
    assert "同时终止" in page.locator(".ruling").inner_text()
    page.get_by_role("button", name="批准生效").click()
    page.get_by_role("button", name="确定").click()
    page.get_by_text("已生效").wait_for()
    old.refresh_from_db()
    assert (old.state, old.superseded_by) == ("superseded", letter)
    assert page.complaints == []
