"""重大赔案: recognised by criteria or by hand, reported in time, visited, ended."""

from datetime import date, timedelta
from decimal import Decimal

import factory
import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from authority.models import LedgerEntry
from authority.refusals import Refused
from cases import services
from cases.clocks import Clocks
from cases.conflicts import Stale
from cases.lifecycle import Stage
from cases.majors.criteria import facts_for, met
from cases.majors.imported import recognise_among, worth_a_look
from cases.majors.reading import first_report, late_ids, progress
from cases.models import CaseLoss, ClaimCase, MajorCriterion, MajorLoss, MajorReport
from cases.services import OpinionFacts, ReportFacts, VisitFacts
from departments.clocks import ClockState
from departments.models import OutboxMessage
from tests.cases.branch import Branch, assessed_case, in_post
from tests.factories import CaseFactory, StaffFactory
from tests.vehicle_factories import MajorLossFactory, MajorReportFactory

REPORT = ReportFacts("全责", "高速追尾致一人死亡", "跟踪鉴定", "总公司", deaths=1)


def codes_for(losses: list[CaseLoss], **fields) -> list[str]:
    case = ClaimCase(**{"loss_classes": ["vehicle"], "estimate": Decimal(0), **fields})
    return [one.code for one in met(MajorCriterion.objects.on(timezone.localdate()), facts_for(case, losses))]


def loss(loss_class: str, **amounts: int) -> CaseLoss:
    return CaseLoss(loss_class=loss_class, **{name: Decimal(yuan) for name, yuan in amounts.items()})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("losses", "fields", "codes"),
    [
        pytest.param([], {"estimate": Decimal("499999.99")}, [], id="a fen short"),
        pytest.param([], {"estimate": Decimal(500_000)}, ["PROPERTY"], id="exactly"),
        pytest.param([loss("vehicle", assessed=500_000)], {}, ["PROPERTY"], id="assessed"),
        pytest.param([loss("vehicle", assessed=300_000), loss("property", estimate=200_000)], {},
                     ["PROPERTY"], id="vehicle and property together"),
        pytest.param([loss("injury", assessed=300_000)], {"loss_classes": ["injury"]}, ["INJURY"],
                     id="injury"),
        pytest.param([loss("vehicle", assessed=400_000), loss("injury", assessed=200_000)],
                     {"loss_classes": ["vehicle", "injury"], "estimate": Decimal(600_000)}, [], id="split"),
        pytest.param([], {"loss_classes": ["vehicle", "injury"], "estimate": Decimal(600_000)},
                     ["PROPERTY", "INJURY"], id="not split counts for both"),
        pytest.param([], {"flags": ["death"]}, ["DEATH"], id="death"),
        pytest.param([], {"is_fraud_suspected": True, "estimate": Decimal(49_999)}, [], id="small suspicion"),
        pytest.param([], {"is_fraud_suspected": True, "estimate": Decimal(50_000)}, ["FRAUD"],
                     id="suspicion"),
        pytest.param([loss("vehicle", assessed=80_000)], {"new_price": Decimal(100_000)}, ["LOSS_SHARE"],
                     id="constructive total loss"),
        pytest.param([loss("vehicle", assessed=80_000)], {}, [], id="no price when new"),
    ],
)  # fmt: skip
def test_which_case_is_a_major_loss(losses, fields, codes):
    assert codes_for(losses, **fields) == codes


def test_an_assessment_recognises_and_tells_the_officer(branch: Branch, guarded):
    officer = in_post("MAJOR", branch.department).staff
    case = assessed_case(branch, "500000")

    major = MajorLoss.objects.get(case=case)
    case.refresh_from_db()
    assert (major.origin, major.criteria, major.officer) == ("assess", ["PROPERTY"], officer)
    assert (case.is_major, case.major_criterion) == (True, "车物损失达到 50 万元")
    assert LedgerEntry.objects.filter(chain=f"case:{case.pk}", action="recognise_major").count() == 1
    told = OutboxMessage.objects.filter(payload__kind="major").values_list("payload__recipient", flat=True)
    assert set(told) == {officer.pk, branch.manager.pk}


def test_an_estimate_and_a_first_estimate_recognise(branch: Branch):
    case = CaseFactory(unit=branch.unit, handler=branch.clerk, stage=Stage.REPORTED, registered_at=None)
    services.register(case, Decimal(9000), by=branch.clerk, seen=case.version)
    assert not MajorLoss.objects.exists()

    case.refresh_from_db()
    services.change_estimate(case, Decimal(600_000), "二次事故", by=branch.clerk, seen=case.version)

    assert MajorLoss.objects.get().origin == "estimate"


def test_a_survey_recognises_by_a_flag_and_by_hand(branch: Branch):
    for findings in ({"flags": ["death"]}, {"is_major": True, "major_criterion": "省内首例"}):
        case = CaseFactory(unit=branch.unit, handler=branch.clerk, stage=Stage.REGISTERED)
        services.survey(case, findings, by=branch.clerk, seen=case.version)

    assert [one.ground for one in MajorLoss.objects.order_by("pk")] == ["造成死亡", "省内首例"]


