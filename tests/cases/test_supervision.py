"""权限履行监督: what the month finds, that it is made once, and that nobody reviews himself."""

from datetime import date, datetime, timedelta
from threading import Thread

import pytest
import time_machine
from django.db import IntegrityError, connection

from authority.models import LedgerEntry
from cases import services
from cases.jobs import make_supervision_months
from cases.models import (
    ChainStep,
    Decision,
    Escalation,
    Payment,
    StationOpening,
    SupervisionMonth,
    SupervisionParameter,
)
from cases.services import Answer
from cases.supervision.making import chain_of, make_month
from cases.supervision.parameters import parameters_on
from cases.supervision.redrawing import redrawn
from cases.supervision.sampling import digest_of, draw
from tests.cases.branch import Branch, adjusted_case, make_branch, say, send
from tests.cases.supervised import NOON, OCTOBER, decided, found, october, supervised
from tests.factories import SHANGHAI


@pytest.fixture
def office(branch: Branch) -> Branch:
    return supervised(branch)


def test_a_quiet_month_has_figures_and_no_findings(office: Branch):
    for _ in range(3):
        decided(office, "8000", plate_no="")

    month = october(office)

    (figures,) = month.figures.all()
    assert (figures.person, figures.decided, figures.agreed, figures.amount) == (
        office.adjudicator,
        3,
        3,
        24000,
    )
    assert (month.decided, month.population, month.findings.count()) == (3, 3, 0)
    assert month.sample.filter(way="random").count() == 3


def test_near_the_limit_too_often(office: Branch):
    for number in range(4):
        decided(office, "95000", plate_no=f"川A{number}", policy_no="", accident_at=None)

    (finding,) = found(october(office), "near_limit")

    assert (finding.person, finding.count, finding.amount) == (office.adjudicator, 4, 380_000)
    assert finding.behind.all()[0].note == "权限 100,000.00 元，差 5,000.00 元"
    assert finding.people == [office.adjudicator.pk]


@pytest.mark.parametrize("bond", [{"plate_no": "川A1"}, {"policy_no": "P1"}, {"accident_place": "人民路"}])
def test_one_loss_in_parts(office: Branch, bond: dict):
    apart = {"plate_no": "", "policy_no": "", "accident_at": None, "accident_place": ""}
    if "accident_place" in bond:
        apart["accident_at"] = NOON
    for days in (0, 9):
        decided(office, "70000", at=NOON + timedelta(days=days), **{**apart, **bond})

    (finding,) = found(october(office), "split")

    assert (finding.person, finding.count, finding.amount) == (None, 2, 140_000)
    assert "超过单件权限 100,000.00 元" in finding.title


def test_one_payee_is_a_bond_too(office: Branch):
    for plate in ("川A1", "川A2"):
        decision = decided(office, "70000", plate_no=plate, policy_no="", accident_at=None)
        Payment.objects.create(
            case=decision.case,
            amount=1,
            payee="修理厂",
            payee_account="6222",
            paid_at=NOON,
            paid_by=office.clerk,
        )

    (finding,) = found(october(office), "split")

    assert finding.title.startswith("同收款账号 2 件")


@pytest.mark.parametrize(
    ("amount", "days"),
    [
        pytest.param("40000", 9, id="far below the limit"),
        pytest.param("70000", 17, id="the window is over"),
    ],
)
def test_no_split(office: Branch, amount: str, days: int):
    SupervisionParameter.objects.filter(code="split_window_days").update(value=15)
    for shift in (0, days):
        decided(office, amount, at=NOON + timedelta(days=shift))

    assert found(october(office), "split") == []


def test_the_window_reaches_into_the_month_before(office: Branch):
    for days in (-20, 0):
        decided(office, "70000", at=NOON + timedelta(days=days))

    month = october(office)

    assert found(month, "split")[0].count == 2
    assert month.decided == 1


def test_quicker_than_the_papers_can_be_read(office: Branch):
    for number in range(4):
        decided(office, "8000", after=timedelta(seconds=30), plate_no=f"川A{number}")

    (finding,) = found(october(office), "fast")

    assert finding.behind.all()[0].note.startswith("自到达起")


def test_the_opening_counts_where_it_is_known(office: Branch, client):
    client.force_login(office.adjudicator)
    with time_machine.travel(NOON, tick=False) as clock:
        submission = send(adjusted_case(office), by=office.clerk)
        clock.shift(timedelta(hours=3))
        client.get(submission.get_absolute_url())
        clock.shift(timedelta(minutes=1))
        client.get(submission.get_absolute_url())
        say(submission, "agree", by=office.adjudicator, opinion="同意")

    assert StationOpening.objects.get().opened_at == NOON + timedelta(hours=3)
    assert october(office).figures.get().fast == 1


def test_somebody_elses_look_is_not_noted(office: Branch, client):
    client.force_login(office.manager)
    submission = send(adjusted_case(office), by=office.clerk)

    client.get(submission.get_absolute_url())

    assert not StationOpening.objects.exists()


