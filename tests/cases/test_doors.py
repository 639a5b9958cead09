"""A button that would be refused is shown shut, with what the service would say."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from authority.refusals import Refused
from cases import services
from cases.admin.reviewing import doors
from cases.casefile.approval import Approval, approval_for, submissions_of
from cases.models import ClaimCase, Escalation, Submission
from cases.services import LossRow, answering
from cases.services.transition import note_step
from departments.models import Staff
from tests.cases.branch import Branch, adjusted_case, current, grant, in_post, say, send
from tests.cases.viewers import client_of
from tests.factories import CaseFactory

FOUND = {"opinion": "重拍", "return_to": "assess", "problem_codes": ("P1",)}


def approval(case: ClaimCase, staff: Staff) -> Approval:
    found = approval_for(submissions_of(ClaimCase.objects.get(pk=case.pk)), staff)
    assert found is not None
    return found


def mixed_case(branch: Branch) -> tuple[ClaimCase, Submission]:
    """Its injury review lies at head office, its damage review with the reviewer."""
    case = CaseFactory(unit=branch.unit, handler=branch.clerk, stage="surveyed")
    rows = [
        LossRow("own_damage", "vehicle", "本车", Decimal(5000)),
        LossRow("third_party", "injury", "伤者甲", Decimal(7000)),
    ]
    case = services.assess(case, rows, by=branch.surveyor, seen=1)
    damage = send(case, "damage_review", by=branch.surveyor)
    send(case, "injury_review", by=branch.surveyor)
    return case, damage


def test_sending_back_is_shut_while_something_else_lies_at_head_office(branch: Branch):
    case, damage = mixed_case(branch)
    shown = approval(case, branch.damage_reviewer)

    assert {"return", "refuse"}.isdisjoint(shown.sayable)
    assert {door.outcome for door in shown.closed} == {"return", "refuse"}
    page = client_of(branch.damage_reviewer).get(case.get_absolute_url()).text
    assert "须待批复后再退回" in page
    for outcome in ("return", "refuse"):
        with pytest.raises(Refused):
            say(damage, outcome, by=branch.damage_reviewer, **FOUND)


def test_who_referred_a_case_up_does_not_decide_it_after_all(branch: Branch):
    case = adjusted_case(branch, "50000")
    sent = send(case, by=branch.clerk)
    say(sent, "refer_up", by=branch.adjudicator, opinion="请上级把关")
    shown = approval(case, branch.adjudicator)

    assert (shown.sayable, shown.ruling.codes) == (frozenset(), ("already_referred",))
    with pytest.raises(Refused) as refusal:
        say(sent, "agree", by=branch.adjudicator)
    assert refusal.value.ruling.codes == ("already_referred",)


@pytest.mark.parametrize(
    ("who", "is_last"), [("adjudicator", False), ("office_head", False), ("manager", True)]
)
def test_head_office_is_named_only_where_a_referral_leads_there(branch: Branch, who: str, is_last: bool):
    case = adjusted_case(branch, "50000")
    send(case, by=branch.clerk)

    assert approval(case, getattr(branch, who)).goes_to_head_office is is_last
    page = client_of(getattr(branch, who)).get(case.get_absolute_url()).text
    assert ("将直接上报总公司" in page) is is_last


def test_the_admin_shuts_what_somebody_inside_can_decide(branch: Branch):
    case = adjusted_case(branch, "150000")
    submission = send(case, by=branch.clerk)
    agree, send_back, escalate = doors(current(submission), branch.adjudicator)

    assert (agree.is_open, send_back.is_open, escalate.is_open) == (False, True, False)
    assert "本机构仍有有权人可以决定" in escalate.reason


def test_who_worked_on_the_case_is_not_shown_the_answer_form(branch: Branch):
    case = adjusted_case(branch, "600000")
    submission = send(case, by=branch.clerk)
    for person in (branch.adjudicator, branch.manager):
        say(submission, "refer_up", by=person, opinion="建议同意", missing_papers="随后补")
    note_step(case, "survey", branch.statistician, since=timezone.now())
    escalation = Escalation.objects.get()
    address = reverse("cases:escalation", args=[escalation.pk])

    assert [code for code in answering(escalation, branch.statistician).codes if code.startswith("sod:")]
    page = client_of(branch.statistician).get(address).text
    assert reverse("cases:escalation_answer", args=[escalation.pk]) not in page


def test_taking_back_is_shut_once_somebody_has_spoken(branch: Branch):
    case = adjusted_case(branch, "150000")
    submission = send(case, by=branch.clerk)
    take_back = reverse("cases:withdraw", args=[case.pk])
    assert take_back in client_of(branch.clerk).get(case.get_absolute_url()).text

    say(submission, "refer_up", by=branch.adjudicator, opinion="建议同意")
    page = client_of(branch.clerk).get(case.get_absolute_url()).text

    assert take_back not in page
    assert "已有审批意见，不能撤回" in page


def test_the_submit_page_says_before_sending_what_stands_in_the_way(branch: Branch):
    case = adjusted_case(branch)
    case.losses.update(adjusted=0)
    page = client_of(branch.clerk).get(reverse("cases:submit", args=[case.pk])).text

    assert "没有可报批的金额" in page
    assert "提交核赔</button>" not in page


def test_a_reviewer_may_decide_where_another_referred(branch: Branch):
    sent = send(adjusted_case(branch, "50000"), by=branch.clerk)
    say(sent, "refer_up", by=branch.adjudicator, opinion="请上级把关")
    colleague = in_post("ADJ", branch.department)
    grant(colleague, "adjudication", "100000")

    assert say(sent, "agree", by=colleague.staff).outcome == "agree"