def test_it_is_recognised_once(branch: Branch):
    case = assessed_case(branch, "500000")
    case.refresh_from_db()
    services.change_estimate(case, Decimal(900_000), "追加", by=branch.clerk, seen=case.version)

    assert MajorLoss.objects.count() == 1


def followed(branch: Branch, **fields) -> MajorLoss:
    case = CaseFactory(unit=branch.unit, handler=branch.clerk, is_major=True, estimate=600_000)
    return MajorLossFactory(case=case, **fields)


def report(major: MajorLoss, facts: ReportFacts = REPORT, kind: str = "first", by=None) -> MajorReport:
    case = ClaimCase.objects.get(pk=major.case_id)
    return services.report_major(major, kind, facts, by=by or case.handler, seen=case.version)


def test_the_first_report_stops_its_clock_and_starts_the_next(branch: Branch, guarded):
    major = followed(branch)
    late = first_report(major, Clocks.today())

    report(major)
    major.refresh_from_db()

    assert late.state in (ClockState.OVERDUE, ClockState.ESCALATED, ClockState.WARNING)
    assert not first_report(major, Clocks.today()).runs
    assert progress(major, Clocks.today()).state == ClockState.RUNNING
    assert progress(major, Clocks.today()).due_at.date() == timezone.localdate() + timedelta(days=16)


def test_a_progress_report_is_due_every_fifteen_days(branch: Branch):
    long_ago = timezone.now() - timedelta(days=16)
    major = followed(branch, recognised_at=long_ago, first_reported_at=long_ago, last_reported_at=long_ago)
    assert late_ids([major], Clocks.today()) == [major.pk]

    report(major, kind="progress")
    major.refresh_from_db()

    assert late_ids([major], Clocks.today()) == []


def test_a_re_estimate_goes_the_way_of_every_estimate(branch: Branch):
    major = followed(branch)
    report(major, ReportFacts("全责", "定损增加", "复核", "总公司", re_estimate=Decimal(750_000)))

    case = ClaimCase.objects.get(pk=major.case_id)
    change = case.amount_changes.get(subject="estimate")
    assert (case.estimate, change.before, change.after) == (750_000, 600_000, 750_000)


def test_where_the_stage_forbids_an_estimate_nothing_is_reported(branch: Branch):
    major = followed(branch)
    ClaimCase.objects.filter(pk=major.case_id).update(stage=Stage.ADJUDICATING)

    with pytest.raises(Refused, match="不能调整估损"):
        report(major, ReportFacts("全责", "增加", "复核", "总公司", re_estimate=Decimal(750_000)))

    assert not MajorReport.objects.exists()


@pytest.mark.parametrize(
    ("kind", "is_reported", "code"),
    [("first", True, "already_reported"), ("progress", False, "no_first_report")],
)
def test_reports_come_in_their_order(branch: Branch, kind: str, is_reported: bool, code: str):
    major = followed(branch, reported=is_reported)

    with pytest.raises(Refused) as refusal:
        report(major, kind=kind)

    assert code in refusal.value.ruling.codes


def test_a_report_on_what_moved_on_is_stale(branch: Branch):
    major = followed(branch)

    with pytest.raises(Stale):
        services.report_major(major, "first", REPORT, by=branch.clerk, seen=99)


def visit(people, **fields) -> VisitFacts:
    facts = {"visited_on": date(2026, 11, 20), "place": "G5", "findings": "骑缝损失", "advice": "换总成"}
    return VisitFacts(people=people, **{**facts, **fields})


def test_who_visits_is_of_the_department(branch: Branch, guarded):
    major = followed(branch)
    seen = major.case.version
    with pytest.raises(Refused, match="部门及各室人员"):
        services.visit_major(major, visit([branch.clerk]), by=branch.manager, seen=seen)
    tomorrow = visit([branch.manager], visited_on=timezone.localdate() + timedelta(days=1))
    with pytest.raises(Refused, match="不能晚于今天"):
        services.visit_major(major, tomorrow, by=branch.manager, seen=seen)

    made = services.visit_major(
        major, visit([branch.manager], agreed_estimate=Decimal(580_000)), by=branch.manager, seen=seen
    )

    assert list(made.people.all()) == [branch.manager]
    assert LedgerEntry.objects.get(action="visit_major").amount == 580_000


def test_it_ends_with_a_visit_or_a_reason(branch: Branch, guarded):
    major = followed(branch, reported=True)
    with pytest.raises(Refused, match="未到现场"):
        services.close_major(major, REPORT, by=branch.clerk, seen=major.case.version)

    services.close_major(
        major, REPORT, by=branch.clerk, seen=major.case.version, no_visit_reason="省外出险，委托代查勘"
    )

    major.refresh_from_db()
    assert (major.status, major.reports.get().kind) == ("closed", "final")


