"""加签、转办、拿回 on their pages: from the case, the workbench and the manager's screen."""

from django.urls import reverse

from cases.models import ChainStep, ClaimCase, Submission
from tests.cases.branch import Branch, adjusted_case, current, grant, in_post, say, send
from tests.cases.viewers import client_of


def sent(branch: Branch, amount: str = "8000") -> Submission:
    return send(adjusted_case(branch, amount), by=branch.clerk)


def seen(submission: Submission) -> int:
    return ClaimCase.objects.get(pk=submission.case_id).version


def test_who_decides_finds_the_verbs_on_the_case(branch: Branch):
    submission = sent(branch)
    page = client_of(branch.adjudicator).get(submission.case.get_absolute_url()).text

    for name in ("add_signers", "transfer"):
        assert reverse(f"cases:{name}", args=[current(submission).pk]) in page


def test_signers_are_added_on_the_page(branch: Branch):
    submission, lawyer = sent(branch), in_post("LEGAL", branch.department).staff
    address = reverse("cases:add_signers", args=[current(submission).pk])
    client = client_of(branch.adjudicator)
    assert lawyer.name in client.get(address).text
    fields = {"people": [lawyer.pk], "where": "before", "reason": "条款", "seen": seen(submission)}

    assert client.post(address, {**fields, "where": "after"}).status_code == 422
    assert client.post(address, fields).url == submission.case.get_absolute_url()
    assert "加签" in client_of(lawyer).get(submission.case.get_absolute_url()).text
    assert client.post(address, fields).status_code == 409


def test_a_station_is_given_away_on_the_page(branch: Branch):
    held = in_post("ADJ", branch.department)
    grant(held, "adjudication", "100000")
    submission = sent(branch)
    step = current(submission)
    other = held.staff if step.staff == branch.adjudicator else branch.adjudicator
    address = reverse("cases:transfer", args=[step.pk])
    fields = {"receiver": other.pk, "reason": "培训", "seen": seen(submission), "then": "workbench"}

    client = client_of(step.staff)
    assert "100,000.00" in client.get(address).text
    assert client.post(address, fields).url == reverse("cases:workbench")
    assert "已转办" in client_of(other).get(submission.case.get_absolute_url()).text


def test_a_decision_is_taken_back_from_the_list_of_what_was_decided(branch: Branch):
    submission = sent(branch, "150000")
    decision = say(submission, "refer_up", by=branch.adjudicator, opinion="建议同意")
    client = client_of(branch.adjudicator)
    address = reverse("cases:take_back", args=[decision.pk])
    assert address in client.get("/cases/workbench/?list=done").text

    client.post(address, {"reason": "看错", "seen": seen(submission)})
    assert "已拿回" in client.get("/cases/workbench/?list=done").text
    assert "本人拿回：看错" in client.get(f"{submission.case.get_absolute_url()}?tab=opinions").text


def test_the_manager_finds_the_verbs_on_his_screen(branch: Branch):
    submission = sent(branch, "400000")
    say(submission, "refer_up", by=branch.adjudicator, opinion="建议同意")
    page = (
        client_of(branch.manager)
        .get(reverse("admin:cases_overauthoritycase_change", args=[submission.pk]))
        .text
    )

    step = ChainStep.objects.get(submission=submission, status="now")
    assert f"{reverse('cases:transfer', args=[step.pk])}?then=review" in page


def test_what_cannot_be_taken_back_says_why(branch: Branch):
    submission = sent(branch, "150000")
    decision = say(submission, "refer_up", by=branch.adjudicator, opinion="建议同意")
    say(submission, "agree", by=branch.office_head)
    response = client_of(branch.adjudicator).get(reverse("cases:take_back", args=[decision.pk]))

    assert response.status_code == 403
    assert "下一环节已办理，不能拿回" in response.text


def test_the_workbench_costs_the_same_for_many(branch: Branch, client, assert_flat_queries):
    client.force_login(branch.adjudicator)

    def grow() -> None:
        say(sent(branch, "150000"), "refer_up", by=branch.adjudicator, opinion="建议同意")

    assert_flat_queries("/cases/workbench/?list=done", grow=grow)


def test_the_figures_cost_the_same_for_many(branch: Branch, client, assert_flat_queries):
    client.force_login(branch.manager)

    def grow() -> None:
        submission = sent(branch, "900000")
        for person in (branch.adjudicator, branch.manager):
            say(submission, "refer_up", by=person, opinion="x", missing_papers="x")

    assert_flat_queries("/cases/escalations/figures/", grow=grow)
