"""One declaration: page, file, sheet."""

from io import BytesIO

import pytest
from django import forms
from django.test import RequestFactory
from openpyxl import load_workbook

from departments.listings import Column, Empty, ListFilter, Listing, show, text_of
from departments.models import AccessRecord, Staff
from departments.owed import Owed, _owed, owed_by, register_owed
from tests.cast import World
from tests.factories import StaffFactory


def columns(viewer: Staff) -> tuple[Column, ...]:
    return (
        Column("姓名", lambda row: row.name, url=lambda row: row.get_absolute_url()),
        Column("工号", lambda row: row.employee_no, "number", on_page=False),
        Column("状态", lambda row: "在用", "status", code=lambda row: "open"),
        Column("电话", lambda row: row.phone or None),
    )


PEOPLE = Listing("人员名单", "people", columns, ("employee_no", "pk"), Empty("没有人员", "先登记人员。"))


class NameFilter(ListFilter):
    lookups = {"name": "name__startswith", "active": "only_active"}

    name = forms.CharField(label="姓名", required=False, max_length=4)
    active = forms.BooleanField(label="在用", required=False)

    def only_active(self, rows, value):
        return rows.filter(is_active=value)


def ask(world: World, query: str):
    request = RequestFactory().get(f"/people/?{query}")
    request.user = world["clerk"]
    form = NameFilter(request.GET)
    return show(request, PEOPLE, form.narrow(Staff.objects.all()), form)


def test_the_page_shows_exactly_the_filtered_rows(world: World):
    StaffFactory(name="<b>周", employee_no="A1")
    text = ask(world, "name=<b>周").content.decode()

    assert "&lt;b&gt;周</a>" in text
    assert "陈立案</a>" not in text
    assert "as=xlsx" in text


def test_the_file_holds_every_column_and_is_logged(world: World):
    response = ask(world, "name=陈&as=xlsx")
    rows = list(load_workbook(BytesIO(response.content)).active.values)

    assert rows[0] == ("姓名", "工号", "状态", "电话")
    assert [row[0] for row in rows[1:]] == ["陈立案"]
    assert AccessRecord.objects.get().row_count == 1


def test_the_sheet_has_signers_and_no_links(world: World):
    text = ask(world, "as=print&name=陈").content.decode()

    assert "制表：" in text
    assert "陈立案</td>" in text
    assert 'href="/people/?name=' in text


def test_an_empty_list_says_what_to_do(world: World):
    text = ask(world, "name=无此人").content.decode()

    assert "没有人员" in text
    assert "as=xlsx" not in text


def test_what_cannot_be_read_counts_as_not_given(world: World):
    assert "陈立案" in ask(world, "name=这个名字太长了不是").content.decode()


@pytest.mark.parametrize("value", [None, ""])
def test_nothing_is_a_dash(value):
    assert text_of(value) == "—"


def test_what_is_owed_is_counted_in_one_statement(world: World, django_assert_num_queries):
    register_owed(
        Owed("test_people", "人员", lambda staff: Staff.objects.filter(pk=staff.pk), "cases:index", "a=1")
    )
    clerk = world["clerk"]
    try:
        owed_by(clerk)  # what he may see is read once per request, by the navigation at the latest
        with django_assert_num_queries(1):
            found = [one for one in owed_by(clerk) if one.label == "人员"]
        assert [(one.count, one.url.endswith("/?a=1")) for one in found] == [(1, True)]
    finally:
        _owed.pop("test_people")
