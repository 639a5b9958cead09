"""What waits on pages of its own is counted on the workbench and in the navigation of whom it waits for."""

import pytest
from django.test import RequestFactory
from django.urls import reverse

from claims_admin.navigation import Navigation
from departments.models import Staff
from tests.cases.branch import Branch, adjusted_case, say, send
from tests.cases.viewers import client_of

WORDS = {"opinion": "请批", "missing_papers": "随后补"}


@pytest.fixture
def waiting(branch: Branch) -> None:
    """Two with the department, one at head office."""
    for amount, referrers in (("400000", 1), ("600000", 1), ("700000", 2)):
        submission = send(adjusted_case(branch, amount), by=branch.clerk)
        for person in (branch.adjudicator, branch.manager)[:referrers]:
            say(submission, "refer_up", by=person, **WORDS)


def tallies(staff: Staff) -> dict[str, int]:
    page = client_of(staff).get(reverse("cases:workbench"))
    return {one["label"]: one["count"] for one in page.context["tallies"]}


def counts(staff: Staff) -> dict[str, int]:
    groups = Navigation(Staff.objects.get(pk=staff.pk), RequestFactory().get("/").path).groups
    return {link.title: link.count for group in groups for link in group.links}


def test_the_manager_finds_what_lies_with_the_department(waiting, branch: Branch):
    assert tallies(branch.manager)["超权限待审"] == 2
    assert counts(branch.manager)["超权限审批"] == 2
    assert "待批复上报件" not in tallies(branch.manager)


def test_head_office_finds_what_waits_for_its_answer(waiting, branch: Branch):
    assert tallies(branch.head_office_reviewer)["待批复上报件"] == 1
    assert counts(branch.head_office_reviewer)["上报总公司"] == 1


def test_nobody_else_is_told(waiting, branch: Branch):
    for person in (branch.clerk, branch.adjudicator):
        assert {"超权限待审", "待批复上报件"}.isdisjoint(tallies(person))
        assert not counts(person)["上报总公司"]


def test_the_link_of_the_tally_shows_what_it_counts(waiting, branch: Branch):
    page = client_of(branch.manager).get(reverse("cases:workbench"))
    (url,) = [one["url"] for one in page.context["tallies"] if one["label"] == "超权限待审"]

    assert len(client_of(branch.manager).get(url).context["cl"].result_list) == 2
