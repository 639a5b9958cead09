# ruff: noqa: DTZ001 - workbooks write local time without a zone
"""Files as they come: encodings, workbooks of all kinds, and those that mean harm."""

import struct
import zipfile
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from cases.importing.cells import CELL_ERROR, UNCALCULATED
from cases.importing.errors import UnreadableFileError
from cases.importing.mapping import ColumnMap, guess
from cases.importing.sniffing import sniff
from cases.importing.tables import Table
from departments.workbooks.workbook import Workbook
from tests import extracts

ROWS = list(extracts.rows(3))
HEADINGS = ["报案号", "报案时间", "机构", "估损"]


def read(path: Path) -> list[tuple[int, list]]:
    with Table(path, sniff(path)) as table:
        return list(table)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings(tmp_path, encoding):
    path = extracts.write_csv(tmp_path / "a.csv", ROWS, encoding=encoding)

    assert sniff(path).headings == extracts.HEADINGS
    assert [line for _, line in read(path)] == ROWS


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_delimiters(tmp_path, delimiter):
    path = tmp_path / "a.csv"
    path.write_text(f"{delimiter.join(HEADINGS)}\n{delimiter.join('abcd')}\n", encoding="utf-8")

    assert sniff(path).headings == tuple(HEADINGS)
    assert read(path) == [(2, ["a", "b", "c", "d"])]


