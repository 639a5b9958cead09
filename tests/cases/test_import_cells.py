# ruff: noqa: DTZ001 - extracts write local time without a zone
"""What one cell of an extract may look like, and what it then is."""

from datetime import datetime
from decimal import Decimal

import pytest

from cases.importing import cells
from cases.importing.errors import CellError


@pytest.mark.parametrize(
    ("cell", "factor", "yuan"),
    [
        ("1234.5", 1, "1234.50"),
        ("1,234,567.89", 1, "1234567.89"),
        ("１２３４．５０", 1, "1234.50"),
        ("￥1,234元", 1, "1234.00"),
        ("12.5万元", 1, "125000.00"),
        ("12.5", 10_000, "125000.00"),
        (1234.5599999999999, 1, "1234.56"),
        ("87.7455", 1, "87.75"),
        ("0.005", 1, "0.01"),
        ("-0", 1, "0.00"),
        ("1.2e3", 1, "1200.00"),
    ],
)
def test_money(cell, factor, yuan):
    assert cells.money_of(cell, factor) == Decimal(yuan)


@pytest.mark.parametrize("cell", ["", "-", "—", "  ", None])
def test_no_money(cell):
    assert cells.money_of(cell, 1) is None


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("-5", "负数"),
        ("(5.00)", "负数"),
        (-5.0, "负数"),
        ("五百", "不是金额"),
        ("12 34", "不是金额"),
        (float("inf"), "不是金额"),
        (True, "不是金额"),
        ("9999999999999", "过大"),
    ],
)
def test_refused_money(cell, reason):
    with pytest.raises(CellError, match=reason):
        cells.money_of(cell, 1)


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2026-11-23 08:09:10", datetime(2026, 11, 23, 8, 9, 10)),
        ("2026/1/2 3:04", datetime(2026, 1, 2, 3, 4)),
        ("2026年1月2日", datetime(2026, 1, 2)),
        ("2026年1月2日 3时4分", datetime(2026, 1, 2, 3, 4)),
        ("２０２６－０１－０２", datetime(2026, 1, 2)),
        ("20260102", datetime(2026, 1, 2)),
        ("46024.5", datetime(2026, 1, 2, 12)),
        (46024.5, datetime(2026, 1, 2, 12)),
        ("2026-01-02T00:00:00Z", datetime(2026, 1, 2, 8)),
        ("2026.1.2", datetime(2026, 1, 2)),
    ],
)
def test_moments(cell, moment):
    assert cells.moment_of(cell) == moment


def test_serial_numbers_of_the_1904_calendar():
    assert cells.moment_of(44562.0, has_1904_dates=True) == datetime(2026, 1, 2)


@pytest.mark.parametrize("cell", ["2026-02-30", "昨天", "1899-01-01", "2300-01-01", -1.0, 999_999.0, True])
def test_refused_moments(cell):
    with pytest.raises(CellError, match="日期"):
        cells.moment_of(cell)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("R0012", "R0012"),
        ("ＲＸ００１", "RX001"),
        (" 510104 1990 ", "5101041990"),
        ("'00123", "00123"),
        (123456.0, "123456"),
    ],
)
def test_codes_stay_text(cell, code):
    assert cells.code_of(cell, 30) == code


@pytest.mark.parametrize(
    ("cell", "reason"),
    [("5.10104E+17", "科学计数法"), (510104199001011234.0, "15 位"), ("X" * 31, "超过 30 位")],
)
def test_codes_that_lost_digits(cell, reason):
    with pytest.raises(CellError, match=reason):
        cells.code_of(cell, 30)


def test_text_marked_against_formulas_comes_back_as_it_was():
    assert cells.text_of("'=王伟", 60) == "=王伟"


@pytest.mark.parametrize(("cell", "percent"), [("0.7", 70), ("70%", 70), ("70", 70), (0.5, 50), ("1", 100)])
def test_ratios(cell, percent):
    assert cells.ratio_of(cell) == percent


@pytest.mark.parametrize(
    ("cell", "flag"), [("是", True), ("Ｎ", False), ("无", False), (1.0, True), ("", None)]
)
def test_flags(cell, flag):
    assert cells.flag_of(cell) is flag


def test_reasons():
    assert cells.reasons_of("A、C,L") == ["A", "C", "L"]
    with pytest.raises(CellError, match="A 至 Q"):
        cells.reasons_of("Z")


@pytest.mark.parametrize("cell", [cells.UNCALCULATED, f"{cells.CELL_ERROR}#N/A"])
def test_neither_empty_formulas_nor_error_cells_are_values(cell):
    with pytest.raises(CellError):
        cells.check(cell)