def test_a_first_opening_is_noted_once(office: Branch):
    step = send(adjusted_case(office), by=office.clerk).chain.get()
    StationOpening.objects.create(step=step, person=office.adjudicator)

    with pytest.raises(IntegrityError, match="cases_opening_first_only"):
        StationOpening.objects.create(step=step, person=office.adjudicator)


def test_what_head_office_said_of_referrals(office: Branch):
    for answer in (Escalation.Answer.REFUSED, Escalation.Answer.ALTERED, Escalation.Answer.AGREED):
        _answered(office, answer)

    month = october(office)

    figures = month.figures.get(person=office.manager)
    assert (figures.referred, figures.upheld, figures.altered, figures.refused) == (3, 1, 1, 1)
    assert office.manager in {finding.person for finding in found(month, "referral")}


def _answered(branch: Branch, answer: str) -> None:
    with time_machine.travel(NOON, tick=False):
        submission = send(adjusted_case(branch, "900000"), by=branch.clerk)
        while (step := submission.chain.filter(status="now").get()).kind != ChainStep.Kind.HEAD_OFFICE:
            say(submission, "refer_up", by=step.staff, opinion="建议同意", missing_papers="后补")
        amount = {"amount": 800_000} if answer == Escalation.Answer.ALTERED else {}
        services.answer_escalation(
            Escalation.objects.get(submission=submission), Answer(answer, "批1号", **amount),
            by=branch.head_office_reviewer,
        )  # fmt: skip


def test_stand_ins_emergencies_and_excused_conflicts(office: Branch):
    with time_machine.travel(NOON, tick=False):
        for number in range(3):
            _as_if(office, decided(office, "8000", plate_no=f"川A{number}"))
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")

    month = october(office)

    kinds = set(month.findings.values_list("kind", flat=True))
    assert {"stand_in", "emergency", "conflict"} <= kinds
    figures = month.figures.get()
    assert (figures.stand_in, figures.emergency, figures.conflicts) == (3, 3, 3)
    assert "SOD-02" in found(month, "conflict")[0].behind.all()[0].note


def _as_if(branch: Branch, decision: Decision) -> None:
    """The same decision, taken for somebody, on an emergency grant, with a small conflict excused."""
    ruling = {**decision.ruling, "notices": [{"code": "sampling:SOD-02", "text": "列入抽查"}]}
    ruling["basis"] = {**ruling["basis"], "source": "emergency"}
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("alter table cases_decision disable trigger user")
    Decision.objects.filter(pk=decision.pk).update(ruling=ruling, acted_for=branch.office_head)
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("alter table cases_decision enable trigger user")


@time_machine.travel(datetime(2026, 11, 3, 9, tzinfo=SHANGHAI))
def test_the_clock_makes_last_month_once(office: Branch):
    assert make_supervision_months() == 1
    assert make_supervision_months() == 0
    assert make_month(office.department, OCTOBER) is None

    month = SupervisionMonth.objects.get()
    assert month.month == OCTOBER
    assert LedgerEntry.objects.filter(chain=chain_of(month)).count() == 1


@pytest.mark.parametrize(
    ("newest", "made", "oldest"),
    [
        pytest.param((2026, 7, 1), 3, (2026, 8, 1), id="an outage of months"),
        pytest.param((2024, 1, 1), 13, (2025, 10, 1), id="no more than thirteen"),
        pytest.param((2026, 10, 1), 0, None, id="nothing left out"),
    ],
)
@time_machine.travel(datetime(2026, 11, 3, 9, tzinfo=SHANGHAI))
def test_months_left_out_by_an_outage_are_made_in_order(office: Branch, newest, made, oldest):
    before = make_month(office.department, date(*newest))

    assert make_supervision_months() == made
    assert make_supervision_months() == 0

    months = SupervisionMonth.objects.exclude(pk=before.pk).order_by("pk").values_list("month", flat=True)
    assert list(months) == sorted(months)
    assert months.first() == (date(*oldest) if oldest else None)


@pytest.mark.usefixtures("own_database")
def test_two_clocks_at_once_make_one_month():
    branch = make_branch()
    made: list[SupervisionMonth | None] = []

    def make() -> None:
        made.append(make_month(branch.department, OCTOBER))
        connection.close()

    threads = [Thread(target=make) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert sum(month is not None for month in made) == 1
    assert SupervisionMonth.objects.count() == 1


def test_the_sample_can_be_drawn_again(office: Branch):
    for number in range(5):
        decided(office, "8000", plate_no=f"川A{number}")
    SupervisionParameter.objects.filter(code="sample_size").update(value=2)
    month = october(office)

    listed = set(month.sample.values_list("decision", flat=True))
    assert len(listed) == 2
    assert listed == set(draw(month.seed, sorted(Decision.objects.values_list("pk", flat=True)), 2))
    assert redrawn(month).is_same
    decided(office, "8000")
    assert not redrawn(month).is_same_population


def test_the_digest_does_not_depend_on_the_order():
    assert digest_of([3, 1, 2]) == digest_of([1, 2, 3])


def test_an_items_own_parameter_counts_for_it(db):
    parameters = parameters_on(OCTOBER)

    assert parameters.reading_time("adjudication", 5) == timedelta(minutes=3)
    assert parameters.reading_time("zero_payment", 0) == timedelta(minutes=1)
