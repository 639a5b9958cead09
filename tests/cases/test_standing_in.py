"""Somebody is away: what waited for him waits for his stand-in, or the next who may; never for nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from authority.ledger import verify
from authority.models import LedgerEntry, Substitution
from authority.refusals import Refused
from cases import services
from cases.casefile.approval import chains_of, submissions_of
from cases.jobs import keep_stations_staffed
from cases.models import CaseStep, ClaimCase, Submission
from departments.models import Absence, Staff
from departments.services import cancel_absence
from tests.cases.branch import Branch, adjusted_case, current, in_post, say, send
from tests.factories import AbsenceFactory, OrgUnitFactory, StandInFactory


@dataclass
class Leave:
    absence: Absence
    helper: Staff
    stand_in: Substitution


@pytest.fixture
def helper(branch: Branch) -> Staff:
    """In the same post, without a grant of his own."""
    return in_post("ADJ", branch.department).staff


def leave(branch: Branch, helper: Staff, **fields: object) -> Leave:
    absence = AbsenceFactory(staff=branch.adjudicator, starts_at=timezone.now() - timedelta(hours=1))
    return Leave(absence, helper, StandInFactory(absence=absence, delegate=helper, accepted=True, **fields))


def sent_by(branch: Branch, helper: Staff) -> Submission:
    case = adjusted_case(branch)
    ClaimCase.objects.filter(pk=case.pk).update(handler=helper)
    case.refresh_from_db()
    return send(case, by=helper)


def who(submission: Submission) -> tuple[Staff | None, Staff | None]:
    step = submission.chain.get(status="now")
    return step.staff, step.acting_for


def test_a_new_submission_goes_to_the_stand_in_who_decides_for_both(branch: Branch, helper: Staff):
    leave(branch, helper)
    case = adjusted_case(branch)
    submission = send(case, by=branch.clerk)
    assert who(submission) == (helper, branch.adjudicator)

    decision = say(submission, "agree", by=helper, opinion="责任明确")

    assert (decision.decided_by, decision.acted_for) == (helper, branch.adjudicator)
    assert decision.grant.holder == branch.adjudicator
    assert decision.ledger_entry.acted_for == branch.adjudicator
    done = CaseStep.objects.get(case=case, step="adjudicate")
    assert (done.person, done.acted_for) == (helper, branch.adjudicator)
    (card,) = chains_of(submissions_of(case))
    assert card.links[-1].who == f"{helper.name}（代{branch.adjudicator.name}）"


@pytest.mark.parametrize("page", ["detail", "approval_sheet"])
def test_the_pages_name_both(branch: Branch, helper: Staff, client, page: str):
    leave(branch, helper)
    submission = send(adjusted_case(branch), by=branch.clerk)
    say(submission, "agree", by=helper, opinion="责任明确")
    client.force_login(branch.manager)

    shown = client.get(reverse(f"cases:{page}", args=[submission.case_id])).content.decode()

    assert f"（代{branch.adjudicator.name}）" in shown


def test_without_a_stand_in_the_next_holder_decides(branch: Branch):
    AbsenceFactory(staff=branch.adjudicator)

    assert who(send(adjusted_case(branch), by=branch.clerk)) == (branch.office_head, None)


def test_the_stand_in_does_not_decide_what_he_or_the_absent_person_did(branch: Branch, helper: Staff):
    """Whoever submitted may not, nor may his stand-in: it goes to the next."""
    leave(branch, helper)
    case = adjusted_case(branch)
    CaseStep.objects.create(
        case=case, step="survey", person=branch.adjudicator, entered_at=timezone.now(), left_at=timezone.now()
    )
    submission = send(case, by=branch.clerk)
    assert who(submission) == (branch.office_head, None)

    with pytest.raises(Refused) as refusal:
        say(submission, "agree", by=helper)
    assert "sod:SOD-02" in refusal.value.ruling.codes


def test_the_stand_in_never_decides_his_own_case(branch: Branch, helper: Staff):
    leave(branch, helper)
    submission = sent_by(branch, helper)
    assert who(submission) == (branch.office_head, None)

    with pytest.raises(Refused) as refusal:
        say(submission, "agree", by=helper)
    assert "sod:SOD-07" in refusal.value.ruling.codes


def test_what_was_waiting_goes_to_the_stand_in_and_comes_back(branch: Branch, helper: Staff):
    submission = send(adjusted_case(branch), by=branch.clerk)
    assert who(submission) == (branch.adjudicator, None)
    away = leave(branch, helper)

    assert keep_stations_staffed() == 1
    assert keep_stations_staffed() == 0
    assert who(submission) == (helper, branch.adjudicator)

    cancel_absence(away.absence, by=branch.adjudicator)
    assert keep_stations_staffed() == 1
    assert who(submission) == (branch.adjudicator, None)
    away.stand_in.refresh_from_db()
    assert (away.stand_in.status, away.stand_in.end_reason) == ("ended", "被代岗人已返岗")
    actions = LedgerEntry.objects.filter(chain=f"case:{submission.case_id}").values_list("action", flat=True)
    assert list(actions.order_by("sequence"))[1:] == ["reassign", "reassign"]
    assert verify() == []


def test_what_was_waiting_without_a_stand_in_goes_to_the_next(branch: Branch):
    submission = send(adjusted_case(branch), by=branch.clerk)
    AbsenceFactory(staff=branch.adjudicator)

    assert keep_stations_staffed() == 1
    assert keep_stations_staffed() == 0
    assert who(submission) == (branch.office_head, None)


def test_the_submitter_never_becomes_the_stand_in_of_his_own_submission(branch: Branch, helper: Staff):
    submission = sent_by(branch, helper)
    leave(branch, helper)

    keep_stations_staffed()

    assert who(submission) == (branch.office_head, None)


def test_a_stand_in_who_is_away_himself_is_passed_over(branch: Branch, helper: Staff):
    submission = send(adjusted_case(branch), by=branch.clerk)
    leave(branch, helper)
    AbsenceFactory(staff=helper)

    assert keep_stations_staffed() == 1
    assert keep_stations_staffed() == 0
    assert who(submission) == (branch.office_head, None)


def test_a_stand_in_who_surveyed_the_case_is_passed_over(branch: Branch, helper: Staff):
    case, now = adjusted_case(branch), timezone.now()
    CaseStep.objects.create(case=case, step="survey", person=helper, entered_at=now, left_at=now)
    submission = send(case, by=branch.clerk)
    leave(branch, helper)

    assert keep_stations_staffed() == 1
    assert keep_stations_staffed() == 0
    assert who(submission) == (branch.office_head, None)


def test_a_stand_in_for_another_unit_is_passed_over(branch: Branch, helper: Staff):
    submission = send(adjusted_case(branch), by=branch.clerk)
    leave(branch, helper, unit=OrgUnitFactory(parent=branch.department))

    assert keep_stations_staffed() == 1
    assert keep_stations_staffed() == 0
    assert who(submission) == (branch.office_head, None)


def test_what_is_no_longer_handed_over_goes_to_the_next(branch: Branch, helper: Staff):
    away = leave(branch, helper)
    submission = send(adjusted_case(branch), by=branch.clerk)
    Substitution.objects.filter(pk=away.stand_in.pk).update(items=["zero_payment"])

    assert keep_stations_staffed() == 1
    assert keep_stations_staffed() == 0
    assert who(submission) == (branch.office_head, None)


def test_where_nobody_else_may_it_waits_for_the_person(branch: Branch):
    submission = send(adjusted_case(branch, "300000"), by=branch.clerk)
    for person in (branch.adjudicator, branch.office_head, branch.manager):
        AbsenceFactory(staff=person)

    assert keep_stations_staffed() == 0
    assert who(submission)[0] == branch.adjudicator


def test_the_choice_of_the_stand_in_can_be_to_leave_it(branch: Branch, helper: Staff):
    away = leave(branch, helper, in_flight="stay")
    submission = send(adjusted_case(branch), by=branch.clerk)
    cancel_absence(away.absence, by=branch.adjudicator)

    assert keep_stations_staffed() == 1
    assert who(submission) == (helper, None)


@pytest.mark.parametrize(
    ("way", "expected"), [("back", "adjudicator"), ("reroute", "office_head"), ("stay", "helper")]
)
def test_recalling_does_with_what_waits_as_asked(branch: Branch, helper: Staff, way: str, expected: str):
    away = leave(branch, helper)
    submission = send(adjusted_case(branch), by=branch.clerk)

    assert services.recall_stand_in(away.stand_in, way, by=branch.adjudicator, reason="另有安排") == 1

    people = {"adjudicator": branch.adjudicator, "office_head": branch.office_head, "helper": helper}
    assert who(submission) == (people[expected], None)
    with pytest.raises(Refused):
        say(submission, "agree", by=helper)


def test_the_recall_page_lists_what_waits_and_asks(branch: Branch, helper: Staff, client):
    away = leave(branch, helper)
    submission = send(adjusted_case(branch), by=branch.clerk)
    url = reverse("cases:stand_in_recall", args=[away.stand_in.pk])
    client.force_login(branch.adjudicator)
    assert str(submission.case) in client.get(url).content.decode()
    assert client.post(url, {"way": "back"}).status_code == 422

    answer = client.post(url, {"way": "back", "reason": "提前返岗"})

    assert answer.url == away.stand_in.get_absolute_url()
    assert who(submission) == (branch.adjudicator, None)


def test_the_workbench_marks_what_waits_for_me_as_a_stand_in(branch: Branch, helper: Staff, client):
    leave(branch, helper)
    send(adjusted_case(branch), by=branch.clerk)
    client.force_login(helper)

    assert f"代岗：代{branch.adjudicator.name}" in client.get(reverse("cases:workbench")).content.decode()


def test_deciding_as_a_stand_in_costs_no_statement_more(
    branch: Branch, helper: Staff, django_assert_max_num_queries
):
    leave(branch, helper)
    step = current(send(adjusted_case(branch), by=branch.clerk))
    verdict = services.Verdict("agree", step.submission.case.version, opinion="同意")

    with django_assert_max_num_queries(18):
        services.decide(step, verdict, by=helper)
