"""Many over-authority cases at once, some bound by a conclusion: followed, or refused with the reason."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cases.models import ConferenceUse, Submission
from tests.cases.branch import Branch
from tests.cases.meetings import concluded
from tests.cases.test_admin import REVIEW, at_department, manager, review, texts

__all__ = ["manager"]


@pytest.fixture
def submission(branch: Branch) -> Submission:
    made = at_department(branch, "400000")
    concluded(branch, made.case, advice="pay_up_to", amount_max=Decimal(450000))
    return made


def shown(client, *submissions: Submission) -> str:
    asked = "&".join(f"id={one.pk}" for one in submissions)
    return client.get(f"{REVIEW}?action=agree&{asked}").content.decode()


def test_the_page_says_which_conclusion_binds(manager, branch: Branch, submission: Submission):
    page = shown(manager, submission, at_department(branch, "300000"))

    assert "赔付不超过 450,000.00 元" in page
    assert "按会商结论办理" in page
    assert "按会商结论办理" not in shown(manager, at_department(branch, "300000"))


def test_left_unsaid_the_row_is_refused_and_the_others_are_done(manager, branch, submission: Submission):
    other = at_department(branch, "300000")
    results = dict(texts(review(manager, "agree", submission, other, opinion="同意")))

    assert set(results) == {True, False}
    assert "有约束力" in results[False]
    assert not ConferenceUse.objects.exists()


def test_said_to_be_followed_it_is_named(manager, branch: Branch, submission: Submission):
    answer = review(manager, "agree", submission, opinion="同意", follows_conferences="on")

    assert [done for done, _ in texts(answer)] == [True]
    assert ConferenceUse.objects.get().heed == "followed"


def test_what_does_not_follow_cannot_be_said_to(manager, branch: Branch):
    dearer = at_department(branch, "400000")
    concluded(branch, dearer.case, advice="pay_up_to", amount_max=Decimal(100000))
    ((done, text),) = texts(review(manager, "agree", dearer, opinion="同意", follows_conferences="on"))

    assert (done, "不能称按结论办理" in text) == (False, True)
