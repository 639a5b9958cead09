"""复勘: drawn by the rule or ordered, done by somebody apart, confirmed by another, handed on."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from authority.models import LedgerEntry
from authority.refusals import Refused
from cases.clocks import Clocks
from cases.models import CaseStep, ClaimCase, Resurvey, ResurveyRule
from cases.services import resurveying
from cases.services.resurveying import Found, Order
from tests.cases.branch import Branch, assessed_case, in_post, say, send
from tests.cases.viewers import client_of
from tests.factories import CaseFactory
from tests.vehicle_factories import ResurveyFactory


@pytest.fixture
def inspector(branch: Branch):
    return in_post("REINSP", branch.department).staff


@pytest.fixture
def leader(branch: Branch):
    return in_post("DEPT_DEPUTY", branch.department).staff


def reviewed_case(branch: Branch, share: int) -> ClaimCase:
    ResurveyRule.objects.update(share=share)
    case = assessed_case(branch)
    say(send(case, "damage_review", by=branch.clerk), "agree", by=branch.damage_reviewer)
    return ClaimCase.objects.get(pk=case.pk)


@pytest.mark.parametrize(("share", "drawn"), [(100, 1), (0, 0)])
def test_a_review_draws_its_share(branch: Branch, inspector, guarded, share: int, drawn: int):
    case = reviewed_case(branch, share)

    found = Resurvey.objects.filter(case=case)
    assert found.count() == drawn
    assert all((one.kind, one.assignee, one.amount) == ("random", inspector, 8000) for one in found)


@pytest.mark.parametrize(
    ("amount", "band"),
    [("0", "5 千元以下"), ("4999.99", "5 千元以下"), ("5000", "5 千至 2 万元"), ("100000", "10 万元以上")],
)
@pytest.mark.django_db
def test_the_band_of_an_amount(amount: str, band: str):
    assert resurveying.rule_for(Decimal(amount)).name == band


def ordered(branch: Branch, **fields) -> Resurvey:
    case = CaseFactory(unit=branch.unit, handler=branch.clerk)
    order = Order("单价普遍偏高", **fields)
    return resurveying.order_resurvey(case, order, by=branch.manager, seen=case.version)


def seen(resurvey: Resurvey) -> int:
    return ClaimCase.objects.get(pk=resurvey.case_id).version


def found(**fields) -> Found:
    facts = {"result": "different", "findings": "大灯未更换", "resurveyed_on": timezone.localdate()}
    return Found(**{**facts, "amount": Decimal(6500), **fields})


def test_from_the_order_to_the_problem(branch: Branch, inspector, leader, guarded):
    resurvey = ordered(branch)
    assert resurvey.assignee == inspector

    resurveying.do_resurvey(resurvey, found(), by=inspector, seen=seen(resurvey))
    resurveying.confirm_resurvey(resurvey, "属实", by=leader, seen=seen(resurvey))
    finding = resurveying.hand_to_problems(resurvey, "P3", "assess", by=leader, seen=seen(resurvey))

    resurvey.refresh_from_db()
    assert (resurvey.status, resurvey.difference, resurvey.problem) == ("confirmed", 1500, finding)
    assert "差异 1,500.00 元" in finding.description
    actions = LedgerEntry.objects.filter(chain=f"case:{resurvey.case_id}").values_list("action", flat=True)
    assert {"order_resurvey", "resurvey", "confirm_resurvey"} <= set(actions)


def test_who_had_a_part_does_not_look_again(branch: Branch, inspector):
    resurvey = ordered(branch)
    CaseStep.objects.create(
        case=resurvey.case, step="assess", person=inspector, entered_at=timezone.now(), left_at=timezone.now()
    )

    with pytest.raises(Refused) as refusal:
        resurveying.do_resurvey(resurvey, found(), by=inspector, seen=seen(resurvey))
    assert refusal.value.ruling.codes == ("own_work",)
    with pytest.raises(Refused, match="参与过本案"):
        resurveying.assign_resurvey(resurvey, inspector, by=branch.manager, seen=seen(resurvey))


def test_two_people_and_one_of_them_leads(branch: Branch, inspector, leader):
    resurvey = ordered(branch)
    resurveying.do_resurvey(resurvey, found(), by=inspector, seen=seen(resurvey))

    for person, code in ((inspector, "same_person"), (branch.adjudicator, "not_leading")):
        with pytest.raises(Refused) as refusal:
            resurveying.confirm_resurvey(resurvey, "", by=person, seen=seen(resurvey))
        assert code in refusal.value.ruling.codes


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"findings": " "}, "no_findings"),
        ({"result": "lost"}, "no_findings"),
        ({"amount": None}, "no_amount"),
        ({"resurveyed_on": timezone.localdate() + timedelta(days=1)}, "in_future"),
    ],
)
def test_a_result_is_complete(branch: Branch, inspector, fields: dict, code: str):
    resurvey = ordered(branch)

    with pytest.raises(Refused) as refusal:
        resurveying.do_resurvey(resurvey, found(**fields), by=inspector, seen=seen(resurvey))

    assert code in refusal.value.ruling.codes


def test_without_a_difference_there_is_no_problem(branch: Branch, inspector, leader):
    resurvey = ordered(branch)
    resurveying.do_resurvey(resurvey, found(result="consistent"), by=inspector, seen=seen(resurvey))
    resurveying.confirm_resurvey(resurvey, "", by=leader, seen=seen(resurvey))

    with pytest.raises(Refused, match="没有差异"):
        resurveying.hand_to_problems(resurvey, "P3", "assess", by=leader, seen=seen(resurvey))


def test_an_order_needs_a_reason_and_a_reviewed_loss(branch: Branch):
    case = CaseFactory(unit=branch.unit, handler=branch.clerk, reviewed=0)
    for by, order, code in (
        (branch.manager, Order(" "), "no_reason"),
        (branch.manager, Order("x", due_on=timezone.localdate() - timedelta(days=1)), "past_date"),
        (branch.clerk, Order("x"), "not_department"),
        (branch.manager, Order("x"), "not_reviewed"),
    ):
        with pytest.raises(Refused) as refusal:
            resurveying.order_resurvey(case, order, by=by, seen=case.version)
        assert code in refusal.value.ruling.codes


def test_what_chance_drew_is_not_cancelled(branch: Branch, inspector):
    case = reviewed_case(branch, 100)
    drawn = case.resurveys.get()
    with pytest.raises(Refused, match="随机抽中的不能取消"):
        resurveying.cancel_resurvey(drawn, "忙", by=branch.manager, seen=case.version)

    other = ordered(branch)
    resurveying.cancel_resurvey(other, "车辆已出售", by=branch.manager, seen=seen(other))
    other.refresh_from_db()
    assert other.status == "cancelled"


def test_its_clock_runs_until_the_result(branch: Branch, inspector):
    resurvey = ordered(branch)
    (clock,) = (one for one in Clocks.today().owed_by(inspector) if one.area == "resurvey")
    assert clock.reading.runs

    resurveying.do_resurvey(resurvey, found(), by=inspector, seen=seen(resurvey))

    assert not [one for one in Clocks.today().owed_by(inspector) if one.area == "resurvey"]


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("cases_resurvey_says_why", {"reason": ""}),
        ("cases_resurvey_done_when_done", {"status": "done"}),
        ("cases_resurvey_problem_when_confirmed", {"problem_id": 1}),
        ("cases_resurvey_status_known", {"status": "lost", "confirmed_by": None}),
    ],
)
@pytest.mark.django_db
def test_the_database_refuses(constraint: str, values: dict):
    with pytest.raises(IntegrityError, match=f"{constraint}|done_when_done"):
        ResurveyFactory(**values)


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("cases_resurveyrule_share_of_hundred", {"share": 101}),
        ("cases_resurveyrule_band_in_order", {"amount_to": 1}),
        ("cases_resurveyrule_once", {"amount_from": 0}),
    ],
)
@pytest.mark.django_db
def test_the_database_refuses_a_rule(constraint: str, values: dict):
    fields = {"name": "x", "amount_from": 7, "share": 1, "source": "x", "valid_from": "2020-01-01"}
    with pytest.raises(IntegrityError, match=constraint):
        ResurveyRule.objects.create(**{**fields, **values})


def test_one_open_per_case_and_confirmed_by_another(branch: Branch, inspector):
    resurvey = ordered(branch)
    done = ResurveyFactory(done=True)
    for constraint, deed in (
        ("cases_resurvey_confirmed_by_another",
         lambda: Resurvey.objects.filter(pk=done.pk).update(
             status="confirmed", confirmed_by=done.done_by, confirmed_at=timezone.now())),
        ("cases_resurvey_one_open", lambda: ResurveyFactory(case=resurvey.case)),
    ):  # fmt: skip
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            deed()


def test_the_list_costs_the_same_for_many(branch: Branch, client, assert_flat_queries):
    client.force_login(branch.manager)
    case = {"unit": branch.unit, "handler": branch.clerk}

    assert_flat_queries(reverse("cases:resurveys"), grow=lambda: ResurveyFactory(case=CaseFactory(**case)))


def test_each_act_has_its_page(branch: Branch, inspector, leader):
    resurvey = ordered(branch)
    sent = {"result": "serious", "amount": "100", "findings": "未修", "resurveyed_on": "2026-11-20"}

    for person, page, data in (
        (inspector, "resurvey_do", sent),
        (leader, "resurvey_confirm", {"note": "属实"}),
        (leader, "resurvey_problem", {"class_code": "P3", "step": "assess"}),
    ):
        client, url = client_of(person), reverse(f"cases:{page}", args=[resurvey.pk])
        assert client.get(url).status_code == 200
        assert client.post(
            url, {"seen": seen(resurvey)} if page != "resurvey_confirm" else {}
        ).status_code in (422, 409)
        assert client.post(url, {**data, "seen": seen(resurvey)}).status_code == 302
        assert client.get(resurvey.get_absolute_url()).status_code == 200

    assert "WT" in client_of(leader).get(resurvey.get_absolute_url()).content.decode()
