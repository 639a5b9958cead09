"""Who may say what at which station, and what it does."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from guardian.shortcuts import assign_perm

from authority.refusals import Refused
from cases import services
from cases.conflicts import KeyReused, Stale
from cases.models import ClaimCase, Decision, Escalation, ProblemFinding, Submission
from cases.services import Amendment, Answer, Verdict
from cases.services.transition import note_step
from departments.models import Appointment, OutboxMessage, PostType, Staff
from tests.cases.branch import Branch, adjusted_case, assessed_case, current, grant, in_post, say, send


def stations(submission) -> list[tuple[str, str]]:
    return [(step.kind, step.status) for step in submission.chain.order_by("number")]


def stage_of(case: ClaimCase) -> str:
    return ClaimCase.objects.get(pk=case.pk).stage


def test_within_the_limit_one_station_decides(branch: Branch):
    case = adjusted_case(branch)
    submission = send(case, by=branch.clerk)
    decision = say(submission, "agree", by=branch.adjudicator, opinion="责任明确")

    case.refresh_from_db()
    assert (case.stage, case.approved) == ("approved", Decimal("8000"))
    assert (decision.limit, decision.grant.holder) == (Decimal("100000"), branch.adjudicator)
    assert decision.ruling["outcome"] == "allowed"
    assert decision.ledger_entry.grant_id == decision.grant_id
    assert stations(submission) == [("final", "done")]


def test_above_the_reviewer_the_case_is_referred_to_who_may_decide(branch: Branch):
    case = adjusted_case(branch, "150000")
    submission = send(case, by=branch.clerk)
    assert [step.staff for step in submission.chain.all()] == [branch.adjudicator, branch.office_head]

    say(submission, "refer_up", by=branch.adjudicator, opinion="建议同意")
    say(submission, "agree", by=branch.office_head)

    assert stage_of(case) == "approved"
    assert stations(submission) == [("preliminary", "done"), ("final", "done")]


def test_the_preview_is_the_chain_that_is_made(branch: Branch):
    case = adjusted_case(branch, "150000")
    plan = services.preview(case, "adjudication", by=branch.clerk)
    submission = send(case, by=branch.clerk)

    made = submission.chain.order_by("number").values_list("kind", "staff_id", "level")
    assert [(one.kind, one.person_id, one.level) for one in plan.stations] == list(made)


def test_who_stands_higher_may_decide_at_a_lower_station(branch: Branch):
    submission = send(adjusted_case(branch, "150000"), by=branch.clerk)

    say(submission, "agree", by=branch.manager)

    assert stations(submission) == [("preliminary", "done"), ("final", "skipped")]


@pytest.mark.parametrize(
    ("amount", "who", "outcome", "code"),
    [
        pytest.param("150000", "adjudicator", "agree", "over_limit", id="over the limit"),
        pytest.param("150000", "adjudicator", "refuse", "over_limit", id="refusing needs the authority too"),
        pytest.param("8000", "clerk", "agree", "sod:SOD-07", id="one's own submission"),
        pytest.param("8000", "surveyor", "agree", "no_grant", id="no grant"),
        pytest.param("8000", "statistician", "return", "no_grant", id="returning needs a say"),
        pytest.param("8000", "adjudicator", "return", "no_problem_code", id="return without a problem"),
        pytest.param("8000", "adjudicator", "agree_with_conditions", "no_conditions", id="no conditions"),
        pytest.param("600000", "adjudicator", "refer_up", "no_opinion", id="no preliminary opinion"),
        pytest.param("600000", "manager", "agree", "over_limit", id="over everybody's limit"),
    ],
)
def test_a_refusal_names_its_reason_and_changes_nothing(branch: Branch, amount, who, outcome, code):
    case = adjusted_case(branch, amount)
    submission = send(case, by=branch.clerk)
    before = ClaimCase.objects.values().get(pk=case.pk)

    with pytest.raises(Refused) as refusal:
        say(submission, outcome, by=getattr(branch, who))

    assert code in refusal.value.ruling.codes
    assert not Decision.objects.exists()
    assert ClaimCase.objects.values().get(pk=case.pk) == before


def test_somebody_elses_station_is_not_mine(branch: Branch):
    colleague = in_post("ADJ", branch.unit)
    grant(colleague, "adjudication", "1000")
    submission = send(adjusted_case(branch), by=branch.clerk)

    with pytest.raises(Refused) as refusal:
        say(submission, "refer_up", by=colleague.staff, opinion="看过")

    assert "not_my_step" in refusal.value.ruling.codes


def test_a_station_decides_once(branch: Branch):
    submission = send(adjusted_case(branch), by=branch.clerk)
    step, seen = current(submission), ClaimCase.objects.get(pk=submission.case_id).version
    services.decide(step, Verdict("agree", seen), by=branch.adjudicator)

    with pytest.raises(Refused) as refusal:
        services.decide(step, Verdict("agree", seen + 1), by=branch.manager)

    assert {"not_open", "wrong_stage", "not_now"} <= set(refusal.value.ruling.codes)


def test_a_stale_page_decides_nothing(branch: Branch):
    case = adjusted_case(branch)
    submission = send(case, by=branch.clerk)

    with pytest.raises(Stale):
        services.decide(current(submission), Verdict("agree", case.version), by=branch.adjudicator)


def test_the_same_request_twice_is_one_decision(branch: Branch):
    submission = send(adjusted_case(branch), by=branch.clerk)
    step, verdict = current(submission), Verdict("agree", 2, key=uuid4())
    first = services.decide(step, verdict, by=branch.adjudicator)

    assert services.decide(step, verdict, by=branch.adjudicator) == first
    with pytest.raises(KeyReused):
        services.decide(step, Verdict("refuse", 2, key=verdict.key), by=branch.adjudicator)


@pytest.mark.parametrize(
    "other",
    [
        {"return_to": "survey"}, {"opinion": "别的"}, {"problem_codes": ("P5",)},
        {"missing_papers": "照片"}, {"due_at": timezone.now()}, {"reviewed": {1: Decimal(5)}},
    ],
)  # fmt: skip
def test_the_same_key_with_anything_else_is_another_request(branch: Branch, other: dict):
    submission = send(adjusted_case(branch), by=branch.clerk)
    step, found = current(submission), {"return_to": "adjust", "problem_codes": ("P3",), "opinion": "有误"}
    verdict = Verdict("return", 2, key=uuid4(), **found)
    first = services.decide(step, verdict, by=branch.adjudicator)

    assert services.decide(step, replace(verdict, seen=3), by=branch.adjudicator) == first
    with pytest.raises(KeyReused):
        services.decide(step, replace(verdict, **other), by=branch.adjudicator)


def test_a_key_belongs_to_one_station(branch: Branch):
    key = uuid4()
    say(send(adjusted_case(branch), by=branch.clerk), "agree", by=branch.adjudicator, key=key)

    with pytest.raises(KeyReused):
        say(send(adjusted_case(branch), by=branch.clerk), "agree", by=branch.adjudicator, key=key)


def test_a_return_is_evidence_and_the_case_goes_on_from_the_named_step(branch: Branch):
    case = assessed_case(branch)
    submission = send(case, "damage_review", by=branch.clerk)
    found = {"return_to": "assess", "problem_codes": ("P3", "P5"), "opinion": "残值未扣"}
    say(submission, "return", by=branch.damage_reviewer, **found)

    case.refresh_from_db()
    findings = ProblemFinding.objects.filter(case=case)
    assert (case.stage, case.returned_to) == ("returned", "assess")
    assert {(one.problem_class.code, one.person, one.points) for one in findings} == {
        ("P3", branch.surveyor, 3), ("P5", branch.surveyor, 2),
    }  # fmt: skip
    with pytest.raises(Refused) as refusal:
        services.adjust(case, {}, by=branch.adjuster, seen=case.version)
    assert {"wrong_stage", "not_reviewed"} <= set(refusal.value.ruling.codes)


def test_a_review_may_cut_the_losses(branch: Branch):
    case = assessed_case(branch)
    loss = case.losses.get()
    submission = send(case, "damage_review", by=branch.clerk)
    say(submission, "agree", by=branch.damage_reviewer, reviewed={loss.pk: Decimal("7000")})

    case.refresh_from_db()
    loss.refresh_from_db()
    assert (case.stage, case.reviewed, loss.reviewed) == ("reviewed", 7000, 7000)
    assert loss.reviewer == branch.damage_reviewer


def test_everybody_concerned_is_told(branch: Branch):
    say(send(adjusted_case(branch), by=branch.clerk), "agree", by=branch.adjudicator)

    told = OutboxMessage.objects.order_by("pk").values_list("payload__kind", "payload__recipient")
    assert list(told) == [("to_decide", branch.adjudicator.pk), ("agreed", branch.clerk.pk)]


def test_withdrawing_is_for_the_submitter_before_anyone_decided(branch: Branch):
    case = adjusted_case(branch, "150000")
    submission = send(case, by=branch.clerk)
    services.withdraw(submission, "金额有误", by=branch.clerk, seen=2)
    again = send(case, by=branch.clerk)
    say(again, "refer_up", by=branch.adjudicator, opinion="同意")

    with pytest.raises(Refused) as refusal:
        services.withdraw(again, "", by=branch.adjuster, seen=ClaimCase.objects.get(pk=case.pk).version)
    assert {"not_submitter", "already_decided"} <= set(refusal.value.ruling.codes)


def test_a_higher_amount_makes_the_chain_anew_and_old_signatures_void(branch: Branch):
    case = adjusted_case(branch, "150000", reviewed="600000")
    case.losses.update(reviewed="600000")
    submission = send(case, by=branch.clerk)
    say(submission, "refer_up", by=branch.adjudicator, opinion="建议同意")
    seen = ClaimCase.objects.get(pk=case.pk).version
    amounts = {case.losses.get().pk: Decimal("400000")}
    services.amend(submission, Amendment(amounts, "漏计一项", seen), by=branch.clerk)

    assert stations(submission) == [("preliminary", "done"), ("final", "invalid"), ("final", "now")]
    assert current(submission).staff == branch.manager
    with pytest.raises(Refused):
        say(submission, "agree", by=branch.office_head)


def escalated(branch: Branch) -> Escalation:
    submission = send(adjusted_case(branch, "600000"), by=branch.clerk)
    say(submission, "refer_up", by=branch.adjudicator, opinion="建议同意")
    say(submission, "refer_up", by=branch.manager, opinion="部门同意", missing_papers="伤残鉴定随后补")
    return Escalation.objects.get(submission=submission)


def test_above_everybody_the_department_proposes_and_head_office_answers(branch: Branch):
    escalation = escalated(branch)
    assert stage_of(escalation.case) == "over_authority"
    assert not escalation.pack["is_complete"]

    decision = services.answer_escalation(
        escalation, Answer("altered", "总理赔〔2026〕18号", Decimal("550000")), by=branch.head_office_reviewer
    )
    case = ClaimCase.objects.get(pk=escalation.case_id)
    assert (case.stage, case.approved, decision.amount) == ("approved", 550000, 550000)

    done = services.confirm_execution(escalation, by=branch.clerk)
    assert (done.status, done.executed_by) == ("executed", branch.clerk)


def test_a_paper_answer_needs_its_scan_and_the_right_post(branch: Branch):
    escalation = escalated(branch)
    lacking = ("no_scan", "no_number")
    for staff, codes in [(branch.statistician, lacking), (branch.manager, ("not_head_office",))]:
        with pytest.raises(Refused) as refusal:
            services.answer_escalation(escalation, Answer("agreed"), by=staff)
        assert refusal.value.ruling.codes == codes


def test_an_answer_given_in_the_system_is_numbered_and_the_decision_rests_on_it(branch: Branch):
    escalation = escalated(branch)
    decision = services.answer_escalation(escalation, Answer("agreed"), by=branch.head_office_reviewer)

    number = Escalation.objects.get(pk=escalation.pk).answer_no
    assert number.startswith("PF")
    assert Decision.objects.get(pk=decision.pk).rests_on == f"总公司批复 {number}"


@pytest.mark.parametrize("who", ["head_office_reviewer", "statistician"])
def test_nobody_confirms_an_answer_of_his_own(branch: Branch, who: str):
    escalation, author = escalated(branch), getattr(branch, who)
    answer = Answer("agreed", "总理赔〔2026〕18号", scan=ContentFile(b"%PDF-", "批复.pdf"))
    services.answer_escalation(escalation, answer, by=author)
    assign_perm("handle_cases", author, branch.unit)

    with pytest.raises(Refused) as refusal:
        services.confirm_execution(escalation, by=Staff.objects.get(pk=author.pk))

    assert set(refusal.value.ruling.codes) <= {"same_person", "head_office"}


def test_a_head_office_person_may_answer_whichever_post_he_holds(branch: Branch):
    head = in_post("HQ_HEAD", branch.head_office).staff
    decision = services.answer_escalation(escalated(branch), Answer("agreed", "3号"), by=head)

    assert decision.rests_on == "总公司批复 3号"


@pytest.mark.parametrize("who", ["head_office_reviewer", "statistician"])
@pytest.mark.parametrize("step", ["survey", "assess", "adjust", "edit_amount", "submit"])
def test_who_worked_on_the_case_does_not_answer_for_head_office(branch: Branch, who: str, step: str):
    escalation, person = escalated(branch), getattr(branch, who)
    note_step(escalation.case, step, person, since=timezone.now())

    with pytest.raises(Refused) as refusal:
        services.answer_escalation(
            escalation, Answer("agreed", scan=ContentFile(b"%PDF-", "批复.pdf")), by=person
        )

    assert [code for code in refusal.value.ruling.codes if code.startswith("sod:")]
    assert Escalation.objects.get(pk=escalation.pk).status == "sent"


def test_head_office_refuses_and_the_case_returns_to_calculation(branch: Branch):
    escalation = escalated(branch)
    services.answer_escalation(escalation, Answer("refused", "2号"), by=branch.head_office_reviewer)

    case = ClaimCase.objects.get(pk=escalation.case_id)
    assert (case.stage, case.returned_to, case.approved) == ("returned", "adjust", 0)


def test_an_incomplete_pack_goes_up_only_with_a_reason(branch: Branch):
    submission = send(adjusted_case(branch, "600000"), by=branch.clerk)

    with pytest.raises(Refused) as refusal:
        services.escalate(current(submission), Verdict("refer_up", 2, "请批"), by=branch.manager)

    assert "pack_incomplete" in refusal.value.ruling.codes


def test_nobody_goes_to_head_office_past_somebody_who_can_decide(branch: Branch):
    submission = send(adjusted_case(branch, "150000"), by=branch.clerk)

    verdict = Verdict("refer_up", 2, "请批", missing_papers="无")
    with pytest.raises(Refused) as refusal:
        services.escalate(current(submission), verdict, by=branch.adjudicator)

    assert "decidable_here" in refusal.value.ruling.codes


def test_an_empty_group_approves_nothing(branch: Branch):
    """Injury reviews have no holder here: the request goes straight up, and an alarm is raised."""
    case = assessed_case(branch)
    case.losses.update(loss_class="injury")
    submission = send(case, "injury_review", by=branch.clerk)

    assert stations(submission) == [("head_office", "now")]
    assert stage_of(case) == "over_authority"
    assert Escalation.objects.get(submission=submission).sent_at <= timezone.now() + timedelta(seconds=1)


def test_a_co_signer_does_not_decide_as_well(branch: Branch):
    """Two people where two are asked for: whoever signed beside the decision leaves it to the other."""
    terms = {"cosign_count": 1, "cosign_post_type": PostType.objects.get(code="PPR")}
    for _ in range(2):
        grant(in_post("PPR", branch.department), "price_review", "9000", **terms)
    submission = send(assessed_case(branch), "price_review", by=branch.clerk)
    signer, decider = (step.staff for step in submission.chain.order_by("number"))
    say(submission, "agree", by=signer)

    with pytest.raises(Refused) as refusal:
        say(submission, "agree", by=signer)
    assert "cosign_missing" in refusal.value.ruling.codes
    say(submission, "agree", by=decider)
    assert stations(submission) == [("cosign", "done"), ("final", "done")]


def co_signed(branch: Branch) -> Submission:
    """A price review of 8,000 with its co-signature; the signer is too busy to be asked to decide."""
    terms = {"cosign_count": 1, "cosign_post_type": PostType.objects.get(code="LAR")}
    busy = Appointment.objects.get(staff=branch.damage_reviewer)
    for one in (busy, in_post("LAR", branch.department)):
        grant(one, "price_review", "9000", **terms)
    for _ in range(3):
        send(assessed_case(branch), "damage_review", by=branch.clerk)
    submission = send(assessed_case(branch), "price_review", by=branch.clerk)
    say(submission, "agree", by=branch.damage_reviewer)
    return submission


@pytest.mark.parametrize(("amount", "status"), [("8500", "invalid"), ("7000", "done")])
def test_a_co_signature_holds_up_to_the_amount_signed(branch: Branch, amount: str, status: str):
    submission = co_signed(branch)
    case = ClaimCase.objects.get(pk=submission.case_id)
    amounts = {case.losses.get().pk: Decimal(amount)}
    services.amend(submission, Amendment(amounts, "更正", case.version), by=branch.clerk)

    cosigns = submission.chain.filter(kind="cosign", staff=branch.damage_reviewer).order_by("number")
    assert cosigns[0].status == status
    assert cosigns.filter(status="now").exists() is (status == "invalid")


def test_who_could_decide_may_still_ask_somebody_higher(branch: Branch):
    submission = send(adjusted_case(branch), by=branch.clerk)
    say(submission, "refer_up", by=branch.adjudicator, opinion="案情疑难，请室主任决定")

    assert stations(submission) == [("final", "done"), ("final", "now")]
    assert current(submission).staff == branch.office_head
