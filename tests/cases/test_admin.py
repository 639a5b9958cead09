"""The manager's review in the admin: what is listed, what one row allows, what many rows report."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse
from guardian.shortcuts import assign_perm

from cases.models import ClaimCase, Decision, Escalation, Submission
from departments.models.people import AdminRole
from tests.cases.branch import Branch, adjusted_case, in_post, say, send
from tests.factories import StaffFactory

LIST = reverse("admin:cases_overauthoritycase_changelist")
REVIEW = reverse("admin:cases_overauthoritycase_review")


def page(submission: Submission) -> str:
    return reverse("admin:cases_overauthoritycase_change", args=[submission.pk])


def at_department(branch: Branch, amount: str) -> Submission:
    """Waits for the department's head."""
    submission = send(adjusted_case(branch, amount), by=branch.clerk)
    say(submission, "refer_up", by=branch.adjudicator, opinion="建议同意")
    return submission


@pytest.fixture
def manager(client, branch: Branch):
    client.force_login(branch.manager)
    return client


def review(client, action: str, *submissions: Submission, **fields):
    seen = dict(ClaimCase.objects.values_list("submissions__pk", "version"))
    tickets = [f"{one.pk}:{seen[one.pk]}" for one in submissions]
    key = "00000000-0000-0000-0000-000000000001"
    return client.post(REVIEW, {"action": action, "key": key, "ticket": tickets, **fields})


def texts(response) -> list[tuple[bool, str]]:
    return [(one.is_done, one.text) for one in response.context["results"]]


def test_the_list_holds_what_waits_for_the_department_or_goes_up(manager, branch: Branch):
    shown = {at_department(branch, "400000").pk, send(adjusted_case(branch, "900000"), by=branch.clerk).pk}
    send(adjusted_case(branch, "8000"), by=branch.clerk)

    rows = manager.get(LIST).context["cl"].result_list
    assert {row.pk for row in rows} == shown


def test_the_list_costs_the_same_for_many_rows(manager, branch: Branch, assert_flat_queries):
    assert_flat_queries(LIST, grow=lambda: at_department(branch, "400000"))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("level=department", True), ("level=head_office", False),
        ("amount=30-50", True), ("amount=100-", False), ("amount=x-y", True),
        ("age=0-1", True), ("age=7-15", False), ("age=9999999999-", True), ("amount=9999999999-", True),
        ("unit=hq/sc/motor/my/", True), ("q=川B18", True), ("q=nobody", False),
    ],
)  # fmt: skip
def test_the_list_is_filtered_and_searched(manager, branch: Branch, query: str, found: bool):
    at_department(branch, "400000")

    assert (len(manager.get(f"{LIST}?{query}").context["cl"].result_list) == 1) is found


def test_the_screen_shows_everything_about_the_request(manager, branch: Branch):
    submission = at_department(branch, "400000")
    text = manager.get(page(submission)).content.decode()

    for shown in (
        "400,000.00",
        "您可以审批",
        "建议同意",
        "本车",
        "提交核赔",
        branch.adjudicator.name,
        "谁能批",
    ):
        assert shown in text


def test_the_manager_agrees_within_the_limit(manager, branch: Branch):
    submission = at_department(branch, "400000")
    response = review(manager, "agree", submission)

    assert texts(response) == [(True, "同意 400,000.00 元")]
    assert ClaimCase.objects.get(pk=submission.case_id).approved == Decimal("400000")


def test_each_row_is_ruled_on_its_own(manager, branch: Branch):
    within, above = at_department(branch, "400000"), at_department(branch, "600000")
    results = texts(review(manager, "agree", within, above))

    assert [done for done, _ in results] == [True, False]
    assert "超过权限 500,000.00 元" in results[1][1]
    assert Decision.objects.filter(submission=within, outcome="agree").exists()


def test_what_was_not_seen_is_not_decided(manager, branch: Branch):
    submission = at_department(branch, "400000")
    key = "00000000-0000-0000-0000-000000000001"
    response = manager.post(REVIEW, {"action": "agree", "key": key, "id": [submission.pk]})

    assert texts(response) == []
    assert not Decision.objects.filter(submission=submission, outcome="agree").exists()


