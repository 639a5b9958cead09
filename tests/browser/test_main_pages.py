"""The main pages as somebody has them who works on them: readable, under the policy, by keyboard."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from cases.models import ClaimCase
from departments.models import Staff
from tests.cases.viewers import allow
from tests.factories import AppointmentFactory, CaseFactory, ChainStepFactory, OrgUnitFactory

pytestmark = pytest.mark.browser
PHONE = 390
PAGES = [
    "/cases/",
    "/cases/workbench/",
    "/cases/escalations/",
    "/cases/imports/",
    "/authority/",
    "/authority/letters/",
    "/authority/who-can/",
    "/org/",
    "/org/people/",
    "/org/duties/",
    "/org/notifications/",
    "/reports/",
    "/reports/runs/",
    "/admin/",
]


@pytest.fixture
def reviewer(db) -> Staff:
    unit = OrgUnitFactory(short_name="绵阳中支")
    appointment = AppointmentFactory(staff__name="王敏", staff__is_staff=True, post__unit=unit)
    for amount in (12_780, 86_420, 238_900):
        CaseFactory(unit=unit, insured_name="刘洋", plate_no="川B81262", estimate=amount)
    return allow(
        appointment.staff, unit, "see_cases", "handle_cases", "see_people", "manage_unit", "import_cases"
    )


def stands_every_look(page: Page, serious_barriers: Callable[[Page], list[str]]) -> None:
    """Light, dark, on a phone: nothing serious for axe, nothing against the policy, no scrolling sideways."""
    page.wait_for_load_state("networkidle")
    assert serious_barriers(page) == []
    page.emulate_media(color_scheme="dark")
    assert serious_barriers(page) == []
    page.set_viewport_size({"width": PHONE, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    assert page.complaints == []


@pytest.mark.parametrize("path", PAGES)
def test_a_main_page_is_for_every_eye_and_every_width(open_page, serious_barriers, reviewer, path):
    page = open_page(path, reviewer)

    stands_every_look(page, serious_barriers)


@pytest.mark.parametrize("address", ["/cases/{}/", "/cases/{}/?tab=timeline", "/cases/{}/sheet/"])
def test_the_case_is_for_every_eye_and_every_width(open_page, serious_barriers, reviewer, address):
    waiting = ChainStepFactory(
        staff=reviewer, submission__case=ClaimCase.objects.visible_to(reviewer).first()
    )
    page = open_page(address.format(waiting.submission.case_id), reviewer)

    stands_every_look(page, serious_barriers)


def test_the_list_obeys_the_keyboard(open_page, reviewer):
    page = open_page("/cases/", reviewer)
    rows = page.locator("tbody tr")

    for key in ("j", "j", "k", "x"):
        page.keyboard.press(key)
    assert "is-current" in rows.nth(0).get_attribute("class")
    assert rows.nth(0).locator("[data-select]").is_checked()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases/*/")


def test_one_tick_selects_the_page(open_page, reviewer):
    page = open_page("/cases/", reviewer)

    page.locator("[data-select-all]").check()

    assert page.locator("[data-select]:checked").count() == 3
