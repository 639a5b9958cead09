"""What is due next, in the case list: kept beside the cases, sorted, filtered, shown in its colour."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.jobs import average_costs, watch_clocks
from cases.models import CaseDue, ChainStep, ClaimCase
from cases.services.dues import refresh_dues, renew_dues
from tests.cases import rows
from tests.cases.branch import Branch, adjusted_case, current, send
from tests.cases.test_courses import area, sent
from tests.factories import CaseFactory

__all__ = ["area"]  # a fixture
pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
INDEX = "/cases/"


def case_since(branch: Branch, days: float) -> ClaimCase:
    """Its papers complete so many days ago: decided within thirty."""
    return adjusted_case(branch, papers_complete_at=timezone.now() - days * DAY)


def due_of(case: ClaimCase) -> CaseDue:
    return CaseDue.objects.get(case=case)


def numbers(response) -> list[str]:
    return [row.number for row in response.context["rows"]]


@pytest.fixture
def clerk(branch: Branch, client):
    client.force_login(branch.clerk)
    return client


def test_the_clock_that_is_due_first_is_kept(branch: Branch):
    case = case_since(branch, 25)

    assert refresh_dues() == 1

    due = due_of(case)
    assert (due.rule_code, due.name, due.of_version) == ("liability_decision", "责任核定", case.version)
    assert 5 * DAY < due.due_at - timezone.now() <= 6 * DAY


def test_only_what_moved_on_is_read_again(branch: Branch):
    case, _ = case_since(branch, 25), case_since(branch, 3)
    refresh_dues()
    assert refresh_dues() == 0

    ClaimCase.objects.filter(pk=case.pk).update(version=9, papers_complete_at=timezone.now() - DAY)

    assert refresh_dues() == 1
    assert due_of(case).due_at > timezone.now() + 28 * DAY


def test_the_station_of_the_chain_counts_too(branch: Branch):
    case = case_since(branch, 1)
    step = current(send(case, by=branch.clerk))
    ChainStep.objects.filter(pk=step.pk).update(arrived_at=timezone.now() - 9 * DAY)

    refresh_dues()

    assert due_of(case).rule_code == "adjudication"


@pytest.mark.usefixtures("area")
def test_records_of_the_case_count_too(branch: Branch):
    made = sent(branch)

    refresh_dues()

    assert due_of(made.case).name == f"首次联系 · 上报 {made.number}"


def test_a_case_without_clocks_and_one_that_stands(branch: Branch):
    silent = adjusted_case(branch)
    standing = case_since(branch, 3)
    rows.pause(case=standing, reason="papers_requested", since=timezone.now() - DAY)
    ClaimCase.objects.filter(pk=standing.pk).update(estimate=90000, adjusted=90000)
    refresh_dues()

    assert (due_of(silent).due_at, due_of(silent).name) == (None, "")
    assert due_of(standing).rule_code == "advance_certain_amount"


def test_the_night_makes_all_anew_and_drops_the_closed(branch: Branch):
    case = case_since(branch, 25)
    refresh_dues()
    CaseDue.objects.update(computed_at=timezone.now() - DAY, name="旧")
    closed = CaseFactory(closed=True, unit=branch.unit)
    CaseDue.objects.create(case=closed, of_version=1, computed_at=timezone.now())

    assert renew_dues() == 1

    assert due_of(case).name == "责任核定"
    assert not CaseDue.objects.filter(case=closed).exists()


def test_the_jobs_keep_it(branch: Branch):
    case = case_since(branch, 3)

    watch_clocks()
    assert due_of(case).name
    average_costs()


def test_many_cases_cost_as_much_as_one(branch: Branch):
    def cost() -> int:
        case_since(branch, 3)
        with CaptureQueriesContext(connection) as queries:
            refresh_dues()
        return len(queries)

    first = cost()
    [case_since(branch, 3) for _ in range(5)]
    assert cost() == first


@pytest.fixture
def three(branch: Branch) -> list[ClaimCase]:
    """Late, due within three days, due in weeks."""
    found = [case_since(branch, days) for days in (40, 28, 3)]
    silent = adjusted_case(branch)
    refresh_dues()
    assert silent.pk
    return found


def test_the_list_is_sorted_by_what_is_due_first(three: list[ClaimCase], clerk):
    assert numbers(clerk.get(f"{INDEX}?sort=due")) == [str(case) for case in three]


def test_pages_of_that_order_follow_one_another(three: list[ClaimCase], clerk, monkeypatch):
    monkeypatch.setattr("cases.listing.case_list.CaseList.page.__defaults__", (2,))
    first = clerk.get(f"{INDEX}?sort=due")
    assert numbers(first) == [str(case) for case in three[:2]]

    following = clerk.get(f"{INDEX}?sort=due&cursor={first.context['page'].next_cursor}")

    assert numbers(following) == [str(three[2])]


@pytest.mark.parametrize(("asked", "count"), [("late", 1), ("three_days", 2), ("soon", 1), ("today", 1)])
def test_the_list_is_narrowed_to_what_presses(three: list[ClaimCase], clerk, asked: str, count: int):
    found = numbers(clerk.get(f"{INDEX}?due={asked}"))

    assert len(found) == count


def test_the_column_shows_it_in_its_colour(three: list[ClaimCase], clerk):
    page = clerk.get(f"{INDEX}?sort=due").content.decode()

    assert "下一时限" in page
    assert "责任核定</span>" in page
    assert "badge--bad" in page


def test_the_page_stays_within_its_budget(three: list[ClaimCase], clerk, assert_flat_queries, branch):
    def grow() -> None:
        case_since(branch, 3)
        refresh_dues()

    assert_flat_queries(f"{INDEX}?sort=due", grow=grow)
    with CaptureQueriesContext(connection) as queries:
        clerk.get(f"{INDEX}?sort=due&due=three_days")
    assert len(queries) <= 8