def test_a_return_asks_for_step_problem_and_reason(manager, branch: Branch):
    submission = at_department(branch, "400000")
    refused = review(manager, "return", submission)
    assert refused.status_code == 422
    assert set(refused.context["form"].errors) == {"return_to", "problem_codes", "opinion"}

    fields = {"return_to": "adjust", "problem_codes": ["P6"], "opinion": "免赔率有误"}
    assert texts(review(manager, "return", submission, **fields))[0][0]
    assert ClaimCase.objects.get(pk=submission.case_id).returned_to == "adjust"


def test_many_go_up_to_head_office_each_with_its_number(manager, branch: Branch):
    submissions = [at_department(branch, "600000") for _ in range(2)]
    fields = {"opinion": "建议同意", "missing_papers": "鉴定随后"}
    results = texts(review(manager, "escalate", *submissions, **fields))

    numbers = set(Escalation.objects.values_list("number", flat=True))
    assert len(numbers) == 2
    assert all(done and any(number in text for number in numbers) for done, text in results)


def test_a_row_that_moved_on_is_left_alone(manager, branch: Branch):
    submission = at_department(branch, "400000")
    ClaimCase.objects.filter(pk=submission.case_id).update(version=50)
    ticket = {
        "action": "agree",
        "key": "00000000-0000-0000-0000-000000000001",
        "ticket": f"{submission.pk}:3",
    }

    assert texts(manager.post(REVIEW, ticket)) == [(False, "案件在您打开页面后已有变化，请重新查看")]


def test_the_actions_lead_to_one_page_to_fill_in(manager, branch: Branch):
    submission = at_department(branch, "400000")
    chosen = {"action": "escalate", "_selected_action": [submission.pk]}
    response = manager.post(LIST, chosen, follow=True)

    assert response.redirect_chain[0][0].startswith(REVIEW)
    assert [row.row.submission.pk for row in response.context["rows"]] == [submission.pk]


def test_nothing_can_be_added_changed_or_deleted(manager, branch: Branch):
    submission = at_department(branch, "400000")
    base = page(submission).removesuffix("change/")

    assert manager.get(f"{LIST}add/").status_code == 403
    assert manager.get(f"{base}delete/").status_code == 403
    assert "delete_selected" not in dict(manager.get(LIST).context["action_form"].fields["action"].choices)


def test_out_of_scope_is_not_there(client, branch: Branch):
    submission = at_department(branch, "400000")
    stranger = StaffFactory(is_staff=True, is_superuser=True)
    client.force_login(stranger)

    assert client.get(page(submission)).status_code == 404
    assert client.get(LIST).context["cl"].result_list == []
    assert client.get(reverse("admin:cases_claimcase_change", args=[submission.case_id])).status_code == 404
    assert texts(review(client, "agree", submission)) == []


def test_a_forged_row_is_ruled_like_any_other(client, branch: Branch):
    """Whoever sees the case but holds nothing gets the reasons, not the decision."""
    submission = at_department(branch, "400000")
    head = in_post("UNIT_HEAD", branch.unit).staff
    client.force_login(head)

    ((done, reason),) = texts(review(client, "agree", submission))
    assert not done
    assert "没有该事项的授权" in reason


@pytest.mark.parametrize("role", [role for role in AdminRole.values if role])
def test_administrators_see_no_business_data(client, branch: Branch, role: str):
    admin = StaffFactory(is_staff=True, is_superuser=True, admin_role=role)
    assign_perm("see_cases", admin, branch.department)
    client.force_login(admin)

    assert client.get(LIST).status_code == 403


def test_a_case_is_read_with_its_history(manager, branch: Branch):
    submission = at_department(branch, "400000")
    url = reverse("admin:cases_claimcase_change", args=[submission.case_id])

    assert manager.get(reverse("admin:cases_claimcase_changelist")).status_code == 200
    assert "已理算" in manager.get(url).content.decode()
    assert manager.get(url.replace("change/", "history/")).status_code == 302
