"""重新路由: what would change is shown with its reason, and exactly that is applied."""

import pytest
from django.urls import reverse
from django.utils import timezone

from authority.models import LedgerEntry, PersonalGrant
from authority.refusals import Refused
from cases import services
from cases.conflicts import Stale
from cases.models import ChainStep, ClaimCase, Submission
from departments.models import Staff
from tests.cases.branch import Branch, adjusted_case, current, grant, in_post, say, send
from tests.cases.viewers import client_of

PAGE = reverse("cases:reroutes")
APPLY = reverse("cases:reroutes_apply")


def strip(staff: Staff) -> None:
    """Takes every grant from the person."""
    PersonalGrant.objects.filter(holder=staff).update(revoked_at=timezone.now(), revoked_by=None)


@pytest.fixture
def asked(branch: Branch) -> Submission:
    """Waits for the adjudicator, who has lost his grants since."""
    submission = send(adjusted_case(branch, "50000"), by=branch.clerk)
    strip(branch.adjudicator)
    return submission


def shown_of(detour: services.Detour) -> tuple[int, int, str]:
    return detour.submission.pk, detour.submission.case.version, detour.digest


def detours(staff: Staff) -> list[services.Detour]:
    staff = Staff.objects.get(pk=staff.pk)
    return services.detours_of(list(services.in_flight(staff)))


def test_what_would_change_is_told_with_the_reason(asked: Submission, branch: Branch):
    (detour,) = detours(branch.manager)

    assert detour.before == [f"{branch.adjudicator.name}（终审）"]
    assert detour.after == [f"{branch.office_head.name}（终审）"]
    assert detour.why == [
        f"{branch.adjudicator.name}：现无该事项的授权",
        f"{branch.office_head.name}现在有权",
    ]


def test_nothing_changes_for_the_sake_of_an_even_load(branch: Branch):
    for _ in range(3):
        send(adjusted_case(branch, "50000"), by=branch.clerk)
    grant(in_post("ADJ", branch.department), "adjudication", "100000")

    assert detours(branch.manager) == []


def test_what_was_shown_is_made_and_the_ledger_tells_it(asked: Submission, branch: Branch):
    (detour,) = detours(branch.manager)
    answer = client_of(branch.manager).post(APPLY, {"ticket": detour.ticket})

    assert answer.url == PAGE
    assert current(asked).staff == branch.office_head
    entry = LedgerEntry.objects.filter(action="reroute").get()
    assert entry.details["after"] == list(detour.after)
    assert detours(branch.manager) == []


@pytest.mark.parametrize("what", ["case", "grants"])
def test_what_moved_on_since_is_409_and_nothing_is_made(asked: Submission, branch: Branch, what: str):
    (detour,) = detours(branch.manager)
    if what == "case":
        ClaimCase.objects.filter(pk=asked.case_id).update(version=77)
    else:
        strip(branch.office_head)
    answer = client_of(branch.manager).post(APPLY, {"ticket": detour.ticket})

    assert answer.status_code == 409
    assert "一件也没有执行" in answer.text
    assert current(asked).staff == branch.adjudicator


def test_two_requests_of_one_case_go_together_or_not_at_all(asked: Submission, branch: Branch):
    (detour,) = detours(branch.manager)
    pk, version, shown = detour.ticket.split(":")
    with pytest.raises(Stale):
        services.reroute_shown([(int(pk), int(version), shown), (asked.pk + 999, 1, "")], by=branch.manager)

    assert current(asked).staff == branch.adjudicator


def test_only_who_manages_the_unit_reroutes(asked: Submission, branch: Branch):
    (detour,) = detours(branch.manager)
    assert client_of(branch.clerk).get(PAGE).status_code == 403
    with pytest.raises(Refused) as refusal:
        services.reroute_shown([shown_of(detour)], by=branch.clerk)

    assert refusal.value.ruling.codes == ("not_managing",)


def test_who_keeps_the_turn_keeps_the_time_waited(branch: Branch):
    submission = send(adjusted_case(branch, "150000"), by=branch.clerk)
    ChainStep.objects.filter(submission=submission, status="now").update(arrived_at="2026-01-01T08:00+08:00")
    strip(branch.office_head)
    (detour,) = detours(branch.manager)
    services.reroute_shown([shown_of(detour)], by=branch.manager)

    assert current(submission).staff == branch.adjudicator
    assert current(submission).arrived_at.year == 2026
    assert current(submission).arrived_at.month == 1


def test_what_was_said_stays_and_head_office_is_left_alone(branch: Branch):
    sent = send(adjusted_case(branch, "600000"), by=branch.clerk)
    for person in (branch.adjudicator, branch.manager):
        say(sent, "refer_up", by=person, opinion="请批", missing_papers="随后补")
    strip(branch.adjudicator)

    assert detours(branch.manager) == []


def test_the_page_shows_from_and_to(asked: Submission, branch: Branch):
    page = client_of(branch.manager).get(PAGE).text

    for text in (branch.adjudicator.name, branch.office_head.name, "现无该事项的授权", "会改变"):
        assert text in page


def test_the_page_costs_the_same_for_many(branch: Branch, client, assert_flat_queries):
    client.force_login(branch.manager)

    assert_flat_queries(PAGE, grow=lambda: send(adjusted_case(branch, "50000"), by=branch.clerk))
