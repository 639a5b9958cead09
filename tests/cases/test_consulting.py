"""会商、报告、会签: what rules demand beside the decision itself is honoured, by distinct persons."""

from __future__ import annotations

import pytest
from django.db import IntegrityError
from django.urls import reverse

from authority.models import ReferralRule
from authority.refusals import Refused
from cases import services
from cases.models import ClaimCase, Consultation, Decision, Submission
from departments.models import OutboxMessage, PostType
from tests.cases.branch import Branch, adjusted_case, current, grant, in_post, say, send
from tests.factories import SubmissionFactory

FRAUD = {"is_fraud_suspected": True}


@pytest.fixture
def lawyer(branch: Branch):
    return in_post("LEGAL", branch.department).staff


@pytest.fixture
def doubtful(branch: Branch, lawyer) -> Submission:
    """Suspected of fraud, within the adjudicator's limit: the lawyer must be heard first."""
    return send(adjusted_case(branch, **FRAUD), by=branch.clerk)


def refused(act, *args, **options) -> tuple[str, ...]:
    with pytest.raises(Refused) as refusal:
        act(*args, **options)
    return refusal.value.ruling.codes


def told(kind: str) -> set[int]:
    messages = OutboxMessage.objects.filter(payload__kind=kind)
    return set(messages.values_list("payload__recipient", flat=True))


def test_the_opinion_is_asked_for_when_the_case_is_sent(branch, doubtful, lawyer):
    asked = doubtful.consultations.get()

    assert (asked.rule_code, asked.post, asked.answered_at) == ("SUSPECTED_FRAUD", "LEGAL", None)
    assert told("to_consult") == {lawyer.pk}


@pytest.mark.parametrize("outcome", ["agree", "refuse"])
def test_without_the_opinion_nothing_is_decided(branch, doubtful, outcome):
    codes = refused(say, doubtful, outcome, by=branch.adjudicator)

    assert codes == ("consult_missing:SUSPECTED_FRAUD",)
    assert not Decision.objects.exists()


def test_with_the_opinion_it_is(branch, doubtful, lawyer):
    services.give_opinion(doubtful.consultations.get(), "可以赔付", by=lawyer)

    say(doubtful, "agree", by=branch.adjudicator)

    doubtful.refresh_from_db()
    assert doubtful.status == "agreed"
    assert told("opinion_given") == {branch.adjudicator.pk}


def test_who_decides_has_not_given_the_opinion_himself(branch, doubtful):
    post = in_post("LEGAL", branch.department)
    grant(post, "adjudication", "100000")
    services.give_opinion(doubtful.consultations.get(), "可以赔付", by=post.staff)

    assert "consult_missing:SUSPECTED_FRAUD" in refused(say, doubtful, "agree", by=post.staff)


def test_returning_and_referring_up_need_no_opinion(branch, doubtful):
    say(doubtful, "refer_up", by=branch.adjudicator, opinion="案情复杂，请上级决定")

    assert current(doubtful).staff == branch.office_head


def test_who_may_not_give_it(branch, doubtful, lawyer):
    asked = doubtful.consultations.get()
    give = services.give_opinion

    assert refused(give, asked, "x", by=branch.office_head) == ("not_consulted",)
    give(asked, "同意", by=lawyer)
    assert refused(give, asked, "x", by=lawyer) == ("already_answered",)


def test_who_sent_the_case_gives_no_opinion_on_it(branch):
    submitter = in_post("LEGAL", branch.unit).staff
    case = adjusted_case(branch, **FRAUD)
    case.handler = submitter
    case.save()
    submission = send(case, by=submitter)

    codes = refused(services.give_opinion, submission.consultations.get(), "x", by=submitter)

    assert codes == ("sod:SOD-07",)


def test_an_inactive_account_and_a_closed_request(branch, doubtful, lawyer):
    asked = doubtful.consultations.get()
    Submission.objects.filter(pk=doubtful.pk).update(status="withdrawn", decided_at="2026-11-23T00:00Z")
    lawyer.is_active = False
    lawyer.save()

    codes = refused(services.give_opinion, asked, "x", by=lawyer)

    assert codes == ("not_open", "inactive", "not_consulted")


def test_nobody_in_the_post_means_nobody_decides(branch):
    """An empty group approves nothing."""
    submission = send(adjusted_case(branch, **FRAUD), by=branch.clerk)

    assert told("to_consult") == set()
    assert "consult_missing:SUSPECTED_FRAUD" in refused(say, submission, "agree", by=branch.adjudicator)


def test_what_became_known_later_is_asked_for_then(branch, lawyer):
    submission = send(adjusted_case(branch), by=branch.clerk)
    ask = services.ask_opinions
    assert refused(ask, submission, by=branch.adjudicator) == ("nothing_to_ask",)
    assert refused(ask, submission, by=branch.manager) == ("not_concerned",)
    ClaimCase.objects.filter(pk=submission.case_id).update(**FRAUD)

    (made,) = ask(submission, by=branch.adjudicator)

    assert made.post_name == "法务岗"
    Submission.objects.filter(pk=submission.pk).update(status="withdrawn", decided_at="2026-11-23T00:00Z")
    assert refused(ask, submission, by=branch.adjudicator) == ("not_open",)


