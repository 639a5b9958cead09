"""会签与加签: who is asked, what counts, what a refusal does, where the chain goes on."""

import pytest
from django.db import IntegrityError, connection, transaction

from authority.models import LedgerEntry
from authority.refusals import Refused
from cases import services
from cases.models import ClaimCase, JointSigning, SigningRule, Submission
from cases.services import SignerRequest
from departments.models import OutboxMessage, PostType, Staff
from tests.cases.branch import Branch, adjusted_case, current, grant, in_post, say, send


def version(submission: Submission) -> int:
    return ClaimCase.objects.get(pk=submission.case_id).version


def stations(submission: Submission) -> list[tuple[str, str]]:
    return [(step.kind, step.status) for step in submission.chain.order_by("number")]


def asked(*people: Staff, where: str = "before", needed: int = 0, seen: int) -> SignerRequest:
    return SignerRequest(people, where, "涉及法律问题", seen, needed)


def add(submission: Submission, *people: Staff, by: Staff, **terms) -> JointSigning:
    request = asked(*people, seen=version(submission), **terms)
    return services.add_signers(current(submission, by), request, by=by)


def codes(act, *args, **kwargs) -> set[str]:
    with pytest.raises(Refused) as refusal:
        act(*args, **kwargs)
    return set(refusal.value.ruling.codes)


@pytest.fixture
def lawyer(branch: Branch) -> Staff:
    return in_post("LEGAL", branch.department).staff


@pytest.fixture
def deputy(branch: Branch) -> Staff:
    """May decide with one lawyer's signature beside his."""
    held = in_post("DEPT_DEPUTY", branch.unit)
    terms = {"cosign_count": 1, "cosign_post_type": PostType.objects.get(code="LEGAL")}
    grant(held, "adjudication", "8500", **terms)
    return held.staff


def lawyers(branch: Branch, count: int) -> list[Staff]:
    held = [in_post("LEGAL", branch.unit) for _ in range(count)]
    for one in held:
        grant(one, "adjudication", "8100")
    return [one.staff for one in held]


def cosigned(branch: Branch, count: int) -> tuple[Submission, list[Staff]]:
    people = lawyers(branch, count)
    return send(adjusted_case(branch, "8200"), by=branch.clerk), people


def test_an_added_signer_signs_first_and_the_station_comes_back(branch: Branch, lawyer: Staff):
    submission = send(adjusted_case(branch), by=branch.clerk)
    arrived = current(submission).arrived_at
    add(submission, lawyer, by=branch.adjudicator)
    assert stations(submission) == [("added", "now"), ("final", "waiting")]

    say(submission, "refuse", by=lawyer, opinion="条款不支持")
    assert stations(submission) == [("added", "done"), ("final", "now")]
    assert current(submission).arrived_at == arrived
    decision = say(submission, "agree", by=branch.adjudicator)
    assert decision.outcome == "agree"
    assert JointSigning.objects.get().result == "failed"


def test_after_an_opinion_the_chain_passes_the_added_signer(branch: Branch, lawyer: Staff):
    submission = send(adjusted_case(branch, "150000"), by=branch.clerk)
    add(submission, lawyer, by=branch.adjudicator, where="after")
    say(submission, "refer_up", by=branch.adjudicator, opinion="建议同意")
    assert stations(submission) == [("preliminary", "done"), ("added", "now"), ("final", "waiting")]

    say(submission, "agree", by=lawyer)
    assert current(submission).staff == branch.office_head


def test_an_added_signer_has_no_authority(branch: Branch, lawyer: Staff):
    submission = send(adjusted_case(branch), by=branch.clerk)
    add(submission, lawyer, by=branch.adjudicator)

    found = {"return_to": "adjust", "problem_codes": ("P3",), "opinion": "x"}
    assert "cosign_only" in codes(say, submission, "return", by=lawyer, **found)
    assert "cosign_only" in codes(say, submission, "refer_up", by=lawyer, opinion="x")
    say(submission, "agree", by=lawyer)
    submission.refresh_from_db()
    assert submission.status == "open"
    assert codes(say, submission, "agree", by=lawyer) >= {"no_grant"}


def test_signers_are_named_with_every_reason_against_them(branch: Branch, lawyer: Staff):
    submission = send(adjusted_case(branch), by=branch.clerk)
    stranger = in_post("LEGAL", branch.head_office).staff
    stranger.user_permissions.clear()
    people = (branch.clerk, branch.adjudicator, lawyer, lawyer)
    found = codes(add, submission, *people, by=branch.adjudicator, where="after", needed=9)

    assert {"on_chain", "twice", "needed", "final_step"} <= found
    assert any(code.startswith("sod:") for code in found)
    assert {"nobody", "no_reason"} <= codes(
        services.add_signers,
        current(submission),
        SignerRequest((), "before", " ", version(submission)),
        by=branch.adjudicator,
    )
    assert "not_my_step" in codes(add, submission, lawyer, by=branch.office_head)


