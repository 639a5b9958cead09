"""上报件移交跟进: who is reminded of what lies at head office, and takes it over in the hand-over wizard."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from authority.ledger import verify
from authority.models import LedgerEntry
from authority.refusals import Refused
from cases import services
from cases.escalation.reminding import remind
from cases.models import Escalation, EscalationReminder
from cases.services import Answer
from departments.holdings import work_left
from departments.models import Staff
from departments.refusals import NotAllowed
from departments.services.hand_overs import Plan, hand_over, holdings_of
from tests.cases.branch import Branch, in_post
from tests.cases.test_head_office import answered, sent_up
from tests.cases.viewers import client_of


@pytest.fixture
def successor(branch: Branch) -> Staff:
    return in_post("DEPT_DEPUTY", branch.department).staff


@pytest.fixture
def boss(branch: Branch) -> Staff:
    """A second head of the department, who sees to the hand-over."""
    return in_post("DEPT_HEAD", branch.department).staff


def held(person: Staff) -> list[str]:
    groups = holdings_of(person)
    return [one.title for group in groups if group.kind.code == "escalation" for one in group.holdings]


def plan(giver: Staff, to: str, occasion: str = "transfer") -> Plan:
    seen = {(group.kind.code, one.thing): one.state for group in holdings_of(giver) for one in group.holdings}
    return Plan(
        occasion,
        timezone.localdate(),
        "调岗",
        {thing: to if thing[0] == "escalation" else "keep" for thing in seen},
        seen,
    )


def codes(act, *args: object, **kwargs: object) -> set[str]:
    with pytest.raises((Refused, NotAllowed)) as refusal:
        act(*args, **kwargs)
    return set(refusal.value.ruling.codes)


def test_who_sent_it_holds_it_until_it_is_carried_out(branch: Branch):
    escalation = answered(branch)
    assert held(escalation.sent_by) == [f"上报件 {escalation.number}"]

    services.confirm_execution(escalation, by=branch.clerk)
    assert held(escalation.sent_by) == []


def test_a_refusal_leaves_nothing_to_follow_up(branch: Branch):
    assert held(answered(branch, "refused").sent_by) == []


def test_in_the_wizard_it_goes_to_somebody(branch: Branch, successor: Staff, boss: Staff):
    escalation = sent_up(branch)
    made = hand_over(branch.manager, plan(branch.manager, str(successor.pk)), by=boss)

    escalation.refresh_from_db()
    assert (escalation.kept_by, escalation.sent_by) == (successor, branch.manager)
    assert (held(branch.manager), held(successor)) == ([], [f"上报件 {escalation.number}"])
    line = made.lines.get(kind="上报总公司件")
    assert (line.receiver, line.outcome) == (successor, f"移交 {successor.name} 跟进")
    entry = LedgerEntry.objects.get(action="hand_escalation")
    assert (entry.chain, entry.actor, entry.details["to"]) == (
        f"case:{escalation.case_id}",
        boss,
        successor.name,
    )
    assert escalation.history.first().history_user == boss
    assert verify() == []


def test_the_successor_is_reminded_and_told(branch: Branch, successor: Staff, boss: Staff):
    escalation = sent_up(branch)
    services.hand_escalation(escalation, successor, "调岗", by=branch.manager)
    Escalation.objects.filter(pk=escalation.pk).update(due_at=timezone.now() - timedelta(hours=1))

    assert remind()
    assert successor in {one.told for one in EscalationReminder.objects.select_related("told")}
    assert branch.manager not in {one.told for one in EscalationReminder.objects.select_related("told")}


def test_to_nobody_who_cannot_or_has_it(branch: Branch, successor: Staff):
    escalation = sent_up(branch)
    stranger = in_post("QM", branch.department).staff

    assert codes(services.hand_escalation, escalation, stranger, "x", by=branch.manager) == {
        "successor_not_handling"
    }
    assert codes(services.hand_escalation, escalation, branch.manager, "x", by=branch.manager) == {
        "same_handler"
    }
    assert codes(services.hand_escalation, escalation, successor, "x", by=stranger) == {"not_handling"}
    services.answer_escalation(escalation, Answer("refused", "1号"), by=branch.head_office_reviewer)
    assert codes(services.hand_escalation, escalation, successor, "x", by=branch.manager) == {"already_over"}
    assert not LedgerEntry.objects.filter(action="hand_escalation").exists()


def test_nobody_leaves_with_it(branch: Branch, boss: Staff):
    sent_up(branch)

    assert "must_go" in codes(hand_over, branch.manager, plan(branch.manager, "keep", "leaving"), by=boss)
    assert "上报总公司件" in "".join(one.text for one in work_left(branch.manager))


def test_the_page_names_who_follows_it_up(branch: Branch, successor: Staff):
    escalation = sent_up(branch)
    url = reverse("cases:escalation", args=[escalation.pk])
    assert "跟进人" not in client_of(branch.manager).get(url).content.decode()

    services.hand_escalation(escalation, successor, "调岗", by=branch.manager)
    page = client_of(branch.manager).get(url).content.decode()
    assert "跟进人" in page
    assert successor.name in page
