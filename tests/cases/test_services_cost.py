"""What deciding and ruling cost, in statements; the transaction's own two are counted."""

from __future__ import annotations

from cases import services
from cases.matters import matters_of
from cases.models import Submission
from cases.services import Request, Verdict
from tests.cases.branch import Branch, adjusted_case, assessed_case, current, send

DECISION, REVIEW, SUBMISSION = 18, 25, 26


def test_a_decision_within_authority(branch: Branch, django_assert_max_num_queries):
    step = current(send(adjusted_case(branch), by=branch.clerk))

    with django_assert_max_num_queries(DECISION):
        services.decide(step, Verdict("agree", 2), by=branch.adjudicator)


def test_a_review_with_its_losses(branch: Branch, django_assert_max_num_queries):
    step = current(send(assessed_case(branch), "damage_review", by=branch.clerk))

    with django_assert_max_num_queries(REVIEW):
        services.decide(step, Verdict("agree", 3), by=branch.damage_reviewer)


def test_a_submission_with_its_chain(branch: Branch, django_assert_max_num_queries):
    case = adjusted_case(branch, "150000")

    with django_assert_max_num_queries(SUBMISSION):
        services.submit(case, Request("adjudication", 1), by=branch.clerk)


def test_the_matters_of_a_page(branch: Branch, django_assert_num_queries):
    for _ in range(5):
        send(adjusted_case(branch), by=branch.clerk)
        send(assessed_case(branch), "damage_review", by=branch.clerk)
    rows = list(Submission.objects.select_related("case__unit", "item"))

    with django_assert_num_queries(2):
        assert len(matters_of(rows)) == 10