def test_the_post_nearest_to_the_case_is_asked(branch, lawyer):
    near = in_post("LEGAL", branch.unit).staff

    send(adjusted_case(branch, **FRAUD), by=branch.clerk)

    assert told("to_consult") == {near.pk}


def test_a_major_case_is_reported_when_decided(branch):
    submission = send(adjusted_case(branch, is_major=True), by=branch.clerk)
    assert told("decided") == set()

    say(submission, "agree", by=branch.adjudicator)

    assert told("decided") == {branch.manager.pk}


def test_a_rule_ended_meanwhile_tells_nobody(branch):
    ReferralRule.objects.filter(code="MAJOR_NOTICE").update(valid_to="2020-01-01")
    submission = send(adjusted_case(branch, is_major=True), by=branch.clerk)

    say(submission, "agree", by=branch.adjudicator)

    assert told("decided") == set()


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("cases_consultation_answered_in_writing", {"opinion": "x"}),
        ("cases_consultation_once_per_rule", {"rule_code": "A"}),
    ],
)
@pytest.mark.django_db
def test_the_database_refuses(constraint, values):
    submission = SubmissionFactory()
    given = {"submission": submission, "text": "x", "post": "LEGAL", "post_name": "法务岗"}
    Consultation.objects.create(**given, rule_code="A", asked_by=submission.submitted_by)

    with pytest.raises(IntegrityError, match=constraint):
        Consultation.objects.create(**{**given, "rule_code": "B", **values}, asked_by=submission.submitted_by)


def test_on_the_pages(client, branch, doubtful, lawyer):
    lawyer.refresh_from_db()
    client.force_login(lawyer)
    asked = doubtful.consultations.get()
    address = reverse("cases:opine", args=[asked.pk])

    assert str(doubtful.case) in client.get(reverse("cases:consultations")).content.decode()
    assert "出具会商意见" in client.get(doubtful.case.get_absolute_url()).content.decode()
    client.post(address, {"opinion": ""})
    assert Consultation.objects.get().answered_at is None
    client.post(address, {"opinion": "可以赔付"})
    assert Consultation.objects.get().answered_by == lawyer
    assert "可以赔付" in client.get(reverse("cases:consultations")).content.decode()
    assert "可以赔付" in client.get(doubtful.case.get_absolute_url()).content.decode()


def test_asking_on_the_page(client, branch, lawyer):
    submission = send(adjusted_case(branch), by=branch.clerk)
    ClaimCase.objects.filter(pk=submission.case_id).update(**FRAUD)
    client.force_login(branch.adjudicator)

    assert "请求会商" in client.get(submission.case.get_absolute_url()).content.decode()
    client.post(reverse("cases:consult", args=[submission.pk]))
    assert Consultation.objects.get().asked_by == branch.adjudicator
    workbench = client.get(reverse("cases:workbench")).content.decode()
    assert "须先取得书面会商意见" in workbench


def test_the_list_costs_the_same_for_many(client, branch, lawyer, assert_flat_queries):
    lawyer.refresh_from_db()
    client.force_login(lawyer)

    assert_flat_queries(
        reverse("cases:consultations"),
        grow=lambda: send(adjusted_case(branch, **FRAUD), by=branch.clerk),
    )


def cosigned(branch: Branch, count: int) -> Submission:
    """The deputy head may decide with so many lawyers beside him; each of them holds the item, too."""
    deputy = in_post("DEPT_DEPUTY", branch.unit)
    grant(
        deputy,
        "adjudication",
        "8500",
        cosign_count=count,
        cosign_post_type=PostType.objects.get(code="LEGAL"),
    )
    return deputy.staff


def test_as_many_distinct_people_sign_as_the_grant_asks_for(branch):
    deputy = cosigned(branch, 2)
    lawyers = [in_post("LEGAL", branch.unit) for _ in range(3)]
    for one in lawyers:
        grant(one, "adjudication", "8100")
    submission = send(adjusted_case(branch, "8200"), by=branch.clerk)
    signers = [step.staff for step in submission.chain.filter(kind="cosign")]
    assert len(set(signers)) == 3

    say(submission, "agree", by=signers[0])
    assert refused(say, submission, "agree", by=signers[0]) != ()
    say(submission, "agree", by=signers[1])
    say(submission, "agree", by=deputy)

    submission.refresh_from_db()
    assert submission.status == "agreed"


def test_too_few_to_sign_means_the_grant_decides_nothing(branch):
    cosigned(branch, 2)
    grant(in_post("LEGAL", branch.unit), "adjudication", "8100")

    submission = send(adjusted_case(branch, "8200"), by=branch.clerk)

    assert not submission.chain.filter(kind="cosign").exists()
