"""Who reviews a case decides it and does none of its work."""

import pytest
from django.urls import reverse

from authority.refusals import Refused
from cases import services
from departments.models import PostType
from tests.cases.branch import Branch, adjusted_case, assessed_case, say, send
from tests.cases.viewers import client_of

REVIEWING = ("HQ_REVIEW", "ADJ", "REG_SPECIAL", "LAR", "PPR", "INJ_REV")


@pytest.mark.parametrize("code", REVIEWING)
def test_posts_that_decide_see_cases_and_do_not_handle_them(db, code: str):
    permissions = PostType.objects.get(code=code).permissions

    assert "see_cases" in permissions
    assert "handle_cases" not in permissions


def test_a_reviewer_does_no_work_on_what_he_returned(branch: Branch):
    case = assessed_case(branch)
    sent = send(case, "damage_review", by=branch.surveyor)
    say(sent, "return", by=branch.damage_reviewer, opinion="重拍", return_to="assess", problem_codes=("P1",))
    case.refresh_from_db()

    with pytest.raises(Refused) as refusal:
        services.assess(case, [], by=branch.damage_reviewer, seen=case.version)

    assert refusal.value.ruling.codes == ("not_handling",)


def test_a_reviewer_is_offered_no_work_on_the_page(branch: Branch):
    case = adjusted_case(branch)
    send(case, by=branch.adjuster)

    page = client_of(branch.adjudicator).get(case.get_absolute_url()).content.decode()

    assert reverse("cases:amend", args=[case.pk]) not in page
    assert reverse("cases:hand_over", args=[case.pk]) not in page
