"""欺诈线索: hints are computed, leads are read by few, and who investigates does not conclude."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from authority.refusals import Refused
from cases import services
from cases.fraud.facts import hints_for
from cases.fraud.hints import FraudFacts, Like, hints_of
from cases.fraud.register import figures
from cases.models import ClaimCase, DamageSheet, FraudIndicator, FraudLead, MajorLoss, SpecialRequest
from cases.services import fraud
from cases.services.fraud import Conclusion, HandOver, Suspicion, TaskOrder
from departments.models import Staff
from tests.cases.branch import Branch, grant, in_post
from tests.cases.viewers import client_of
from tests.factories import CaseFactory, CaseLossFactory
from tests.vehicle_factories import FraudLeadFactory

SHANGHAI = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 11, 29)
NOON = datetime(2026, 11, 20, 12, tzinfo=SHANGHAI)


def facts(**fields) -> FraudFacts:
    plain = {
        "accident_at": NOON,
        "reported_at": NOON + timedelta(hours=1),
        "policy_from": None,
        "today": TODAY,
    }
    return FraudFacts(**{**plain, **fields})


def codes(one: FraudFacts) -> list[str]:
    return [hint.code for hint in hints_of(one, FraudIndicator.objects.on(TODAY))]


def likes(pattern: str, *days: int) -> dict:
    return {pattern: [Like(number, TODAY - timedelta(days=ago)) for number, ago in enumerate(days, 1)]}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "found"),
    [
        pytest.param({}, [], id="nothing"),
        pytest.param({"likes": likes("same_plate", 10)}, [], id="twice is not three times"),
        pytest.param({"likes": likes("same_plate", 10, 365)}, ["PLATE"], id="three within the year"),
        pytest.param({"likes": likes("same_plate", 10, 366)}, [], id="one too long ago"),
        pytest.param({"likes": likes("same_payee", 1)}, ["PAYEE"], id="one account, two cases"),
        pytest.param({"policy_from": date(2026, 11, 13)}, ["NEW_POLICY"], id="seventh day"),
        pytest.param({"policy_from": date(2026, 11, 12)}, [], id="eighth day"),
        pytest.param({"policy_from": date(2026, 11, 21)}, [], id="before the policy is another matter"),
        pytest.param({"accident_at": NOON.replace(hour=23)}, ["NIGHT"], id="eleven at night"),
        pytest.param({"accident_at": NOON.replace(hour=4, minute=59)}, ["NIGHT"], id="before five"),
        pytest.param({"accident_at": NOON.replace(hour=5)}, [], id="five"),
        pytest.param({"accident_at": NOON.replace(hour=0)}, [], id="a date without a time"),
        pytest.param({"reported_at": NOON + timedelta(hours=48)}, ["LATE"], id="two days later"),
        pytest.param({"asked": [Decimal(9600)], "limits": [Decimal(10_000)]}, ["LIMIT"], id="below a limit"),
        pytest.param({"asked": [Decimal(9499)], "limits": [Decimal(10_000)]}, [], id="well below"),
        pytest.param({"asked": [Decimal(10_001)], "limits": [Decimal(10_000)]}, [], id="above"),
    ],
)
def test_what_is_hinted_at(fields: dict, found: list[str]):
    assert codes(facts(**fields)) == found


def test_hints_come_from_what_cases_share(branch: Branch, django_assert_max_num_queries):
    now = timezone.now()
    like = {"unit": branch.unit, "handler": branch.clerk, "reported_at": now, "accident_at": None}
    cases = [CaseFactory(**like, plate_no="川A11111", vin="V1", insured_name=f"某{n}") for n in range(3)]
    for case in cases:
        loss = CaseLossFactory(case=case)
        DamageSheet.objects.create(loss=loss, case=case, shop="新城", entered_by=branch.clerk, entered_at=now)
    FraudIndicator.objects.filter(code="SHOP").update(threshold=3)

    with django_assert_max_num_queries(6):
        found = hints_for(cases[0])

    assert [one.code for one in found if one.code != "LIMIT"] == ["PLATE", "VIN", "SHOP"]
    assert set(found[0].cases) == {cases[1].pk, cases[2].pk}


def test_an_amount_just_below_a_limit(branch: Branch):
    case = CaseFactory(unit=branch.unit, handler=branch.clerk, assessed=49_000, adjusted=0, accident_at=None)

    assert [one.code for one in hints_for(case) if one.code == "LIMIT"] == ["LIMIT"]


@pytest.fixture
def case(branch: Branch) -> ClaimCase:
    return CaseFactory(unit=branch.unit, handler=branch.clerk, plate_no="", insured_name="", accident_at=None)


@pytest.fixture
def investigator(branch: Branch) -> Staff:
    return in_post("MAJOR", branch.department).staff


def opened(case: ClaimCase, by: Staff) -> FraudLead:
    return fraud.open_lead(case, Suspicion("survey", "现场与描述不符"), by=by, seen=case.version)


def seen(lead: FraudLead) -> int:
    return ClaimCase.objects.get(pk=lead.case_id).version


def investigated(branch: Branch, case: ClaimCase, investigator: Staff) -> FraudLead:
    lead = opened(case, branch.clerk)
    fraud.assign_lead(lead, investigator, by=branch.manager, seen=seen(lead))
    lead.refresh_from_db()
    return lead


def with_evidence(lead: FraudLead, by: Staff) -> None:
    paper = services.file_paper(lead.case, SimpleUploadedFile("a.png", b"\x89PNG\r\n\x1a\n1"), "photo", by=by)
    fraud.add_evidence(lead, paper, "车辆未移动过", by=by, seen=seen(lead))


def reported(lead: FraudLead) -> None:
    fraud.report_lead(lead, "走访两名证人", by=lead.investigator, seen=seen(lead))
    lead.refresh_from_db()


def test_a_lead_marks_the_case(branch: Branch, case: ClaimCase, guarded):
    lead = opened(case, branch.clerk)

    case.refresh_from_db()
    assert (case.is_fraud_suspected, lead.status) == (True, "open")
    with pytest.raises(Refused, match="已有办理中"):
        opened(case, branch.clerk)


def test_a_suspicion_of_much_money_is_a_major_loss(branch: Branch):
    case = CaseFactory(unit=branch.unit, handler=branch.clerk, estimate=60_000)
    opened(case, branch.clerk)

    assert MajorLoss.objects.get().criteria == ["FRAUD"]


def test_from_suspicion_to_conclusion(branch: Branch, case: ClaimCase, investigator: Staff, guarded):
    lead = investigated(branch, case, investigator)
    task = fraud.order_task(lead, TaskOrder("走访证人", branch.surveyor), by=investigator, seen=seen(lead))
    with pytest.raises(Refused, match="尚有未完成"):
        fraud.report_lead(lead, "x", by=investigator, seen=seen(lead))
    fraud.finish_task(task, "证人称无碰撞", by=branch.surveyor, seen=seen(lead))
    with_evidence(lead, investigator)
    reported(lead)
    police = HandOver("市公安局经侦支队", timezone.now() - timedelta(hours=1), "2026-1")
    fraud.hand_to_police(lead, police, by=investigator, seen=seen(lead))
    done = Conclusion("confirmed", "伪造现场", Decimal(8000))
    fraud.conclude_lead(lead, done, by=branch.manager, seen=seen(lead))

    lead.refresh_from_db()
    assert (lead.status, lead.loss_avoided, lead.police_no) == ("confirmed", 8000, "2026-1")
    assert ClaimCase.objects.get(pk=case.pk).is_fraud_suspected


@pytest.mark.parametrize("status", ["not_confirmed", "withdrawn"])
def test_without_confirmation_the_mark_goes(branch: Branch, case, investigator, guarded, status: str):
    lead = investigated(branch, case, investigator)
    reported(lead)

    fraud.conclude_lead(lead, Conclusion(status, "查无实据"), by=branch.manager, seen=seen(lead))

    assert not ClaimCase.objects.get(pk=case.pk).is_fraud_suspected
    with pytest.raises(Refused, match="不能移送公安"):
        fraud.hand_to_police(lead, HandOver("x", timezone.now()), by=branch.manager, seen=seen(lead))


@pytest.mark.parametrize(
    ("conclusion", "code"),
    [
        (Conclusion("confirmed", "x"), "no_evidence"),
        (Conclusion("not_confirmed", " "), "no_text"),
        (Conclusion("lost", "x"), "no_conclusion"),
        (Conclusion("not_confirmed", "x", Decimal(1)), "no_loss_avoided"),
    ],
)
def test_a_conclusion_is_refused(branch: Branch, case, investigator, conclusion: Conclusion, code: str):
    lead = investigated(branch, case, investigator)
    reported(lead)

    with pytest.raises(Refused) as refusal:
        fraud.conclude_lead(lead, conclusion, by=branch.manager, seen=seen(lead))

    assert code in refusal.value.ruling.codes


def test_who_opened_or_investigated_does_not_conclude(branch: Branch, case, investigator):
    lead = investigated(branch, case, investigator)
    for person in (investigator, branch.clerk):
        with pytest.raises(Refused) as refusal:
            fraud.conclude_lead(lead, Conclusion("withdrawn", "x"), by=person, seen=seen(lead))
        assert "same_person" in refusal.value.ruling.codes


def test_a_conclusion_wants_the_report_first(branch: Branch, case, investigator):
    lead = investigated(branch, case, investigator)

    with pytest.raises(Refused, match="尚无调查报告"):
        fraud.conclude_lead(lead, Conclusion("not_confirmed", "x"), by=branch.manager, seen=seen(lead))


def test_a_lead_is_read_by_few(branch: Branch, case, investigator):
    lead = opened(case, branch.surveyor)
    adjuster = branch.adjuster

    def readers() -> set[Staff]:
        people = (branch.clerk, branch.surveyor, adjuster, branch.manager, investigator, branch.adjudicator)
        return {one for one in people if FraudLead.objects.visible_to(one).exists()}

    assert readers() == {branch.clerk, branch.surveyor, branch.manager, investigator}
    assert client_of(adjuster).get(lead.get_absolute_url()).status_code == 404
    fraud.order_task(lead, TaskOrder("核对底单", adjuster), by=branch.manager, seen=seen(lead))
    assert adjuster in readers()


def test_whoever_decides_on_the_case_reads_the_lead(branch: Branch, case, investigator):
    opened(case, branch.clerk)
    reviewer = in_post("ADJ", branch.department)
    grant(reviewer, "adjudication", "9000")
    assert not FraudLead.objects.visible_to(reviewer.staff).exists()
    case.submissions.create(
        item_id=1, amount=1, case_total=1, submitted_by=branch.clerk, submitted_at=timezone.now()
    ).chain.create(number=1, kind="final", staff=reviewer.staff, status="now", arrived_at=timezone.now())

    assert FraudLead.objects.visible_to(reviewer.staff).exists()


def test_the_figures_are_of_the_rows_shown(branch: Branch, case, investigator):
    FraudLeadFactory(case=case, indicators=["PLATE"])
    other = CaseFactory(unit=branch.unit, handler=branch.clerk)
    FraudLeadFactory(case=other, concluded=True, indicators=["PLATE", "NIGHT"], loss_avoided=500)

    found = figures(FraudLead.objects.visible_to(branch.manager))

    assert (found.under_way, found.confirmed, found.loss_avoided) == (1, 1, 500)
    assert [(one.code, one.count, one.share) for one in found.by_indicator] == [
        ("PLATE", 2, 100),
        ("NIGHT", 1, 100),
    ]


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("cases_fraud_described", {"description": ""}),
        ("cases_fraud_somebody_investigates", {"status": "investigating"}),
        ("cases_fraud_concluded_when_ended", {"status": "confirmed"}),
        ("cases_fraud_police_named", {"police_station": "x"}),
        ("cases_fraud_loss_avoided_when_confirmed|concluded_when_ended", {"loss_avoided": 1}),
        ("cases_fraud_status_known|somebody|concluded_when_ended", {"status": "lost"}),
    ],
)
@pytest.mark.django_db
def test_the_database_refuses(constraint: str, values: dict):
    with pytest.raises(IntegrityError, match=constraint):
        FraudLeadFactory(**values)


@pytest.mark.django_db
def test_the_database_wants_one_lead_two_people_and_an_outcome():
    lead, done = FraudLeadFactory(), FraudLeadFactory(concluded=True)
    now, who = timezone.now(), lead.opened_by
    task = {"what": "x", "assignee": who, "ordered_by": who, "ordered_at": now}
    for constraint, deed in (
        ("cases_fraud_one_under_way", lambda: FraudLeadFactory(case=lead.case)),
        ("cases_fraud_concluded_by_another",
         lambda: FraudLead.objects.filter(pk=done.pk).update(investigator=done.concluded_by)),
        ("cases_fraudtask_done_with_outcome", lambda: lead.tasks.create(**task, done_at=now)),
    ):  # fmt: skip
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            deed()


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("cases_indicator_pattern_known", {"pattern": "stars"}),
        ("cases_indicator_not_negative", {"threshold": -1}),
        ("cases_indicator_once", {"code": "PLATE"}),
    ],
)
@pytest.mark.django_db
def test_the_database_refuses_an_indicator(constraint: str, values: dict):
    fields = {"code": "X", "name": "x", "pattern": "night", "threshold": 1, "rank": 1, "source": "x",
              "valid_from": date(2020, 1, 1)}  # fmt: skip
    with pytest.raises(IntegrityError, match=constraint):
        FraudIndicator.objects.create(**{**fields, **values})


def test_the_hints_stand_on_the_case_page(branch: Branch, case):
    ClaimCase.objects.filter(pk=case.pk).update(accident_at=datetime(2026, 11, 1, 23, 30, tzinfo=SHANGHAI))

    text = client_of(branch.clerk).get(f"{case.get_absolute_url()}?tab=related").content.decode()

    assert "出险时间 23:30" in text
    assert "不作为结论" in text


def test_the_register_costs_the_same_for_many(branch: Branch, client, assert_flat_queries):
    client.force_login(branch.manager)
    like = {"unit": branch.unit, "handler": branch.clerk}

    assert_flat_queries(
        reverse("cases:fraud_leads"),
        grow=lambda: FraudLeadFactory(case=CaseFactory(**like), indicators=["PLATE"]),
    )


def test_each_act_has_its_page(branch: Branch, case, investigator):
    client = client_of(branch.manager)
    new = reverse("cases:fraud_new", args=[case.pk])
    assert (
        client.post(new, {"seen": case.version, "source": "informant", "description": "举报"}).status_code
        == 302
    )
    lead = FraudLead.objects.get()
    for page, person, data in (
        ("fraud_assign", branch.manager, {"investigator": investigator.pk}),
        ("fraud_task", investigator, {"what": "走访", "assignee": branch.surveyor.pk}),
        ("fraud_police", investigator, {"station": "经侦支队", "at": "2026-11-20T10:00"}),
    ):
        url = reverse(f"cases:{page}", args=[lead.pk])
        answer = client_of(person).post(url, {**data, "seen": seen(lead)})
        assert (client_of(person).get(lead.get_absolute_url()).status_code, answer.status_code) == (200, 302)
    assert "经侦支队" in client.get(reverse("cases:fraud_print", args=[lead.pk])).content.decode()


def test_the_lead_leads_to_the_refusal(branch: Branch, case: ClaimCase, investigator: Staff):
    lead = investigated(branch, case, investigator)
    asked = SpecialRequest.objects.create(
        case=case, kind="refusal", number="TS1", requested_by=branch.clerk, amount=1
    )
    page = client_of(branch.manager).get(lead.get_absolute_url()).content.decode()

    assert "本案拒赔" in page
    assert asked.get_absolute_url() in page
