"""What one decision costs: begin and commit included, however long the chain or many the grants."""

from cases import services
from cases.services import Verdict
from tests.cases.branch import Branch, adjusted_case, current, send

STATEMENTS = 18


def test_a_final_decision_takes_eighteen_statements(branch: Branch, django_assert_max_num_queries):
    step = current(send(adjusted_case(branch), by=branch.clerk))
    verdict = Verdict("agree", step.submission.case.version, opinion="同意")

    with django_assert_max_num_queries(STATEMENTS):
        services.decide(step, verdict, by=branch.adjudicator)


def test_referring_a_case_up_takes_eighteen_statements(branch: Branch, django_assert_max_num_queries):
    step = current(send(adjusted_case(branch, "150000"), by=branch.clerk))
    verdict = Verdict("refer_up", step.submission.case.version, opinion="建议同意")

    with django_assert_max_num_queries(STATEMENTS):
        services.decide(step, verdict, by=branch.adjudicator)
