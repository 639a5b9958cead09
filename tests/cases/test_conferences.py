"""A conference from convening to its conclusion, and what a binding one asks of the decision."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from authority.models import LedgerEntry
from cases import services
from cases.conferences import page
from cases.models import (
    CaseStep,
    ClaimCase,
    Conference,
    ConferenceKind,
    ConferenceMember,
    ConferenceOpinion,
    ConferenceUse,
)
from cases.services import Conclusion, Heeding, Meeting
from departments.models import OutboxMessage
from tests.cases.branch import adjusted_case, say, send
from tests.cases.meetings import concluded, convened, held, invitation, legal_of
from tests.cases.suits import codes
from tests.factories import StaffFactory


def first(conference: Conference) -> ConferenceMember:
    return conference.members.select_related("conference", "staff")[0]


def test_convening_lays_the_case_before_the_members(branch, guarded):
    conference = convened(branch)

    guarded()
    assert (conference.quorum_present, conference.quorum_written) == (3, 2)
    assert conference.members.count() == 3
    assert ["定损", "8000.00"] in [list(pair) for pair in conference.pack["amounts"]]
    assert "刘明" not in str(conference.pack)
    assert LedgerEntry.objects.filter(action="convene", details__conference=conference.pk).exists()
    told = OutboxMessage.objects.filter(payload__title__startswith="待您出具会商意见")
    assert told.count() == 3


def test_the_pack_stays_as_it_was(branch):
    conference = convened(branch)
    ClaimCase.objects.filter(pk=conference.case_id).update(assessed=1)

    conference.refresh_from_db()
    assert ["定损", "8000.00"] in conference.pack["amounts"]


def test_only_posts_that_the_kind_names_convene(branch):
    case = adjusted_case(branch)

    found = codes(
        services.convene, case, invitation(branch, legal_of(branch)), by=branch.clerk, seen=case.version
    )
    assert found == ["not_convening"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda branch: {"people": [branch.office_head]}, "too_few"),
        (lambda branch: {"people": [branch.office_head] * 3}, "seated_twice"),
        (lambda branch: {"chair": branch.manager}, "chair_no_member"),
        (lambda branch: {"people": [branch.office_head, branch.adjudicator, StaffFactory()]}, "member_blind"),
    ],
)
def test_members_that_make_no_conference(branch, change, code):
    case = adjusted_case(branch)
    asked = replace(invitation(branch, legal_of(branch)), **change(branch))

    assert code in codes(services.convene, case, asked, by=branch.adjudicator, seen=case.version)


def test_a_member_by_post_is_whoever_signs(branch):
    legal = legal_of(branch)
    case = adjusted_case(branch)
    conference = services.convene(
        case, invitation(branch, posts=["LEGAL"]), by=branch.adjudicator, seen=case.version
    )
    seat = conference.members.get(staff=None)
    assert seat in ConferenceMember.objects.waiting_for(legal)
    services.sign_opinion(seat, "pay", "可以赔付", by=legal)

    seat.refresh_from_db()
    assert seat.staff == legal
    assert not ConferenceMember.objects.waiting_for(legal).exists()


def test_nobody_writes_for_another_nor_twice(branch):
    conference = convened(branch)
    member = first(conference)
    assert codes(services.sign_opinion, member, "pay", "x", by=branch.manager) == ["not_member"]
    services.sign_opinion(member, "pay", "同意", by=member.staff)

    assert codes(services.sign_opinion, member, "pay", "再写", by=member.staff) == ["already_written"]


def test_a_withdrawn_opinion_stays_and_the_next_is_a_new_version(branch, guarded):
    conference = convened(branch)
    member = first(conference)
    opinion = services.sign_opinion(member, "pay", "同意", by=member.staff)
    assert codes(services.withdraw_opinion, opinion, "", by=member.staff) == ["no_reason"]
    assert codes(services.withdraw_opinion, opinion, "x", by=branch.manager) == ["not_signer"]
    services.withdraw_opinion(opinion, "新证据", by=member.staff)
    services.sign_opinion(member, "refuse", "不同意", by=member.staff)

    guarded()
    assert [one.version for one in member.opinions.order_by("version")] == [1, 2]


@pytest.mark.parametrize("field", ["text", "stance", "signed_by_id"])
def test_a_signed_opinion_is_not_changed_on_any_path(branch, field):
    conference = convened(branch)
    member = first(conference)
    services.sign_opinion(member, "pay", "同意", by=member.staff)
    value = branch.manager.pk if field == "signed_by_id" else "refuse"

    with pytest.raises(IntegrityError, match="cases_opinion_stands"), transaction.atomic():
        ConferenceOpinion.objects.update(**{field: value})
    with pytest.raises(IntegrityError, match="cases_opinion_stands"), connection.cursor() as cursor:
        cursor.execute("delete from cases_conferenceopinion")


def test_no_conclusion_without_a_quorum(branch):
    conference = convened(branch)
    conclusion = Conclusion("同意", "pay")
    assert codes(services.conclude, conference, conclusion, by=branch.office_head) == [
        "not_held",
        "no_quorum",
        "too_few_written",
    ]
    assert "not_chair" in codes(services.conclude, conference, conclusion, by=branch.adjudicator)


def test_the_meeting_notes_who_came(branch):
    conference = held(branch)

    assert conference.status == "meeting_held"
    assert all(one.is_present for one in conference.members.all())
    early = Meeting(conference.convened_at - timedelta(days=1), [])
    assert codes(services.hold_meeting, conference, early, by=branch.office_head) == ["before_convening"]


def test_the_chair_concludes_and_the_handler_is_told(branch, guarded):
    conference = concluded(branch)

    guarded()
    assert (conference.status, conference.is_binding) == ("concluded", True)
    titles = OutboxMessage.objects.filter(payload__recipient=branch.clerk.pk)
    assert titles.filter(payload__title__startswith="会商已有结论").exists()
    member = first(conference)
    assert codes(services.sign_opinion, member, "pay", "晚了", by=member.staff)[0] == "not_open"


def test_a_limit_needs_its_amount(branch):
    conference = held(branch)

    conclude = services.conclude
    assert codes(conclude, conference, Conclusion("x", "pay_up_to"), by=branch.office_head) == ["no_amount"]
    odd = Conclusion("x", "pay", Decimal(5))
    assert codes(conclude, conference, odd, by=branch.office_head) == ["amount_unasked"]


def decided(case: ClaimCase, branch, outcome: str = "agree", **fields):
    submission = case.submissions.filter(status="open").first() or send(case, by=branch.clerk)
    return say(submission, outcome, by=branch.adjudicator, opinion="意见", **fields)


def test_a_binding_conclusion_must_be_answered(branch):
    conference = concluded(branch)
    case = conference.case

    assert codes(decided, case, branch) == ["conference_unheeded"]
    decision = decided(case, branch, heeding=Heeding(conference.pk, "followed"))
    assert ConferenceUse.objects.get(decision=decision).heed == "followed"


def test_it_does_not_bind_what_is_no_decision(branch):
    conference = concluded(branch)

    fields = {"return_to": "submit", "problem_codes": ("P8",)}
    assert decided(conference.case, branch, "return", **fields).outcome == "return"


@pytest.mark.parametrize(
    ("said", "heeding", "code"),
    [
        ({"advice": "refuse"}, ("followed", ""), "conference_not_followed"),
        (
            {"advice": "pay_up_to", "amount_max": Decimal(5000)},
            ("followed", ""),
            "conference_not_followed",
        ),
        ({}, ("departed", " "), "no_departing_reason"),
        ({}, ("", ""), "heed_unsaid"),
    ],
)
def test_what_is_said_of_it_must_be_so(branch, said, heeding, code):
    conference = concluded(branch, **said)

    assert codes(decided, conference.case, branch, heeding=Heeding(conference.pk, *heeding)) == [code]


def test_departing_needs_a_reason_and_is_shown(branch):
    conference = concluded(branch, advice="refuse")
    heeding = Heeding(conference.pk, "departed", "会后取得新的责任认定书")

    decision = decided(conference.case, branch, heeding=heeding)

    assert decision.conference_use.reason == "会后取得新的责任认定书"


def test_an_advisory_conclusion_may_be_named_or_not(branch):
    conference = concluded(branch, is_binding=False)

    assert decided(conference.case, branch).outcome == "agree"
    assert not ConferenceUse.objects.exists()


def test_a_conference_of_another_case_is_no_support(branch):
    other = concluded(branch, is_binding=False)
    case = adjusted_case(branch)
    concluded(branch, case, is_binding=False)

    assert codes(decided, case, branch, heeding=Heeding(other.pk, "followed")) == ["conference_unknown"]


def test_members_who_took_part_are_shown_as_such(branch):
    case = adjusted_case(branch)
    now = timezone.now()
    CaseStep.objects.create(case=case, step="assess", person=branch.adjudicator, entered_at=now, left_at=now)

    seats = page.seats_of(convened(branch, case), branch.manager)

    assert sorted(seat.took_part for seat in seats) == ["", "", "定损"]


def test_called_off_with_a_reason_and_reminded_by_who_leads(branch, guarded):
    conference = convened(branch)
    assert services.remind_members(conference, by=branch.office_head) == 3
    assert codes(services.remind_members, conference, by=branch.clerk) == ["not_leading"]
    assert codes(services.call_off, conference, " ", by=branch.office_head) == ["no_reason"]

    services.call_off(conference, "当事人已和解", by=branch.adjudicator)

    guarded()
    assert not ConferenceMember.objects.waiting_for(branch.office_head).exists()


CONSTRAINTS = {
    "cases_conference_concluded_in_writing": {"status": "concluded", "concluded_at": timezone.now()},
    "cases_conference_status_known": {"status": "x"},
    "cases_conference_held_when_held": {"status": "meeting_held"},
    "cases_conference_amount_when_limited": {"amount_max": 5},
    "cases_conference_called_off_with_reason": {"status": "called_off"},
}


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_the_database_refuses(branch, name):
    conference = convened(branch)

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Conference.objects.filter(pk=conference.pk).update(**CONSTRAINTS[name])


def test_the_database_refuses_kinds_without_a_quorum(db):
    for name, values in {
        "cases_conference_kind_quorum": {"quorum_present": 1},
        "cases_conference_kind_dates_in_order": {"valid_to": "2001-01-01"},
    }.items():
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            ConferenceKind.objects.update(**values)


def test_the_database_refuses_seats_that_cannot_be(branch):
    conference = convened(branch)
    member, other = conference.members.all()[:2]
    for name, values in {
        "cases_conference_member_once": {"staff": other.staff},
        "cases_conference_member_somebody": {"staff": None, "post": ""},
    }.items():
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            ConferenceMember.objects.filter(pk=member.pk).update(**values)


def test_the_database_refuses_opinions_that_cannot_be(branch):
    conference = convened(branch)
    member = first(conference)
    services.sign_opinion(member, "pay", "同意", by=member.staff)
    signed = {"stance": "pay", "signed_by": branch.manager, "signed_at": timezone.now(), "text": "x"}
    create = ConferenceOpinion.objects.create

    with pytest.raises(IntegrityError, match="cases_opinion_one_stands"), transaction.atomic():
        create(member=member, case=conference.case, version=2, **signed)
    with pytest.raises(IntegrityError, match="cases_opinion_in_writing"), transaction.atomic():
        create(member=member, case=conference.case, version=3, **{**signed, "text": ""})
    with pytest.raises(IntegrityError, match="withdrawn_with_reason"), transaction.atomic():
        ConferenceOpinion.objects.update(withdrawn_at=timezone.now())
