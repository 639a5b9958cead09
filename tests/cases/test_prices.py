"""Local prices beside the lines; rows as pasted."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from authority.refusals import Refused
from cases.damage.parsing import LineRow, from_text
from cases.prices import deviation_of, history_beside
from cases.services import pricing
from cases.services.pricing import Quote
from departments.workbooks.errors import UnreadableFileError
from tests.cases.branch import Branch, in_post
from tests.cases.itemised import itemised, lines, quoted


def test_the_local_price_stands_beside_the_line(branch: Branch, django_assert_num_queries):
    quoted(branch, 1000, 900, 1100)
    quoted(branch, 10, priced_on=timezone.localdate() - timedelta(days=400))
    items = lines(itemised(branch))

    with django_assert_num_queries(2):
        found = history_beside(items)

    one = found[items[0].pk]
    assert (one.count, one.median, one.least, one.most, one.last) == (3, 1000, 900, 1100, 1100)
    assert (one.deviation, one.is_high) == (28, True)
    assert set(found) == {items[0].pk}


def test_without_a_code_the_name_and_the_brand_decide(branch: Branch):
    quoted(branch, 100, 120, code="", name="大灯(左)", brand="大众")
    quoted(branch, 5000, code="", name="大灯左", brand="奔驰")
    case = itemised(branch, [LineRow("part", "", "大灯 左", Decimal(1), Decimal(130))])

    (one,) = history_beside(lines(case)).values()

    assert (one.count, one.most, one.deviation) == (2, 120, None)


@pytest.mark.parametrize(("count", "deviation"), [(2, None), (3, Decimal(10))])
def test_a_deviation_needs_enough_prices(count: int, deviation: Decimal | None):
    assert deviation_of(Decimal(110), Decimal(100), count, 3) == deviation


def test_a_quote_is_noted_where_one_handles_cases(branch: Branch):
    quote = Quote(branch.unit, "灯", "店", Decimal(1), timezone.localdate())

    with pytest.raises(Refused, match="没有该机构"):
        pricing.note_quote(quote, by=branch.statistician)


def test_who_keeps_the_prices_quotes_for_what_he_sees(branch: Branch):
    keeper, reviewer = in_post("PPR", branch.department).staff, branch.damage_reviewer
    quote = Quote(branch.unit, "灯", "店", Decimal(1), timezone.localdate())

    assert pricing.note_quote(quote, by=keeper).entered_by == keeper
    with pytest.raises(Refused, match="须为核价岗"):
        pricing.note_quote(quote, by=reviewer)
    with pytest.raises(Refused, match="没有该机构"):
        pricing.note_quote(replace(quote, unit=branch.head_office), by=keeper)


def test_pasted_rows_are_read_as_copied():
    parsed = from_text("名称\t单价(元)\t数量\t类别\n前保险杠\t1,280.00\t１\t换件\n\n钣金\t180元\t3.5\t工时\n")

    assert parsed.rows == [
        LineRow("part", "", "前保险杠", Decimal(1), Decimal("1280.00")),
        LineRow("labour", "", "钣金", Decimal("3.5"), Decimal(180)),
    ]


def test_every_fault_of_pasted_rows_is_named():
    parsed = from_text("配件\tA1\t\t1\t10\n玩具\tA2\t灯\t0\t-1\n配件\tA3\t杠\tx\t1.234\n")

    assert parsed.rows == ()
    assert [(one.row, one.column) for one in parsed.faults] == [
        (1, "名称"), (2, "类别"), (2, "数量"), (2, "单价"), (3, "数量"), (3, "单价"),
    ]  # fmt: skip


def test_nothing_and_too_much_are_refused():
    with pytest.raises(UnreadableFileError, match="没有数据行"):
        from_text("名称\t单价\n")
    with pytest.raises(UnreadableFileError, match="超过 500 行"):
        from_text("\t\t灯\t1\t1\n" * 501)
