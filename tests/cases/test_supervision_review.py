"""权限履行监督: opinions, results, two signatures; nobody reviews himself."""

from datetime import date
from io import BytesIO

import pytest
from django.db import IntegrityError
from django.urls import reverse
from guardian.shortcuts import assign_perm
from openpyxl import load_workbook

from authority.ledger import verify
from authority.models import LedgerEntry
from authority.refusals import Refused
from cases.models import (
    Decision,
    SampledDecision,
    SupervisionMonth,
    SupervisionParameter,
)
from cases.services import supervising
from cases.supervision.making import chain_of
from departments.models import Staff
from tests.cases.branch import Branch, in_post
from tests.cases.supervised import NOON, OCTOBER, busy, finish, october, supervised


@pytest.fixture
def office(branch: Branch) -> Branch:
    return supervised(branch)


@pytest.fixture
def quality(office: Branch) -> Staff:
    staff = in_post("QM", office.department).staff
    assign_perm("see_people", staff, office.department)
    return staff


def test_reviewed_signed_and_countersigned(office: Branch, quality: Staff):
    month = busy(office)
    finish(month, quality)

    supervising.sign_month(month, "正常", by=quality)
    supervising.countersign_month(month, by=office.manager)

    month.refresh_from_db()
    assert (month.status, month.signed_by, month.countersigned_by) == (
        "countersigned",
        quality,
        office.manager,
    )
    actions = LedgerEntry.objects.filter(chain=chain_of(month)).values_list("action", flat=True)
    assert sorted(set(actions)) == ["check", "conclude", "countersign", "make", "sign"]
    assert verify([chain_of(month)]) == []


def codes(refusal) -> tuple[str, ...]:
    return refusal.value.ruling.codes


def test_nobody_reviews_a_finding_about_himself(office: Branch):
    finding = busy(office).findings.get()
    assign_perm("manage_unit", office.adjudicator, office.department)

    with pytest.raises(Refused) as refusal:
        supervising.conclude_finding(
            finding, "explained", "好", by=Staff.objects.get(pk=office.adjudicator.pk)
        )

    assert codes(refusal) == ("oneself",)


def test_nobody_checks_or_signs_his_own_work(office: Branch):
    month = busy(office)
    assign_perm("manage_unit", office.adjudicator, office.department)
    own = Staff.objects.get(pk=office.adjudicator.pk)

    with pytest.raises(Refused) as checking:
        supervising.check_sampled(month.sample.all()[0], "in_order", "", by=own)
    with pytest.raises(Refused) as signing:
        supervising.sign_month(month, "好", by=own)

    assert codes(checking) == ("oneself",)
    assert codes(signing) == ("oneself", "not_finished")


def test_the_signer_is_not_the_superior(office: Branch, quality: Staff):
    month = busy(office)
    finish(month, quality)
    supervising.sign_month(month, "正常", by=office.manager)
    month.refresh_from_db()

    assert supervising.countersigning(month, office.manager).codes == ("same_person",)
    assert supervising.countersigning(month, quality).codes == ("not_superior",)
    assert supervising.countersigning(month, office.head_office_reviewer).allowed
    with pytest.raises(Refused):
        supervising.conclude_finding(month.findings.get(), "violation", "迟了", by=quality)


def test_a_month_not_finished_is_not_signed(office: Branch, quality: Staff):
    with pytest.raises(Refused) as refusal:
        supervising.sign_month(busy(office), "正常", by=quality)

    assert codes(refusal) == ("not_finished",)


def test_administrators_and_strangers_review_nothing(office: Branch):
    finding = busy(office).findings.get()

    with pytest.raises(Refused) as refusal:
        supervising.conclude_finding(finding, "explained", "好", by=office.clerk)

    assert codes(refusal) == ("not_supervising",)


def test_what_waits_for_a_signature_is_on_the_workbench(office: Branch, quality: Staff, client):
    month = busy(office)
    client.force_login(office.manager)

    assert month.get_absolute_url() in client.get(reverse("cases:workbench")).content.decode()
    finish(month, quality)
    supervising.sign_month(month, "正常", by=quality)
    assert supervising.waiting_for(quality) == []
    assert supervising.waiting_for(office.manager) == [month]


def test_the_pages_of_a_month(office: Branch, quality: Staff, client):
    client.force_login(quality)
    month = busy(office)
    finding, sampled = month.findings.get(), month.sample.all()[0]

    client.post(finding.get_absolute_url(), {"conclusion": "look_at", "opinion": "再查"})
    wrong = client.post(reverse("cases:supervision_check", args=[sampled.pk]), {"result": "defect"})
    client.post(reverse("cases:supervision_check", args=[sampled.pk]), {"result": "defect", "note": "缺照片"})
    unsigned = client.post(reverse("cases:supervision_sign", args=[month.pk]), {"summary": ""})

    finding.refresh_from_db(), sampled.refresh_from_db()
    assert (finding.conclusion, sampled.result) == ("look_at", "defect")
    assert (wrong.status_code, unsigned.status_code) == (422, 422)
    page = client.get(reverse("cases:supervision_sample", args=[month.pk]), {"redraw": "1"})
    assert "完全一致" in page.content.decode()
    assert client.get(finding.get_absolute_url()).status_code == 200


