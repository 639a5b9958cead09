"""临时授权: given by one superior for hours, each act ratified afterwards or undone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from authority import services as authority
from authority.holders import holder_for, holders_of
from authority.ledger import verify
from authority.models import EmergencyGrant, LedgerEntry, Ratification
from authority.refusals import Refused
from authority.urgent import EmergencyTerms, due_at
from cases import services
from cases.jobs import keep_stations_staffed
from cases.models import ClaimCase, Decision, ReversalTask
from cases.services import PaymentOrder
from departments.models import Appointment, CertificateType, OutboxMessage, PostType, Staff
from tests.cases.branch import Branch, adjusted_case, in_post, say, send
from tests.factories import AbsenceFactory, CertificateFactory, StaffFactory

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def helper(branch: Branch) -> Staff:
    """A reviewer of level 3 without a grant; the office head, of level 4, holds 200,000."""
    return in_post("ADJ", branch.department).staff


def terms(branch: Branch, helper: Staff, **changes: Any) -> EmergencyTerms:
    based_on = branch.office_head.grants.get(item__code="adjudication")
    given = EmergencyTerms(helper, based_on, 12, Decimal("150000"), "核赔岗均不在岗，客户急需")
    return replace(given, **changes)


def give(branch: Branch, helper: Staff, **changes: Any) -> EmergencyGrant:
    return authority.give_emergency(terms(branch, helper, **changes), by=branch.office_head)


def held(staff: Staff) -> list[Any]:
    return [limit for limit in holder_for(staff).limits if limit.source == "emergency"]


def acted(branch: Branch, helper: Staff) -> Decision:
    """He agrees to 120,000 yuan, which is the office head's to decide."""
    submission = send(adjusted_case(branch, "120000"), by=branch.clerk)
    return say(submission, "agree", by=helper, opinion="急")


def test_it_is_in_force_at_once_and_alarms_those_who_watch(branch, helper):
    watcher = StaffFactory(admin_role="security")
    given = give(branch, helper)

    (limit,) = held(helper)
    assert (limit.letter_no, limit.amount_max) == (given.number, 15_000_000)
    assert helper.pk in [holder.person_id for holder in holders_of("adjudication")]
    told = {message.payload["recipient"] for message in OutboxMessage.objects.all()}
    assert told == {helper.pk, branch.manager.pk, watcher.pk}
    assert LedgerEntry.objects.get(chain=f"emergency:{given.pk}").reason == given.reason


def test_it_is_narrower_than_the_givers_grant_on_every_dimension(branch, helper):
    give(branch, helper, unit=branch.unit, lines=("own_damage",))

    (limit,) = held(helper)
    assert (limit.unit_path, limit.lines) == (branch.unit.path, frozenset({"own_damage"}))


def leave_post(staff: Staff) -> None:
    Appointment.objects.filter(staff=staff).update(ends_on=timezone.localdate() - timedelta(days=1))


def demand_certificate() -> None:
    """The giver's post demands one from today, and the giver has none."""
    PostType.objects.filter(code="OFFICE_HEAD").update(required_certificates=["ADJUDICATOR"])
    CertificateType.objects.filter(code="ADJUDICATOR").update(enforced_from=timezone.localdate())


def test_a_grant_whose_certificate_has_run_out_is_not_given(branch, helper):
    demand_certificate()
    assert codes(lambda: give(branch, helper)) == ["not_own_grant"]
    CertificateFactory(staff=branch.office_head)
    give(branch, helper)

    assert len(held(helper)) == 1


@pytest.mark.parametrize(
    "end", ["hours", "ended", "grant gone", "giver out", "giver moved", "post lost", "certificate"]
)
def test_it_ends_by_itself_and_with_what_it_rests_on(branch, helper, end):
    given = give(branch, helper)
    {
        "hours": lambda: EmergencyGrant.objects.update(
            starts_at=timezone.now() - timedelta(days=2), ends_at=timezone.now() - timedelta(days=1)
        ),
        "ended": lambda: authority.end_emergency(given, by=branch.manager, reason="情况解除"),
        "grant gone": lambda: branch.office_head.grants.update(revoked_at=timezone.now()),
        "giver out": lambda: Staff.objects.filter(pk=branch.office_head.pk).update(is_active=False),
        "giver moved": lambda: leave_post(branch.office_head),
        "post lost": lambda: leave_post(helper),
        "certificate": demand_certificate,
    }[end]()

    assert held(helper) == []
    assert helper.pk not in [holder.person_id for holder in holders_of("adjudication")]


