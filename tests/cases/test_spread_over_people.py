"""均分: many cases given to several people by what each has already, looked at before it is done."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from cases.handlers import Load, load_of, spread
from cases.models import ClaimCase
from departments.models import OrgUnit, OutboxMessage, Staff
from tests.cases.branch import Branch, adjusted_case, in_post
from tests.cases.test_problem_pages import client_of
from tests.factories import OrgUnitFactory

URL = reverse("cases:hand_over_many")


class Everywhere:
    def ids(self, permission: str) -> set[int]:
        return {1}


def able(pk: int) -> Staff:
    """In memory only, handling the cases of unit 1."""
    person = Staff(pk=pk, name=f"甲{pk}", is_active=True)
    person.__dict__["unit_scope"] = Everywhere()
    return person


@given(st.lists(st.integers(0, 60), min_size=1, max_size=6), st.integers(0, 80))
def test_nobody_gets_more_while_another_has_less(before: list[int], number: int):
    loads = [Load(able(pk), held) for pk, held in enumerate(before, start=1)]
    cases = [ClaimCase(pk=pk, unit_id=1, unit=OrgUnit(pk=1)) for pk in range(1, number + 1)]
    found = spread(cases, loads)

    assert sum(len(load.given) for load in loads) == len([one for one in found if one.to]) == number
    least = min(load.after for load in loads)
    assert all(load.after <= least + 1 for load in loads if load.given)


@pytest.fixture
def second(branch: Branch) -> Staff:
    return in_post("CASE_REG", branch.unit).staff


def held(branch: Branch, by: Staff, number: int) -> None:
    for _ in range(number):
        ClaimCase.objects.filter(pk=adjusted_case(branch).pk).update(handler=by)


def sent(cases: list[ClaimCase], people: list[Staff], **fields: Any) -> dict[str, Any]:
    seen = {f"seen_{case.pk}": case.version for case in cases}
    chosen = [case.pk for case in cases]
    return {"case": chosen, "successor": [one.pk for one in people], "reason": "均衡", **seen, **fields}


def as_planned(response: Any) -> dict[str, int]:
    return {f"to_{one.case.pk}": one.to.pk for one in response.context["plan"] if one.to} | {"planned": "1"}


def test_the_plan_says_who_gets_how_many_and_changes_nothing(branch: Branch, second: Staff):
    """The adjuster has two already, the second clerk none: of four, he gets one and the clerk three."""
    held(branch, branch.adjuster, 2)
    cases = [adjusted_case(branch) for _ in range(4)]
    response = client_of(branch.clerk).post(URL, sent(cases, [branch.adjuster, second]))

    found = {load.person: (load.before, len(load.given), load.after) for load in response.context["loads"]}
    assert found == {branch.adjuster: (2, 1, 3), second: (0, 3, 3)}
    assert "均分预览" in response.content.decode()
    assert ClaimCase.objects.filter(pk__in=[one.pk for one in cases], handler=branch.clerk).count() == 4


def test_it_is_done_as_the_plan_said_row_by_row(branch: Branch, second: Staff):
    cases = [adjusted_case(branch) for _ in range(5)]
    client, order = client_of(branch.clerk), sent(cases, [branch.adjuster, second])
    plan = as_planned(client.post(URL, order))
    ClaimCase.objects.filter(pk=cases[0].pk).update(version=99)
    results = client.post(URL, {**order, **plan}).context["results"]

    assert [one.is_done for one in results] == [False, True, True, True, True]
    handlers = Counter(ClaimCase.objects.values_list("handler", flat=True))
    assert handlers == {branch.clerk.pk: 1, branch.adjuster.pk: 2, second.pk: 2}
    assert OutboxMessage.objects.filter(payload__kind="assigned").count() == 4


def test_who_may_not_take_it_gets_none_and_it_is_said_why(branch: Branch, second: Staff):
    elsewhere = OrgUnitFactory(parent=branch.department, kind="sub_branch")
    foreign = in_post("CASE_REG", elsewhere).staff
    case = adjusted_case(branch)
    (one,) = spread([case], load_of([foreign]))
    assert (one.to, one.ruling.codes) == (None, ("successor_not_handling",))
    assert spread([case], load_of([foreign, second]))[0].to == second


def test_a_case_stays_where_its_handler_has_least(branch: Branch):
    held(branch, branch.adjuster, 1)
    case = adjusted_case(branch)
    client, order = client_of(branch.manager), sent([case], [branch.clerk, branch.adjuster])
    response = client.post(URL, order)
    assert "不变" in response.content.decode()
    (result,) = client.post(URL, {**order, **as_planned(response)}).context["results"]

    assert (result.is_done, "仍由" in result.text) == (True, True)
    assert ClaimCase.objects.get(pk=case.pk).version == case.version


def test_somebody_who_was_not_chosen_is_not_slipped_in(branch: Branch, second: Staff):
    case = adjusted_case(branch)
    order = sent([case], [branch.adjuster, second], planned="1", **{f"to_{case.pk}": branch.manager.pk})
    (result,) = client_of(branch.clerk).post(URL, order).context["results"]

    assert (result.is_done, ClaimCase.objects.get(pk=case.pk).handler) == (False, branch.clerk)


@pytest.mark.parametrize("count", [2, 20])
def test_the_plan_costs_the_same_for_many(
    branch: Branch, second: Staff, count: int, client, django_assert_max_num_queries
):
    client.force_login(branch.clerk)
    cases = [adjusted_case(branch) for _ in range(count)]
    client.post(URL, sent(cases[:1], [branch.adjuster, second]))

    with django_assert_max_num_queries(24):
        client.post(URL, sent(cases, [branch.adjuster, second]))
