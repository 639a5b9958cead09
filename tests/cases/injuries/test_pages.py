"""The reviewer's and the handler's pages: rows, sheets, keyboard marks, refusals on the form."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cases.injuries.page import costs_of
from cases.injuries.sheet import pasted, read, uploaded, workbook_of
from cases.models import InjuryCostKind
from cases.services import injuries
from tests.cases.branch import make_branch, send
from tests.cases.injuries import people
from tests.cases.injuries.people import asked, assessed, cost, injured, injury_case, kind, version

pytestmark = pytest.mark.django_db


@pytest.fixture
def branch():
    return make_branch()


@pytest.fixture
def person(branch):
    return injured(injury_case(branch), branch.clerk)


@pytest.fixture
def reviewed(branch, person, client):
    """Under review, the medical reviewer logged in."""
    cost(person, asked("medical", "12000"), asked("disability", "120000"), by=branch.clerk)
    assessed(person.case, branch.surveyor, "112000")
    reviewer = people.medical_reviewer(branch)
    send(person.case, "injury_review", by=branch.clerk)
    client.force_login(reviewer)
    return person


def page(name: str, person) -> str:
    return reverse(f"cases:{name}", args=[person.pk])


def test_costs_are_entered_row_by_row(branch, person, client):
    client.force_login(branch.clerk)
    count = InjuryCostKind.objects.count() + 2
    row = {"form-0-kind": kind("medical").pk, "form-0-claimed": "8000.50"}
    sent = {"form-TOTAL_FORMS": count, "form-INITIAL_FORMS": count - 2, "seen": version(person.case), **row}

    assert client.post(page("injury_costs", person), sent).status_code == 302
    assert [one.assessed for one in costs_of(person)] == [Decimal("8000.50")]


def test_what_the_service_refuses_stands_on_the_form(branch, person, client):
    assessed(person.case, branch.surveyor, "9000")
    client.force_login(branch.clerk)
    sent = {"pasted": "项目\t索赔(元)\n医疗费\t8000", "seen": version(person.case)}

    answer = client.post(page("injury_costs_import", person), sent)

    assert answer.status_code == 422
    assert "须等于已定损的 9,000.00 元" in answer.content.decode()


def test_a_sheet_is_read_as_a_whole_or_not_at_all(branch, person, client):
    client.force_login(branch.clerk)
    text = "项目\t索赔(元)\t天数\n医疗费\t8000\t\n护理费\t九百\t12\n坐骑费\t1\t\n"

    answer = client.post(page("injury_costs_import", person), {"pasted": text, "seen": version(person.case)})

    assert [(one.row, one.column) for one in answer.context["errors"]] == [(3, "索赔(元)"), (4, "项目")]
    assert not person.costs.exists()


def test_what_is_exported_is_read_back_the_same(branch, person):
    rows = (
        asked("medical", "8000"),
        asked("nursing", "3000", days=12, count=Decimal("1.5"), part="住院期间"),
        asked("nursing", "900", days=10, daily=Decimal(90), part="出院后"),
    )
    costs = cost(person, *rows, by=branch.clerk)
    before = [(one.kind_id, one.part, one.days, one.daily, one.count, one.assessed) for one in costs]

    book = SimpleUploadedFile("costs.xlsx", BytesIO(workbook_of(costs_of(person), "x")).getvalue())
    found = read(uploaded(book), InjuryCostKind.objects.all())

    after = [(one.kind_id, one.part, one.days, one.daily, one.count, one.assessed) for one in found.rows]
    assert (found.errors, sorted(after, key=_place)) == ((), sorted(before, key=_place))


def _place(row):
    return row[:2]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("索赔(元)\n1", "缺少这一列"),
        ("项目\t索赔(元)\t天数\n护理费\t1\t1.5", "须为整数"),
        ("项目\t索赔(元)\t系数(%)\n残疾赔偿金\t1\t101", "不能大于 100"),
        ("项目\t索赔(元)\t人数\n护理费\t1\t0", "人数须大于零，至多一位小数"),
        ("项目\t索赔(元)\n医疗费\t-1", "金额为负数"),
    ],
)
def test_faults_of_a_sheet(text, reason):
    found = read(pasted(text), InjuryCostKind.objects.all())

    assert [one.reason for one in found.errors] == [reason]


def test_the_reviewer_cuts_item_by_item(reviewed, client):
    medical, disability = costs_of(reviewed)
    sent = {"seen": version(reviewed.case)}
    sent |= {f"cost{medical.pk}-reviewed": "12000", f"cost{disability.pk}-reviewed": "90000"}

    answer = client.post(page("injury_review", reviewed), sent)
    assert answer.status_code == 422
    assert "核减须选择原因并写明依据" in answer.content.decode()

    reason = answer.context["forms"][0].fields["cut_reason"].queryset.get(code="R7")
    sent |= {f"cost{disability.pk}-cut_reason": reason.pk, f"cost{disability.pk}-cut_basis": "鉴定系数有误"}
    assert client.post(page("injury_review", reviewed), sent).status_code == 302
    disability.refresh_from_db()
    assert (disability.cut, disability.cut_reason) == (Decimal(10000), reason)


def test_the_decision_form_leads_to_the_items_instead_of_a_sum(reviewed, client):
    shown = client.get(reviewed.case.get_absolute_url()).content.decode()

    assert ("逐项审核" in shown, "2 项未核" in shown, 'name="reviewed_' in shown) == (True, True, False)


def test_the_sheet_shows_steps_standards_and_capital_figures(reviewed, client):
    sheet = client.get(page("injury_sheet", reviewed)).content.decode()

    assert "50,000.00 元/年 × 20 年 × 10% = 100,000.00 元" in sheet
    assert ("壹拾壹万贰仟元整" in sheet, "待核实" in sheet) == (True, True)


def test_a_visit_files_its_photograph(branch, person, client):
    client.force_login(branch.clerk)
    photo = SimpleUploadedFile("现场.png", b"\x89PNG\r\n\x1a\n" + b"0" * 32)
    sent = {
        "visited_at": "2026-11-03T10:00",
        "way": "hospital",
        "place": "医院",
        "state": "inpatient",
        "findings": "石膏固定",
        "photo": photo,
    }

    assert client.post(page("visit_new", person), sent).status_code == 302

    (paper,) = person.visits.get().papers.all()
    assert (paper.kind, paper.case_id) == ("photo", person.case_id)


def test_the_case_shows_its_injured(branch, person, client):
    client.force_login(branch.clerk)

    shown = client.get(person.case.get_absolute_url() + "?tab=related").content.decode()

    assert (person.label in shown, "登记伤者" in shown, "拟调解方案" in shown) == (True, True, True)


def test_what_changed_of_the_injured_stands_in_the_changes_of_the_case(branch, person, client):
    """Names masked as everywhere."""
    facts = {**people.FACTS, "name": "周秀兰", "age": 41}
    injuries.change_injured(person, facts, tracker=branch.clerk, by=branch.clerk)
    cost(person, asked("medical", "8000"), by=branch.clerk)
    cost(person, asked("medical", "9000"), by=branch.clerk)
    client.force_login(branch.clerk)

    shown = client.get(reverse("cases:history", args=[person.case_id])).content.decode()

    assert (f"{person.label} 年龄" in shown, "医疗费 索赔(元)" in shown) == (True, True)
    assert ("周秀兰" in shown) == branch.clerk.sees_personal_data


def test_the_estimate_of_what_is_paid_is_explained(branch, person, client):
    cost(person, asked("medical", "28000"), by=branch.clerk)
    client.force_login(branch.clerk)

    shown = client.get(page("injured_person", person)).content.decode()

    assert "医疗费用 28,000.00 元，交强险限额内 18,000.00 元" in shown
    assert "合计 18,000.00 + 10,000.00 = 28,000.00 元" in shown
