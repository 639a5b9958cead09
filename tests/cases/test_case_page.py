"""One case on one screen, deciding from it, and every way in which it says no."""

from uuid import uuid4

import pytest
from django.urls import reverse

from cases import services
from cases.models import ClaimCase, Decision
from tests.cases.branch import Branch, adjusted_case, assessed_case, current, say, send
from tests.cases.viewers import client_of
from tests.factories import CaseFactory


@pytest.fixture
def asked(branch: Branch):
    return send(adjusted_case(branch), by=branch.clerk)


def page(submission, tab: str = "") -> str:
    return f"{reverse('cases:detail', args=[submission.case_id])}?tab={tab}"


def sent(submission, outcome: str = "agree", **fields):
    """What the decision form sends, with the case as it is now."""
    case = ClaimCase.objects.get(pk=submission.case_id)
    step = {"step": current(submission).pk, "seen": case.version, "key": str(uuid4())}
    return {**step, "outcome": outcome, **fields}


def decide(client, submission, **fields):
    return client.post(reverse("cases:decide", args=[submission.case_id]), sent(submission, **fields))


def test_the_decider_sees_the_ruling_the_chain_and_the_form(branch, asked):
    response = client_of(branch.adjudicator).get(page(asked))
    text = response.content.decode()

    assert "您可以审批" in text
    assert [link.title for link in response.context["chains"][0].links] == ["提交", "终审"]
    assert 'name="outcome" value="agree"' in text


def test_whoever_is_not_asked_sees_who_is_and_no_form(branch, asked):
    response = client_of(branch.surveyor).get(page(asked))

    assert "现由他人办理" in response.content.decode()
    assert 'name="outcome"' not in response.content.decode()
    assert response.context["approval"].who_can[0]["name"] == branch.adjudicator.name


def test_above_the_limit_the_form_asks_for_the_opinion(branch):
    submission = send(adjusted_case(branch, "150000"), by=branch.clerk)
    response = client_of(branch.adjudicator).get(page(submission))

    assert "提交初核并上报" in response.content.decode()
    assert response.context["approval"].over == 50000


@pytest.mark.parametrize(
    "tab", ["amounts", "related", "papers", "opinions", "timeline", "changes", "nonsense"]
)
def test_every_tab_opens(branch, asked, tab):
    assert client_of(branch.adjudicator).get(page(asked, tab)).status_code == 200


def test_agreeing_decides_and_leads_back_to_the_case(branch, asked):
    response = decide(client_of(branch.adjudicator), asked, opinion="同意")

    assert response.url == reverse("cases:detail", args=[asked.case_id])
    assert Decision.objects.get().opinion == "同意"


def test_sending_the_form_twice_decides_once(branch, asked):
    client, form = client_of(branch.adjudicator), sent(asked, opinion="同意")
    address = reverse("cases:decide", args=[asked.case_id])

    assert [client.post(address, form).status_code for _ in range(2)] == [302, 302]
    assert Decision.objects.count() == 1


def test_another_answer_under_the_same_key_is_422(branch, asked):
    client, form = client_of(branch.adjudicator), sent(asked, opinion="同意")
    address = reverse("cases:decide", args=[asked.case_id])
    client.post(address, form)

    assert client.post(address, {**form, "opinion": "别的"}).status_code == 422


def test_a_stale_page_is_409_and_says_what_happened(branch, asked):
    form = sent(asked)
    case = ClaimCase.objects.get(pk=asked.case_id)
    services.hand_over(case, branch.surveyor, "调岗", by=branch.clerk, seen=case.version)
    response = client_of(branch.adjudicator).post(reverse("cases:decide", args=[case.pk]), form)

    assert response.status_code == 409
    assert "移交" in response.content.decode()
    assert "调岗" in response.content.decode()


def test_a_refusal_is_403_with_the_reason_and_who_can(branch):
    submission = send(adjusted_case(branch, "150000"), by=branch.clerk)
    response = decide(client_of(branch.adjudicator), submission)

    assert response.status_code == 403
    assert "超过权限" in response.content.decode()
    assert branch.office_head.name in response.content.decode()
    assert not Decision.objects.exists()


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"outcome": "return", "opinion": "缺"}, "退回须指定环节"),
        ({"outcome": "return", "opinion": "缺", "return_to": "adjust"}, "退回须选择问题代码"),
        ({"outcome": "agree_with_conditions"}, "附条件同意须写明条件"),
        ({"outcome": "refer_up"}, "上报须写明初核意见"),
    ],
)
def test_a_form_without_what_it_needs_is_422(branch, asked, fields, text):
    response = decide(client_of(branch.adjudicator), asked, **fields)

    assert response.status_code == 422
    assert text in response.content.decode()


def test_a_return_names_step_code_and_reason(branch, asked):
    fields = {"opinion": "缺伤残鉴定书", "return_to": "adjust", "problem_codes": ["P5"]}
    decide(client_of(branch.adjudicator), asked, outcome="return", **fields)
    text = client_of(branch.clerk).get(page(asked, "opinions")).content.decode()

    assert "缺伤残鉴定书" in text
    assert "P5" in text


def test_a_reviewer_cuts_a_loss(branch):
    case = assessed_case(branch, "9000")
    submission = send(case, "damage_review", by=branch.clerk)
    loss = case.losses.get()
    decide(client_of(branch.damage_reviewer), submission, **{f"reviewed_{loss.pk}": "8500"})

    loss.refresh_from_db()
    assert loss.reviewed == 8500


def test_a_station_of_another_case_is_404(branch, asked):
    other = send(adjusted_case(branch), by=branch.clerk)
    form = sent(asked) | {"step": current(other).pk}

    response = client_of(branch.adjudicator).post(reverse("cases:decide", args=[asked.case_id]), form)

    assert response.status_code == 404


def test_the_history_is_masked_for_strangers(branch):
    case = CaseFactory(unit=branch.unit, insured_name="刘明")
    case.insured_name = "王小明"
    case.save()
    text = client_of(branch.adjudicator).get(reverse("cases:history", args=[case.pk])).content.decode()

    assert "王小明" not in text
    assert "王**" in text


def test_similar_decided_cases_are_shown(branch, asked):
    similar = CaseFactory(unit=branch.unit, closed=True, estimate="8100")
    CaseFactory(unit=branch.unit, closed=True, estimate="80000")
    CaseFactory(closed=True, estimate="8100")
    response = client_of(branch.adjudicator).get(page(asked))

    assert [one.case for one in response.context["similar"]] == [similar]


def test_the_sheet_prints_submission_and_decision_in_order(branch, asked):
    say(asked, "agree", by=branch.adjudicator, opinion="同意赔付")
    sheet = client_of(branch.clerk).get(reverse("cases:approval_sheet", args=[asked.case_id]))

    assert len(sheet.context["acts"]) == 2
    assert "同意赔付" in sheet.content.decode()


def test_the_page_costs_the_same_for_a_long_story(branch, asked, client, assert_flat_queries):
    client.force_login(branch.adjudicator)
    say(asked, "return", by=branch.adjudicator, opinion="缺", return_to="submit", problem_codes=("P5",))

    def another_round() -> None:
        again = send(asked.case, by=branch.clerk)
        say(again, "return", by=branch.adjudicator, opinion="缺", return_to="submit", problem_codes=("P5",))

    for tab in ("amounts", "opinions", "timeline", "changes"):
        assert_flat_queries(page(asked, tab), grow=another_round)
