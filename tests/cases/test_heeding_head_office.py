"""A conclusion that head office's own people reached with the branch binds its answer; others do not."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cases import services
from cases.forms.escalations import AnswerForm
from cases.models import Conference, ConferenceUse, Escalation
from cases.services import Answer, Conclusion, Heeding
from tests.cases.branch import Branch
from tests.cases.meetings import concluded, held
from tests.cases.suits import codes
from tests.cases.test_services_deciding import escalated


@pytest.fixture
def escalation(branch: Branch) -> Escalation:
    return escalated(branch)


def concluded_together(branch: Branch, escalation: Escalation, **said) -> Conference:
    """With head office's reviewer at the table."""
    people = [branch.office_head, branch.adjudicator, branch.head_office_reviewer]
    conference = held(branch, escalation.case, people=people)
    conclusion = Conclusion(**{"text": "同意赔付", "advice": "pay", "is_binding": True, **said})
    return services.conclude(conference, conclusion, by=branch.office_head)


def answer(branch: Branch, escalation: Escalation, *said, **heeding):
    given = Answer(*said, heeding=Heeding(**heeding)) if heeding else Answer(*said)
    return services.answer_escalation(escalation, given, by=branch.head_office_reviewer)


def test_what_the_branch_concluded_among_itself_does_not_bind_head_office(branch: Branch, escalation):
    concluded(branch, escalation.case)

    assert answer(branch, escalation, "refused").outcome == "refuse"
    assert services.concluded_with_head_office(escalation.case_id) == []


def test_what_head_office_concluded_with_the_branch_must_be_followed_or_answered(branch: Branch, escalation):
    made = concluded_together(branch, escalation, advice="pay_up_to", amount_max=Decimal(500000))
    assert codes(answer, branch, escalation, "refused") == ["conference_unheeded"]
    named = {"conference_id": made.pk, "heed": "followed"}
    assert codes(answer, branch, escalation, "agreed", **named) == ["conference_not_followed"]
    without_reason = {"conference_id": made.pk, "heed": "departed"}
    assert codes(answer, branch, escalation, "agreed", **without_reason) == ["no_departing_reason"]

    decision = answer(branch, escalation, "altered", "", Decimal(480000), **named)
    assert ConferenceUse.objects.get(decision=decision).heed == "followed"


def test_departing_with_a_reason_is_kept(branch: Branch, escalation):
    made = concluded_together(branch, escalation)
    said = {"conference_id": made.pk, "heed": "departed", "reason": "再保人不同意"}

    decision = answer(branch, escalation, "refused", **said)

    assert decision.conference_use.reason == "再保人不同意"


def test_the_page_asks_for_it_only_where_it_binds(branch: Branch, escalation, client):
    client.force_login(branch.head_office_reviewer)
    assert "引用会商" not in client.get(escalation.get_absolute_url()).content.decode()
    made = concluded_together(branch, escalation)
    shown = client.get(escalation.get_absolute_url()).content.decode()
    assert f"{made.number} 应予赔付" in shown

    url = f"{escalation.get_absolute_url()}answer/"
    refused = client.post(url, {"answer": "agreed"})
    assert (refused.status_code, made.number in refused.content.decode()) == (403, True)
    sent = {"answer": "agreed", "conference": made.pk, "heed": "followed"}
    assert client.post(url, sent).status_code == 302
    page = client.get(made.get_absolute_url()).content.decode()
    assert "总公司批复也须按结论办理" in page
    assert "引用本会商的决定" in page


def test_the_form_takes_no_conference_that_is_not_offered(branch: Branch, escalation):
    other = concluded_together(branch, escalation)
    form = AnswerForm({"answer": "agreed", "conference": other.pk}, {}, conferences=[])

    assert form.is_valid()
    assert form.as_answer().heeding == Heeding(None, "", "")