def test_nobody_signs_after_the_last_opinion_before_head_office(branch: Branch, lawyer: Staff):
    submission = send(adjusted_case(branch, "900000"), by=branch.clerk)
    say(submission, "refer_up", by=branch.adjudicator, opinion="建议同意")

    assert codes(add, submission, lawyer, by=branch.manager, where="after") == {"head_office_next"}


def test_so_many_of_those_asked_are_enough(branch: Branch):
    submission = send(adjusted_case(branch), by=branch.clerk)
    people = [in_post("LEGAL", branch.department).staff for _ in range(3)]
    signing = add(submission, *people, by=branch.adjudicator, needed=2)
    say(submission, "agree", by=people[0])
    say(submission, "refuse", by=people[1], opinion="有疑问")
    assert current(submission).kind == "added"
    say(submission, "agree", by=people[2])

    signing.refresh_from_db()
    assert (signing.result, current(submission).staff) == ("met", branch.adjudicator)


def test_co_signers_are_asked_at_once_and_one_is_enough(branch: Branch, deputy: Staff):
    submission, people = cosigned(branch, 2)
    assert stations(submission) == [("cosign", "now"), ("cosign", "now"), ("final", "waiting")]

    say(submission, "agree", by=people[1])
    assert [status for _, status in stations(submission)].count("skipped") == 1
    assert JointSigning.objects.get().result == "met"
    told = OutboxMessage.objects.filter(payload__kind="not_needed", payload__recipient=people[0].pk)
    assert told.exists()
    say(submission, "agree", by=deputy)


def test_a_refusal_does_not_count_and_the_next_may_still_sign(branch: Branch, deputy: Staff):
    submission, people = cosigned(branch, 2)
    say(submission, "refuse", by=people[0], opinion="不同意")
    assert current(submission).staff == people[1]

    say(submission, "refuse", by=people[1], opinion="不同意")
    assert JointSigning.objects.get().result == "failed"
    assert "cosign_missing" in codes(say, submission, "agree", by=deputy)
    say(submission, "refuse", by=deputy, opinion="会签未成")


def test_by_veto_one_refusal_is_enough(branch: Branch, deputy: Staff):
    SigningRule.objects.filter(item="").update(on_refusal="veto")
    submission, people = cosigned(branch, 2)
    say(submission, "refuse", by=people[0], opinion="不同意")

    assert stations(submission)[-1] == ("final", "now")
    assert "cosign_vetoed" in codes(say, submission, "agree", by=deputy)


def test_an_empty_group_signs_nothing(branch: Branch, deputy: Staff):
    """Nobody to ask: the grant decides nothing and the case goes to who may decide alone."""
    submission, _ = cosigned(branch, 0)

    assert not submission.chain.filter(kind="cosign").exists()
    assert codes(say, submission, "agree", by=deputy) >= {"cosign_missing"}
    with pytest.raises(IntegrityError, match="cases_signing_needs_somebody"), transaction.atomic():
        JointSigning.objects.create(**signing_of(submission), needed=0)


def signing_of(submission: Submission) -> dict:
    return {
        "submission": submission,
        "kind": "cosign",
        "on_refusal": "veto",
        "called_at": submission.submitted_at,
    }


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("cases_signing_kind_known", {"kind": "other"}),
        ("cases_signing_added_for_a_reason", {"kind": "added"}),
        ("cases_signing_ended_with_result", {"result": "failed"}),
    ],
)
def test_the_database_refuses(branch: Branch, constraint: str, values: dict):
    submission = send(adjusted_case(branch), by=branch.clerk)
    with pytest.raises(IntegrityError, match=constraint):
        JointSigning.objects.create(**{**signing_of(submission), "needed": 1, **values})


def test_the_database_counts_the_signatures_itself(branch: Branch):
    submission = send(adjusted_case(branch), by=branch.clerk)
    values = {**signing_of(submission), "result": "met", "ended_at": submission.submitted_at}
    JointSigning.objects.create(**values, needed=1)
    with pytest.raises(IntegrityError, match="cases_signing_counts"), connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")


def test_calling_off_brings_the_station_back(branch: Branch, lawyer: Staff):
    submission = send(adjusted_case(branch), by=branch.clerk)
    signing = add(submission, lawyer, by=branch.adjudicator)
    call_off = services.call_off_signers
    assert codes(call_off, signing, "x", by=lawyer, seen=version(submission)) == {"not_caller"}

    call_off(signing, "已电话沟通", by=branch.adjudicator, seen=version(submission))
    assert stations(submission) == [("added", "skipped"), ("final", "now")]
    assert "over" in codes(call_off, signing, "x", by=branch.adjudicator, seen=version(submission))


def test_every_verb_is_in_the_ledger(branch: Branch, lawyer: Staff):
    submission = send(adjusted_case(branch), by=branch.clerk)
    signing = add(submission, lawyer, by=branch.adjudicator)
    services.call_off_signers(signing, "沟通", by=branch.adjudicator, seen=version(submission))

    made = LedgerEntry.objects.filter(chain=f"case:{submission.case_id}").order_by("sequence")
    assert [entry.action for entry in made][-2:] == ["add_signers", "call_off_signers"]