def codes(act: Any) -> list[str]:
    with pytest.raises(Refused) as refusal:
        act()
    return sorted(refusal.value.ruling.codes)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"hours": 25}, ["hours"]),
        ({"hours": 0}, ["hours"]),
        ({"amount_max": Decimal("200000.01")}, ["amount"]),
        ({"reason": "  "}, ["no_reason"]),
    ],
)
def test_what_may_not_be_given(branch, helper, changes, expected):
    assert codes(lambda: give(branch, helper, **changes)) == expected


def test_to_whom_it_may_not_be_given(branch, helper):
    assert codes(lambda: give(branch, branch.office_head)) == ["not_superior", "oneself"]
    assert codes(lambda: give(branch, branch.manager)) == ["not_superior"]
    outsider = StaffFactory(is_active=False, is_employee=False, admin_role="audit")
    assert codes(lambda: give(branch, outsider)) == [
        "admin_role", "no_post", "not_employee", "receiver_inactive", "sees_no_cases",
    ]  # fmt: skip
    give(branch, helper)
    assert codes(lambda: give(branch, helper, unit=branch.unit)) == ["overlap"]


def test_posts_that_exclude_each_other_give_nothing(branch):
    """SOD-01: what a 核赔岗 holds is not for a 核保岗."""
    underwriter = in_post("UNDERWRITE", branch.department).staff
    PostType.objects.filter(code="ADJ").update(level=4)
    based_on = branch.adjudicator.grants.get(item__code="adjudication")
    asked = terms(branch, underwriter, based_on=based_on, amount_max=Decimal("50000"))

    refusals = codes(lambda: authority.give_emergency(asked, by=branch.adjudicator))
    assert refusals == ["incompatible_posts", "sees_no_cases"]


def test_who_may_not_give(branch, helper):
    asked = terms(branch, helper)
    assert codes(lambda: authority.give_emergency(asked, by=branch.manager)) == ["not_own_grant"]
    AbsenceFactory(staff=branch.office_head)
    Staff.objects.filter(pk=branch.office_head.pk).update(is_active=False)
    assert codes(lambda: authority.give_emergency(asked, by=branch.office_head)) == ["inactive", "on_leave"]


def test_who_may_end_it_and_once(branch, helper):
    given = give(branch, helper)
    assert codes(lambda: authority.end_emergency(given, by=helper, reason="x")) == ["no_right"]
    authority.end_emergency(given, by=branch.office_head, reason="情况解除")
    assert codes(lambda: authority.end_emergency(given, by=branch.office_head, reason="x")) == [
        "wrong_status"
    ]


def test_what_is_over_is_written_off_once(branch, helper):
    given = give(branch, helper)
    keep_stations_staffed()
    assert EmergencyGrant.objects.get().ended_at is None
    now = timezone.now()
    EmergencyGrant.objects.update(starts_at=now - timedelta(days=2), ends_at=now - timedelta(days=1))
    keep_stations_staffed()

    done = EmergencyGrant.objects.get()
    assert (done.state, done.end_reason) == ("ended", "时限届满")
    assert authority.write_off_emergency(given) is False


def test_each_act_waits_for_ratification(branch, helper):
    given = give(branch, helper)
    decision = acted(branch, helper)

    found = Ratification.objects.get()
    assert (found.emergency, found.ledger_entry) == (given, decision.ledger_entry)
    assert (found.ratifier, found.amount) == (branch.office_head, Decimal("120000"))
    assert decision.letter_no == given.number
    assert decision.grant.holder == branch.office_head
    services.ratify(found, by=branch.office_head, note="情况属实")
    found.refresh_from_db()
    assert (found.state, found.answered_by) == ("ratified", branch.office_head)
    assert verify() == []