def test_recognition_is_taken_back_by_a_second_person_and_stays_so(branch: Branch, guarded):
    case = assessed_case(branch, "500000")
    major = MajorLoss.objects.get(case=case)
    with pytest.raises(Refused) as refusal:
        services.withdraw_major(major, "重复", by=branch.surveyor, seen=major.case.version)
    assert {"not_managing", "same_person"} <= set(refusal.value.ruling.codes)

    services.withdraw_major(major, "重复登记", by=branch.manager, seen=major.case.version)
    case.refresh_from_db()
    services.change_estimate(case, Decimal(510_000), "核对", by=branch.clerk, seen=case.version)

    case.refresh_from_db()
    assert (case.is_major, MajorLoss.objects.get().status) == (False, "withdrawn")


def test_an_expert_is_heard(branch: Branch, guarded):
    major = followed(branch)
    facts = OpinionFacts("王教授", "川大", "疲劳断裂", date(2026, 11, 21))

    services.note_expert(major, facts, by=branch.clerk, seen=major.case.version)

    assert major.opinions.get().expert == "王教授"


def test_an_import_recognises_what_meets_a_criterion(branch: Branch, django_assert_max_num_queries):
    big = [CaseFactory(unit=branch.unit, handler=branch.clerk, estimate=700_000) for _ in range(3)]
    small = CaseFactory(unit=branch.unit, handler=branch.clerk)
    assert worth_a_look()[0] == 50_000

    with django_assert_max_num_queries(40):
        found = recognise_among([case.pk for case in (*big, small)], by=branch.clerk)

    assert found == 3
    assert set(ClaimCase.objects.filter(is_major=True)) == set(big)
    assert recognise_among([case.pk for case in big], by=branch.clerk) == 0


ENDED = {"ended_at": timezone.now(), "ended_by": factory.SubFactory(StaffFactory)}


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("cases_major_status_known", {"status": "lost", "conclusion": "x", **ENDED}),
        ("cases_major_origin_known", {"origin": "guess"}),
        ("cases_major_says_why", {"ground": ""}),
        ("cases_major_ended_when_ended", {"status": "closed"}),
        ("cases_major_reports_in_order", {"last_reported_at": timezone.now()}),
    ],
)
@pytest.mark.django_db
def test_the_database_refuses(constraint: str, values: dict):
    with pytest.raises(IntegrityError, match=constraint):
        MajorLossFactory(**values)


@pytest.mark.django_db
def test_one_open_per_case_and_one_first_report():
    major = MajorLossFactory()
    with pytest.raises(IntegrityError, match="cases_major_one_open_per_case"), transaction.atomic():
        MajorLossFactory(case=major.case)
    MajorReportFactory(major=major)
    with pytest.raises(IntegrityError, match="cases_majorreport_one_first"), transaction.atomic():
        MajorReportFactory(major=major, number=2)
    with pytest.raises(IntegrityError, match="cases_majorreport_number_once"):
        MajorReportFactory(major=major, kind="progress")


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("cases_majorreport_kind_known", {"kind": "letter"}),
        ("cases_majorreport_money_not_negative", {"estimate": -1}),
        ("cases_majorreport_says_something", {"progress": ""}),
    ],
)
@pytest.mark.django_db
def test_the_database_refuses_a_report(constraint: str, values: dict):
    with pytest.raises(IntegrityError, match=constraint):
        MajorReportFactory(**values)


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("cases_criterion_measure_with_amount", {"measure": "total"}),
        ("cases_criterion_asks_something", {}),
        ("cases_criterion_dates_in_order", {"flag": "x", "valid_to": date(2019, 1, 1)}),
        ("cases_criterion_once", {"code": "DEATH", "flag": "x"}),
    ],
)
@pytest.mark.django_db
def test_the_database_refuses_a_criterion(constraint: str, values: dict):
    fields = {"code": "X", "name": "X", "rank": 1, "source": "测试", "valid_from": date(2020, 1, 1)}
    with pytest.raises(IntegrityError, match=constraint):
        MajorCriterion.objects.create(**{**fields, **values})


@pytest.mark.django_db
def test_the_database_refuses_an_empty_visit_or_opinion():
    major, staff, now = MajorLossFactory(), StaffFactory(), timezone.now()
    who = {"recorded_by": staff, "recorded_at": now}
    visit = {"case": major.case, "visited_on": now.date(), "place": "x", "advice": "x"}
    for constraint, make in (
        ("cases_majorvisit_says_what", lambda: major.visits.create(**visit, **who, findings="")),
        ("cases_majorvisit_estimate_positive",
         lambda: major.visits.create(**visit, **who, findings="x", agreed_estimate=0)),
        ("cases_expert_says_something",
         lambda: major.opinions.create(expert="x", organisation="x", given_on=now, opinion="", **who)),
    ):  # fmt: skip
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            make()
