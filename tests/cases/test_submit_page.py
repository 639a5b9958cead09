"""What /submit/ offers at each stage; zero payment is asked for by name and with a reason."""

from uuid import uuid4

import pytest
from django.urls import reverse

from authority.refusals import Refused
from cases.models import ClaimCase, Submission
from tests.cases.branch import Branch, adjusted_case, assessed_case, say, send
from tests.cases.viewers import client_of


def page(branch: Branch, case: ClaimCase, item: str = ""):
    address = reverse("cases:submit", args=[case.pk])
    return client_of(branch.clerk).get(f"{address}?item={item}" if item else address)


def reviewed_case(branch: Branch) -> ClaimCase:
    case = assessed_case(branch)
    say(send(case, "damage_review", by=branch.clerk), "agree", by=branch.damage_reviewer)
    return ClaimCase.objects.get(pk=case.pk)


def test_a_reviewed_case_is_shown_the_way_to_its_adjustment(branch: Branch):
    case = reviewed_case(branch)
    answer = page(branch, case)

    assert (answer.status_code, answer.context["item"]) == (200, "")
    assert reverse("cases:adjust", args=[case.pk]) in answer.text
    assert "提交零赔付</button>" not in answer.text


@pytest.mark.parametrize(
    ("made", "item"), [(assessed_case, "damage_review"), (adjusted_case, "adjudication")]
)
def test_what_the_stage_needs_comes_first_and_zero_payment_last(branch: Branch, made, item: str):
    context = page(branch, made(branch)).context

    assert context["item"] == item
    assert context["choices"][-1][0] == "zero_payment"


def test_a_zero_payment_asked_for_by_name_wants_a_reason_and_a_confirmation(branch: Branch):
    case = adjusted_case(branch)
    shown = page(branch, case, "zero_payment").text
    address = reverse("cases:submit", args=[case.pk])
    sent = {"item": "zero_payment", "seen": case.version, "key": str(uuid4()), "opinion": " "}
    answer = client_of(branch.clerk).post(address, sent)

    assert "确定对本案提交零赔付？" in shown
    assert answer.status_code == 422
    assert not Submission.objects.exists()


def test_the_service_asks_for_the_reason_too(branch: Branch):
    with pytest.raises(Refused) as refusal:
        send(adjusted_case(branch), "zero_payment", by=branch.clerk)

    assert refusal.value.ruling.codes == ("no_opinion",)