def test_an_ordinary_act_needs_none(branch, helper):
    give(branch, helper)
    say(send(adjusted_case(branch), by=branch.clerk), "agree", by=branch.adjudicator)

    assert not Ratification.objects.exists()


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        (datetime(2026, 11, 20, 10, tzinfo=SHANGHAI), datetime(2026, 11, 23, 10, tzinfo=SHANGHAI)),
        (datetime(2026, 11, 21, 15, tzinfo=SHANGHAI), datetime(2026, 11, 23, 18, tzinfo=SHANGHAI)),
    ],
)
def test_it_is_due_in_working_hours(db, moment, due):
    """Friday ten o'clock and eight hours is Monday ten; Saturday counts from Monday morning."""
    assert due_at(moment, 8) == due


def test_past_the_hours_it_is_overdue(branch, helper):
    give(branch, helper)
    acted(branch, helper)
    Ratification.objects.update(due_at=timezone.now() - timedelta(hours=1))

    assert Ratification.objects.get().state_name == "逾期未追认"


def test_who_may_not_ratify(branch, helper):
    give(branch, helper)
    acted(branch, helper)
    found = Ratification.objects.get()
    assert codes(lambda: services.ratify(found, by=helper)) == ["oneself", "took_part"]
    assert codes(lambda: services.ratify(found, by=branch.adjudicator)) == ["no_right"]
    assert codes(lambda: services.ratify(found, by=branch.clerk)) == ["no_right", "took_part"]
    services.ratify(found, by=branch.manager)
    assert codes(lambda: services.ratify(found, by=branch.manager)) == ["wrong_status"]


def refused(branch: Branch, helper: Staff) -> ReversalTask:
    give(branch, helper)
    acted(branch, helper)
    return services.refuse_ratification(Ratification.objects.get(), by=branch.office_head, note="责任不清")


def test_refusing_opens_a_reversal_and_stops_the_money(branch, helper):
    task = refused(branch, helper)

    assert (task.responsible, task.to_recover) == (branch.clerk, 0)
    case = ClaimCase.objects.get(pk=task.case_id)
    order = PaymentOrder(Decimal("100"), "刘明", case.version)
    assert codes(lambda: services.pay(case, order, by=branch.clerk)) == ["reversal_open"]
    services.finish_reversal(task, by=branch.clerk, evidence="已退回重审，川理撤〔2026〕1号")
    case.refresh_from_db()
    services.pay(case, replace(order, seen=case.version), by=branch.clerk)
    actions = LedgerEntry.objects.filter(chain=f"case:{case.pk}").order_by("sequence")
    assert [entry.action for entry in actions][-3:] == ["open_reversal", "finish_reversal", "pay"]


def test_what_was_paid_is_to_be_recovered(branch, helper):
    give(branch, helper)
    decision = acted(branch, helper)
    case = ClaimCase.objects.get(pk=decision.case_id)
    services.pay(case, PaymentOrder(Decimal("500"), "刘明", case.version), by=branch.clerk)
    found = Ratification.objects.get()
    task = services.refuse_ratification(found, by=branch.manager, note="责任不清")

    assert task.to_recover == Decimal("500")
    assert "追回已付 500.00 元" in task.to_undo


