"""上报总公司: the list, the answer in the system or from paper, and that it was carried out."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cases.models import Escalation
from tests.cases.branch import Branch, adjusted_case, say, send
from tests.cases.viewers import client_of

LIST = "/cases/escalations/"
SCAN = b"%PDF-1.7 answer"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def sent_up(branch: Branch) -> Escalation:
    submission = send(adjusted_case(branch, "900000"), by=branch.clerk)
    fields = {"opinion": "建议同意", "missing_papers": "照片在核心系统"}
    for person in (branch.adjudicator, branch.manager):
        say(submission, "refer_up", by=person, **fields)
    return Escalation.objects.get(submission=submission)


def answer(client, escalation: Escalation, **fields):
    return client.post(reverse("cases:escalation_answer", args=[escalation.pk]), fields)


def test_the_list_shows_what_waits_and_filters(branch):
    escalation = sent_up(branch)
    client = client_of(branch.head_office_reviewer)

    assert shown(client, "") == [escalation]
    assert shown(client, f"?q={escalation.number}&state=waiting") == [escalation]
    assert shown(client, "?state=unexecuted") == []


def shown(client, query: str) -> list[Escalation]:
    return [row.record for row in client.get(LIST + query).context["rows"]]


def test_the_list_costs_the_same_for_many_rows(branch, client, assert_flat_queries):
    client.force_login(branch.head_office_reviewer)

    assert_flat_queries(LIST, grow=lambda: sent_up(branch))


def test_an_empty_list_says_what_comes_here(branch):
    assert "没有上报件" in client_of(branch.manager).get(LIST).content.decode()


def test_head_office_answers_in_the_system(branch):
    escalation = sent_up(branch)
    response = answer(client_of(branch.head_office_reviewer), escalation, answer="altered", amount="850000")

    escalation.refresh_from_db()
    assert response.url == reverse("cases:escalation", args=[escalation.pk])
    assert (escalation.status, escalation.answer_amount) == ("answered", 850000)
    assert escalation.case.approved == 850000


def test_an_altered_amount_must_be_named(branch):
    escalation = sent_up(branch)
    response = answer(client_of(branch.head_office_reviewer), escalation, answer="altered")

    assert response.status_code == 422
    assert "须填写批复金额" in response.content.decode()


def test_a_paper_answer_needs_its_scan(branch):
    escalation, client = sent_up(branch), client_of(branch.statistician)
    assert answer(client, escalation, answer="agreed").status_code == 403
    answer(client, escalation, answer="agreed", number="9号", scan=SimpleUploadedFile("批复.pdf", SCAN))

    escalation.refresh_from_db()
    assert escalation.entered_by == branch.statistician
    scan = client.get(reverse("cases:escalation_scan", args=[escalation.pk]))
    assert scan.getvalue() == SCAN
    assert scan.headers["Content-Disposition"].startswith("attachment")


def test_a_scan_that_is_no_scan_is_422(branch):
    escalation = sent_up(branch)
    scan = SimpleUploadedFile("批复.pdf", b"<html>")

    assert answer(client_of(branch.statistician), escalation, answer="agreed", scan=scan).status_code == 422


def test_the_department_does_not_answer_itself(branch):
    escalation = sent_up(branch)
    response = answer(client_of(branch.manager), escalation, answer="agreed")

    assert response.status_code == 403
    assert "仅总公司审批人员可批复" in response.content.decode()


def test_the_execution_is_confirmed_once(branch):
    escalation = sent_up(branch)
    answer(client_of(branch.head_office_reviewer), escalation, answer="agreed")
    address = reverse("cases:escalation_confirm", args=[escalation.pk])

    assert [client_of(branch.clerk).post(address).status_code for _ in range(2)] == [302, 403]


def test_the_page_tells_the_author_of_an_answer_that_another_confirms(branch):
    escalation, client = sent_up(branch), client_of(branch.head_office_reviewer)
    answer(client, escalation, answer="agreed")

    page = client.get(reverse("cases:escalation", args=[escalation.pk])).text
    assert "总公司人员不得确认本公司的批复" in page
    assert reverse("cases:escalation_confirm", args=[escalation.pk]) not in page
    assert "依据 总公司批复 PF" in page
