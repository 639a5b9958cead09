"""The frame of every page in a real browser: it reads, it obeys the keyboard, it can be used by everybody."""

import pytest

from tests.factories import AppointmentFactory, StaffFactory

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/login/", "/nowhere/"])
def test_nothing_serious_and_nothing_against_the_policy(open_page, serious_barriers, path, theme) -> None:
    page = open_page(path, StaffFactory() if path != "/login/" else None, theme=theme)

    assert serious_barriers(page) == []
    assert [line for line in page.complaints if "404" not in line] == []


def test_the_frame_names_the_person_and_remembers_dark(open_page) -> None:
    appointment = AppointmentFactory(staff__name="王敏", post__post_type__name="核赔岗")
    page = open_page("/nowhere/", appointment.staff)

    assert "王敏 · 核赔岗" in page.locator(".top").inner_text()
    page.locator("[data-theme-toggle]").click()
    page.reload()
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"


def test_a_phone_opens_the_navigation_by_a_button(open_page) -> None:
    page = open_page("/nowhere/", StaffFactory(is_staff=True), width=390)

    assert not page.locator("#side").is_visible()
    page.locator("[data-side-toggle]").click()
    assert page.get_by_role("link", name="管理后台").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#side").is_visible()


def test_the_navigation_keeps_what_a_person_unfolds(open_page) -> None:
    page = open_page("/nowhere/", StaffFactory())
    letters = page.get_by_role("link", name="授权书", exact=True)
    cases = page.get_by_role("link", name="案件清单")

    assert (letters.is_visible(), cases.is_visible()) == (False, True)
    page.locator("summary", has_text="授权").focus()
    page.keyboard.press("Enter")
    page.locator("summary", has_text="赔案").click()
    page.reload()

    assert (letters.is_visible(), cases.is_visible()) == (True, False)


def test_leaving_is_one_click(open_page) -> None:
    page = open_page("/nowhere/", StaffFactory())

    page.locator("details.menu summary").click()
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url("**/login/*")

    assert page.get_by_role("button", name="登录").is_visible()
