"""A draft letter tried on past decisions, in a real browser: written, compared, approved by another."""

from decimal import Decimal

import pytest
from django.utils import timezone
from guardian.shortcuts import assign_perm

from authority.models import AuthorityLetter, PersonalGrant
from cases.models import WhatIfRun
from cases.what_if import work
from tests.cases.branch import Branch, adjusted_case, in_post, make_branch, say, send
from tests.factories import GrantFactory, LetterFactory

pytestmark = pytest.mark.browser
NUMBER = "川理授〔2026〕9号"


@pytest.fixture
def branch(db) -> Branch:
    branch = make_branch()
    branch.deputy = in_post("DEPT_DEPUTY", branch.department).staff
    for person in (branch.deputy, branch.manager):
        assign_perm("manage_unit", person, branch.department.parent)
    return branch


@pytest.fixture
def old(branch: Branch) -> AuthorityLetter:
    """The adjudicator's 100,000 yuan, on which two cases of 60,000 and 20,000 were decided."""
    units = {"issuing_unit": branch.department.parent, "scope_unit": branch.department}
    letter = LetterFactory(in_force=True, number="川理授〔2026〕8号", **units)
    held = branch.adjudicator.grants.get(item__code="adjudication")
    PersonalGrant.objects.filter(pk=held.pk).update(revoked_at=timezone.now())
    GrantFactory(letter=letter, appointment=held.appointment, item=held.item, amount_max=100_000)
    for amount in ("60000", "20000"):
        say(send(adjusted_case(branch, amount), by=branch.clerk), "agree", by=branch.adjudicator)
    return letter


def lower(page) -> None:
    page.get_by_role("link", name="修订").click()
    page.get_by_label("授权书号").fill(NUMBER)
    page.get_by_role("button", name="保存").click()
    page.get_by_role("link", name="编辑条款").click()
    page.locator("[data-sum]").fill("50000")
    page.get_by_role("button", name="保存", exact=True).click()
    page.get_by_role("link", name="按人员、按事项比较").click()
    assert "50,000.00" in page.locator("table").inner_text()
    page.go_back()


def try_it(page) -> str:
    """Ordered, worked on as the worker does, and read."""
    page.get_by_role("link", name="试算", exact=True).click()
    page.get_by_role("button", name="开始试算").click()
    page.get_by_role("heading", name="进展").wait_for()
    work.work(WhatIfRun.objects.get().pk)
    page.get_by_role("heading", name="人员工作量").wait_for()  # the bar asks until the work is over
    return page.locator("main").inner_text()


def test_a_draft_is_tried_before_a_second_person_approves_it(open_page, branch, old):
    page = open_page(f"/authority/letters/{old.pk}/", branch.deputy)
    lower(page)
    told = try_it(page)
    assert "上移" in told
    assert branch.office_head.name in told
    page.get_by_role("link", name=NUMBER).first.click()
    page.get_by_role("button", name="提交批准").click()
    page.get_by_text("等待另一人批准").wait_for()
    assert page.complaints == []

    letter = AuthorityLetter.objects.get(number=NUMBER)
    page = open_page(f"/authority/letters/{letter.pk}/", branch.manager)
    page.get_by_role("button", name="批准生效").click()
    page.get_by_role("button", name="确定").click()
    page.get_by_text("已生效").wait_for()
    assert branch.adjudicator.grants.get(letter=letter).amount_max == Decimal(50_000)
    assert page.complaints == []
