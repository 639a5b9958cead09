"""转办、拿回、退回任一环节、失效的签署: what each does and what stands in its way."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from authority.refusals import Refused
from cases import services
from cases.models import (
    ClaimCase,
    Decision,
    EstimateChange,
    Payment,
    ProblemFinding,
    Submission,
    TakenBack,
)
from cases.services import Amendment, PaymentOrder, Transfer
from departments.models import OutboxMessage, Staff
from tests.cases.branch import Branch, adjusted_case, assessed_case, current, grant, in_post, say, send


def case_of(submission: Submission) -> ClaimCase:
    return ClaimCase.objects.get(pk=submission.case_id)


def stations(submission: Submission) -> list[tuple[str, str]]:
    return [(step.kind, step.status) for step in submission.chain.order_by("number")]


def codes(act, *args, **kwargs) -> set[str]:
    with pytest.raises(Refused) as refusal:
        act(*args, **kwargs)
    return set(refusal.value.ruling.codes)


def give(submission: Submission, receiver: Staff, *, by: Staff, reason: str = "出差"):
    order = Transfer(receiver, reason, case_of(submission).version)
    return services.transfer(current(submission), order, by=by)


def take_back(decision: Decision, *, by: Staff, reason: str = "看错金额"):
    return services.take_back(
        decision, reason, by=by, seen=ClaimCase.objects.get(pk=decision.case_id).version
    )


@pytest.fixture
def colleague(branch: Branch) -> Staff:
    held = in_post("ADJ", branch.department)
    grant(held, "adjudication", "100000")
    return held.staff


def test_a_station_goes_to_who_could_decide_it_and_keeps_its_age(branch: Branch, colleague: Staff):
    submission = send(adjusted_case(branch), by=branch.clerk)
    before = current(submission)
    made = give(submission, colleague if before.staff != colleague else branch.adjudicator, by=before.staff)

    assert stations(submission) == [("final", "handed_on"), ("final", "now")]
    assert made.arrived_at == before.arrived_at
    kinds = set(OutboxMessage.objects.values_list("payload__kind", "payload__recipient"))
    assert {("to_decide", made.staff_id), ("handed_on", before.staff_id)} <= kinds
    say(submission, "agree", by=made.staff)


def test_a_station_never_goes_to_the_submitter_or_who_worked_on_the_case(branch: Branch, colleague: Staff):
    case = assessed_case(branch)
    submission = send(case, "damage_review", by=branch.clerk)
    grant(branch.clerk.appointments.get(), "damage_review", "90000")
    grant(branch.surveyor.appointments.get(), "damage_review", "90000")

    for worker in (branch.clerk, branch.surveyor):
        found = codes(give, submission, worker, by=branch.damage_reviewer)
        assert any(code.startswith("sod:") for code in found)
    assert "no_grant" in codes(give, submission, colleague, by=branch.damage_reviewer)


def test_who_gives_a_station_away_has_it_or_manages_the_unit(branch: Branch, colleague: Staff):
    submission = send(adjusted_case(branch), by=branch.clerk)
    other = {branch.adjudicator: colleague}.get(current(submission).staff, branch.adjudicator)

    assert "not_my_step" in codes(give, submission, other, by=branch.surveyor)
    assert {"same_person", "no_reason"} <= codes(
        give, submission, current(submission).staff, by=current(submission).staff, reason=" "
    )
    assert give(submission, other, by=branch.manager).staff == other


def test_the_form_names_only_who_could_take_it(branch: Branch, colleague: Staff):
    submission = send(adjusted_case(branch), by=branch.clerk)
    found = services.receivers_of(current(submission))

    assert current(submission).staff_id not in found
    assert {branch.office_head.pk, branch.manager.pk} <= set(found)
    assert branch.clerk.pk not in found


def test_an_opinion_is_taken_back_before_the_next_one_acts(branch: Branch):
    submission = send(adjusted_case(branch, "150000"), by=branch.clerk)
    decision = say(submission, "refer_up", by=branch.adjudicator, opinion="建议同意")
    take_back(decision, by=branch.adjudicator)

    assert stations(submission) == [
        ("preliminary", "taken_back"),
        ("preliminary", "now"),
        ("final", "waiting"),
    ]
    assert TakenBack.objects.get().decision == decision
    assert OutboxMessage.objects.filter(
        payload__kind="taken_back", payload__recipient=branch.office_head.pk
    ).exists()
    again = say(submission, "refer_up", by=branch.adjudicator, opinion="再次建议")
    say(submission, "agree", by=branch.office_head)
    assert {"acted"} == codes(take_back, again, by=branch.adjudicator)


def test_an_agreed_decision_is_taken_back_with_its_money(branch: Branch):
    submission = send(adjusted_case(branch), by=branch.clerk)
    decision = say(submission, "agree", by=branch.adjudicator)
    take_back(decision, by=branch.adjudicator)

    case = case_of(submission)
    submission.refresh_from_db()
    assert (case.stage, case.approved, submission.status) == ("adjudicating", Decimal(0), "open")
    assert EstimateChange.objects.filter(case=case, subject="approved").count() == 2
    assert codes(take_back, decision, by=branch.adjudicator) >= {"taken_back"}
    assert say(submission, "agree", by=branch.adjudicator).pk != decision.pk
    assert case_of(submission).approved == Decimal(8000)


def test_once_paid_nothing_is_taken_back(branch: Branch):
    submission = send(adjusted_case(branch), by=branch.clerk)
    decision = say(submission, "agree", by=branch.adjudicator)
    case = case_of(submission)
    services.pay(case, PaymentOrder(Decimal(100), "刘明", case.version), by=branch.clerk)

    assert codes(take_back, decision, by=branch.adjudicator) == {"paid"}
    assert Payment.objects.exists()


def test_only_ones_own_decision_and_for_a_reason(branch: Branch):
    submission = send(adjusted_case(branch), by=branch.clerk)
    decision = say(submission, "agree", by=branch.adjudicator)

    assert codes(take_back, decision, by=branch.manager, reason=" ") == {"not_mine", "no_reason"}


def test_a_review_taken_back_gives_the_losses_their_amounts_again(branch: Branch):
    case = assessed_case(branch)
    loss = case.losses.get()
    submission = send(case, "damage_review", by=branch.clerk)
    decision = say(submission, "agree", by=branch.damage_reviewer, reviewed={loss.pk: Decimal(7000)})
    take_back(decision, by=branch.damage_reviewer)

    case, loss = case_of(submission), case.losses.get()
    assert (case.stage, case.reviewed, loss.reviewed, loss.reviewer) == ("reviewing", 0, 0, None)


def test_a_return_taken_back_takes_its_findings_along(branch: Branch):
    submission = send(adjusted_case(branch), by=branch.clerk)
    found = {"return_to": "adjust", "problem_codes": ("P3",), "opinion": "有误"}
    decision = say(submission, "return", by=branch.adjudicator, **found)
    take_back(decision, by=branch.adjudicator)

    assert case_of(submission).stage == "adjudicating"
    assert ProblemFinding.objects.get().status == "lifted"
    assert Decision.objects.filter(pk=decision.pk).exists()


def test_what_went_to_head_office_is_not_taken_back(branch: Branch):
    submission = send(adjusted_case(branch, "900000"), by=branch.clerk)
    say(submission, "refer_up", by=branch.adjudicator, opinion="x")
    decision = say(submission, "refer_up", by=branch.manager, opinion="x", missing_papers="随后")

    assert "at_head_office" in codes(take_back, decision, by=branch.manager)


@pytest.mark.parametrize("values", [{"reason": ""}])
def test_the_database_refuses_to_take_back_without_a_reason(branch: Branch, values: dict):
    decision = say(send(adjusted_case(branch), by=branch.clerk), "agree", by=branch.adjudicator)
    row = {"case": decision.case, "decision": decision, "taken_by": branch.adjudicator}
    with pytest.raises(IntegrityError, match="cases_taken_back_for_a_reason"), transaction.atomic():
        TakenBack.objects.create(**row, taken_at=timezone.now(), **values)


def test_a_return_may_name_a_review_that_was_passed(branch: Branch):
    case = assessed_case(branch)
    say(send(case, "damage_review", by=branch.clerk), "agree", by=branch.damage_reviewer)
    case.refresh_from_db()
    case = services.adjust(case, {case.losses.get().pk: Decimal(8000)}, by=branch.adjuster, seen=case.version)
    submission = send(case, by=branch.clerk)
    found = {"problem_codes": ("P5",), "opinion": "残值未扣"}
    assert "step_not_done" in codes(
        say, submission, "return", by=branch.adjudicator, return_to="review_injury", **found
    )

    say(submission, "return", by=branch.adjudicator, return_to="review_damage", **found)
    case.refresh_from_db()
    assert (case.stage, case.returned_to) == ("returned", "submit_review")
    assert ProblemFinding.objects.get().person == branch.damage_reviewer
    assert send(case, "damage_review", by=branch.clerk).status == "open"


def test_a_return_may_name_the_opinion_before(branch: Branch):
    submission = send(adjusted_case(branch, "150000"), by=branch.clerk)
    say(submission, "refer_up", by=branch.adjudicator, opinion="建议同意")
    found = {"problem_codes": ("P3",), "opinion": "意见过简", "return_to": "preliminary"}
    say(submission, "return", by=branch.office_head, **found)

    assert stations(submission) == [
        ("preliminary", "invalid"), ("final", "done"), ("preliminary", "now"), ("final", "waiting"),
    ]  # fmt: skip
    assert ProblemFinding.objects.get().person == branch.adjudicator
    assert case_of(submission).stage == "adjudicating"
    say(submission, "refer_up", by=branch.adjudicator, opinion="补充意见")
    say(submission, "agree", by=branch.office_head)


def test_without_an_opinion_before_there_is_nothing_to_return_to(branch: Branch):
    submission = send(adjusted_case(branch), by=branch.clerk)
    found = {"problem_codes": ("P3",), "opinion": "x", "return_to": "preliminary"}

    assert codes(say, submission, "return", by=branch.adjudicator, **found) == {"no_opinion_before"}


def test_a_signature_that_lost_its_force_says_why(branch: Branch):
    submission = send(adjusted_case(branch, "150000"), by=branch.clerk)
    say(submission, "refer_up", by=branch.adjudicator, opinion="建议同意")
    case = case_of(submission)
    amounts = {case.losses.get().pk: Decimal(90000)}
    services.amend(submission, Amendment(amounts, "更正", case.version), by=branch.clerk)

    invalid = submission.chain.filter(status="invalid").order_by("number")
    assert invalid[0].remark == "所签 150,000.00 元，报批金额已改为 90,000.00 元"
