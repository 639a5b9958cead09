"""The reviewer's surface in a real browser: totals while typing, the column by keys, saved by Ctrl+Enter."""

from decimal import Decimal

import pytest

from cases.damage.parsing import LineRow
from cases.models import ClaimCase
from cases.services import itemising
from cases.services.itemising import SheetFacts
from tests.cases.branch import Branch, assessed_case, make_branch, send

pytestmark = pytest.mark.browser
ROWS = [
    LineRow("part", "51117", "前保险杠", Decimal(1), Decimal("1280.00"), Decimal(20), "川汽配"),
    LineRow("labour", "", "钣金修复", Decimal("3.5"), Decimal("180.33")),
]


@pytest.fixture
def branch(db) -> Branch:
    return make_branch()


@pytest.fixture
def case(branch: Branch) -> ClaimCase:
    case = assessed_case(branch)
    facts = SheetFacts("大众", "朗逸", "新城汽修")
    itemising.itemise(case.losses.get(), facts, ROWS, by=branch.surveyor, seen=case.version)
    send(case, "damage_review", by=branch.clerk)
    return ClaimCase.objects.get(pk=case.pk)


def test_a_line_is_cut_by_keyboard(open_page, serious_barriers, branch: Branch, case: ClaimCase) -> None:
    page = open_page(f"/cases/{case.pk}/lines/", branch.damage_reviewer)
    prices = page.locator('[data-cell="price"]')

    prices.nth(0).fill("1000")
    prices.nth(0).press("Enter")
    assert prices.nth(1).evaluate("field => field === document.activeElement")
    assert page.locator("[data-granted-all]").inner_text() == "1,611.16"
    assert page.locator("[data-cut-all]").inner_text() == "280.00"
    page.locator('[data-cell="reason"]').nth(0).select_option(label="单价高于本地价格")
    assert serious_barriers(page) == []
    prices.nth(0).press("Control+Enter")
    page.locator("text=明细已核定").wait_for()

    assert sum(one.cut for one in itemising.lines_of(case)) == 280
    assert page.complaints == []


def test_the_assessor_adds_a_line(open_page, branch: Branch) -> None:
    case = assessed_case(branch)
    page = open_page(f"/cases/{case.pk}/lines/{case.losses.get().pk}/", branch.surveyor)

    page.locator("[data-add-line]").click()
    page.locator('[data-cell="name"]').nth(0).fill("前杠")
    page.locator('[data-cell="price"]').nth(0).fill("99.50")
    page.locator('[data-cell="name"]').nth(3).fill("大灯")
    page.locator('[data-cell="price"]').nth(3).fill("0.5")
    assert page.locator("[data-granted-all]").inner_text() == "100.00"
    page.get_by_role("button", name="保存明细").click()
    page.locator("text=明细已保存").wait_for()

    case.refresh_from_db()
    assert case.assessed == 100
