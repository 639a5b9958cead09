"""What PostgreSQL writes into a file is, byte for byte, what the page would show."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cases.export import LineEnds, csv_lines, exported_columns, rows_of
from cases.listing.case_list import CaseList
from cases.listing.columns import COLUMNS
from tests.cases.viewers import viewer_of
from tests.factories import CaseFactory, OrgUnitFactory

pytestmark = pytest.mark.django_db
ODD = {
    "insured_name": '=cmd|"A1",\n乙',
    "plate_no": "  川b·18k62 ",
    "policy_no": "＋1\r\n",
    "claim_no": "",
    "vehicle_class": "-1",
    "lines": ["extra", "own_damage", "未知"],
    "loss_classes": [],
    "uncleared_reasons": ["A", "L"],
    "source": '"',
    "registered_at": None,
    "reported_at": datetime(2026, 1, 2, 16, 0, 59, 999999, tzinfo=UTC),
}


def written_by_hand(case_list: CaseList) -> bytes:
    text = StringIO(newline="")
    table = csv.writer(text)
    table.writerow([column.label for column in exported_columns(case_list)])
    table.writerows(rows_of(case_list))
    return f"\ufeff{text.getvalue()}".encode()


@pytest.fixture(params=[False, True], ids=["masked", "in full"])
def case_list(request) -> CaseList:
    unit = OrgUnitFactory(short_name='成都, "中支"')
    staff = viewer_of(unit, sees_personal_data=request.param)
    return CaseList(staff, {"col": list(COLUMNS)})


def unit_of(case_list: CaseList):
    return case_list.staff.posts_today[0].post.unit


def test_every_column_is_written_as_it_is_shown(case_list):
    unit = unit_of(case_list)
    CaseFactory(unit=unit, is_injury=True, is_major=True, handler__name="@王")
    CaseFactory(unit=unit, closed=True, handler=None, plate_no="", insured_name="成都顺达物流有限公司")
    CaseFactory(unit=unit, **ODD)
    CaseFactory(unit=unit, reported_at=datetime.now(UTC) + timedelta(days=3), plate_no="川AD12345")

    assert b"".join(csv_lines(case_list)) == written_by_hand(case_list)


PLATES = st.one_of(
    st.from_regex(r"[川京][A-Za-z][·•. -]?[0-9A-Za-z学警]{4,7}", fullmatch=True),
    st.text("川A1· -'", max_size=9),
)
NAMES = st.text("刘明阿·Ab '公\u3000\t", max_size=12)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=NAMES, plate=PLATES)
@example(name="", plate="")
def test_masks_are_the_same_in_the_database(case_list, name, plate):
    case_list.cases.delete()
    del case_list.cases
    CaseFactory(unit=unit_of(case_list), insured_name=name, plate_no=plate)

    assert b"".join(csv_lines(case_list)) == written_by_hand(case_list)


@pytest.mark.parametrize("cut", range(12))
def test_line_ends_inside_quotes_stay(cut):
    text, ends = b'a,"b\n""c"\nd\n', LineEnds()

    assert ends.of(text[:cut]) + ends.of(text[cut:]) == b'a,"b\n""c"\r\nd\r\n'


def test_the_heading_comes_before_any_row_is_read(case_list, django_assert_num_queries):
    lines = csv_lines(case_list)
    with django_assert_num_queries(0):
        assert next(lines).startswith("\ufeff案件号".encode())
