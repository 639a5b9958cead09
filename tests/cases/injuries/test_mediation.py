"""人伤调解: approved by medical review before anybody mediates (SOD-11), and bound by what was approved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from authority.refusals import Refused
from cases.models import CasePaper, Mediation, MediationAttempt, MediationLine
from cases.services import Request, mediating, preview, submit
from cases.services.mediating import Agreement, Round, Scheme, SchemeLine
from departments.models import CertificateType, IncompatibleDuty, PostType
from tests.cases.branch import grant, in_post, make_branch, say
from tests.cases.injuries.factories import MediationFactory, MediationLineFactory
from tests.cases.injuries.people import asked, cost, injured, injury_case, kind, version
from tests.factories import CertificateFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    """A case with one injured person of 10,000, a mediator of the unit, a medical reviewer above."""
    branch = make_branch()
    case = injury_case(branch)
    person = injured(case, branch.clerk)
    cost(person, asked("medical", "8000"), asked("transport", "2000"), by=branch.clerk)
    mediator = in_post("MEDIATE", branch.unit)
    reviewer = in_post("INJ_REV", branch.department)
    grant(reviewer, "injury_mediation", "50000")
    return SimpleNamespace(
        branch=branch,
        case=case,
        person=person,
        mediator=mediator.staff,
        held=mediator,
        reviewer=reviewer.staff,
    )


def scheme(office, medical: str = "8000", transport: str = "2000") -> Scheme:
    lines = [
        SchemeLine(office.person.pk, kind(code).pk, Decimal(amount), Decimal(amount))
        for code, amount in (("medical", medical), ("transport", transport))
    ]
    return Scheme(office.mediator, "全责，按核定金额", lines, "一次性了结")


def sent(office, mediation: Mediation):
    request = Request("injury_mediation", version(office.case), "请审批", subject=mediation.pk)
    return submit(office.case, request, by=office.branch.clerk)


def approved(office) -> Mediation:
    mediation = mediating.propose_scheme(office.case, scheme(office), by=office.branch.clerk)
    say(sent(office, mediation), "agree", by=office.reviewer)
    mediation.refresh_from_db()
    return mediation


def round_at(moment=None, offered: str = "9000") -> Round:
    moment = moment or timezone.now()
    return Round(moment, "police", "伤者及其代理人", "对方要求一万二", Decimal(12000), Decimal(offered))


def paper_of(case) -> CasePaper:
    facts = {"name": "协议.pdf", "content_type": "application/pdf", "size": 8, "sha256": "a" * 64}
    return CasePaper.objects.create(
        case=case, kind="judgment", file="papers/x.pdf", uploaded_by=case.handler, **facts
    )


def codes(refusal: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [one.code for one in refusal.value.ruling.objections]


def test_nobody_mediates_before_the_scheme_is_approved(office):
    mediation = mediating.propose_scheme(office.case, scheme(office), by=office.branch.clerk)

    with pytest.raises(Refused) as refusal:
        mediating.record_round(mediation, round_at(), by=office.mediator)

    assert codes(refusal) == ["sod:SOD-11"]


def test_the_scheme_is_measured_by_its_dearest_person_and_leaves_the_case_where_it_is(office):
    mediation = mediating.propose_scheme(office.case, scheme(office), by=office.branch.clerk)
    stage = office.case.stage

    submission = sent(office, mediation)

    mediation.refresh_from_db()
    office.case.refresh_from_db()
    assert (submission.amount, submission.per_person) == (Decimal(10000), Decimal(10000))
    assert (mediation.status, office.case.stage) == ("asked", stage)


def test_approved_the_mediator_alone_acts_and_within_the_scheme(office):
    mediation = approved(office)

    with pytest.raises(Refused) as refusal:
        mediating.record_round(mediation, round_at(), by=office.branch.clerk)
    assert codes(refusal) == ["not_mediator"]
    with pytest.raises(Refused) as refusal:
        mediating.record_round(mediation, round_at(offered="10000.01"), by=office.mediator)
    assert codes(refusal) == ["over_scheme"]
    with pytest.raises(Refused) as refusal:
        mediating.record_round(mediation, round_at(timezone.now() - timedelta(days=9)), by=office.mediator)
    assert codes(refusal) == ["before_approval"]
    assert mediating.record_round(mediation, round_at(), by=office.mediator).offered == 9000


def test_who_is_named_to_mediate_is_kept_from_deciding(office):
    """SOD-11 by the mediator's step on the case: for the scheme and for the injury review."""
    grant(office.held, "injury_mediation", "50000")
    mediation = mediating.propose_scheme(office.case, scheme(office), by=office.branch.clerk)

    submission = sent(office, mediation)

    assert IncompatibleDuty.objects.get(code="SOD-11").is_enforced
    assert [step.staff for step in submission.chain.all()] == [office.reviewer]
    with pytest.raises(Refused) as refusal:
        say(submission, "agree", by=office.mediator)
    assert "sod:SOD-11" in codes(refusal)


