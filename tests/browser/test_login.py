"""Logging in as people do it, on a real server."""

import pytest
from playwright.sync_api import Page, expect

from departments.models import Staff
from tests.factories import StaffFactory

pytestmark = pytest.mark.browser
PASSWORD = "Lipei-2026-Demo"


@pytest.fixture
def staff(own_database) -> Staff:
    member = StaffFactory(name="钱启颖", employee_no="520101")
    member.set_password(PASSWORD)
    member.save(update_fields=["password"])
    return member


@pytest.fixture
def login_page(open_live, staff: Staff) -> Page:
    page = open_live("/", staff)
    page.context.clear_cookies()
    page.goto("/")
    return page


def fill_in(page: Page, password: str) -> None:
    page.get_by_label("工号").fill("520101")
    page.get_by_label("密码", exact=True).fill(password)
    page.get_by_role("button", name="登录").click()


def test_a_wrong_password_is_told_in_place(login_page: Page):
    fill_in(login_page, "wrong")

    expect(login_page.get_by_text("工号或密码不正确")).to_be_visible()


def test_the_right_password_opens_the_page_asked_for(login_page: Page):
    fill_in(login_page, PASSWORD)

    login_page.wait_for_url("**/")
    expect(login_page.get_by_label("密码", exact=True)).to_have_count(0)
