"""Finding people, and taking the list out as a file."""

from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from departments.models import AccessRecord, PostType
from departments.sheets import neutralise, restore
from tests.cast import World


@pytest.fixture
def names(world: World, client):
    """The names listed for a query of the department head."""
    client.force_login(world["department_head"])

    def listed(**query: object) -> set[str]:
        rows = client.get(reverse("departments:people"), query).context["rows"]
        return {row.staff.name for row in rows}

    return listed


def test_filters(world: World, names):
    everybody = names()
    assert {"陈立案", "王敏", "吴岗"} <= everybody
    assert "赵总司" not in everybody

    assert names(q="立案") == {"陈立案"}
    assert names(q=world["clerk"].employee_no) == {"陈立案"}
    assert names(unit=world["dy"].pk) == {"陈立案", "郑中支"}
    assert names(post_type=PostType.objects.get(code="ADJ").pk) == {"王敏"}
    assert "吴岗" in names(state="unposted")
    assert "陈立案" not in names(state="unposted")
    assert names(state="inactive") == set()


@pytest.mark.parametrize("query", [{"unit": "x"}, {"state": "?"}, {"q": "长" * 99}, {"cursor": "%%%"}])
def test_unreadable_filters_count_as_none(names, query: dict):
    assert "陈立案" in names(**query)


def test_a_unit_out_of_sight_filters_nothing(world: World, client):
    client.force_login(world["clerk"])

    rows = client.get(reverse("departments:people"), {"unit": world["my"].pk}).context["rows"]

    assert {row.staff.name for row in rows} == {"陈立案", "郑中支"}


def test_the_export_is_the_filtered_list_and_is_recorded(world: World, client):
    world["clerk"].name = "=HYPERLINK(1)"
    world["clerk"].save()
    client.force_login(world["department_head"])

    answer = client.get(reverse("departments:people_export"), {"unit": world["dy"].pk})

    sheet = load_workbook(BytesIO(answer.content)).active
    assert [row[1].value for row in sheet.rows] == ["姓名", "'=HYPERLINK(1)", "郑中支"]
    record = AccessRecord.objects.get()
    assert (record.staff, record.kind, record.row_count) == (world["department_head"], "export", 2)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "＝1", "＋1", "－1", "＠1"])
def test_no_cell_begins_a_formula(text: str):
    assert neutralise(text) == f"'{text}"
    assert restore(neutralise(text)) == text


@pytest.mark.parametrize("text", ["", "刘明", "1-2", "'quoted'", "a=b"])
def test_other_texts_stay(text: str):
    assert neutralise(text) == restore(text) == text