def test_a_title_above_the_headings_and_blank_rows_are_skipped(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("车险报立结案清单\n\n报案号,报案时间,机构\n,,\nR1,2026-01-01,cd\n", encoding="gb18030")

    assert sniff(path).heading_row == 3
    assert read(path) == [(5, ["R1", "2026-01-01", "cd"])]


def test_the_same_heading_twice_is_told_apart_and_not_guessed(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("报案号,估损,估损\nR1,1,2\n", encoding="utf-8")
    layout = sniff(path)

    assert layout.headings == ("报案号", "估损", "估损(2)")
    assert "estimate" not in guess(layout.headings)


def test_headings_are_guessed_with_their_units():
    columns = guess(["报案号", "出险日期", "立案金额（万元）", "车牌号码", "备注"])

    assert columns["estimate"] == "立案金额（万元）"
    assert columns["plate_no"] == "车牌号码"
    assert ColumnMap(columns).factor("estimate") == 10_000
    assert ColumnMap(columns).missing() == ["报案时间", "机构"]


def workbook(path: Path, fill, **options) -> Path:
    book = xlsxwriter.Workbook(path, options)
    sheet = book.add_worksheet("清单")
    sheet.write_row(0, 0, HEADINGS)
    fill(book, sheet)
    book.close()
    return path


def test_a_workbook_says_what_a_csv_says(tmp_path):
    rows = [line for _, line in read(extracts.write_xlsx(tmp_path / "a.xlsx", ROWS))]

    assert rows[0][1] == ROWS[0][1]
    assert rows[0][21] == float(ROWS[0][21])


def test_dates_of_a_workbook_are_numbers_in_its_calendar(tmp_path):
    def fill(book, sheet):
        sheet.write_datetime(1, 1, datetime(2026, 1, 2, 12), book.add_format({"num_format": "yyyy-mm-dd"}))

    assert read(workbook(tmp_path / "a.xlsx", fill))[0][1][1] == 46024.5
    path = workbook(tmp_path / "b.xlsx", fill, date_1904=True)
    assert sniff(path).has_1904_dates
    assert read(path)[0][1][1] == 44562.5


def test_formulas_errors_and_booleans(tmp_path):
    def fill(_, sheet):
        sheet.write_formula(1, 0, "=1+1", None, 2)
        sheet.write_formula(1, 1, "=1+1", None, "")
        sheet.write_boolean(1, 2, True)
        sheet.write_formula(1, 3, "=NA()", None, "#N/A")

    assert read(workbook(tmp_path / "a.xlsx", fill)) == [(2, [2.0, UNCALCULATED, True, f"{CELL_ERROR}#N/A"])]
    book = openpyxl.Workbook()
    book.active.append(["报案号", "报案时间"])
    book.active.append(["=1+1", "2026-01-01"])
    book.save(tmp_path / "b.xlsx")
    assert read(tmp_path / "b.xlsx") == [(2, [UNCALCULATED, "2026-01-01"])]


def test_merged_cells_below_the_heading_are_reported(tmp_path):
    path = workbook(tmp_path / "a.xlsx", lambda _, sheet: sheet.merge_range(1, 2, 3, 2, "cd"))
    with Table(path, sniff(path)) as table:
        list(table)
        assert table.merged == [(2, 4)]


def test_workbooks_of_other_programs(tmp_path):
    book = openpyxl.Workbook()
    book.active.sheet_state = "hidden"
    sheet = book.create_sheet("数据")
    sheet.append(HEADINGS)
    sheet.append(["R1", "2026-01-01", None, 5])
    book.save(tmp_path / "a.xlsx")

    assert read(tmp_path / "a.xlsx") == [(2, ["R1", "2026-01-01", None, 5.0])]


def rewritten(source: Path, target: Path, **parts: bytes) -> Path:
    """The workbook with other contents in some of its parts."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, parts.get(Path(name).stem, old.read(name)))
    return target


@pytest.fixture
def plain(tmp_path) -> Path:
    return workbook(tmp_path / "plain.xlsx", lambda _, sheet: sheet.write_row(1, 0, "abcd"))


ENTITIES = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">
<c t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>"""


def test_entities_are_refused(plain, tmp_path):
    with pytest.raises(UnreadableFileError, match="文档类型"):
        sniff(rewritten(plain, tmp_path / "x.xlsx", sheet1=ENTITIES))


def test_broken_xml_is_refused(plain, tmp_path):
    with pytest.raises(UnreadableFileError, match="损坏"):
        sniff(rewritten(plain, tmp_path / "x.xlsx", sheet1=b"<worksheet><sheetData><row>"))


def test_a_truncated_workbook_is_refused(plain, tmp_path):
    (tmp_path / "x.xlsx").write_bytes(plain.read_bytes()[:-200])
    with pytest.raises(UnreadableFileError, match="损坏"):
        sniff(tmp_path / "x.xlsx")


def test_a_bomb_is_refused_before_it_is_unpacked(plain, tmp_path):
    path = rewritten(plain, tmp_path / "x.xlsx", sheet1=b"<row/>" * 10_000_000)
    assert path.stat().st_size < 200_000
    with pytest.raises(UnreadableFileError, match="压缩比"):
        sniff(path)


def test_a_million_entries_are_refused_without_reading_them(tmp_path):
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 65535, 65535, 50 << 20, 0, 0)
    (tmp_path / "x.xlsx").write_bytes(b"PK\x03\x04" + bytes(100) + end)
    with pytest.raises(UnreadableFileError, match="65,535 个条目"):
        sniff(tmp_path / "x.xlsx")


def test_what_needs_too_much_memory_ends_in_the_child(plain, tmp_path):
    fat = b"<sst><si><t>" + b"x" * (19 << 20) + b"</t></si></sst>"
    path = rewritten(plain, tmp_path / "x.xlsx", sharedStrings=fat)
    with pytest.raises(UnreadableFileError, match="内存"), Workbook(path, memory=50 << 20) as book:
        list(book)


def test_an_old_workbook_and_noise_are_refused(tmp_path):
    (tmp_path / "a.xls").write_bytes(b"\xd0\xcf\x11\xe0" + bytes(600))
    (tmp_path / "b.csv").write_bytes(bytes(range(128, 256)) * 3 + b"\xff")
    for name, words in (("a.xls", "另存为"), ("b.csv", "编码")):
        with pytest.raises(UnreadableFileError, match=words):
            sniff(tmp_path / name)