def test_who_may_finish_a_reversal(branch, helper):
    task = refused(branch, helper)
    finish = services.finish_reversal
    assert codes(lambda: finish(task, by=helper, evidence="凭证")) == ["not_handling", "own_decision"]
    assert codes(lambda: finish(task, by=branch.clerk, evidence=" ")) == ["no_evidence"]
    admin = StaffFactory(admin_role="audit")
    assert codes(lambda: finish(task, by=admin, evidence="凭证")) == ["admin_role", "not_handling"]
    finish(task, by=branch.clerk, evidence="凭证")
    assert codes(lambda: finish(task, by=branch.clerk, evidence="凭证")) == ["already_done"]


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("authority_ratification_answered", lambda r: {"status": "ratified"}),
        (
            "authority_ratification_by_another",
            lambda r: {"status": "ratified", "answered_by": r.acted_by, "answered_at": timezone.now()},
        ),
        (
            "authority_ratification_refused_why",
            lambda r: {"status": "refused", "answered_by": r.ratifier, "answered_at": timezone.now()},
        ),
    ],
)
def test_the_database_refuses_a_ratification(branch, helper, constraint, values):
    give(branch, helper)
    acted(branch, helper)
    row = Ratification.objects.get()
    with pytest.raises(IntegrityError, match=constraint):
        Ratification.objects.filter(pk=row.pk).update(**values(row))


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("cases_reversal_done_with_evidence", {"evidence": "凭证"}),
        ("cases_reversal_recovers_no_less", {"to_recover": -1}),
    ],
)
def test_the_database_refuses_a_reversal(branch, helper, constraint, values):
    task = refused(branch, helper)
    with pytest.raises(IntegrityError, match=constraint):
        ReversalTask.objects.filter(pk=task.pk).update(**values)


def test_the_statement_lists_the_month_and_counts_open_onto_it(branch, helper, client):
    give(branch, helper)
    decision = acted(branch, helper)
    client.force_login(branch.manager)
    url = reverse("cases:ratifications")

    page = client.get(url).content.decode()
    assert str(decision.case) in page
    assert f"person={helper.pk}" in page
    assert "本月没有这样的事项" in client.get(url, {"month": "2020-02"}).content.decode()
    assert str(decision.case) not in client.get(url, {"state": "overdue"}).content.decode()
    assert helper.name in client.get(reverse("cases:ratifications_print")).content.decode()
    book = openpyxl.load_workbook(BytesIO(client.get(reverse("cases:ratifications_export")).content))
    assert [cell.value for cell in book.active[2]][3] == helper.name


def test_the_workbench_says_what_waits_for_ratification(branch, helper, client):
    give(branch, helper)
    acted(branch, helper)
    client.force_login(branch.office_head)
    assert "待我追认" in client.get(reverse("cases:workbench")).content.decode()
    Ratification.objects.update(due_at=timezone.now() - timedelta(hours=1))
    client.force_login(branch.manager)
    assert "逾期未追认" in client.get(reverse("cases:workbench")).content.decode()


def test_ratifying_and_undoing_on_the_pages(branch, helper, client):
    give(branch, helper)
    acted(branch, helper)
    url = reverse("cases:ratification", args=[Ratification.objects.get().pk])
    client.force_login(branch.office_head)
    assert client.post(url, {"answer": "refuse"}).status_code == 422
    assert client.post(url, {"answer": "refuse", "note": "责任不清"}).status_code == 302
    task = ReversalTask.objects.get()
    client.force_login(branch.clerk)
    assert client.post(task.get_absolute_url(), {"evidence": ""}).status_code == 422
    client.post(task.get_absolute_url(), {"evidence": "已撤销，凭证1号"})
    assert str(task.case) in client.get(reverse("cases:reversals") + "?state=all").content.decode()
    assert "凭证1号" in client.get(task.get_absolute_url()).content.decode()


def test_giving_and_ending_on_the_pages(branch, helper, client):
    client.force_login(branch.office_head)
    url = reverse("authority:emergency_new")
    assert client.get(url).status_code == 200
    assert client.post(url, {}).status_code == 422
    sent = {
        "holder": helper.pk,
        "based_on": branch.office_head.grants.get(item__code="adjudication").pk,
        "amount_max": "100000",
        "hours": "2",
        "lines": ["any"],
        "reason": "核赔岗均不在岗",
    }
    client.post(url, sent)
    given = EmergencyGrant.objects.get()
    end = reverse("authority:emergency_end", args=[given.pk])
    client.post(end, {})
    assert EmergencyGrant.objects.get().state == "in_force"
    client.post(end, {"reason": "情况解除"})
    assert "情况解除" in client.get(given.get_absolute_url()).content.decode()