def test_the_workbook_of_a_month(office: Branch, quality: Staff, client):
    client.force_login(quality)
    month = busy(office)

    answer = client.get(reverse("cases:supervision_export", args=[month.pk]))

    book = load_workbook(BytesIO(answer.content))
    assert book.sheetnames == ["说明", "人员", "发现", "发现的案件", "抽查"]
    assert book["发现的案件"].max_row == 5


def test_the_month_is_flat(office: Branch, quality: Staff, client, assert_flat_queries):
    client.force_login(quality)
    month = busy(office)
    decision = Decision.objects.all()[0]

    def grow() -> None:
        person = in_post("ADJ", office.department).staff
        month.figures.create(person=person)
        row = month.findings.create(kind="fast", person=person, title="快")
        row.behind.create(decision=decision, case=decision.case)

    assert_flat_queries(month.get_absolute_url(), grow=grow)


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("cases_supervision_month_begins", {"month": date(2026, 8, 2)}),
        ("cases_supervision_month_signatures", {"status": "signed"}),
    ],
)
def test_the_database_refuses_a_month(office: Branch, constraint: str, values: dict):
    with pytest.raises(IntegrityError, match=constraint):
        SupervisionMonth.objects.create(
            **{"unit": office.department, "month": OCTOBER, "seed": "a", **values}
        )


def test_one_month_and_two_people(office: Branch):
    month, people = october(office), {"signed_by": office.manager, "countersigned_by": office.manager}

    with pytest.raises(IntegrityError, match="cases_supervision_month_two_people"):
        SupervisionMonth.objects.filter(pk=month.pk).update(status="countersigned", **people)


def test_one_month_once(office: Branch):
    october(office)

    with pytest.raises(IntegrityError, match="cases_supervision_month_once"):
        SupervisionMonth.objects.create(unit=office.department, month=OCTOBER, seed="a")


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("cases_finding_kind_known", {"kind": "gut"}),
        ("cases_finding_concluded_with_opinion", {"conclusion": "explained"}),
    ],
)
def test_the_database_refuses_a_finding(office: Branch, constraint: str, values: dict):
    with pytest.raises(IntegrityError, match=constraint):
        busy(office).findings.update(**values)


def test_the_database_refuses_reviewing_oneself(office: Branch):
    by = {
        "concluded_by": office.adjudicator,
        "concluded_at": NOON,
        "opinion": "好",
        "conclusion": "explained",
    }

    with pytest.raises(IntegrityError, match="cases_finding_not_by_oneself"):
        busy(office).findings.update(**by)


def test_a_decision_stands_behind_a_finding_once(office: Branch):
    row = busy(office).findings.get().behind.all()[0]
    row.pk = None

    with pytest.raises(IntegrityError, match="cases_finding_decision_once"):
        row.save(force_insert=True)


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("cases_sample_checked_by_somebody", {"result": "in_order"}),
        ("cases_sample_number_once", {"number": 1}),
    ],
)
def test_the_database_refuses_a_sampled_decision(office: Branch, constraint: str, values: dict):
    with pytest.raises(IntegrityError, match=constraint):
        SampledDecision.objects.filter(month=busy(office)).update(**values)


def test_a_defect_is_explained(office: Branch, quality: Staff):
    checked = {"result": "defect", "checked_by": quality, "checked_at": NOON}

    with pytest.raises(IntegrityError, match="cases_sample_defect_explained"):
        busy(office).sample.update(**checked)


def test_a_decision_is_sampled_once(office: Branch):
    row = busy(office).sample.all()[0]
    row.pk, row.number = None, 99

    with pytest.raises(IntegrityError, match="cases_sample_decision_once"):
        row.save(force_insert=True)


@pytest.mark.parametrize(
    ("constraint", "values"),
    [("cases_person_figures_within", {"near_limit": 9}), ("cases_person_figures_within", {"fast": 9})],
)
def test_the_database_refuses_figures(office: Branch, constraint: str, values: dict):
    with pytest.raises(IntegrityError, match=constraint):
        busy(office).figures.update(**values)


def test_figures_of_a_person_once(office: Branch):
    row = busy(office).figures.get()
    row.pk = None

    with pytest.raises(IntegrityError, match="cases_person_figures_once"):
        row.save(force_insert=True)


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("cases_supervision_parameter_once", {"code": "fast_count"}),
        ("cases_supervision_parameter_not_negative", {"code": "other", "value": -1}),
    ],
)
def test_the_database_refuses_a_parameter(db, constraint: str, values: dict):
    known = {"name": "参数", "value": 1, "measure": "件", "source": "测试", "valid_from": date(2020, 1, 1)}

    with pytest.raises(IntegrityError, match=constraint):
        SupervisionParameter.objects.create(**{**known, **values})
