"""An added signer who is away is not waited for: his opinion is missing, nothing else."""

from __future__ import annotations

import pytest

from authority.ledger import verify
from authority.models import LedgerEntry
from authority.refusals import Refused
from cases import services
from cases.jobs import keep_stations_staffed
from cases.models import ChainStep, ClaimCase, JointSigning, Submission
from cases.services import SignerRequest
from cases.services.signing import excuse_signer
from departments.models import OutboxMessage, Staff
from tests.cases.branch import Branch, adjusted_case, current, in_post, say, send
from tests.factories import AbsenceFactory


@pytest.fixture
def lawyers(branch: Branch) -> list[Staff]:
    return [in_post("LEGAL", branch.department).staff for _ in range(2)]


def version(submission: Submission) -> int:
    return ClaimCase.objects.get(pk=submission.case_id).version


def with_signers(branch: Branch, *people: Staff, amount: str = "8000", where: str = "before") -> Submission:
    submission = send(adjusted_case(branch, amount), by=branch.clerk)
    request = SignerRequest(people, where, "涉及法律问题", version(submission))
    services.add_signers(current(submission), request, by=branch.adjudicator)
    return submission


def station_of(submission: Submission, person: Staff) -> ChainStep:
    return submission.chain.select_related("submission").get(staff=person)


def stations(submission: Submission) -> list[tuple[str, str]]:
    return [(step.kind, step.status) for step in submission.chain.order_by("number")]


def told(person: Staff, kind: str) -> int:
    return OutboxMessage.objects.filter(payload__recipient=person.pk, payload__kind=kind).count()


def entries(submission: Submission) -> int:
    return LedgerEntry.objects.filter(chain=f"case:{submission.case_id}").count()


def test_the_chain_goes_on_without_him(branch: Branch, lawyers: list[Staff], guarded):
    submission = with_signers(branch, lawyers[0])
    before, asked_before = version(submission), told(branch.adjudicator, "to_decide")

    assert excuse_signer(station_of(submission, lawyers[0])) is True

    step, signing = station_of(submission, lawyers[0]), JointSigning.objects.get()
    assert stations(submission) == [("added", "skipped"), ("final", "now")]
    assert (step.left_at is None, step.remark) == (False, "不在岗，未加签")
    assert (signing.result, signing.ended_at is None) == ("failed", False)
    assert told(branch.adjudicator, "to_decide") == asked_before + 1
    assert version(submission) == before + 1


def test_the_ledger_says_that_nobody_did_it(branch: Branch, lawyers: list[Staff], guarded):
    submission = with_signers(branch, lawyers[0])
    excuse_signer(station_of(submission, lawyers[0]))
    guarded()

    entry = LedgerEntry.objects.get(chain=f"case:{submission.case_id}", action="excuse_signer")
    assert (entry.actor, entry.details["person"]) == (None, lawyers[0].name)
    assert (entry.from_state, entry.to_state, entry.amount) == ("adjudicating", "adjudicating", 8000)
    assert entry.details["submission"] == submission.pk
    assert verify([f"case:{submission.case_id}"]) == []


def test_who_asked_for_him_decides_without_his_opinion(branch: Branch, lawyers: list[Staff]):
    submission = with_signers(branch, lawyers[0])
    excuse_signer(station_of(submission, lawyers[0]))

    with pytest.raises(Refused):
        services.decide(
            station_of(submission, lawyers[0]), services.Verdict("agree", version(submission)), by=lawyers[0]
        )
    say(submission, "agree", by=branch.adjudicator)

    submission.refresh_from_db()
    assert submission.status == "agreed"


def test_after_an_opinion_the_next_station_begins(branch: Branch, lawyers: list[Staff]):
    submission = with_signers(branch, lawyers[0], amount="150000", where="after")
    say(submission, "refer_up", by=branch.adjudicator, opinion="建议同意")

    excuse_signer(station_of(submission, lawyers[0]))

    assert stations(submission) == [("preliminary", "done"), ("added", "skipped"), ("final", "now")]
    assert current(submission).staff == branch.office_head


def test_the_others_are_waited_for(branch: Branch, lawyers: list[Staff]):
    submission = with_signers(branch, *lawyers)

    assert excuse_signer(station_of(submission, lawyers[0])) is True
    assert stations(submission) == [("added", "skipped"), ("added", "now"), ("final", "waiting")]
    assert JointSigning.objects.get().ended_at is None

    say(submission, "agree", by=lawyers[1])
    assert stations(submission) == [("added", "skipped"), ("added", "done"), ("final", "now")]
    assert JointSigning.objects.get().result == "failed"


def test_the_signature_of_another_stays(branch: Branch, lawyers: list[Staff]):
    submission = with_signers(branch, *lawyers)
    say(submission, "agree", by=lawyers[1])

    excuse_signer(station_of(submission, lawyers[0]))

    assert stations(submission) == [("added", "skipped"), ("added", "done"), ("final", "now")]


def test_who_signed_is_not_excused(branch: Branch, lawyers: list[Staff]):
    submission = with_signers(branch, lawyers[0])
    step = station_of(submission, lawyers[0])
    say(submission, "agree", by=lawyers[0])
    before = entries(submission)

    assert excuse_signer(step) is False
    assert stations(submission) == [("added", "done"), ("final", "now")]
    assert (entries(submission), JointSigning.objects.get().result) == (before, "met")


def test_whose_turn_it_is_not_yet_is_not_excused(branch: Branch, lawyers: list[Staff]):
    submission = with_signers(branch, lawyers[0], amount="150000", where="after")
    before = entries(submission)

    assert excuse_signer(station_of(submission, lawyers[0])) is False
    assert stations(submission) == [("preliminary", "now"), ("added", "waiting"), ("final", "waiting")]
    assert entries(submission) == before


def test_who_decides_is_no_signer(branch: Branch):
    submission = send(adjusted_case(branch), by=branch.clerk)

    assert excuse_signer(current(submission)) is False
    assert stations(submission) == [("final", "now")]


def test_the_job_excuses_who_is_away_and_only_him(branch: Branch, lawyers: list[Staff]):
    submission = with_signers(branch, *lawyers)
    AbsenceFactory(staff=lawyers[0])

    keep_stations_staffed()
    keep_stations_staffed()

    assert stations(submission) == [("added", "skipped"), ("added", "now"), ("final", "waiting")]
    assert LedgerEntry.objects.filter(action="excuse_signer").count() == 1
