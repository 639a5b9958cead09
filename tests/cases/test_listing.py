"""The case list shows exactly the rows asked for, to those who may see them, at a constant price."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.lifecycle import Stage
from cases.listing.case_list import CaseList
from cases.listing.columns import COLUMNS, DEFAULT_COLUMNS
from cases.listing.sorts import SORTS
from cases.models import CaseDue, SavedFilter
from tests.cases.viewers import client_of, viewer_of
from tests.factories import SHANGHAI, CaseFactory, OrgUnitFactory, StaffFactory

pytestmark = pytest.mark.django_db
INDEX = "/cases/"
LATE_ON_THE_FIRST = datetime(2026, 10, 1, 23, tzinfo=SHANGHAI)


@pytest.fixture
def branch():
    head_office = OrgUnitFactory()
    return OrgUnitFactory(parent=head_office), OrgUnitFactory(parent=head_office)


@pytest.fixture
def staff(branch):
    return viewer_of(branch[0])


@pytest.fixture
def client(staff):
    return client_of(staff)


def numbers(response) -> list[str]:
    return [row.number for row in response.context["rows"]]


def test_only_cases_of_the_own_units_are_listed(client, branch):
    mine, _ = CaseFactory(unit=branch[0]), CaseFactory(unit=branch[1])

    assert numbers(client.get(INDEX)) == [str(mine)]


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("group=open", {}),
        ("group=closed", {"closed": True}),
        ("stage=surveyed&stage=assessed", {"stage": Stage.SURVEYED}),
        ("losses=injury", {"loss_classes": ["injury"]}),
        ("injury=yes", {"is_injury": True}),
        ("litigated=yes", {"is_litigated": True}),
        ("major=yes", {"is_major": True}),
        ("amount_from=9000&amount_to=9500", {"estimate": Decimal("9000")}),
        ("reported_from=2026-10-01&reported_to=2026-10-01", {"reported_at": LATE_ON_THE_FIRST}),
        ("closed_from=2026-11-20&closed_to=2026-11-20", {"closed": True}),
        ("source=import", {"source": "import"}),
        ("q=R9", {"report_no": "R9001"}),
        ("q=a9", {"claim_no": "A9001"}),
        ("q=P9", {"policy_no": "P9001"}),
        ("q=川a·9", {"plate_no": "川A90K62"}),
        ("q=成都顺", {"insured_name": "成都顺达物流有限公司"}),
    ],
)  # fmt: skip
def test_a_filter_keeps_what_it_names(client, branch, query, fields):
    wanted = CaseFactory(unit=branch[0], **fields)
    CaseFactory(unit=branch[0], closed=query == "group=open")

    assert numbers(client.get(f"{INDEX}?{query}")) == [str(wanted)]


def test_a_unit_stands_for_all_below_it(branch):
    desk = OrgUnitFactory(parent=branch[0], kind="desk")
    inside, _ = CaseFactory(unit=desk), CaseFactory(unit=branch[1])
    client = client_of(viewer_of(branch[0].parent))

    assert numbers(client.get(INDEX, {"unit": branch[0].pk})) == [str(inside)]


def test_the_handler_is_found_by_name_and_number(client, branch):
    case = CaseFactory(unit=branch[0], handler=StaffFactory(name="陈浩", employee_no="T77"))
    CaseFactory(unit=branch[0])

    for query in ("handler=陈", "handler=T77", "q=陈浩"):
        assert numbers(client.get(f"{INDEX}?{query}")) == [str(case)]


def test_a_search_with_many_hits_finds_them_too(client, branch, monkeypatch):
    monkeypatch.setattr("cases.listing.criteria.SEARCH_CAP", 1)
    CaseFactory.create_batch(3, unit=branch[0])

    assert len(numbers(client.get(f"{INDEX}?q=R2026"))) == 3


@pytest.fixture
def small_pages(monkeypatch):
    monkeypatch.setattr(CaseList.page, "__defaults__", (2,))


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.usefixtures("small_pages")
def test_every_order_pages_through_all_rows_once(client, branch, sort):
    closed = sort == "closed"
    for day in range(5):
        moment = datetime(2026, 10, 1 + day, tzinfo=SHANGHAI)
        case = CaseFactory(unit=branch[0], closed=closed, reported_at=moment)
        CaseDue.objects.create(case=case, due_at=moment, of_version=1, computed_at=moment)

    seen = _walk(client, f"{INDEX}?sort={sort}")

    assert len(seen) == len(set(seen)) == 5


def _walk(client, url: str) -> list[str]:
    seen, cursor = [], ""
    while True:
        response = client.get(f"{url}&cursor={cursor}")
        seen += numbers(response)
        cursor = response.context["page"].next_cursor
        if not cursor:
            return seen


def test_names_and_plates_are_masked_for_strangers(client, branch):
    CaseFactory(unit=branch[0], insured_name="刘明", plate_no="川B18K62")
    text = client.get(INDEX).content.decode()

    assert "刘明" not in text
    assert "刘* / 川B·1**62" in text


def test_a_post_that_sees_personal_data_reads_them_in_full(branch):
    CaseFactory(unit=branch[0], insured_name="刘明", plate_no="川B18K62")
    client = client_of(viewer_of(branch[0], sees_personal_data=True))

    assert "刘明 / 川B18K62" in client.get(INDEX).content.decode()


def test_chosen_columns_stay_chosen(client, branch):
    CaseFactory(unit=branch[0], policy_no="P2026X")
    client.get(f"{INDEX}?col=policy_no&col=paid")

    assert [heading.label for heading in client.get(INDEX).context["headings"]] == ["保单号", "已付(元)"]


def test_the_page_costs_the_same_for_many_rows(client, branch, assert_flat_queries):
    assert_flat_queries(INDEX, grow=lambda: CaseFactory(unit=branch[0]))


def test_the_page_costs_at_most_eight_statements(client, branch):
    CaseFactory.create_batch(3, unit=branch[0])
    client.get(INDEX)

    with CaptureQueriesContext(connection) as queries:
        client.get(INDEX)

    assert len(queries) <= 8


@pytest.mark.parametrize(("rows", "capped"), [(2, "2"), (4, "3+")])
def test_the_count_stops_at_its_cap_unless_asked(client, branch, monkeypatch, rows, capped):
    monkeypatch.setattr("cases.listing.case_list.COUNT_CAP", 3)
    CaseFactory.create_batch(rows, unit=branch[0])

    assert f">{capped}<" in client.get(reverse("cases:count")).content.decode()
    assert f">{rows}<" in client.get(reverse("cases:count"), {"exact": 1}).content.decode()


def test_a_wrong_filter_value_is_named_and_left_out(client, branch):
    CaseFactory(unit=branch[0])
    response = client.get(f"{INDEX}?amount_from=abc")

    assert "输入一个数字" in response.content.decode()
    assert len(numbers(response)) == 1


def test_an_empty_list_says_what_to_do(client):
    assert "您的机构范围内还没有案件" in client.get(INDEX).content.decode()
    assert "没有符合条件的案件" in client.get(f"{INDEX}?q=X").content.decode()


def test_a_filter_is_saved_shared_and_deleted(client, staff, branch):
    client.post(
        reverse("cases:saved_filter_new"), {"name": "涉诉", "query": "litigated=yes", "is_shared": "on"}
    )
    saved = SavedFilter.objects.get(owner=staff)
    colleague = client_of(viewer_of(branch[0]))

    assert "涉诉" in colleague.get(INDEX).content.decode()
    assert colleague.post(reverse("cases:saved_filter_delete", args=[saved.pk])).status_code == 404
    assert client.post(reverse("cases:saved_filter_delete", args=[saved.pk])).status_code == 302


def test_a_private_filter_stays_private(client, staff, branch):
    SavedFilter.objects.create(owner=staff, name="我的", query="group=open")

    assert "我的" not in client_of(viewer_of(branch[0])).get(INDEX).content.decode().split("<main")[1]


def test_two_filters_of_one_name_are_refused(client, staff):
    SavedFilter.objects.create(owner=staff, name="涉诉", query="litigated=yes")
    response = client.post(reverse("cases:saved_filter_new"), {"name": "涉诉", "query": ""})

    assert response.status_code == 422
    assert "您已有同名的筛选" in response.content.decode()


@pytest.mark.parametrize(
    ("constraint", "values"),
    [("cases_savedfilter_name_once", {"name": "涉诉"}), ("cases_savedfilter_named", {"name": ""})],
)
def test_the_database_refuses(staff, constraint, values):
    SavedFilter.objects.create(owner=staff, name="涉诉")

    with pytest.raises(IntegrityError, match=constraint):
        SavedFilter.objects.create(owner=staff, **values)


def test_the_printed_list_has_the_same_rows(client, branch):
    case = CaseFactory(unit=branch[0], reported_at=datetime(2026, 11, 2, tzinfo=SHANGHAI) - timedelta(days=1))

    assert str(case) in client.get(reverse("cases:index_print")).content.decode()


def test_default_columns_are_columns():
    assert set(COLUMNS) >= DEFAULT_COLUMNS
