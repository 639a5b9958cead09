"""Clearing, suits, conferences, mediation, assistance and the register of who was told: for every eye."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from cases.models import OutstandingCampaign
from cases.services import clearing
from departments.delivery import deliver_waiting
from departments.outbox import notify
from tests.browser.test_main_pages import stands_every_look
from tests.cases.branch import Branch, adjusted_case, in_post, make_branch
from tests.cases.injuries.factories import AssistancePaperFactory, MediationLineFactory
from tests.cases.meetings import concluded, convened
from tests.cases.suits import entered, legal_officer

pytestmark = pytest.mark.browser


@pytest.fixture
def branch(db) -> Branch:
    return make_branch()


def campaign(branch: Branch) -> OutstandingCampaign:
    """Annual, so that its list is to be sent; a round is under way."""
    long_ago, keeper = timezone.now() - timedelta(days=800), in_post("OUTST", branch.department).staff
    adjusted_case(branch, reported_at=long_ago, registered_at=long_ago)
    base_on = timezone.localdate().replace(month=12, day=31, year=timezone.localdate().year - 1)
    plan = clearing.Plan(
        "年度清理", branch.department, "annual", base_on, base_on + timedelta(days=360), "regulator"
    )
    made = clearing.start_campaign(plan, by=keeper)
    clearing.take_round(made, "逐件核对", by=keeper)
    return made


def clearing_pages(branch: Branch) -> list[str]:
    made = campaign(branch)
    address, row = made.get_absolute_url(), made.rows.get()
    return [address, f"{address}rows/", row.get_absolute_url(), made.rounds.get().get_absolute_url()]


def suit_pages(branch: Branch) -> list[str]:
    lawsuit = entered(branch, legal_officer(branch))
    return [lawsuit.get_absolute_url(), "/cases/lawsuits/", "/cases/lawsuits/hearings/"]


def conference_pages(branch: Branch) -> list[str]:
    return [convened(branch).get_absolute_url(), concluded(branch).get_absolute_url(), "/cases/conferences/"]


def injury_pages(branch: Branch) -> list[str]:
    case = adjusted_case(branch, is_injury=True)
    mediation = MediationLineFactory(mediation__case=case, mediation__mediator=branch.clerk).mediation
    paper = AssistancePaperFactory(assistance__unit=branch.unit, assistance__recorded_by=branch.clerk)
    return [mediation.get_absolute_url(), paper.assistance.get_absolute_url()]


def register_pages(branch: Branch) -> list[str]:
    notify(branch.manager, kind="hearing", title="12-03 09:00 三庭 开庭", url="/cases/")
    deliver_waiting()
    return ["/org/notifications/told/"]


MADE: dict[Callable[[Branch], list[str]], str] = {
    clearing_pages: "manager",
    suit_pages: "clerk",
    conference_pages: "office_head",
    injury_pages: "clerk",
    register_pages: "manager",
}


@pytest.mark.parametrize("make", MADE, ids=lambda make: make.__name__)
def test_a_page_is_for_every_eye_and_every_width(
    open_page: Any, serious_barriers: Any, branch: Branch, make: Any
):
    for address in make(branch):
        stands_every_look(open_page(address, getattr(branch, MADE[make])), serious_barriers)


def test_a_plan_of_who_gets_how_many_is_too(open_page: Any, serious_barriers: Any, branch: Branch):
    cases = [adjusted_case(branch) for _ in range(3)]
    second = in_post("CASE_REG", branch.unit).staff
    page = open_page("/cases/", branch.clerk)
    page.get_by_label("全选本页").check()
    page.get_by_role("button", name="批量移交所选").click()
    page.wait_for_url("**/hand-over/")
    page.locator("[name=successor]").select_option([str(branch.adjuster.pk), str(second.pk)], force=True)
    page.get_by_label("移交原因").fill("均衡")
    page.get_by_role("button", name="移交", exact=True).click()
    page.get_by_text("按此移交").wait_for()
    stands_every_look(page, serious_barriers)

    page.get_by_role("button", name="按此移交").click()
    page.get_by_text("未执行 0 件").wait_for()
    for case in cases:
        case.refresh_from_db()
    assert {case.handler for case in cases} == {branch.adjuster, second}
