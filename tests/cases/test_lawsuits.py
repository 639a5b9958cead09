"""A suit from the court's papers to its result: who may do what, in which order, and what the case tells."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from authority.models import LedgerEntry
from cases import services
from cases.conflicts import Stale
from cases.models import CasePause, Lawsuit
from cases.services import Ending, Party, Plea, SuitFacts, Terms
from departments.models import Notification, OutboxMessage
from tests.cases.branch import adjusted_case, grant, in_post, say
from tests.cases.suits import (
    PARTIES,
    codes,
    entered,
    judged,
    judgment_values,
    legal_officer,
    now,
    replied,
    reported,
    sued,
    values,
)
from tests.factories import CaseFactory, StaffFactory

TOMORROW = timedelta(days=1)


@pytest.fixture
def officer(branch):
    return legal_officer(branch)


def test_registering_marks_the_case_and_names_the_officer(branch, officer, guarded):
    lawsuit = sued(branch)

    guarded()
    case = lawsuit.case
    case.refresh_from_db()
    assert case.is_litigated
    assert (lawsuit.stage, lawsuit.officer) == ("papers_in", officer)
    entry = LedgerEntry.objects.get(chain=f"case:{case.pk}", action="register_suit")
    assert (entry.details["lawsuit"], entry.amount) == (lawsuit.pk, Decimal("120000"))


def test_the_officer_with_the_fewest_suits_gets_the_next(branch, officer):
    second = legal_officer(branch)

    assert {sued(branch, docket_no="1").officer, sued(branch, docket_no="2").officer} == {officer, second}


def test_the_case_may_rest_for_the_suit_and_goes_on_when_it_is_over(branch, officer):
    lawsuit = sued(branch, pauses=True)
    lawsuit.case.refresh_from_db()
    assert (lawsuit.case.stage, CasePause.objects.get().reason) == ("suspended", "litigation")

    values = judgment_values(kind="withdrawal", amount=0)
    services.note_judgment(lawsuit, values, by=branch.clerk, seen=lawsuit.version)
    ending = Ending("dropped", Decimal(0), resumes_case=True)
    services.close_lawsuit(now(lawsuit), ending, by=branch.clerk, seen=now(lawsuit).version)

    lawsuit.case.refresh_from_db()
    assert lawsuit.case.stage == "adjusted"


@pytest.mark.parametrize(
    ("parties", "fields", "code"),
    [
        (PARTIES[:2], {}, "we_are_no_party"),
        (PARTIES[1:], {}, "no_parties"),
        ((*PARTIES[:2], Party("third_party", "公司", is_us=True)), {}, "other_side"),
        (PARTIES, {"received_at": timezone.now() + TOMORROW}, "in_future"),
        (PARTIES, {"received_at": timezone.now() - timedelta(days=999)}, "before_receipt"),
    ],
)
def test_papers_that_cannot_be_so_are_refused(branch, parties, fields, code):
    case = adjusted_case(branch)
    facts = SuitFacts(values(branch.clerk, **fields), parties)

    assert code in codes(services.register_lawsuit, case, facts, by=branch.clerk, seen=case.version)
    assert not Lawsuit.objects.exists()


def test_the_same_docket_is_not_registered_twice(branch):
    sued(branch)
    case = adjusted_case(branch, reported_at=timezone.now() - timedelta(days=90))
    facts = SuitFacts(values(branch.clerk), PARTIES)

    assert codes(services.register_lawsuit, case, facts, by=branch.clerk, seen=case.version) == [
        "already_registered"
    ]


def test_who_does_not_handle_the_case_registers_nothing(branch):
    case = adjusted_case(branch)
    facts = SuitFacts(values(branch.clerk), PARTIES)

    assert "not_handling" in codes(
        services.register_lawsuit, case, facts, by=StaffFactory(), seen=case.version
    )


def test_a_second_case_of_the_accident_is_linked_and_tells_so(branch, officer, guarded):
    lawsuit = sued(branch)
    other = adjusted_case(branch, accident_at=lawsuit.case.accident_at)

    services.link_case(lawsuit, other, by=branch.clerk, seen=lawsuit.version)

    guarded()
    other.refresh_from_db()
    assert other.is_litigated
    assert LedgerEntry.objects.filter(chain=f"case:{other.pk}", action="link_suit").count() == 1
    assert Lawsuit.objects.visible_to(branch.clerk).count() == 1


def test_another_accident_is_not_linked(branch, officer):
    lawsuit = sued(branch)
    other = adjusted_case(branch, accident_at=lawsuit.case.accident_at - timedelta(days=5))

    assert codes(services.link_case, lawsuit, other, by=branch.clerk, seen=lawsuit.version) == [
        "other_accident"
    ]


def test_the_report_is_a_request_that_the_officer_answers(branch, officer, guarded):
    lawsuit = reported(branch)
    submission = lawsuit.requests.get().submission

    assert (submission.item.code, submission.amount) == ("litigation", Decimal("120000"))
    assert (lawsuit.stage, lawsuit.case.stage) == ("reported_up", "adjusted")
    say(submission, "agree", by=officer, opinion="同意应诉")

    guarded()
    lawsuit = now(lawsuit)
    assert lawsuit.stage == "replied"
    assert lawsuit.replied_at is not None
    assert lawsuit.case.stage == "adjusted"


def test_above_the_officer_it_goes_up(branch, officer):
    head = in_post("DEPT_HEAD", branch.department)
    grant(head, "litigation", "300000")
    lawsuit = reported(branch, claimed=Decimal("290000"))
    submission = lawsuit.requests.get().submission

    say(submission, "refer_up", by=officer, opinion="超本人权限，建议应诉")

    assert submission.chain.get(status="now").staff == head.staff
    assert now(lawsuit).stage == "reported_up"


def test_beyond_the_branch_it_goes_to_head_office(branch, officer):
    lawsuit = reported(branch, claimed=Decimal("900000"))
    submission = lawsuit.requests.get().submission
    opinion = {"opinion": "超分公司权限", "missing_papers": "随后补"}
    say(submission, "refer_up", by=officer, **opinion)
    answer = services.Answer("agreed", "总法〔2026〕1号")
    services.answer_escalation(submission.escalation, answer, by=branch.head_office_reviewer)

    assert now(lawsuit).stage == "replied"
    assert now(lawsuit).case.stage == "adjusted"


def test_sent_back_it_is_reported_again_and_the_first_report_counts(branch, officer):
    lawsuit = reported(branch)
    submission = lawsuit.requests.get().submission
    fields = {"opinion": "补充事故认定书", "return_to": "submit", "problem_codes": ("P8",)}
    say(submission, "return", by=officer, **fields)
    first = now(lawsuit).reported_at

    services.report_lawsuit(now(lawsuit), Plea("已补"), by=branch.clerk, seen=now(lawsuit).version)

    assert (now(lawsuit).reported_at, lawsuit.requests.count()) == (first, 2)


def test_nothing_is_entered_before_the_reply(branch, officer):
    lawsuit = reported(branch)

    assert "wrong_stage" in codes(
        services.enter_lawsuit, lawsuit, "FL1", by=branch.clerk, seen=lawsuit.version
    )
    assert entered(branch, officer, docket_no="2").stage == "entered"


def test_an_old_page_is_told_that_the_suit_moved_on(branch, officer):
    lawsuit = replied(branch, officer)

    with pytest.raises(Stale):
        services.enter_lawsuit(lawsuit, "FL1", by=branch.clerk, seen=lawsuit.version - 1)


def test_a_settlement_stays_within_the_scheme_agreed_to(branch, officer):
    lawsuit = entered(branch, officer)
    terms = Terms(timezone.now(), Decimal("50000"), "一次性了结")
    settle = services.settle_lawsuit
    assert codes(settle, lawsuit, terms, by=branch.clerk, seen=lawsuit.version) == ["no_scheme"]
    plea = Plea("上限四万", Decimal("40000"))
    request = services.propose_settlement(lawsuit, plea, by=branch.clerk, seen=lawsuit.version)
    say(request.submission, "agree", by=officer, opinion="同意")
    lawsuit = now(lawsuit)
    assert codes(settle, lawsuit, terms, by=branch.clerk, seen=lawsuit.version) == ["over_scheme"]

    terms = Terms(timezone.now(), Decimal("38000"), "一次性了结")
    assert settle(lawsuit, terms, by=branch.clerk, seen=lawsuit.version).stage == "settled"


def test_a_suit_is_closed_with_its_result_and_an_explanation(branch, officer, guarded):
    lawsuit = judged(branch, officer, amount=Decimal("95000"))
    dear = Ending("lost", Decimal("96200"))
    close = services.close_lawsuit
    assert codes(close, lawsuit, dear, by=branch.clerk, seen=lawsuit.version) == ["no_explanation"]
    assert "not_settled" in codes(
        close, lawsuit, Ending("mediated", Decimal(1)), by=branch.clerk, seen=lawsuit.version
    )
    services.perform_lawsuit(
        lawsuit, Terms(timezone.now(), Decimal("96200")), by=branch.clerk, seen=lawsuit.version
    )
    ending = Ending("lost", Decimal("96200"), "法院采信鉴定意见")
    closed = close(now(lawsuit), ending, by=branch.clerk, seen=now(lawsuit).version)

    guarded()
    assert (closed.stage, closed.result, closed.final_amount) == ("closed", "lost", Decimal("96200"))


def test_what_is_open_keeps_the_suit_open(branch, officer):
    lawsuit = judged(branch, officer)
    plea = Plea("建议上诉", opinion="appeal")
    services.opine_on_judgment(lawsuit.judgments.get(), plea, by=branch.clerk, seen=lawsuit.version)

    assert codes(
        services.close_lawsuit,
        now(lawsuit),
        Ending("lost", Decimal(1)),
        by=branch.clerk,
        seen=now(lawsuit).version,
    ) == ["request_open"]


def test_a_correction_needs_a_reason_and_stays_in_the_history(branch, officer):
    lawsuit = sued(branch)
    corrected = SuitFacts(values(branch.clerk, claimed=Decimal("150000")), PARTIES)

    services.correct_lawsuit(lawsuit, corrected, "变更诉讼请求", by=branch.clerk, seen=lawsuit.version)

    assert [row.claimed for row in now(lawsuit).history.all()][:2] == [Decimal(150000), Decimal(120000)]
    assert LedgerEntry.objects.get(action="correct_suit").reason == "变更诉讼请求"


def test_the_officer_holds_the_legal_post(branch, officer):
    lawsuit = sued(branch)

    assert codes(services.assign_officer, lawsuit, branch.clerk, by=branch.clerk, seen=lawsuit.version) == [
        "not_legal"
    ]


def test_who_may_not_see_the_case_sees_no_suit(branch, officer):
    sued(branch)

    assert not Lawsuit.objects.visible_to(in_post("CASE_REG", CaseFactory().unit).staff).exists()


def test_whom_it_concerns_is_told(branch, officer):
    sued(branch)

    told = OutboxMessage.objects.filter(topic="notification", payload__recipient=officer.pk)
    assert told.exists()
    assert not Notification.objects.exists()


def test_other_suits_on_the_case_count_with_it_and_the_same_suit_does_not(branch, officer):
    first = judged(branch, officer)
    plea = Plea("判决适当", opinion="accept")
    request = services.opine_on_judgment(first.judgments.get(), plea, by=branch.clerk, seen=first.version)
    assert request.submission.case_total == request.amount
    say(request.submission, "agree", by=officer, opinion="服判")
    first.case.refresh_from_db()

    second = sued(branch, first.case, docket_no="另案", claimed=Decimal("20000"), estimate=Decimal(0))
    asked = services.report_lawsuit(second, Plea("应诉"), by=branch.clerk, seen=second.version)

    assert asked.submission.case_total == Decimal("140000")
