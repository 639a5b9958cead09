"""An export has the rows, order, columns and masks of the list, and no cell that a spreadsheet would run."""

from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse

from cases.export import neutral
from departments.models import AccessRecord
from tests.cases.viewers import client_of, viewer_of
from tests.factories import CaseFactory, OrgUnitFactory

pytestmark = pytest.mark.django_db
EXPORT = "/cases/export/"


@pytest.fixture
def unit():
    return OrgUnitFactory()


@pytest.fixture
def staff(unit):
    return viewer_of(unit)


@pytest.fixture
def client(staff):
    return client_of(staff)


def csv_rows(response) -> list[list[str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return [line.split(",") for line in text.splitlines()]


def sheet_rows(response) -> list[tuple]:
    book = openpyxl.load_workbook(BytesIO(b"".join(response.streaming_content)))
    return list(book.active.iter_rows(values_only=True))


def test_csv_has_the_rows_and_order_of_the_list(client, unit):
    CaseFactory.create_batch(3, unit=unit)
    CaseFactory(unit=unit, closed=True)
    query = "group=open&sort=largest&col=estimate&col=stage"
    listed = [row.number for row in client.get(f"/cases/?{query}").context["rows"]]

    rows = csv_rows(client.get(f"{EXPORT}?{query}&format=csv"))

    assert rows[0] == ["案件号", "估损(元)", "状态"]
    assert [row[0] for row in rows[1:]] == listed


def test_xlsx_keeps_numbers_of_cases_as_text_and_money_as_numbers(client, unit):
    CaseFactory(unit=unit, claim_no="00012345678901234567")
    rows = sheet_rows(client.get(f"{EXPORT}?col=estimate"))

    assert rows == [("案件号", "估损(元)"), ("00012345678901234567", 8000.0)]


def test_an_empty_export_has_its_heading(client):
    assert sheet_rows(client.get(f"{EXPORT}?col=estimate"))[0] == ("案件号", "估损(元)")


def test_an_export_is_masked_like_the_page(client, unit):
    CaseFactory(unit=unit, insured_name="刘明", plate_no="川B18K62")

    assert csv_rows(client.get(f"{EXPORT}?col=insured&format=csv"))[1][1] == "刘* / 川B·1**62"


def test_other_units_do_not_leave_the_house(client):
    CaseFactory()

    assert len(csv_rows(client.get(f"{EXPORT}?format=csv"))) == 1


def test_an_export_leaves_a_trace(client, staff, unit):
    CaseFactory.create_batch(2, unit=unit)
    client.get(f"{EXPORT}?group=open&format=csv")
    record = AccessRecord.objects.get()

    assert (record.staff, record.kind, record.row_count) == (staff, "export", 2)
    assert "group=open" in record.subject


def test_too_many_rows_are_refused_with_advice(client, unit, monkeypatch):
    monkeypatch.setattr("cases.export.XLSX_CAP", 1)
    CaseFactory.create_batch(2, unit=unit)
    response = client.get(reverse("cases:export"))

    assert response.status_code == 422
    assert "请缩小筛选范围" in response.content.decode()
    assert not AccessRecord.objects.exists()


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_a_formula_is_made_text(start):
    assert neutral(f"{start}1+1") == f"'{start}1+1"


def test_ordinary_text_stays_as_it_is():
    assert neutral("川A·F**09") == "川A·F**09"


def test_a_formula_in_a_name_is_neutral_in_the_file(unit):
    CaseFactory(unit=unit, insured_name="=cmd()", plate_no="")
    client = client_of(viewer_of(unit, sees_personal_data=True))

    assert csv_rows(client.get(f"{EXPORT}?col=insured&format=csv"))[1][1] == "'=cmd()"