def test_an_agreement_stays_within_the_scheme_per_person(office):
    mediation, paper = approved(office), paper_of(office.case)
    medical, transport = mediation.lines.order_by("kind__rank")

    over = Agreement(
        {medical.pk: Decimal(8000), transport.pk: Decimal("2000.01")}, paper, timezone.localdate()
    )
    with pytest.raises(Refused) as refusal:
        mediating.agree_mediation(mediation, over, by=office.mediator)
    assert codes(refusal) == ["over_scheme"]

    traded = Agreement({medical.pk: Decimal(6000), transport.pk: Decimal(3500)}, paper, timezone.localdate())
    done = mediating.agree_mediation(mediation, traded, by=office.mediator)
    assert (done.status, done.agreed_amount) == ("agreed", Decimal(9500))


def test_a_wider_scheme_takes_the_place_of_the_narrow_one_and_is_approved_anew(office):
    narrow = approved(office)

    wide = mediating.propose_scheme(
        office.case, scheme(office, "9000", "3000"), by=office.mediator, replaces=narrow
    )

    narrow.refresh_from_db()
    assert (narrow.status, wide.status, wide.replaces) == ("replaced", "draft", narrow)
    with pytest.raises(Refused):
        mediating.record_round(wide, round_at(), by=office.mediator)


@pytest.mark.parametrize(
    ("outcome", "terms", "status"),
    [
        ("return", {"return_to": "submit", "problem_codes": ("P4",), "opinion": "依据不足"}, "returned"),
        ("refuse", {"opinion": "责任未明"}, "refused"),
    ],
)
def test_what_review_says_the_scheme_follows(office, outcome, terms, status):
    mediation = mediating.propose_scheme(office.case, scheme(office), by=office.branch.clerk)

    say(sent(office, mediation), outcome, by=office.reviewer, **terms)

    mediation.refresh_from_db()
    assert (mediation.status, mediation.approved_at) == (status, None)


def test_a_mediator_needs_the_certificate_that_his_post_demands(office):
    assert PostType.objects.get(code="MEDIATE").required_certificates == ["MEDIATOR"]
    CertificateType.objects.filter(code="MEDIATOR").update(enforced_from=timezone.localdate())

    with pytest.raises(Refused) as refusal:
        mediating.propose_scheme(office.case, scheme(office), by=office.branch.clerk)
    assert codes(refusal) == ["no_certificate"]

    CertificateFactory(staff=office.mediator, type=CertificateType.objects.get(code="MEDIATOR"))
    assert mediating.propose_scheme(office.case, scheme(office), by=office.branch.clerk)


def test_only_people_in_a_mediating_post_are_named(office):
    office.mediator = office.branch.adjuster

    with pytest.raises(Refused) as refusal:
        mediating.propose_scheme(office.case, scheme(office), by=office.branch.clerk)

    assert codes(refusal) == ["no_mediator"]


def test_one_scheme_at_a_time(office):
    mediating.propose_scheme(office.case, scheme(office), by=office.branch.clerk)

    with pytest.raises(Refused) as refusal:
        mediating.propose_scheme(office.case, scheme(office), by=office.branch.clerk)

    assert codes(refusal) == ["under_way"]


def test_the_chain_shown_is_the_chain_of_the_scheme(office):
    mediation = mediating.propose_scheme(office.case, scheme(office), by=office.branch.clerk)

    plan = preview(office.case, "injury_mediation", by=office.branch.clerk, subject=mediation.pk)

    assert [station.person_id for station in plan.stations] == [office.reviewer.pk]


