"""The figures against cases counted by hand."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook

from cases.models import EstimateChange
from reports.figures import Question, Table
from reports.figures.clearing import clearing_summary
from reports.figures.daily import daily_flow
from reports.figures.outstanding import outstanding_list
from reports.workbook import Cover, render_workbook
from tests.factories import CaseFactory, CaseLossFactory, OrgUnitFactory

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 11, 20)


def at(day: date, hour: int = 9) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)


@pytest.fixture
def unit():
    return OrgUnitFactory(parent=OrgUnitFactory(kind="head_office"), name="绵阳中支")


def asked(unit, day=DAY, start=None) -> Question:
    return Question(unit.parent.path, start or day, day, {"registration_days": 3})


def test_a_day_counts_what_happened_on_it(unit):
    CaseFactory(unit=unit, reported_at=at(DAY, 0), is_major=True)
    CaseFactory(unit=unit, reported_at=at(DAY, 23), registered_at=at(DAY + timedelta(days=1)))
    CaseFactory(unit=unit, reported_at=at(DAY + timedelta(days=1), 0))
    CaseFactory(unit=unit, closed=True, reported_at=at(DAY - timedelta(days=9)), closed_at=at(DAY))

    table = daily_flow(asked(unit))

    assert table.rows == [[DAY, "绵阳中支", 2, 1, 1, 2, Decimal("16000.00"), 1, 0]]
    assert table.totals[2:] == [2, 1, 1, 2, Decimal("16000.00"), 1, 0]


def test_unregistered_after_three_days_is_late(unit):
    CaseFactory(unit=unit, reported_at=at(DAY - timedelta(days=4)), registered_at=None, stage="reported")
    CaseFactory(unit=unit, reported_at=at(DAY - timedelta(days=1)), registered_at=None, stage="reported")

    assert daily_flow(asked(unit)).rows[0][-1] == 1


def test_a_past_day_is_told_as_it_was(unit):
    case = CaseFactory(unit=unit, reported_at=at(DAY), estimate=Decimal("9000"))
    EstimateChange.objects.create(
        case=case,
        subject="estimate",
        before=8000,
        after=9000,
        reason="复勘",
        changed_at=at(DAY + timedelta(days=1)),
    )

    assert daily_flow(asked(unit)).rows[0][6] == Decimal("8000.00")
    assert daily_flow(asked(unit, DAY + timedelta(days=1))).rows[0][6] == Decimal("9000.00")


def test_the_outstanding_list_names_reasons_and_splits_amounts(unit):
    case = CaseFactory(unit=unit, reported_at=at(date(2026, 10, 1)), uncleared_reasons=["A", "M"])
    CaseLossFactory(case=case, estimate=Decimal("5000"))
    CaseLossFactory(case=case, loss_class="injury", label="人伤", estimate=Decimal("3000"))
    CaseFactory(unit=unit, closed=True, closed_at=at(date(2026, 10, 30)))

    table = outstanding_list(asked(unit, date(2026, 10, 31)))

    (row,) = table.rows
    assert row[0] == 1
    assert row[10:15] == [30, Decimal("8000.00"), Decimal("5000.00"), Decimal("0.00"), Decimal("3000.00")]
    assert (row[17], row[20]) == ("AM", "")
    assert table.totals[11] == Decimal("8000.00")


def test_a_case_closed_after_the_period_was_still_outstanding(unit):
    CaseFactory(unit=unit, closed=True, reported_at=at(date(2026, 10, 1)), closed_at=at(date(2026, 11, 5)))

    assert len(outstanding_list(asked(unit, date(2026, 10, 31))).rows) == 1


def test_the_clearing_summary_follows_the_base_list(unit):
    last_year = at(date(2025, 12, 1))
    CaseFactory(unit=unit, reported_at=last_year, uncleared_reasons=["C", "L"])
    CaseFactory(unit=unit, reported_at=at(date(2024, 6, 1)), closed=True, closed_at=at(date(2026, 3, 1)))
    CaseFactory(
        unit=unit, reported_at=last_year, closed=True, closed_at=at(date(2026, 3, 1)), closing_kind="refused"
    )
    CaseFactory(unit=unit, reported_at=last_year, closed=True, closed_at=at(date(2025, 12, 30)))

    row = clearing_summary(asked(unit, date(2026, 10, 31))).rows[0]

    assert row[2:4] == [3, Decimal("24000.00")]
    assert row[4:7] == [2, 1, 0]
    assert row[7:14] == [2, Decimal("16000.00"), 1, 1, 0, Decimal("66.67"), Decimal("66.67")]
    assert dict(zip("ABCDEFGHIJKLMNOPQ", row[14:], strict=True))["L"] == 1


def test_nothing_to_clear_gives_no_rate(unit):
    assert clearing_summary(asked(unit)).rows[0][12] is None


def test_the_file_has_cover_totals_and_signers(unit):
    table: Table = daily_flow(asked(unit))
    file = render_workbook(table, Cover("报立结案日报", "车险理赔部", "2026-11-20", at(DAY), "数据时点"))

    sheet = load_workbook(BytesIO(file)).active
    texts = [cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    assert texts[0] == "报立结案日报"
    assert {"填报单位：车险理赔部", "合计", "制表：", "复核：", "负责人："} <= set(texts)
