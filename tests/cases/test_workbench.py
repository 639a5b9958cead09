"""The workbench: what waits for me, oldest first, with the ruling; deciding many at once."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.models import ChainStep, ClaimCase, Decision
from departments.models import Staff
from tests.cases.branch import Branch, adjusted_case, current, in_post, say, send
from tests.cases.test_head_office import sent_up
from tests.cases.viewers import client_of
from tests.factories import OrgUnitFactory, StaffFactory

WORKBENCH = "/cases/workbench/"
BULK = "/cases/workbench/decide/"


@pytest.fixture
def me(branch: Branch) -> Staff:
    return branch.adjudicator


@pytest.fixture
def client(me):
    return client_of(me)


def waiting(branch: Branch, amount: str = "8000") -> ChainStep:
    return current(send(adjusted_case(branch, amount), by=branch.clerk))


def ticket(step: ChainStep) -> str:
    return f"{step.pk}:{ClaimCase.objects.get(pk=step.submission.case_id).version}"


def bulk(client, *steps: ChainStep, **fields: str):
    data = {"key": str(uuid4()), "ticket": [ticket(step) for step in steps], **fields}
    return client.post(BULK, data)


def test_the_queue_says_what_i_may_do(client, branch):
    waiting(branch, "8000")
    waiting(branch, "150000")
    rows = client.get(WORKBENCH).context["rows"]

    assert [row.ruling.outcome for row in rows] == ["allowed", "refer"]
    assert [(row.amount, row.limit) for row in rows] == [(8000, 100000), (150000, 100000)]
    assert rows[1].refer_to == "室主任"


def test_the_queue_is_oldest_first_and_tells_what_is_late(client, branch):
    young, old = waiting(branch), waiting(branch)
    ChainStep.objects.filter(pk=old.pk).update(arrived_at=timezone.now() - timedelta(days=12))
    response = client.get(WORKBENCH)

    assert [row.step.pk for row in response.context["rows"]] == [old.pk, young.pk]
    assert "超时限" in response.content.decode()
    assert "最久 12 天" in response.content.decode()


def test_what_others_decide_is_not_in_my_queue(branch):
    waiting(branch)

    assert not client_of(branch.office_head).get(WORKBENCH).context["rows"]


def test_the_queue_costs_the_same_for_many_rows(client, branch, assert_flat_queries):
    assert_flat_queries(WORKBENCH, grow=lambda: waiting(branch))


@pytest.mark.parametrize("section", ["handle", "returned", "started", "done"])
def test_every_section_costs_the_same_for_many_rows(
    section, branch, assert_flat_queries, monkeypatch, client
):
    staff = {"done": branch.adjudicator}.get(section, branch.clerk)
    client.force_login(staff)
    assert_flat_queries(f"{WORKBENCH}?list={section}", grow=lambda: _grow(branch, section))


def _grow(branch: Branch, section: str) -> None:
    if section == "handle":
        adjusted_case(branch)
    else:
        step = waiting(branch)
        if section == "returned":
            give_back(step, branch.adjudicator)
        if section == "done":
            say(step.submission, "agree", by=branch.adjudicator)


def give_back(step: ChainStep, by: Staff) -> Decision:
    return say(step.submission, "return", by=by, opinion="缺材料", return_to="adjust", problem_codes=("P5",))


def test_the_clerk_sees_what_came_back_and_what_is_under_way(branch):
    adjusted_case(branch)
    waiting(branch)
    give_back(waiting(branch), branch.adjudicator)
    tallies = client_of(branch.clerk).get(WORKBENCH).context["tallies"]

    assert [tally["count"] for tally in tallies] == [0, 1, 1, 1, 0]


def test_a_returned_case_names_the_next_work(branch):
    give_back(waiting(branch), branch.adjudicator)

    assert "理算" in client_of(branch.clerk).get(f"{WORKBENCH}?list=returned").content.decode()


def test_an_empty_queue_says_so(client):
    assert "没有等您审批的案件" in client.get(WORKBENCH).content.decode()


def test_the_item_filters_the_queue(client, branch):
    waiting(branch)

    assert not client.get(f"{WORKBENCH}?item=damage_review").context["rows"]
    assert client.get(f"{WORKBENCH}?item=adjudication").context["rows"]


def test_agreeing_to_many_decides_each_on_its_own(client, branch):
    within, above = waiting(branch), waiting(branch, "150000")
    results = bulk(client, within, above, outcome="agree").context["results"]

    assert [result.is_done for result in results] == [True, False]
    assert "超过权限" in results[1].text
    assert Decision.objects.get().chain_step == within


def test_the_button_of_a_row_decides_that_row_alone(client, branch):
    first, second = waiting(branch), waiting(branch)
    bulk(client, first, second, only=ticket(second))

    assert Decision.objects.get().chain_step == second


def test_a_row_that_changed_meanwhile_is_not_decided(client, branch):
    step = waiting(branch)
    stale = f"{step.pk}:1"
    response = client.post(BULK, {"key": str(uuid4()), "ticket": stale, "outcome": "agree"})

    assert "已有变化" in response.context["results"][0].text
    assert not Decision.objects.exists()


def test_many_are_returned_with_one_code(client, branch):
    steps = waiting(branch), waiting(branch)
    fields = {"return_to": "adjust", "problem_codes": "P6", "opinion": "理算有误"}
    results = bulk(client, *steps, outcome="return", **fields).context["results"]

    assert all(result.is_done for result in results)
    assert Decision.objects.filter(problem_codes=["P6"]).count() == 2


def test_returning_many_needs_a_word(client, branch):
    step = waiting(branch)
    results = bulk(client, step, outcome="return", return_to="adjust", problem_codes="P6").context["results"]

    assert "退回须说明问题" in results[0].text


def test_nothing_chosen_leads_back(client):
    assert client.post(BULK, {"key": str(uuid4())}).url == reverse("cases:workbench")


def test_cases_out_of_sight_are_not_decided(branch):
    step = waiting(branch)
    stranger = in_post("CASE_REG", OrgUnitFactory(parent=branch.department)).staff

    assert bulk(client_of(stranger), step, outcome="agree").context["results"] == []


def test_the_workbench_opens_on_the_first_list_with_work(branch):
    clerk = client_of(branch.clerk)
    nothing = clerk.get(WORKBENCH).context["section"].key
    adjusted_case(branch)

    assert (nothing, clerk.get(WORKBENCH).context["section"].key) == ("decide", "handle")
    assert clerk.get(f"{WORKBENCH}?list=decide").context["section"].key == "decide"


def test_home_leads_head_office_to_what_was_sent_up(branch):
    sent_up(branch)
    answer = client_of(branch.head_office_reviewer).get(reverse("home"))

    assert answer.url == f"{reverse('cases:escalations')}?state=waiting"


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["system", "security", "audit"])
def test_home_leads_the_administrators_to_the_admin(role):
    assert client_of(StaffFactory(admin_role=role, is_staff=True)).get(reverse("home")).url == "/admin/"


def test_home_leads_to_the_workbench(client):
    assert client.get("/").url == WORKBENCH