def test_a_scheme_from_draft_to_agreement_in_the_browser(office, client):
    """The forms carry what the services need; the sheets print."""
    client.force_login(office.branch.clerk)
    fields = {"mediator": office.mediator.pk, "basis": "全责"}
    amounts = {f"amount_{office.person.pk}_{kind('medical').pk}": "7000"}
    answer = client.post(
        reverse("cases:mediation_new", args=[office.case.pk]), {**fields, **amounts}, follow=True
    )
    mediation = Mediation.objects.get()
    assert "送审批" in answer.content.decode()
    say(sent(office, mediation), "agree", by=office.reviewer)

    client.force_login(office.mediator)
    page = client.get(mediation.get_absolute_url()).content.decode()

    assert ("登记一次调解" in page, "7,000.00" in page) == (True, True)
    for name in ("mediation_sheet", "mediation_agreement"):
        assert client.get(reverse(f"cases:{name}", args=[mediation.pk])).status_code == 200


def commit(change: Callable[[], object], guarded: Callable[[], None]) -> None:
    with transaction.atomic():
        change()
        guarded()


@pytest.fixture
def standing() -> Mediation:
    """Approved for 8,000, one line; as a row, its chain has no entry."""
    mediation = MediationFactory()
    MediationLineFactory(mediation=mediation)
    Mediation.objects.filter(pk=mediation.pk).update(
        status="approved", approved_amount=8000, approved_at=timezone.now() - timedelta(days=1)
    )
    mediation.refresh_from_db()
    return mediation


def attempt(mediation: Mediation, **fields) -> MediationAttempt:
    now = timezone.now()
    facts = {"held_at": now, "way": "phone", "attendants": "伤者", "course": "协商", "recorded_at": now}
    return MediationAttempt.objects.create(
        mediation=mediation, recorded_by=mediation.mediator, **{**facts, **fields}
    )


def test_the_database_knows_no_mediation_before_approval(standing):
    draft = MediationFactory()

    for refused in (
        lambda: attempt(draft),
        lambda: attempt(standing, held_at=timezone.now() - timedelta(days=3)),
    ):
        with pytest.raises(IntegrityError, match="cases_mediation_before_approval"), transaction.atomic():
            refused()
    with pytest.raises(IntegrityError, match="cases_mediation_over_scheme"), transaction.atomic():
        attempt(standing, offered=8001)


def test_the_database_keeps_the_lines_of_a_decided_scheme(standing, guarded):
    lines = MediationLine.objects.filter(mediation=standing)

    with pytest.raises(IntegrityError, match="cases_mediation_line_frozen"), transaction.atomic():
        lines.update(amount=9000)
    with pytest.raises(IntegrityError, match="cases_mediation_line_frozen"), transaction.atomic():
        lines.delete()
    assert lines.update(agreed=7000) == 1


def test_the_database_keeps_an_agreement_within_the_scheme(standing, guarded):
    facts = {"agreed_on": timezone.localdate(), "agreement": paper_of(standing.case), "status": "agreed"}
    facts |= {"concluded_at": timezone.now(), "concluded_by": standing.mediator}
    row = Mediation.objects.filter(pk=standing.pk)

    with pytest.raises(IntegrityError, match="cases_mediation_within_scheme"), transaction.atomic():
        row.update(agreed_amount=8001, **facts)
    with pytest.raises(IntegrityError, match="cases_mediation_sums"):
        commit(lambda: row.update(agreed_amount=7000, **facts), guarded)


def test_a_scheme_does_not_change_without_an_entry(standing, guarded):
    row = Mediation.objects.filter(pk=standing.pk)

    with pytest.raises(IntegrityError, match="authority_ledger_missing"):
        commit(lambda: row.update(mediator=standing.case.handler), guarded)


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("cases_mediation_status_known|cases_mediation_approved_first", {"status": "lost"}),
        ("cases_mediation_approved_first", {"status": "approved"}),
        ("cases_mediation_agreed_on_paper", {"agreed_on": timezone.localdate()}),
        ("cases_mediation_concluded_by_somebody", {"concluded_at": timezone.now()}),
    ],
)
def test_the_database_refuses(constraint, values):
    with pytest.raises(IntegrityError, match=constraint):
        MediationFactory(**values)


def test_the_database_knows_one_scheme_under_way():
    first = MediationFactory()

    with pytest.raises(IntegrityError, match="cases_mediation_one_under_way"):
        MediationFactory(case=first.case)


def test_the_list_costs_the_same_for_many(world, client, assert_flat_queries):
    client.force_login(world["clerk"])

    assert_flat_queries(
        reverse("cases:mediations"),
        grow=lambda: MediationLineFactory(mediation__case__unit=world["dy"]),
    )
